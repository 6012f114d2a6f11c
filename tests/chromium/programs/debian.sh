#!/bin/sh
# The Debian programs of the tests, a browser, a feed reader, a calendar, a Redis, nginx and the judge of systemd’s units:
# installed when we may, named when we may not.
set -eu

packages="chromium default-jre-headless fonts-liberation khal libnginx-mod-http-brotli-static newsboat nginx redis-server systemd"
if command -v chromium >/dev/null && command -v java >/dev/null && command -v newsboat >/dev/null && command -v khal >/dev/null \
    && command -v redis-server >/dev/null && [ -x /usr/sbin/nginx ] && command -v systemd-analyze >/dev/null \
    && [ -e /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ] && [ -d /usr/share/fonts/truetype/liberation ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "The tests need a browser, a JRE, fonts, a feed reader, a calendar, a Redis, nginx and systemd-analyze: sudo apt-get install $packages" >&2
    exit 1
fi
echo "Installing $packages …"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086 — one word a package
apt-get -qq install -y --no-install-recommends $packages >/dev/null

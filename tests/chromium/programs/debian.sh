#!/bin/sh
# The Debian programs of the tests, a browser, a feed reader, a calendar and a Redis: installed when we may, named when we may not.
set -eu

packages="chromium default-jre-headless fonts-liberation khal newsboat redis-server"
if command -v chromium >/dev/null && command -v java >/dev/null && command -v newsboat >/dev/null && command -v khal >/dev/null \
    && command -v redis-server >/dev/null && [ -d /usr/share/fonts/truetype/liberation ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "The tests need a browser, a JRE, fonts, a feed reader, a calendar and a Redis: sudo apt-get install $packages" >&2
    exit 1
fi
echo "Installing $packages …"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086 — one word a package
apt-get -qq install -y --no-install-recommends $packages >/dev/null

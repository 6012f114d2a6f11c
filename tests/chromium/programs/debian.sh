#!/bin/sh
# The Debian programs of the browser tests: installed when we may, named when we may not.
set -eu

packages="chromium default-jre-headless fonts-liberation"
if command -v chromium >/dev/null && command -v java >/dev/null && [ -d /usr/share/fonts/truetype/liberation ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "The browser tests need a browser, a JRE and fonts: sudo apt-get install $packages" >&2
    exit 1
fi
echo "Installing $packages …"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086 — one word a package
apt-get -qq install -y --no-install-recommends $packages >/dev/null

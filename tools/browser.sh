#!/bin/sh
# Sees to what the browser tests need: Chromium, glyphs for Japanese, and the library that
# playwright's driver is linked against.
#
# As root on Debian or Ubuntu what is missing is installed. An ordinary user is told the command and
# goes on (those tests are then skipped by name), except where CI=true: there nothing is skipped.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

has_browser() {
    command -v chromium >/dev/null || command -v google-chrome >/dev/null
}

missing=
has_browser || missing=chromium
if command -v dpkg-query >/dev/null; then
    for package in fonts-noto-cjk libatomic1; do
        is_installed "$package" || missing="$missing $package"
    done
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing for the browser tests: $missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2 || say "apt-get update failed; trying with the package lists at hand."
    # shellcheck disable=SC2086 # a list of package names
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $missing >&2
    exit 0
fi

say "The browser tests need $missing. On Debian:"
say "    sudo apt-get update && sudo apt-get install --no-install-recommends $missing"
if [ "${CI:-}" = true ]; then
    exit 1
fi
has_browser || say "Without Chromium those tests are skipped."

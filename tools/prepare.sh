#!/bin/sh
# Makes .venv (unless a sound one is there) and installs a lock file and this project into it.
#
#     tools/prepare.sh requirements.lock
#
# PYTHON names another interpreter than the first one found. As root on Debian or Ubuntu a missing
# python3-venv is installed; anybody else is told the command.
set -eu
lock=$1
cd "$(dirname "$0")/.."
here=$(pwd -P)

say() { printf '%s\n' "$*" >&2; }

stop() {
    say "$@"
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13; do
        if command -v "$candidate" >/dev/null && is_new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

# apt_install PACKAGE...: as root installs them, else prints the command and ends.
apt_install() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "Rakkan needs $*. Install it and run make again; on Debian or Ubuntu:"
        stop "    sudo apt-get update && sudo apt-get install $*"
    fi
    say "Installing $* with apt-get …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2 || say "apt-get update failed; trying with the package lists at hand."
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" >&2
}

# Sound: it runs, has pip, is new enough, and was made at this very place.
venv_is_sound() {
    is_new_enough .venv/bin/python &&
        .venv/bin/python -m pip --version >/dev/null 2>&1 &&
        grep -sqF "$here/.venv" .venv/bin/activate
}

if ! venv_is_sound; then
    python=$(find_python)
    if [ -z "$python" ] && ! command -v python3 >/dev/null; then
        apt_install python3 python3-venv
        python=$(find_python)
    fi
    [ -n "$python" ] || stop \
        "Rakkan needs Python 3.11 or newer (here: $(python3 --version)). Debian 12 and Ubuntu 24.04" \
        "have it; or name another one: make demo PYTHON=/path/to/python3"
    # Debian ships Python without ensurepip; its venv package brings it.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        apt_install "$(basename "$python")-venv"
    fi
    say "Making .venv with $("$python" --version) …"
    "$python" -m venv --clear .venv
fi

.venv/bin/python tools/install.py "$lock"

#!/bin/sh
# Resolves requirements.lock and requirements-dev.lock from pyproject.toml. Versions already locked stay
# while they fit; with --upgrade the newest are taken.
#
# Local pip and uv configuration stays out, so that a lock names no index, no path and no host.
set -eu
cd "$(dirname "$0")/.."

if ! command -v "${UV:-uv}" >/dev/null; then
    printf '%s\n' "The locks are resolved by uv. Install it (pip install uv) and run make lock again." >&2
    exit 1
fi

resolve() {
    env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u UV_INDEX_URL -u UV_INDEX \
        "${UV:-uv}" pip compile pyproject.toml --quiet --no-config --universal \
        --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate "$@"
}

resolve "$@" --group build --output-file requirements.lock
# The development lock keeps the versions just chosen.
resolve "$@" --group dev --constraint requirements.lock --output-file requirements-dev.lock

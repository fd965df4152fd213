#!/usr/bin/env python3
"""
Install a lock file, then this project, into the environment whose Python runs this script.

Every package comes as a wheel whose hash the lock names. Of pip's configuration only what says
how to reach an index is kept (mirrors, proxies, certificates): a `user = true`, a `target`, a
constraint or a `no-binary` somewhere in a home folder must not decide what is installed here.
"""

import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HOW_TO_REACH_AN_INDEX = frozenset(
    {
        "cache-dir",
        "cert",
        "client-cert",
        "default-timeout",
        "extra-index-url",
        "find-links",
        "index-url",
        "keyring-provider",
        "no-cache-dir",
        "no-index",
        "proxy",
        "retries",
        "timeout",
        "trusted-host",
        "use-deprecated",
        "use-feature",
    },
)


def kept_settings(config_lines: Iterable[str]) -> dict[str, str]:
    """
    Read `pip config list` and give what is kept as pip's environment variables.

    A line is `section.name='value'`; pip lets [install] override [global], and its environment
    (the section it prints as `:env:`) override both.
    """
    strength = ("global", "install", ":env:")
    found: dict[str, tuple[int, str]] = {}
    for line in config_lines:
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in strength and name in HOW_TO_REACH_AN_INDEX:
            candidate = (strength.index(section), str(ast.literal_eval(value)))
            found[name] = max(found.get(name, candidate), candidate)
    return {"PIP_" + name.upper().replace("-", "_"): value for name, (_, value) in found.items()}


def pip_environment(environment: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Give pip the kept settings and no configuration file."""
    plain = {name: value for name, value in environment.items() if not name.startswith("PIP_")}
    return {
        **plain,
        **settings,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def pip(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run this environment's pip at the project's root and return what it printed on stdout."""
    done = subprocess.run(  # noqa: S603 (our own interpreter with arguments written here)
        [sys.executable, "-m", "pip", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def main(lock_name: str) -> int:
    """Install, and say on stderr what is going on."""
    pins = len(re.findall(r"(?m)^[a-z0-9].*==", (ROOT / lock_name).read_text(encoding="utf-8")))
    sys.stderr.write(f"Installing {pins} packages from {lock_name}: about a minute …\n")
    started = time.monotonic()
    listed = pip("config", "list", environment=os.environ)
    environment = pip_environment(os.environ, kept_settings(listed.splitlines()))
    quietly = ("install", "--quiet", "--progress-bar=off", "--no-warn-script-location")
    try:
        pip(
            *quietly,
            "--require-hashes",
            "--only-binary=:all:",
            f"--requirement={lock_name}",
            environment=environment,
        )
        pip(
            *quietly,
            "--no-build-isolation",
            "--no-deps",
            "--editable=.",
            environment=environment,
        )
    except subprocess.CalledProcessError as error:
        sys.stderr.write(
            "The packages are not installed; what pip says stands above. If no index is reachable "
            "from here, name your mirror in PIP_INDEX_URL or your proxy in HTTPS_PROXY, and run "
            "make again.\n",
        )
        return error.returncode
    sys.stderr.write(f"Installed in {time.monotonic() - started:.0f} s.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

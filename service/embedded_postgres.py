"""
PostgreSQL without installing anything: one server a data folder, shared by every process using it.

A keeper process (`postgres_keeper.py`) holds the server; it stops when the last user ends, however
that one ends.
"""

import contextlib
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from service.errors import PostgresUnavailable
from service.postgres_folder import (
    SOCKET_NAME,
    SUPERUSER,
    PostgresFolder,
    as_ordinary_user,
    binary,
    make_cluster,
    make_socket_folder,
    remove_socket_folder,
    run_program,
)

OWNER = "rakkan"
DATABASE = "rakkan"

_KEEPER = Path(__file__).with_name("postgres_keeper.py")
_START_TIMEOUT_S = 300.0  # recovery after a crash replays the log: slow, and worth waiting for
_STOP_TIMEOUT_S = 90.0
_POLL_S = 0.02
_MOST_TRIES = 5
_LOG_MAX_BYTES = 10 * 1024**2


@contextmanager
def running_postgres(folder: Path) -> Generator[URL]:
    """
    Give the address of the folder's server, as the role that owns its database.

    Makes and starts the server when needed; the last process to leave waits until it is stopped.
    Raises `PostgresUnavailable` with PostgreSQL's own words.
    """
    place = PostgresFolder(folder.absolute())
    with _told_errors(place):
        place.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        users = _open_lock(place.users_lock)
    try:
        with _told_errors(place):
            # Waits here only while a keeper stops a server that no one used.
            fcntl.flock(users, fcntl.LOCK_SH)
            address = _address(place, _ready_server(place), OWNER)
        yield address
    finally:
        try:
            with _turn(place):
                _leave(place, users)
        finally:
            os.close(users)


@contextmanager
def _told_errors(place: PostgresFolder) -> Iterator[None]:
    """Say of which folder the operating system complains."""
    try:
        yield
    except OSError as error:
        raise PostgresUnavailable(f"{place.root}: {error.strerror or error}.") from error


def superuser_address(address: URL) -> URL:
    """Turn an address that `running_postgres` gave into the superuser's, for backup and tests."""
    return address.set(username=SUPERUSER, database="postgres")


def _ready_server(place: PostgresFolder) -> str:
    """Find the running server or start one, and return the folder of its socket."""
    for _ in range(_MOST_TRIES):
        with _turn(place):
            if not _is_held(place.keeper_lock):
                return _start(place)
        socket_folder = _wait_until_ready(place)
        if socket_folder is not None:
            return socket_folder
        # The server was on its way out, killed or given up: start it, and learn why it fails.
    raise PostgresUnavailable(_last_words(place))


def _start(place: PostgresFolder) -> str:
    """Start a keeper and its server; the caller has the turn, and no keeper runs."""
    _end_orphan(place)
    make_cluster(place)
    _remove_stale_pid_file(place)
    remove_socket_folder(place)
    socket_folder = make_socket_folder(place)
    command = [
        *as_ordinary_user(),
        str(binary("postgres")),
        *("-D", str(place.cluster)),
        # Given here rather than in postgresql.conf, so that a folder can be moved.
        *("-c", "listen_addresses="),
        *("-c", f'unix_socket_directories="{socket_folder}"'),
        *("-c", "unix_socket_permissions=0700"),
        *("-c", "max_connections=200"),
        *("-c", "timezone=UTC"),
        *("-c", "log_timezone=UTC"),
    ]
    if place.log.exists() and place.log.stat().st_size > _LOG_MAX_BYTES:
        place.log.replace(place.log.with_suffix(".log.1"))
    keeper_lock = _open_lock(place.keeper_lock)
    try:
        fcntl.flock(keeper_lock, fcntl.LOCK_EX)
        with place.log.open("ab") as log:
            run_program(
                [
                    *(sys.executable, "-I", "-S", str(_KEEPER)),
                    *(str(place.users_lock), str(place.server_lock), str(socket_folder)),
                    *command,
                ],
                stdin=keeper_lock,
                output=log.fileno(),
            )
    finally:
        # The keeper has the same open file: the lock is now its alone.
        os.close(keeper_lock)
    ready = _wait_until_ready(place)
    if ready is None:
        raise PostgresUnavailable(_last_words(place))
    try:
        _make_database(_address(place, ready, SUPERUSER))
    except psycopg.Error as error:
        raise PostgresUnavailable(f"its database cannot be made: {error}") from error
    return ready


def _leave(place: PostgresFolder, users: int) -> None:
    """Give up the share of the server; as its last user, stop it. The caller has the turn."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # Others use it still: then this returns at once. Or the keeper overtook us in the moment
        # between giving up the shared lock and asking for the other: then this waits until it is
        # done.
        fcntl.flock(users, fcntl.LOCK_SH)
        return
    if _is_held(place.keeper_lock):
        # Nobody else can be starting or stopping now, so the id in the file is the keeper's.
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(place.keeper_lock.read_text()), signal.SIGTERM)
        _wait_until_free(place, place.keeper_lock)
    _end_orphan(place)
    remove_socket_folder(place)


def _wait_until_ready(place: PostgresFolder) -> str | None:
    """Wait until the server takes connections: the folder of its socket, None if it is gone."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        # postmaster.pid: pid, data folder, start time, port, socket folder, address, shm, state.
        with contextlib.suppress(OSError, IndexError):
            lines = place.pid_file.read_text().splitlines()
            if lines[7].strip() == "ready" and _answers(lines[4]):
                return lines[4]
        if not _is_held(place.keeper_lock):
            return None
        time.sleep(_POLL_S)
    raise PostgresUnavailable(f"it was not ready after {_START_TIMEOUT_S:.0f} s. See {place.log}.")


def _answers(socket_folder: str) -> bool:
    """Tell a server from the socket that a killed one left behind."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        return connection.connect_ex(f"{socket_folder}/{SOCKET_NAME}") == 0


def _make_database(superuser: URL) -> None:
    """Make the owner, an ordinary role, and its database, unless they exist."""
    with connect_directly(superuser) as connection:
        password = str(superuser.password)
        if not connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
            connection.execute(
                sql.SQL("create role {} login createrole password {}").format(
                    sql.Identifier(OWNER),
                    sql.Literal(password),
                ),
            )
        if not connection.execute(
            "select 1 from pg_database where datname = %s", [DATABASE]
        ).fetchone():
            connection.execute(
                sql.SQL("create database {} owner {}").format(
                    sql.Identifier(DATABASE),
                    sql.Identifier(OWNER),
                ),
            )


def connect_directly(address: URL) -> psycopg.Connection:
    """Open one connection outside any pool, each statement its own transaction."""
    return psycopg.connect(
        address.set(drivername="postgresql").render_as_string(hide_password=False),
        autocommit=True,
        connect_timeout=30,
    )


def _address(place: PostgresFolder, socket_folder: str, role: str) -> URL:
    return URL.create(
        "postgresql+psycopg",
        username=role,
        password=place.password.read_text().strip(),
        database=DATABASE if role == OWNER else "postgres",
        query={"host": socket_folder, "port": "5432"},
    )


def _remove_stale_pid_file(place: PostgresFolder) -> None:
    """
    Delete the process id of a server that is gone.

    PostgreSQL would take any living process with that id for itself, which after a restart of the
    machine or container is the rule. The server's lock already told that ours does not live; one
    started by hand on this folder is recognised by its command line.
    """
    pid = _recorded_pid(place)
    if pid is not None and _is_our_server(place, pid):
        raise PostgresUnavailable(
            f"another server (process {pid}) runs on it. Stop that one first."
        )
    place.pid_file.unlink(missing_ok=True)


def _end_orphan(place: PostgresFolder) -> None:
    """Stop a server whose keeper was killed, and wait for the last child of a killed server."""
    if not _is_held(place.server_lock):
        return
    pid = _recorded_pid(place)
    if pid is not None and _is_our_server(place, pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
    _wait_until_free(place, place.server_lock)


def _recorded_pid(place: PostgresFolder) -> int | None:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(place.pid_file.read_text().splitlines()[0])
    return None


def _is_our_server(place: PostgresFolder, pid: int) -> bool:
    """Whether a process is PostgreSQL on this folder, by its command line."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(place.cluster) in words


def _last_words(place: PostgresFolder) -> str:
    """Say why the server is gone: the end of its log."""
    lines = place.log.read_text(errors="replace").splitlines()[-6:]
    return f"it stopped. The end of {place.log}: " + " / ".join(lines)


def _wait_until_free(place: PostgresFolder, lock: Path) -> None:
    deadline = time.monotonic() + _STOP_TIMEOUT_S
    while _is_held(lock):
        if time.monotonic() > deadline:
            raise PostgresUnavailable(f"it does not stop. See {place.log}.")
        time.sleep(_POLL_S)


@contextmanager
def _turn(place: PostgresFolder) -> Iterator[None]:
    """Start or leave one after the other."""
    turn = _open_lock(place.turn_lock)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)


def _is_held(lock: Path) -> bool:
    """Whether a living process holds the lock."""
    descriptor = _open_lock(lock)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

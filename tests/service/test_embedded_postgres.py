"""The embedded server: shared, restarted, stopped, whatever happens to the processes around it."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from service.embedded_postgres import (
    connect_directly,
    running_postgres,
    superuser_address,
)
from service.errors import PostgresUnavailable
from service.postgres_folder import PostgresFolder

ROOT = Path(__file__).resolve().parents[2]

USER_PROGRAM = """
import sys
from pathlib import Path
from service.embedded_postgres import connect_directly, running_postgres
with running_postgres(Path(sys.argv[1])) as url:
    with connect_directly(url) as connection:
        started = connection.execute("select pg_postmaster_start_time()::text").fetchone()[0]
    print(started, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose server was made once, with a space and a path too long for a socket."""
    folder = tmp_path_factory.mktemp("data") / f"my {'very ' * 20}long folder" / "postgres"
    with running_postgres(folder) as url, connect_directly(url) as connection:
        connection.execute("create table kept (value text)")
        connection.execute("insert into kept values ('before')")
    yield folder
    assert processes_of(folder) == []
    assert not PostgresFolder(folder).socket.exists()


def processes_of(folder: Path) -> list[str]:
    """The command lines of all living processes that name the folder, save this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            command = command_line(int(entry.name))
            if os.fsencode(folder) in command:
                found.append(command.replace(b"\0", b" ").decode())
    return found


def start_user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER_PROGRAM, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(user: subprocess.Popen[str]) -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def end_politely(user: subprocess.Popen[str]) -> None:
    user.communicate(timeout=60)
    assert user.returncode == 0


def kill(user: subprocess.Popen[str]) -> None:
    user.kill()
    user.communicate(timeout=60)


def kill_process(pid: int) -> None:
    """Kill, and wait until it is dead: until then its locks are held and its sockets answer."""
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: is_dead(pid))


def is_dead(pid: int) -> bool:
    """Whether a process is gone, or a zombie of which the last thread has closed its files."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "Z" and len(list(Path(f"/proc/{pid}/task").iterdir())) == 1
    except OSError:
        return True


def command_line(pid: int) -> bytes:
    """Empty for a process that is gone, a zombie, or about to become its program."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def wait_for(condition: Callable[[], object], *, limit_s: float = 20.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def postmaster_pid(folder: Path) -> int:
    try:
        return int(PostgresFolder(folder).pid_file.read_text().splitlines()[0])
    except (OSError, IndexError):
        return 0


def kept_values(folder: Path) -> list[str]:
    with running_postgres(folder) as url, connect_directly(url) as connection:
        return [row[0] for row in connection.execute("select value from kept").fetchall()]


def test_three_processes_at_once_make_and_share_one_server(tmp_path: Path) -> None:
    users = [start_user(tmp_path / "new") for _ in range(3)]

    started = {first_line(user) for user in users}

    assert len(started) == 1
    assert "" not in started
    for user in users:
        assert len(processes_of(tmp_path)) >= 2
        end_politely(user)
    assert processes_of(tmp_path) == []


def test_processes_that_end_at_the_same_moment_leave_no_server(folder: Path) -> None:
    users = [start_user(folder) for _ in range(3)]
    for user in users:
        first_line(user)

    for user in users:
        assert user.stdin is not None
        user.stdin.close()
    for user in users:
        user.wait(timeout=60)
        assert user.stdout is not None
        user.stdout.close()

    assert processes_of(folder) == []


def test_a_killed_last_user_takes_the_server_with_it(folder: Path) -> None:
    user = start_user(folder)
    first_line(user)

    kill(user)

    wait_for(lambda: processes_of(folder) == [])


def test_a_process_killed_while_it_starts_the_server_leaves_nothing_in_the_way(
    folder: Path,
) -> None:
    for delay_s in (0.0, 0.3, 0.35, 0.4, 0.5):
        user = start_user(folder)
        time.sleep(delay_s)
        kill(user)

    assert kept_values(folder) == ["before"]
    assert processes_of(folder) == []


def test_a_killed_server_is_restarted_under_its_users(folder: Path) -> None:
    with running_postgres(folder) as url:
        with connect_directly(url) as connection:
            connection.execute("insert into kept values ('committed')")
        killed = postmaster_pid(folder)

        kill_process(killed)
        wait_for(lambda: postmaster_pid(folder) not in {0, killed})

        with running_postgres(folder) as again, connect_directly(again) as connection:
            assert again == url
            deleted = connection.execute("delete from kept where value = 'committed'")
            assert deleted.rowcount == 1
    assert kept_values(folder) == ["before"]


def test_a_server_that_keeps_dying_is_given_up_and_its_log_shown(folder: Path) -> None:
    place = PostgresFolder(folder)
    version = place.cluster / "PG_VERSION"
    version.write_text("15\n")
    try:
        with pytest.raises(PostgresUnavailable, match="incompatible"), running_postgres(folder):
            pass
    finally:
        version.write_text("18\n")

    assert not place.socket.is_symlink()
    assert processes_of(folder) == []


def test_after_a_killed_keeper_the_next_process_starts_afresh(folder: Path) -> None:
    user = start_user(folder)
    first_line(user)
    keeper = int(PostgresFolder(folder).keeper_lock.read_text())
    server = postmaster_pid(folder)
    kill_process(keeper)

    values = kept_values(folder)

    assert values == ["before"]
    assert server != keeper
    end_politely(user)
    assert processes_of(folder) == []


def test_a_killed_keeper_and_server_are_replaced(folder: Path) -> None:
    user = start_user(folder)
    first_line(user)
    kill_process(int(PostgresFolder(folder).keeper_lock.read_text()))
    kill_process(postmaster_pid(folder))
    left_behind = PostgresFolder(folder).socket.readlink()

    assert kept_values(folder) == ["before"]
    assert not left_behind.exists()
    end_politely(user)


@pytest.mark.parametrize("pid", [1, os.getppid()], ids=["init", "this user's"])
def test_a_recorded_process_id_that_others_have_now_is_ignored(folder: Path, pid: int) -> None:
    place = PostgresFolder(folder)
    place.pid_file.write_text(f"{pid}\n{place.cluster}\n1\n5432\n/tmp\n\n  1 2\nready   \n")

    assert kept_values(folder) == ["before"]


def test_a_server_started_by_hand_on_the_folder_is_not_touched(folder: Path) -> None:
    place = PostgresFolder(folder)
    with subprocess.Popen(["/bin/sh", "-c", "read x; :", str(place.cluster)], stdin=-1) as other:
        wait_for(lambda: command_line(other.pid))
        place.pid_file.write_text(f"{other.pid}\n")
        with pytest.raises(PostgresUnavailable, match=str(other.pid)), running_postgres(folder):
            pass
        assert other.poll() is None
        other.communicate()


def test_an_unfinished_folder_is_made_again(tmp_path: Path) -> None:
    unfinished = tmp_path / "cluster.new"
    unfinished.mkdir()
    (unfinished / "rubble").touch()

    with running_postgres(tmp_path) as url, connect_directly(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    with pytest.raises(PostgresUnavailable, match="var"), running_postgres(tmp_path / "var"):
        pass


def test_only_who_reads_the_folder_gets_in(folder: Path) -> None:
    with running_postgres(folder) as url:
        socket_folder = Path(str(url.query["host"]))
        guess = "postgres"
        trusting = [
            line
            for line in (PostgresFolder(folder).cluster / "pg_hba.conf").read_text().splitlines()
            if line.startswith(("local", "host")) and "scram-sha-256" not in line
        ]

        assert trusting == []
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(PostgresFolder(folder).password.stat().st_mode) == 0o600
        assert stat.S_IMODE(PostgresFolder(folder).cluster.stat().st_mode) == 0o700
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect_directly(superuser_address(url).set(password=guess))
    assert not socket_folder.exists()


def test_no_permission_of_a_parent_folder_changes(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    with running_postgres(private / "a" / "postgres"):
        pass

    assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_sorting_and_case_are_the_same_on_every_machine(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    monkeypatch.setenv("PGPORT", "1")

    with running_postgres(folder) as url, connect_directly(url) as connection:
        row = connection.execute(
            "select lower('ÄÖÉΣ'), datlocprovider::text, datlocale, current_setting('timezone') "
            "from pg_database where datname = current_database()"
        ).fetchone()

    assert row == ("äöéσ", "b", "C.UTF-8", "UTC")


def test_a_temporary_folder_with_a_long_path_is_passed_over(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))

    with running_postgres(folder) as url:
        assert str(url.query["host"]).startswith("/tmp/rakkan-")  # noqa: S108


def test_a_database_owner_is_no_superuser(folder: Path) -> None:
    with running_postgres(folder) as url, connect_directly(url) as connection:
        row = connection.execute(
            "select rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        ).fetchone()

    assert row == (False, False)

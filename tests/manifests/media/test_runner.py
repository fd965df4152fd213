"""A tool gets what it was given and nothing else, and it always comes to an end."""

import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from manifests.errors import DiskFull, SandboxUnavailable, ToolFailed, ToolTimedOut
from manifests.media import sandbox
from manifests.media.limits import Isolation, ToolLimits
from manifests.media.runner import STDERR_TAIL_BYTES, ToolOutput, run_tool

REPOSITORY = Path(__file__).resolve().parents[3]
PYTHON_FILES = [Path(sys.base_prefix), Path(sys.prefix)]
SHELL = "/bin/sh"


@pytest.fixture(params=["strongest", "seccomp"])
def isolation(request: pytest.FixtureRequest) -> Isolation:
    """Both with every layer of this machine and with the system call filter alone."""
    layer: Isolation = request.param
    return layer


def limits(isolation: Isolation = "strongest", **changes: float) -> ToolLimits:
    numbers = {
        "memory_bytes": 1_000_000_000,
        "cpu_s": 10,
        "wall_time_s": 20.0,
        "file_bytes": 1 << 20,
    } | changes
    return ToolLimits(**numbers, isolation=isolation)  # type: ignore[arg-type]


def python(code: str, tool_limits: ToolLimits, *readable: Path, **more: object) -> ToolOutput:
    argv = [sys.executable, "-I", "-S", "-c", code]
    return run_tool(argv, limits=tool_limits, readable=[*PYTHON_FILES, *readable], **more)  # type: ignore[arg-type]


def is_alive(pid: int) -> bool:
    """Tell whether the process runs; one that is dead but not yet reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def wait_until(condition: Callable[[], bool], limit_s: float = 5.0) -> bool:
    deadline = time.monotonic() + limit_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@contextlib.contextmanager
def collected_pids() -> Iterator[tuple[list[int], Callable[[bytes], None]]]:
    pids: list[int] = []
    yield pids, lambda piece: pids.extend(int(line) for line in piece.split())


def test_a_tool_answers_with_its_output_and_what_it_cost(isolation: Isolation) -> None:
    output = python("print('done')", limits(isolation))
    assert output.stdout == b"done\n"
    assert output.stderr_tail == ""
    assert 0 < output.cpu_s < 10
    assert output.peak_memory_bytes > 1_000_000


def test_no_socket_can_be_opened_and_no_group_left(isolation: Isolation) -> None:
    code = """
import errno, os, socket
for call in (
    lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
    lambda: socket.socket(socket.AF_UNIX),
    socket.socketpair,
    os.setsid,
    lambda: os.setpgid(0, 0),
):
    try:
        call()
    except OSError as error:
        print(errno.errorcode[error.errno])
"""
    assert python(code, limits(isolation)).stdout.split() == [b"EACCES"] * 6


def test_io_uring_cannot_be_set_up(isolation: Isolation) -> None:
    code = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(425, 8, ctypes.create_string_buffer(120)), ctypes.get_errno())
"""
    assert python(code, limits(isolation)).stdout == b"-1 13\n"


def test_the_network_namespace_is_empty() -> None:
    try:
        subprocess.run(["/usr/bin/unshare", "--user", "--net", "/bin/true"], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine allows no network namespaces; the filter alone cuts the network")
    code = "print([line.split(':')[0].strip() for line in open('/proc/self/net/dev')][2:])"
    output = python(code, limits(), Path("/proc"))
    interfaces = json.loads(output.stdout.replace(b"'", b'"'))
    assert set(interfaces) <= {"lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0"}


def test_a_tool_has_no_power_over_the_machine() -> None:
    code = (
        "print(*(line for line in open('/proc/self/status') if 'Cap' in line or 'NoNew' in line))"
    )
    lines = python(code, limits(), Path("/proc")).stdout.decode().split()
    status = dict(zip(lines[::2], lines[1::2], strict=True))
    open_files_of_others = 0b110
    assert int(status["CapEff:"], 16) & ~open_files_of_others == 0
    assert status["NoNewPrivs:"] == "1"


def has_landlock() -> bool:
    return bool(sandbox._libc.syscall(444, None, 0, 1) >= 1)


@pytest.mark.skipif(not has_landlock(), reason="the kernel has no Landlock")
def test_only_named_files_can_be_read_and_written(tmp_path: Path) -> None:
    secret, shown, room = tmp_path / "key.pem", tmp_path / "clip.mp4", tmp_path / "room"
    secret.write_text("secret", encoding="ascii")
    shown.write_text("shown", encoding="ascii")
    room.mkdir()
    code = f"""
def attempt(path, mode):
    try:
        with open(path, mode) as file:
            return file.read() if mode == "r" else "written"
    except PermissionError:
        return "refused"
print(*(attempt(*a) for a in [
    ({str(secret)!r}, "r"), ({str(shown)!r}, "r"), ({str(shown)!r}, "a"),
    ({str(room / "new")!r}, "w"), ({str(tmp_path / "new")!r}, "w"), ("/etc/passwd", "r")]))
"""
    output = python(code, limits(), shown, writable=[room])
    assert output.stdout.split() == [
        b"refused",
        b"shown",
        b"refused",
        b"written",
        *[b"refused"] * 2,
    ]


def test_no_secret_of_the_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAKKAN_STRIPE_SECRET_KEY", "sk_live_1")
    output = python("import os; print(sorted(os.environ))", limits())
    assert b"RAKKAN" not in output.stdout


def test_more_memory_than_allowed_cannot_be_had(isolation: Isolation) -> None:
    with pytest.raises(ToolFailed, match="MemoryError"):
        python("bytearray(1 << 29)", limits(isolation, memory_bytes=1 << 28))


def test_processor_time_runs_out() -> None:
    with pytest.raises(ToolTimedOut) as ended:
        python("while True: pass", limits(cpu_s=1))
    assert ended.value.limit_s == 1


def test_a_file_cannot_outgrow_its_bound(isolation: Isolation, tmp_path: Path) -> None:
    argv = [SHELL, "-c", f"exec head -c 100000 /dev/zero > {tmp_path}/big"]
    with pytest.raises(ToolFailed) as ended:
        run_tool(
            argv,
            limits=limits(isolation, file_bytes=1000),
            readable=[Path("/dev/zero")],
            writable=[tmp_path],
        )
    assert ended.value.exit_status == -signal.SIGXFSZ
    assert (tmp_path / "big").stat().st_size == 1000


def test_when_the_time_is_up_the_whole_group_is_killed(isolation: Isolation) -> None:
    script = "sleep 60 & echo $!; (sleep 60 & echo $!; wait) & echo $!; wait"
    with collected_pids() as (pids, collect), pytest.raises(ToolTimedOut):
        run_tool(
            [SHELL, "-c", script], limits=limits(isolation, wall_time_s=0.7), on_stdout=collect
        )
    assert len(pids) == 3
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_children_left_behind_are_killed_and_not_waited_for(isolation: Isolation) -> None:
    started_at = time.monotonic()
    with collected_pids() as (pids, collect):
        run_tool([SHELL, "-c", "yes >&2 & echo $!"], limits=limits(isolation), on_stdout=collect)
    assert time.monotonic() - started_at < 5
    assert wait_until(lambda: not is_alive(pids[0]))


def test_when_the_caller_gives_up_the_tool_is_killed() -> None:
    pids: list[int] = []

    def give_up(piece: bytes) -> None:
        pids.append(int(piece))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tool([SHELL, "-c", "echo $$; sleep 60"], limits=limits(), on_stdout=give_up)
    assert wait_until(lambda: not is_alive(pids[0]))


def test_when_the_service_is_killed_the_tool_dies_with_it() -> None:
    code = """
from manifests.media.limits import ToolLimits
from manifests.media.runner import run_tool
run_tool(["/bin/sh", "-c", "echo $$; exec sleep 60"],
    limits=ToolLimits(memory_bytes=10**9, cpu_s=9, wall_time_s=60, file_bytes=10**6),
    on_stdout=lambda piece: print(piece.decode(), flush=True))
"""
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env=environment,
    ) as service:
        assert service.stdout is not None
        pid = int(service.stdout.readline())
        assert is_alive(pid)
        service.kill()
    assert wait_until(lambda: not is_alive(pid))


def test_a_flood_on_stderr_stops_nothing_and_its_end_is_kept(isolation: Isolation) -> None:
    code = """
import sys
for number in range(50_000):
    sys.stderr.write(f"line {number}\\n")
print("done")
"""
    output = python(code, limits(isolation))
    assert output.stdout == b"done\n"
    assert output.stderr_tail.endswith("line 49999")
    assert len(output.stderr_tail) <= STDERR_TAIL_BYTES


def test_a_flood_on_stdout_ends_the_tool() -> None:
    with pytest.raises(ToolFailed, match="wrote more than it may"):
        run_tool([SHELL, "-c", "exec yes"], limits=limits())


def test_a_tool_that_closes_its_outputs_is_waited_for() -> None:
    started_at = time.monotonic()
    run_tool([SHELL, "-c", "exec >&- 2>&-; sleep 0.3"], limits=limits())
    assert time.monotonic() - started_at > 0.3


def test_a_failure_tells_the_last_lines_without_folders_or_control_characters(
    tmp_path: Path,
) -> None:
    clip = tmp_path / "clip.mp4"
    script = f"echo one; printf 'two \\033[31m\\n' >&2; echo three {clip} >&2; exit 7"
    with pytest.raises(ToolFailed) as failed:
        run_tool([SHELL, "-c", script], limits=limits(), readable=[clip], tool="the tool")
    assert failed.value.exit_status == 7
    assert failed.value.stderr_tail == "two  [31m | three clip.mp4"
    assert str(tmp_path) not in str(failed.value)


def test_no_room_left_is_told_from_other_failures(tmp_path: Path) -> None:
    full_disk = Path("/dev/full")
    with pytest.raises(DiskFull) as full:
        run_tool(
            [SHELL, "-c", f"exec cat {SHELL} > {full_disk}"],
            limits=limits(),
            writable=[tmp_path, full_disk],
        )
    assert full.value.folder == str(tmp_path)


def test_a_program_that_is_not_there_is_not_taken_for_a_failure_of_the_video() -> None:
    with pytest.raises(SandboxUnavailable, match="No such file"):
        run_tool(["/nowhere/ffmpeg"], limits=limits())


def test_without_any_way_to_cut_the_network_nothing_is_run(tmp_path: Path) -> None:
    spec = sandbox.Spec(
        memory_bytes=10**9,
        cpu_s=5,
        file_bytes=1000,
        open_files=64,
        parent_pid=os.getpid(),
        strongest=False,
        readable=[],
        writable=[],
    )
    # Under another personality the machine has a name for which no filter is known.
    start = (
        "import ctypes, os, sys; ctypes.CDLL(None).personality(0x0008);"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    argv = [sys.executable, "-c", start, sys.executable, "-I", "-S", sandbox.__file__]
    ended = subprocess.run(
        [*argv, json.dumps(spec), "--", "/usr/bin/touch", str(tmp_path / "ran")],
        check=False,
        capture_output=True,
        text=True,
    )
    if platform.machine() not in {"x86_64", "aarch64"}:
        pytest.skip("this machine has no second personality")
    assert ended.returncode == sandbox.REFUSED_STATUS
    assert ended.stderr.startswith(f"{sandbox.REFUSED_PREFIX}no system call filter is known")
    assert not (tmp_path / "ran").exists()


def test_a_refusal_of_the_sandbox_is_an_error_of_its_own() -> None:
    script = f"echo '{sandbox.REFUSED_PREFIX}no filter' >&2; exit {sandbox.REFUSED_STATUS}"
    with pytest.raises(SandboxUnavailable, match="no filter"):
        run_tool([SHELL, "-c", script], limits=limits())


@pytest.mark.parametrize("name", sandbox._DENIED_CALLS)
def test_every_denied_call_jumps_to_the_refusal(name: str) -> None:
    numbers = [pair[0] for pair in sandbox._DENIED_CALLS.values()]
    program = sandbox.build_filter(sandbox._X86_64, numbers)
    lines = [program[at : at + 8] for at in range(0, len(program), 8)]
    at = 5 + numbers.index(sandbox._DENIED_CALLS[name][0])
    refusal = lines[at + 1 + lines[at][2]]
    assert int.from_bytes(refusal[4:], sys.byteorder) == sandbox._REFUSE_WITH_EACCES

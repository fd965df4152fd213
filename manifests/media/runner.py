"""
Run one media tool to its end, whatever it does: the only place that starts ffmpeg or the probe.

The tool starts inside `sandbox.py`, in a process group of its own. Both of its outputs are read
as they come (an unread pipe stops ffmpeg after 64 KB), kept within bounds, and the whole group is
killed when the time is up, when the caller raises, or when the tool leaves children behind.
"""

import contextlib
import errno
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from manifests.errors import DiskFull, SandboxUnavailable, ToolFailed, ToolTimedOut
from manifests.media import sandbox
from manifests.media.limits import ToolLimits

STDERR_TAIL_BYTES: Final = 16_384
_READ_BYTES: Final = 65_536
_POLL_S: Final = 0.05
"""How long an ended tool can go unnoticed while a child of it keeps the pipes open."""
_CPU_ACCOUNTING_S: Final = 0.5
"""The kernel counts processor time in ticks: a tool killed at its limit may show a little less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutput:
    """What a tool left behind. `peak_memory_bytes` is the largest resident size of its process."""

    stdout: bytes
    stderr_tail: str
    elapsed_s: float
    cpu_s: float
    peak_memory_bytes: int


@dataclass(slots=True)
class _Streams:
    """Both outputs as far as they were read; the end of stderr, the whole of stdout."""

    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    stdout_is_too_long: bool = False


def run_tool(
    argv: Sequence[str],
    *,
    limits: ToolLimits,
    readable: Sequence[Path] = (),
    writable: Sequence[Path] = (),
    on_stdout: Callable[[bytes], None] | None = None,
    tool: str | None = None,
) -> ToolOutput:
    """
    Run `argv` (its program by absolute path) in the sandbox and wait for it.

    It may read the files and folders of `readable` beside the system's libraries, and write in
    those of `writable`. `on_stdout` gets each piece of stdout as it comes, and then none is kept.
    `tool` is its name in errors.

    Raises `ToolFailed` for any exit status but 0 and for more stdout than allowed, `ToolTimedOut`
    when wall or processor time ran out, `DiskFull` when it found no room, `SandboxUnavailable`
    when it could not be locked in and was not run.
    """
    name = tool or Path(argv[0]).name
    started_at = time.monotonic()
    with _start(argv, limits, readable=readable, writable=writable) as running:
        streams = _Streams()
        try:
            in_time = _read_until_ended(
                running,
                streams,
                deadline=started_at + limits.wall_time_s,
                limits=limits,
                on_stdout=on_stdout,
            )
        finally:
            usage = _end_group(running)
    stderr_tail = _readable_text(streams.stderr, (*readable, *writable))
    cpu_s = usage.ru_utime + usage.ru_stime
    status = running.returncode
    if streams.stdout_is_too_long:
        raise ToolFailed(name, exit_status=status, stderr_tail="it wrote more than it may")
    if not in_time:
        raise ToolTimedOut(name, limit_s=limits.wall_time_s)
    if status == -signal.SIGKILL and cpu_s >= limits.cpu_s - _CPU_ACCOUNTING_S:
        raise ToolTimedOut(name, limit_s=limits.cpu_s)
    if status == sandbox.REFUSED_STATUS and stderr_tail.startswith(sandbox.REFUSED_PREFIX):
        raise SandboxUnavailable(stderr_tail.removeprefix(sandbox.REFUSED_PREFIX))
    if status != 0:
        if os.strerror(errno.ENOSPC) in stderr_tail and writable:
            raise DiskFull(str(writable[0]))
        raise ToolFailed(name, exit_status=status, stderr_tail=_last_lines(stderr_tail))
    return ToolOutput(
        stdout=bytes(streams.stdout),
        stderr_tail=stderr_tail,
        elapsed_s=time.monotonic() - started_at,
        cpu_s=cpu_s,
        peak_memory_bytes=usage.ru_maxrss * 1024,
    )


def _start(
    argv: Sequence[str],
    limits: ToolLimits,
    *,
    readable: Sequence[Path],
    writable: Sequence[Path],
) -> "subprocess.Popen[bytes]":
    spec = sandbox.Spec(
        memory_bytes=limits.memory_bytes,
        cpu_s=limits.cpu_s,
        file_bytes=limits.file_bytes,
        open_files=limits.open_files,
        parent_pid=os.getpid(),
        strongest=limits.isolation == "strongest",
        readable=[str(path) for path in (Path(argv[0]).resolve(), *readable)],
        writable=[str(path) for path in writable],
    )
    # No secret of the service's environment reaches a decoder, and messages are in one language.
    environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    # A heap for each of ffmpeg's thirty threads reserves 64 MB of address space, which is bounded:
    # 1080p with a fingerprint took 2.1 GB of it, and needs 0.6 GB of memory.
    environment["MALLOC_ARENA_MAX"] = "2"
    if libraries := os.environ.get("LD_LIBRARY_PATH"):
        environment["LD_LIBRARY_PATH"] = libraries
    return subprocess.Popen(  # noqa: S603 -- no shell; every argument comes from our own code
        [sys.executable, "-I", "-S", sandbox.__file__, json.dumps(spec), "--", *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env=environment,
        start_new_session=True,
    )


def _read_until_ended(
    running: "subprocess.Popen[bytes]",
    streams: _Streams,
    *,
    deadline: float,
    limits: ToolLimits,
    on_stdout: Callable[[bytes], None] | None,
) -> bool:
    """Read both pipes until the tool itself has ended; False when the deadline came first."""
    with selectors.DefaultSelector() as selector:
        for pipe in (running.stdout, running.stderr):
            assert pipe is not None  # noqa: S101 -- both were asked for in _start
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, selectors.EVENT_READ)
        while True:
            # Asked before reading: what was written before the end is then read below.
            has_ended = _has_ended(running)
            if has_ended:
                _kill_group(running)  # Else a child left behind could write for ever.
            elif time.monotonic() > deadline:
                return False
            ready = _wait(selector, 0 if has_ended else _POLL_S)
            for key, _events in ready:
                is_stdout = key.fileobj is running.stdout
                if not _take(key.fd, streams, is_stdout=is_stdout, on_stdout=on_stdout):
                    selector.unregister(key.fd)
            if len(streams.stdout) > limits.stdout_bytes:
                streams.stdout_is_too_long = True
                return True
            if has_ended and not ready:
                return True


def _wait(
    selector: selectors.BaseSelector,
    wait_s: float,
) -> list[tuple[selectors.SelectorKey, int]]:
    if selector.get_map():
        return selector.select(wait_s)
    time.sleep(wait_s / 10)  # Both pipes are closed: the end is near.
    return []


def _take(
    pipe: int,
    streams: _Streams,
    *,
    is_stdout: bool,
    on_stdout: Callable[[bytes], None] | None,
) -> bool:
    """Read what is there; False at the end of the pipe."""
    piece = os.read(pipe, _READ_BYTES)
    if not is_stdout:
        streams.stderr += piece
        del streams.stderr[:-STDERR_TAIL_BYTES]
    elif on_stdout is not None:
        on_stdout(piece)
    else:
        streams.stdout += piece
    return bool(piece)


def _has_ended(running: "subprocess.Popen[bytes]") -> bool:
    """Tell whether the tool ended, without reaping it: until then its group id stays its own."""
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, running.pid, options) is not None


def _kill_group(running: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)


def _end_group(running: "subprocess.Popen[bytes]") -> resource.struct_rusage:
    _kill_group(running)
    status: int
    usage: resource.struct_rusage
    _pid, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    return usage


def _readable_text(raw: bytearray, paths: Sequence[Path]) -> str:
    """Make stderr fit for an error message: no control characters, no folders of this machine."""
    text = raw.decode("utf-8", errors="replace")
    for path in paths:
        text = text.replace(str(path), path.name)
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text).strip()


def _last_lines(text: str, count: int = 3) -> str:
    return " | ".join(text.splitlines()[-count:])[-600:]

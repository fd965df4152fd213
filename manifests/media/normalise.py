"""
Make the copy that is stamped: MP4, or MOV when it came as MOV, whole and without foreign additions.

Every video is written anew, also one that is MP4 already: free boxes can hide bytes that the
signature of a video does not cover, and an index at the front lets it play while it loads.
"""

import errno
import signal
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from manifests.errors import DiskFull, MalformedMedia, MediaTooLarge, ToolFailed
from manifests.media.commands import ffmpeg_path, normalise_command
from manifests.media.limits import Limits, ToolLimits
from manifests.media.media_info import MediaInfo
from manifests.media.plan import Plan, plan
from manifests.media.probe import probe
from manifests.media.runner import run_tool

_SHORTER_MS: Final = 500
"""A copy may lose the edge of a group of pictures or of padding, never half a second."""
_SMALL_FILE_BYTES: Final = 64 << 20


def normalise(
    source: Path,
    dest: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    on_progress: Callable[[float], None] | None = None,
) -> MediaInfo:
    """
    Write `dest` from `source` (probed as `info`), whole or not at all, and describe it.

    `on_progress` gets fractions from 0 to 1. The answer's `encoded_anew` says what was not copied.
    Raises `MalformedMedia` when less could be read than the source promises, `MediaTooLarge` when
    the copy outgrows its bound, `DiskFull`, and what `probe` and `run_tool` raise.
    """
    planned = plan(info)

    def command(source: Path, part: Path, chosen: Plan) -> list[str]:
        return normalise_command(
            source,
            part,
            info=info,
            limits=limits,
            to=chosen.to,
            copies_video=chosen.copies_video,
            copied_audio=chosen.copied_audio,
        )

    return write_copy(
        source,
        dest,
        info=info,
        limits=limits,
        plans=(planned, Plan(to=planned.to, copies_video=False, copied_audio=())),
        command=command,
        on_progress=on_progress,
    )


def write_copy(
    source: Path,
    dest: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    plans: Iterable[Plan],
    command: Callable[[Path, Path, Plan], list[str]],
    beside: Mapping[str, Path] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> MediaInfo:
    """
    Write `dest` by the first of `plans` that ffmpeg carries out, whole or not at all.

    `command` builds the command line from the source, the file to write and the plan. Beside the
    source it may use the folder of the file to write; what it writes there under a name in
    `beside` is moved to that path, on the same file system. Raises as `normalise` does.
    """
    source, dest = source.resolve(), dest.parent.resolve() / dest.name
    if source == dest:
        raise ValueError("The copy needs a name of its own: a source is never changed.")
    try:
        with tempfile.TemporaryDirectory(prefix=".normalise-", dir=dest.parent) as folder:
            part = Path(folder, dest.name)
            chosen = _try_each(
                plans,
                lambda chosen: _run(
                    command(source, part, chosen),
                    source,
                    part,
                    info=info,
                    limits=limits,
                    on_progress=on_progress,
                ),
                largest_bytes=_copy_bytes_max(info, limits),
            )
            made = _whole(part, info=info, limits=limits, chosen=chosen)
            for name, place in (beside or {}).items():
                (part.parent / name).replace(place)
            part.replace(dest)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(str(dest.parent)) from error
        raise
    except DiskFull as error:
        raise DiskFull(str(dest.parent)) from error
    return made


def _try_each(
    plans: Iterable[Plan],
    carry_out: Callable[[Plan], None],
    *,
    largest_bytes: int,
) -> Plan:
    """Find the plan that works; where copying fails, a later one decodes and encodes everything."""
    problem = "nothing was tried"
    for chosen in dict.fromkeys(plans):
        try:
            carry_out(chosen)
        except ToolFailed as failure:
            if failure.exit_status == -signal.SIGXFSZ:
                raise MediaTooLarge(
                    size_bytes=largest_bytes,
                    limit_bytes=largest_bytes,
                ) from failure
            problem = failure.stderr_tail
        else:
            return chosen
    raise MalformedMedia(f"it can be neither copied nor decoded ({problem})")


def _whole(part: Path, *, info: MediaInfo, limits: Limits, chosen: Plan) -> MediaInfo:
    """Describe the copy. Raises `MalformedMedia` when it lacks what its source promises."""
    made = probe(part, _roomier(limits, info))
    if made.duration_ms < info.duration_ms - _SHORTER_MS:
        raise MalformedMedia(
            f"only {made.duration_ms / 1000:g} of {info.duration_ms / 1000:g} s could be read",
        )
    return replace(made, encoded_anew=chosen.encoded_anew(info))


def _run(
    command: list[str],
    source: Path,
    part: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    on_progress: Callable[[float], None] | None,
) -> None:
    run_tool(
        command,
        limits=ToolLimits(
            memory_bytes=limits.memory_bytes,
            cpu_s=limits.cpu_s,
            wall_time_s=limits.wall_time_s,
            file_bytes=_copy_bytes_max(info, limits),
            isolation=limits.isolation,
        ),
        readable=[source, ffmpeg_path()],
        writable=[part.parent],
        on_stdout=_Progress(info.duration_ms, on_progress).read,
        tool="ffmpeg",
    )


class _Progress:
    """Reads ffmpeg's `-progress` lines, which may arrive in pieces."""

    def __init__(self, duration_ms: int, report: Callable[[float], None] | None) -> None:
        self._duration_ms = duration_ms
        self._report = report
        self._rest = b""

    def read(self, piece: bytes) -> None:
        """Take the next piece of stdout."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._rest = self._rest[-1024:]
        for line in lines:
            key, _, value = line.partition(b"=")
            if self._report is None:
                continue
            if key == b"out_time_us" and value.strip().isdigit():  # "N/A" before the first packet
                self._report(min(int(value) / 1000 / self._duration_ms, 1.0))
            elif line.strip() == b"progress=end":
                self._report(1.0)


def _copy_bytes_max(info: MediaInfo, limits: Limits) -> int:
    return info.size_bytes * limits.output_growth + _SMALL_FILE_BYTES


def _roomier(limits: Limits, info: MediaInfo) -> Limits:
    """Our own copy may be a little larger and longer than what is accepted from outside."""
    return replace(
        limits,
        size_bytes=_copy_bytes_max(info, limits),
        duration_ms=limits.duration_ms + _SHORTER_MS,
    )

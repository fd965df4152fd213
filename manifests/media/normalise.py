"""
Make the copy that is stamped: MP4, or MOV when it came as MOV, whole and without foreign additions.

Every video is written anew, also one that is MP4 already: free boxes can hide bytes that the
signature of a video does not cover, and an index at the front lets it play while it loads.
"""

import errno
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from manifests.errors import DiskFull, MalformedMedia, MediaTooLarge, ToolFailed
from manifests.media.commands import ffmpeg_path, normalise_command
from manifests.media.limits import Limits, ToolLimits
from manifests.media.media_info import MediaInfo, StreamInfo
from manifests.media.probe import probe
from manifests.media.runner import run_tool
from manifests.media.sniff import Container

_AUDIO_IN_MP4: Final = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "alac", "flac"})
_AUDIO_IN_MOV: Final = frozenset(
    {"aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"},
)
_VIDEO_IN_MOV: Final = frozenset({"h264", "hevc"})
_SHORTER_MS: Final = 500
"""A copy may lose the edge of a group of pictures or of padding, never half a second."""
_SMALL_FILE_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which container is written, and which streams go into it as they are."""

    to: Container
    copies_video: bool
    copied_audio: tuple[StreamInfo, ...]

    def encoded_anew(self, info: MediaInfo) -> tuple[Literal["video", "audio"], ...]:
        """Say what is not copied."""
        video: tuple[Literal["video"], ...] = () if self.copies_video else ("video",)
        is_whole = len(self.copied_audio) == len(info.audio_streams)
        return video if is_whole else (*video, "audio")


def plan(info: MediaInfo) -> Plan:
    """Copy whatever the new container carries; pictures lose by every encoding."""
    is_mov = info.container is Container.MOV and info.video_codec in _VIDEO_IN_MOV
    carried = _AUDIO_IN_MOV if is_mov else _AUDIO_IN_MP4
    return Plan(
        to=Container.MOV if is_mov else Container.MP4,
        copies_video=info.can_copy_video,
        copied_audio=tuple(stream for stream in info.audio_streams if stream.codec in carried),
    )


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
    source, dest = source.resolve(), dest.parent.resolve() / dest.name
    if source == dest:
        raise ValueError("The copy needs a name of its own: a source is never changed.")
    try:
        with tempfile.TemporaryDirectory(prefix=".normalise-", dir=dest.parent) as folder:
            part = Path(folder, dest.name)
            made = _write(source, part, info=info, limits=limits, on_progress=on_progress)
            part.replace(dest)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(str(dest.parent)) from error
        raise
    except DiskFull as error:
        raise DiskFull(str(dest.parent)) from error
    return made


def _write(
    source: Path,
    part: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    on_progress: Callable[[float], None] | None,
) -> MediaInfo:
    """Write as planned; where copying fails, decode and encode everything."""
    planned = plan(info)
    anew = Plan(to=planned.to, copies_video=False, copied_audio=())
    for chosen in dict.fromkeys((planned, anew)):
        try:
            _run(source, part, info=info, limits=limits, chosen=chosen, on_progress=on_progress)
            break
        except ToolFailed as failure:
            if failure.exit_status == -signal.SIGXFSZ:
                limit_bytes = _copy_bytes_max(info, limits)
                raise MediaTooLarge(size_bytes=limit_bytes, limit_bytes=limit_bytes) from failure
            problem = failure
    else:
        raise MalformedMedia(
            f"it can be neither copied nor decoded ({problem.stderr_tail})",
        ) from problem
    made = probe(part, _roomier(limits, info))
    if made.duration_ms < info.duration_ms - _SHORTER_MS:
        raise MalformedMedia(
            f"only {made.duration_ms / 1000:g} of {info.duration_ms / 1000:g} s could be read",
        )
    return replace(made, encoded_anew=chosen.encoded_anew(info))


def _run(
    source: Path,
    part: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    chosen: Plan,
    on_progress: Callable[[float], None] | None,
) -> None:
    command = normalise_command(
        source,
        part,
        info=info,
        limits=limits,
        to=chosen.to,
        copies_video=chosen.copies_video,
        copied_audio=chosen.copied_audio,
    )
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

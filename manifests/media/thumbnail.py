"""A small JPEG of a typical early frame, for the manifest and the pages."""

from pathlib import Path
from typing import Final

from manifests.errors import MalformedMedia, ToolFailed
from manifests.media.commands import ffmpeg_path, thumbnail_command
from manifests.media.limits import Limits, ToolLimits
from manifests.media.media_info import MediaInfo
from manifests.media.runner import run_tool

SIZE_BYTES_MAX: Final = 40_000
_QUALITIES: Final = (4, 10, 20, 31)
"""From fine to coarse; the first that fits is taken."""
_CPU_S: Final = 120
_WALL_TIME_S: Final = 120.0


def thumbnail(source: Path, info: MediaInfo, limits: Limits) -> bytes:
    """
    Draw a JPEG of at most 512 pixels a side, upright, with square pixels, of about 40 KB at most.

    Raises `MalformedMedia` when no frame can be decoded, and what `run_tool` raises.
    """
    source = source.resolve()
    jpeg = b""
    for quality in _QUALITIES:
        jpeg = _draw(source, info, limits, quality)
        if len(jpeg) <= SIZE_BYTES_MAX:
            break
    return jpeg


def _draw(source: Path, info: MediaInfo, limits: Limits, quality: int) -> bytes:
    try:
        output = run_tool(
            thumbnail_command(source, info=info, limits=limits, quality=quality),
            limits=ToolLimits(
                memory_bytes=limits.memory_bytes,
                cpu_s=min(limits.cpu_s, _CPU_S),
                wall_time_s=min(limits.wall_time_s, _WALL_TIME_S),
                file_bytes=1 << 20,
                isolation=limits.isolation,
            ),
            readable=[source, ffmpeg_path()],
            tool="ffmpeg",
        )
    except ToolFailed as failure:
        raise MalformedMedia(f"no frame of it can be decoded ({failure.stderr_tail})") from failure
    if not output.stdout:
        raise MalformedMedia("no frame of it can be decoded")
    return output.stdout

"""Look at the first picture: its size when upright, its pixels and its colour tags."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Final

from manifests.errors import MalformedMedia, ToolFailed
from manifests.media.commands import ffmpeg_path, first_frame_command
from manifests.media.limits import Limits, ToolLimits
from manifests.media.mark_graph import FirstFrame
from manifests.media.media_info import MediaInfo
from manifests.media.runner import run_tool

_CPU_S: Final = 60
_FRAME: Final = re.compile(
    r"\] n: *0 pts:.* fmt:(?P<format>[a-z0-9]+) .*sar:(?P<sar>\d+/\d+) s:(?P<w>\d+)x(?P<h>\d+) ",
)
_COLOUR: Final = re.compile(
    r"\] color_range:(\S+) color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)",
)
_NOTHING_SAID: Final = frozenset({"unknown", "unspecified", "reserved"})


def first_frame(source: Path, *, info: MediaInfo, limits: Limits) -> FirstFrame:
    """
    Decode one picture and describe it.

    The container's word on these is not asked: only the decoder knows what comes out of it.
    Raises `MalformedMedia` when no picture can be decoded, and what `run_tool` raises.
    """
    source = source.resolve()
    try:
        output = run_tool(
            first_frame_command(source, info=info, limits=limits),
            limits=ToolLimits(
                memory_bytes=limits.memory_bytes,
                cpu_s=min(limits.cpu_s, _CPU_S),
                wall_time_s=limits.wall_time_s,
                file_bytes=1 << 20,
                isolation=limits.isolation,
            ),
            readable=[source, ffmpeg_path()],
            tool="ffmpeg",
        )
    except ToolFailed as failure:
        raise MalformedMedia(f"no picture can be decoded ({failure.stderr_tail})") from failure
    return parse_showinfo(output.stderr_tail)


def parse_showinfo(text: str) -> FirstFrame:
    """Read ffmpeg's `showinfo` lines. Raises `MalformedMedia` when they tell of no picture."""
    frame, colour = _FRAME.search(text), _COLOUR.search(text)
    if frame is None or colour is None:
        raise MalformedMedia("no picture can be decoded")
    numerator, denominator = map(int, frame["sar"].split("/"))
    said = [None if name in _NOTHING_SAID else name for name in colour.groups()]
    return FirstFrame(
        width=int(frame["w"]),
        height=int(frame["h"]),
        pixel_aspect=Fraction(numerator or 1, (denominator or 1) if numerator else 1),
        pixel_format=frame["format"],
        colour_range=said[0],
        colour_space=said[1],
        colour_primaries=said[2],
        colour_transfer=said[3],
    )

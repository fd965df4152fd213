"""See a few key frames of a video: enough to tell what kind of pictures it has."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from manifests.errors import ToolFailed
from manifests.media.commands import ffmpeg_path, key_frame_command
from manifests.media.limits import Limits, ToolLimits
from manifests.media.mark_graph import FirstFrame
from manifests.media.media_info import MediaInfo
from manifests.media.runner import run_tool

_CPU_S: Final = 60


def key_frames(
    source: Path,
    places: Sequence[float],
    *,
    info: MediaInfo,
    first: FirstFrame,
    limits: Limits,
) -> list[NDArray[np.uint8]]:
    """
    See the key frames just before `places` (shares of the length): luma, uint8, (height, width).

    Empty when one of them cannot be seen: that is no error, whoever decodes the whole will find it.
    Raises what `run_tool` raises, but for `ToolFailed`.
    """
    source = source.resolve()
    seen = []
    for place in places:
        try:
            output = run_tool(
                key_frame_command(
                    source,
                    info=info,
                    limits=limits,
                    at_s=round(info.duration_ms / 1000 * place, 3),
                ),
                limits=ToolLimits(
                    memory_bytes=limits.memory_bytes,
                    cpu_s=min(limits.cpu_s, _CPU_S),
                    wall_time_s=limits.wall_time_s,
                    file_bytes=1 << 20,
                    stdout_bytes=first.width * first.height + 1,
                    isolation=limits.isolation,
                ),
                readable=[source, ffmpeg_path()],
                tool="ffmpeg",
            )
        except ToolFailed:
            return []
        if len(output.stdout) != first.width * first.height:
            return []
        samples = np.frombuffer(output.stdout, dtype=np.uint8)
        seen.append(samples.reshape(first.height, first.width))
    return seen

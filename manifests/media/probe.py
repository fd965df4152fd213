"""
Look at a video before anything else does: what it is, how long, and whether it is all there.

libavformat reads the file in a sandboxed child (`probe_child`): demuxers have bugs as decoders do.
"""

import importlib.util
import json
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import manifests
from manifests.errors import (
    MalformedMedia,
    MediaTooLarge,
    MediaTooLong,
    NoVideoStream,
    PictureTooLarge,
    ToolFailed,
    UnsupportedMedia,
)
from manifests.media.limits import Limits, ToolLimits
from manifests.media.media_info import MediaInfo, StreamInfo
from manifests.media.runner import run_tool
from manifests.media.sniff import HEAD_BYTES, Container, sniff

_CPU_S: Final = 120
_WALL_TIME_S: Final = 180.0
_CHILD: Final = """
import importlib.util, json, sys
package, libraries, request = sys.argv[1:]
sys.path.insert(0, libraries)
spec = importlib.util.spec_from_file_location(
    "manifests", package + "/__init__.py", submodule_search_locations=[package])
sys.modules["manifests"] = importlib.util.module_from_spec(spec)
from manifests.media.probe_child import main
main(request)
"""
"""
Start without `site`, which costs time and runs what stands in .pth files.

The package is named by its folder: a search would list the folder above, which may hold anything
and is therefore hidden from the child.
"""


def probe(path: Path, limits: Limits) -> MediaInfo:
    """
    Describe the video, or say why it is not accepted.

    Raises `UnsupportedMedia`, `MalformedMedia` (also for a file that was cut short),
    `MediaTooLarge`, `MediaTooLong`, `NoVideoStream`, `PictureTooLarge`; `ToolFailed`,
    `ToolTimedOut` or `SandboxUnavailable` when it could not be looked at.
    """
    path = path.resolve()
    size_bytes = path.stat().st_size
    if size_bytes > limits.size_bytes:
        raise MediaTooLarge(size_bytes=size_bytes, limit_bytes=limits.size_bytes)
    with path.open("rb") as file:
        container = sniff(file.read(HEAD_BYTES))
    report = _examine(path, container, limits)
    info = MediaInfo(
        container=container,
        media_type=container.media_type,
        duration_ms=round(Fraction(report["duration_s"]) * 1000),
        width=report["width"],
        height=report["height"],
        frame_rate=Fraction(report["frame_rate"]),
        video_codec=report["streams"][report["video_index"]]["codec"],
        audio_codec=next((s["codec"] for s in report["streams"] if s["kind"] == "audio"), None),
        video_index=report["video_index"],
        streams=tuple(StreamInfo(**stream) for stream in report["streams"]),
        size_bytes=size_bytes,
        can_copy_video=report["can_copy_video"],
    )
    _refuse_excess(info, limits)
    return info


def _refuse_excess(info: MediaInfo, limits: Limits) -> None:
    if info.width * info.height > limits.pixels:
        raise PictureTooLarge(width=info.width, height=info.height, limit_pixels=limits.pixels)
    if info.duration_ms > limits.duration_ms:
        raise MediaTooLong(duration_ms=info.duration_ms, limit_ms=limits.duration_ms)
    if len(info.streams) > limits.streams:
        raise UnsupportedMedia(f"{len(info.streams)} streams in one file")


def _examine(path: Path, container: Container, limits: Limits) -> dict[str, Any]:
    """Run the child and read its `probe_child.Report`. This process never imports PyAV."""
    request = {"path": str(path), "container": container.value, "pixels": limits.pixels}
    package, libraries = _import_folders()
    argv = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        _CHILD,
        str(package),
        str(libraries),
        json.dumps(request),
    ]
    try:
        output = run_tool(
            argv,
            limits=ToolLimits(
                memory_bytes=limits.memory_bytes,
                cpu_s=min(limits.cpu_s, _CPU_S),
                wall_time_s=min(limits.wall_time_s, _WALL_TIME_S),
                file_bytes=1 << 20,
                isolation=limits.isolation,
            ),
            readable=[path, package, libraries, *map(Path, {sys.prefix, sys.base_prefix})],
            tool="the probe",
        )
    except ToolFailed as failure:
        # Killed by a signal, it met bytes that crash the demuxer. Python's own failures end with 1.
        if failure.exit_status < 0:
            raise MalformedMedia("it makes the reader crash") from failure
        raise
    answer: dict[str, Any] = json.loads(output.stdout)
    if "error" in answer:
        _raise(answer["error"], answer["problem"])
    return answer


def _raise(code: str, problem: str) -> None:
    if code == UnsupportedMedia.code:
        raise UnsupportedMedia(problem)
    if code == NoVideoStream.code:
        raise NoVideoStream
    raise MalformedMedia(problem)


@cache
def _import_folders() -> tuple[Path, Path]:
    """Where the child finds this package, and PyAV with its shared objects."""
    av = importlib.util.find_spec("av")
    assert av is not None and av.origin is not None  # noqa: S101, PT018 -- a declared dependency
    return Path(manifests.__file__).resolve().parent, Path(av.origin).resolve().parent.parent

"""
The command lines of ffmpeg: the only file that knows the program and its options.

Every input is opened by one forced demuxer, through the `file` protocol alone, with a bound on
the pixels of a frame. No option is ever taken from a user or from a file.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import ffmpeg
import imageio_ffmpeg

from manifests.media.limits import Limits
from manifests.media.media_info import MediaInfo, StreamInfo
from manifests.media.sniff import Container

THUMBNAIL_SIDE_PIXELS: Final = 512
_THUMBNAIL_FRAMES: Final = 48
"""The thumbnail is the most typical of these: two seconds of film, past a fade from black."""

_GLOBAL: Final = ("-hide_banner", "-nostdin", "-nostats")
_EVEN_SIZE: Final = "pad=ceil(iw/2)*2:ceil(ih/2)*2"
"""4:2:0 has one colour sample for 2x2 pixels."""

_FIT: Final = f"min(1,{THUMBNAIL_SIDE_PIXELS}/max(iw*sar,ih))"
_THUMBNAIL_FILTER: Final = (
    # Square pixels first, and small before the frames are kept for comparison.
    f"scale=w='max(2,trunc(iw*sar*{_FIT}/2)*2)':h='max(2,trunc(ih*{_FIT}/2)*2)':out_range=full,"
    f"setsar=1,thumbnail=n={_THUMBNAIL_FRAMES},format=yuvj420p"
)


@cache
def ffmpeg_path() -> Path:
    """Find the program; its wheel brings it along."""
    return Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve()


def normalise_command(
    source: Path,
    dest: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    to: Container,
    copies_video: bool,
    copied_audio: Sequence[StreamInfo],
) -> list[str]:
    """
    Write the video stream and all sound of `source` into a new MP4 or MOV file.

    Foreign metadata, free space, chapters, subtitles, data and attachments stay behind; languages,
    rotation, pixel aspect, colour and HDR tags go along. The same source gives the same bytes.
    Progress is reported on stdout.
    """
    opened = _open(source, info, limits)
    audio = info.audio_streams
    options: dict[str, Any] = {
        "f": to.value,
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
        "movflags": "+faststart",
        "write_tmcd": 0,
        "progress": "pipe:1",
        "loglevel": "warning",
        "threads": limits.threads,
    }
    for name, stream in (
        ("v:0", info.streams[info.video_index]),
        *((f"a:{at}", stream) for at, stream in enumerate(audio)),
    ):
        options[f"metadata:s:{name}"] = f"language={stream.language or 'und'}"
    options |= _copy_video(info) if copies_video else _encode_video()
    if copies_video and len(copied_audio) == len(audio):
        options["xerror"] = None  # What cannot be read to its end must not pass as a shorter video.
    for at, stream in enumerate(audio):
        options |= {f"c:a:{at}": "copy"} if stream in copied_audio else _encode_audio(at)
    streams = [opened[str(stream.index)] for stream in (info.streams[info.video_index], *audio)]
    return _compile(ffmpeg.output(*streams, _url(dest), **options))


def thumbnail_command(source: Path, *, info: MediaInfo, limits: Limits, quality: int) -> list[str]:
    """Write one JPEG of a typical early frame to stdout; `quality` from 2 (best) to 31."""
    picture = _open(source, info, limits)[str(info.video_index)]
    options = {
        "f": "mjpeg",
        "vf": _THUMBNAIL_FILTER,
        "frames:v": 1,
        "q:v": quality,
        "flags:v": "+bitexact",
        "map_metadata": -1,
        "loglevel": "error",
        "threads": limits.threads,
    }
    return _compile(ffmpeg.output(picture, "pipe:1", **options))


def _open(source: Path, info: MediaInfo, limits: Limits) -> Any:  # noqa: ANN401 -- untyped library
    demuxer = info.container.demuxer
    options = {
        "f": demuxer,
        "protocol_whitelist": "file",
        "format_whitelist": demuxer,
        "max_pixels": limits.pixels,
        "threads": limits.threads,
    }
    if info.container.is_iso:
        options |= {"enable_drefs": 0, "use_absolute_path": 0}
    return ffmpeg.input(_url(source), **options)


def _copy_video(info: MediaInfo) -> dict[str, Any]:
    # Apple's players open HEVC under the tag hvc1 alone.
    return {"c:v": "copy"} | ({"tag:v": "hvc1"} if info.video_codec == "hevc" else {})


def _encode_video() -> dict[str, Any]:
    return {
        "c:v": "libx264",
        "preset": "medium",
        "crf": 18,
        "vf": _EVEN_SIZE,
        "pix_fmt": "yuv420p",
        "fps_mode": "passthrough",
        "enc_time_base:v": "demux",
        "flags:v": "+bitexact",
    }


def _encode_audio(at: int) -> dict[str, Any]:
    return {f"c:a:{at}": "aac", f"b:a:{at}": "192k", f"flags:a:{at}": "+bitexact"}


def _url(path: Path) -> str:
    return f"file:{path}"


def _compile(command: Any) -> list[str]:  # noqa: ANN401 -- untyped library
    program, *arguments = ffmpeg.compile(command, cmd=str(ffmpeg_path()), overwrite_output=True)
    return [program, *_GLOBAL, *arguments]

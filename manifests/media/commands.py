"""
The command lines of ffmpeg: the only file that knows the program and its options.

Every input is opened by one forced demuxer, through the `file` protocol alone, with a bound on
the pixels of a frame. No option is ever taken from a user or from a file.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import ffmpeg
import imageio_ffmpeg

from manifests.media.limits import Limits
from manifests.media.mark_graph import Encoder, MarkGraph
from manifests.media.media_info import MediaInfo, StreamInfo
from manifests.media.plan import Plan
from manifests.media.sniff import Container

THUMBNAIL_SIDE_PIXELS: Final = 512
_THUMBNAIL_FRAMES: Final = 48
"""The thumbnail is the most typical of these: two seconds of film, past a fade from black."""

_GLOBAL: Final = ("-hide_banner", "-nostdin", "-nostats")
_EVEN_WIDTH, _EVEN_HEIGHT = "ceil(iw/2)*2", "ceil(ih/2)*2"
"""4:2:0 has one colour sample for 2x2 pixels."""

_TEN_BITS: Final = {
    # Ten bits of H.264 play almost nowhere; of HEVC, on phones and televisions.
    "c:v": "libx265",
    "pix_fmt": "yuv420p10le",
    "tag:v": "hvc1",
    "x265-params": "log-level=error",
}

_FIT: Final = f"min(1,{THUMBNAIL_SIDE_PIXELS}/max(iw*sar,ih))"
_THUMBNAIL_FILTER: Final = (
    # Square pixels first, and small before the frames are kept for comparison.
    f"scale=w='max(2,trunc(iw*sar*{_FIT}/2)*2)':h='max(2,trunc(ih*{_FIT}/2)*2)':out_range=full,"
    f"setsar=1,thumbnail=n={_THUMBNAIL_FRAMES},format=yuvj420p"
)

SIGNATURE_RATE_HZ: Final = 5
PICTURE_SIDE_PIXELS: Final = 96
SIGNATURE_VIEWS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "full": (),
    "crop90": (("crop", ("iw*0.9", "ih*0.9")),),
    "crop80": (("crop", ("iw*0.8", "ih*0.8")),),
    "mirror": (("hflip", ()),),
}
"""The views of a picture that a fingerprint knows, as filters with their arguments."""
_SIGNATURE_SCALE: Final = {
    "w": "320",
    "h": "min(2048,max(64,trunc(ih*320/iw/2)*2))",
    "flags": "area",
}
_PICTURE_FIT: Final = f"{PICTURE_SIDE_PIXELS}/max(iw*sar,ih)"
_PICTURE_SCALE: Final = {
    "w": f"max(16,round(iw*sar*{_PICTURE_FIT}))",
    "h": f"max(16,round(ih*{_PICTURE_FIT}))",
    "flags": "area",
}


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
    options = _clean_copy(info, limits, to=to, copied_audio=copied_audio)
    options |= _copy_video(info) if copies_video else _encode_video()
    if copies_video and len(copied_audio) == len(audio):
        options["xerror"] = None  # What cannot be read to its end must not pass as a shorter video.
    streams = [opened[str(stream.index)] for stream in (info.streams[info.video_index], *audio)]
    return _compile(ffmpeg.output(*streams, _url(dest), **options))


def mark_command(
    source: Path,
    dest: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    plan: Plan,
    graph: MarkGraph,
    encoder: Encoder,
    branches: Callable[[Any], list[Any]] | None,
) -> list[str]:
    """
    Write what `normalise_command` writes, with the pattern of `graph` added to the pictures.

    It is encoded as H.264, or as HEVC where samples have more than 8 bits. `branches` may hang more
    outputs on the marked pictures: see `signature_branches`.
    """
    opened = _open(source, info, limits)
    pattern = ffmpeg.input(_url(graph.pattern), protocol_whitelist="file", **graph.pattern_options)
    picture = opened[str(info.video_index)].filter("pad", _EVEN_WIDTH, _EVEN_HEIGHT)
    marked = graph.draw(picture, pattern, combine=ffmpeg.filter)
    audio = [opened[str(stream.index)] for stream in info.audio_streams]
    options = _clean_copy(info, limits, to=plan.to, copied_audio=plan.copied_audio)
    options |= _encode_video() | ({} if graph.is_eight_bits else _TEN_BITS)
    options |= {"preset": encoder.preset, "crf": encoder.crf}
    if encoder.is_for_drawings and graph.is_eight_bits:
        options |= _encode_drawings(encoder.crf)
    # Behind a graph of two inputs, the time base of the source is no longer known.
    options["enc_time_base:v"] = "filter"
    del options["vf"]
    if branches is None:
        return _compile(ffmpeg.output(marked, *audio, _url(dest), **options))
    halves = marked.filter_multi_output("split", 2)
    written = ffmpeg.output(halves.stream(0), *audio, _url(dest), **options)
    return _compile(ffmpeg.merge_outputs(written, *branches(halves.stream(1))))


def first_frame_command(source: Path, *, info: MediaInfo, limits: Limits) -> list[str]:
    """Describe the first picture, as the decoder gives it, on stderr (filter `showinfo`)."""
    picture = _open(source, info, limits)[str(info.video_index)]
    shown = picture.filter("showinfo", checksum=0)
    return _compile(ffmpeg.output(shown, "-", **{"f": "null", "frames:v": 1, "loglevel": "info"}))


def grey_command(
    source: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    crop: tuple[int, int, int, int] | None,
    size: tuple[int, int],
    rate_hz: int,
    span_s: tuple[float, float],
) -> list[str]:
    """
    Write luma to stdout, a byte a pixel: `rate_hz` pictures a second of `size` (width, height).

    `crop` (x, y, width, height) is cut out first. `span_s` is where to begin, and how long.
    """
    start_s, length_s = span_s
    picture = _open(source, info, limits, ss=start_s, t=length_s)[str(info.video_index)]
    picture = picture.filter("fps", fps=rate_hz)
    if crop is not None:
        x, y, width, height = crop
        picture = picture.filter("crop", w=width, h=height, x=x, y=y)
    width, height = size
    grey = picture.filter("extractplanes", planes="y").filter(
        "scale",
        w=width,
        h=height,
        flags="area",
    )
    options = {
        "f": "rawvideo",
        "pix_fmt": "gray",
        "loglevel": "error",
        "threads": limits.threads,
    }
    return _compile(ffmpeg.output(grey, "pipe:1", **options))


def key_frame_command(
    source: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    at_s: float,
) -> list[str]:
    """Write the luma of one key frame, at or before `at_s`, to stdout: a byte a pixel."""
    opened = _open(source, info, limits, ss=at_s, noaccurate_seek=None, skip_frame="nokey")
    picture = opened[str(info.video_index)].filter("format", "yuv420p")
    grey = picture.filter("extractplanes", planes="y")
    options = {
        "f": "rawvideo",
        "pix_fmt": "gray",
        "frames:v": 1,
        # It comes before the place sought, at a time that would otherwise be dropped.
        "fps_mode": "passthrough",
        "loglevel": "error",
        "threads": limits.threads,
    }
    return _compile(ffmpeg.output(grey, "pipe:1", **options))


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


def signature_command(
    source: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    signatures: Mapping[str, Path],
    picture_rate_hz: int,
) -> list[str]:
    """
    Write the MPEG-7 signatures of several views and small gray pictures, in one decode.

    `signatures` says into which file each view of `SIGNATURE_VIEWS` goes. The pictures go to stdout
    as YUV4MPEG2. Both begin at the first frame.
    """
    picture = _open(source, info, limits)[str(info.video_index)]
    branches = signature_branches(
        picture,
        signatures=signatures,
        pictures="pipe:1",
        picture_rate_hz=picture_rate_hz,
        duration_s=info.duration_ms / 1000 + 1,
    )
    merged = ffmpeg.merge_outputs(*branches).global_args("-loglevel", "error")
    return _compile(merged)


def signature_branches(
    picture: Any,  # noqa: ANN401 -- untyped library
    *,
    signatures: Mapping[str, Path],
    pictures: Path | str,
    picture_rate_hz: int,
    duration_s: float,
) -> list[Any]:
    """
    Hang the outputs of `signature_command` on a stream of any filter graph.

    Nothing is written beyond `duration_s`: a gap in the time stamps is filled with copies of a
    frame, and a hostile file may have a gap of years.
    """
    timed = picture.filter("setpts", "PTS-STARTPTS")
    ends = {"t": f"{duration_s:.3f}", "threads": 1}
    halves = timed.split()
    small = halves[0].filter("fps", picture_rate_hz).filter("scale", **_PICTURE_SCALE)
    outputs = [
        ffmpeg.output(
            small.filter("format", "gray"),
            pictures if isinstance(pictures, str) else _url(pictures),
            **{"f": "yuv4mpegpipe", "strict": -1, **ends},
        ),
    ]
    # The filter crashes on a side under 32 pixels; 64 leaves room for the crops.
    plain = halves[1].filter("fps", SIGNATURE_RATE_HZ).filter("scale", **_SIGNATURE_SCALE)
    views = plain.filter("format", "gray").filter_multi_output("split", len(signatures))
    for at, (view, path) in enumerate(signatures.items()):
        seen = views[at]
        for name, arguments in SIGNATURE_VIEWS[view]:
            seen = seen.filter(name, *arguments)
        signed = seen.filter("signature", format="binary", filename=str(path))
        outputs.append(ffmpeg.output(signed, "-", **{"f": "null", **ends}))
    return outputs


def _clean_copy(
    info: MediaInfo,
    limits: Limits,
    *,
    to: Container,
    copied_audio: Sequence[StreamInfo],
) -> dict[str, Any]:
    """Give the options of every copy: container, what stays behind, and the sound."""
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
    for at, stream in enumerate(audio):
        options |= {f"c:a:{at}": "copy"} if stream in copied_audio else _encode_audio(at)
    return options


def _open(
    source: Path,
    info: MediaInfo,
    limits: Limits,
    **more: object,
) -> Any:  # noqa: ANN401 -- untyped library
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
    return ffmpeg.input(_url(source), **options, **more)


def _copy_video(info: MediaInfo) -> dict[str, Any]:
    # Apple's players open HEVC under the tag hvc1 alone.
    return {"c:v": "copy"} | ({"tag:v": "hvc1"} if info.video_codec == "hevc" else {})


def _encode_video() -> dict[str, Any]:
    return {
        "c:v": "libx264",
        "preset": "medium",
        "crf": 18,
        "vf": f"pad={_EVEN_WIDTH}:{_EVEN_HEIGHT}",
        "pix_fmt": "yuv420p",
        "fps_mode": "passthrough",
        "enc_time_base:v": "demux",
        "flags:v": "+bitexact",
    }


def _encode_drawings(crf: int) -> dict[str, Any]:
    """
    Keep the encoder from spending most of its bits on a faint pattern in clean flat areas.

    Its adaptive quantisation takes flat areas for those where errors are seen first, and codes them
    almost without loss; trellis quantisation then keeps every small coefficient. What a later
    encoding keeps of the pattern comes from pictures coded on their own: those stay exact.
    """
    return {
        "qmin": max(0, crf - 4),
        "trellis": 0,
        "x264-params": "deadzone-inter=32:deadzone-intra=6",
    }


def _encode_audio(at: int) -> dict[str, Any]:
    return {f"c:a:{at}": "aac", f"b:a:{at}": "192k", f"flags:a:{at}": "+bitexact"}


def _url(path: Path) -> str:
    return f"file:{path}"


def _compile(command: Any) -> list[str]:  # noqa: ANN401 -- untyped library
    program, *arguments = ffmpeg.compile(command, cmd=str(ffmpeg_path()), overwrite_output=True)
    return [program, *_GLOBAL, *arguments]

"""
The half of the probe that opens the file; a program of its own, run in the sandbox by `probe`.

It prints one JSON object: a `Report`, or `{"error": code, "problem": text}`. Only demuxing is done
here, no frame is decoded: a video with altered pictures must still reach its verdict.
"""

import json
import re
import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final, TypedDict

import av
from av import AudioStream, CodecContext, VideoStream
from av.container import InputContainer
from av.stream import Disposition, Stream

from manifests.errors import MalformedMedia, MediaError, NoVideoStream, UnsupportedMedia
from manifests.media.sniff import Container
from manifests.media.structure import Structure, check_structure

VIDEO_CODECS: Final = frozenset({"h264", "hevc", "vp9", "av1"})
_ISO_639_2: Final = re.compile("[a-z]{3}")
_PADDING_S: Final = Fraction(1, 4)
_STREAMS_TO_OPEN: Final = 100
"""Past this the file is refused at once: empty streams cost memory before they can be counted."""


class Request(TypedDict):
    """What `probe` asks for."""

    path: str
    container: str
    pixels: int


class StreamReport(TypedDict):
    """One stream; `kind` as in `StreamInfo`."""

    index: int
    kind: str
    codec: str
    language: str | None


class Report(TypedDict):
    """What was found; durations exact as fractions of a second, written `n/d`."""

    streams: list[StreamReport]
    video_index: int
    width: int
    height: int
    frame_rate: str
    duration_s: str
    can_copy_video: bool


class _Span:
    """From the first to the last moment of one stream, in seconds."""

    def __init__(self) -> None:
        self.start: Fraction | None = None
        self.end = Fraction(0)
        self.count = 0

    def add(self, start: Fraction, duration: Fraction) -> None:
        """Take one sample into account."""
        self.start = start if self.start is None else min(self.start, start)
        self.end = max(self.end, start + duration)
        self.count += 1

    @property
    def length(self) -> Fraction:
        """Zero without samples."""
        return Fraction(0) if self.start is None else max(self.end - self.start, Fraction(0))


def main(request_json: str) -> None:
    """Answer one request on stdout."""
    request: Request = json.loads(request_json)
    answer: object
    try:
        answer = examine(request)
    except MalformedMedia as error:
        answer = {"error": error.code, "problem": error.problem}
    except UnsupportedMedia as error:
        answer = {"error": error.code, "problem": error.found}
    except MediaError as error:
        answer = {"error": error.code, "problem": str(error)}
    except (av.FFmpegError, MemoryError, ValueError) as error:
        problem = getattr(error, "strerror", None) or type(error).__name__
        answer = {"error": MalformedMedia.code, "problem": f"it cannot be read ({problem})"}
    sys.stdout.write(json.dumps(answer))


def examine(request: Request) -> Report:
    """Open the file with the one demuxer that fits, and describe it."""
    container = Container(request["container"])
    with Path(request["path"]).open("rb") as file:
        structure = check_structure(file, container)
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": container.demuxer,
        "max_streams": str(_STREAMS_TO_OPEN),
        "max_pixels": str(request["pixels"]),
        "threads": "1",
    }
    if container.is_iso:
        # A track may name another file as the place of its samples. It must not be opened.
        options |= {"enable_drefs": "0", "use_absolute_path": "0"}
    url = f"file:{request['path']}"
    # Titles in an old encoding are no reason to refuse a video; none of its text is used.
    with av.open(
        url,
        format=container.demuxer,
        options=options,
        metadata_errors="replace",
    ) as opened:
        return _describe(opened, structure, size_bytes=Path(request["path"]).stat().st_size)


def _describe(opened: InputContainer, structure: Structure, *, size_bytes: int) -> Report:
    video = _main_video(opened)
    codec = video.codec_context
    name = _codec_name(video)
    if structure.is_encrypted:
        raise UnsupportedMedia("its streams are encrypted")
    if name not in VIDEO_CODECS:
        raise UnsupportedMedia(f"its pictures are coded as {name or 'something unknown'}")
    if structure.has_full_index:
        spans = {s.index: _span_of_index(s, size_bytes) for s in _timed(opened)}
        _read_one_packet(opened, video)
    else:
        spans = _spans_of_packets(opened)
    span = spans[video.index]
    if span.count == 0 or span.length == 0 or codec.width == 0 or codec.height == 0:
        raise MalformedMedia("it holds no pictures")
    # AVI keeps no presentation times, so frames that are stored out of order lose their places.
    is_out_of_order = opened.format.name == Container.AVI.demuxer and codec.has_b_frames
    return Report(
        streams=[_stream_report(stream) for stream in opened.streams],
        video_index=video.index,
        width=codec.width,
        height=codec.height,
        frame_rate=str(video.average_rate or span.count / span.length),
        duration_s=str(_duration(span, spans.values())),
        can_copy_video=not is_out_of_order,
    )


def _main_video(opened: InputContainer) -> VideoStream:
    """Choose the default video stream, else the first; cover pictures do not count."""
    videos = [stream for stream in opened.streams.video if not _is_cover(stream)]
    if not videos:
        raise NoVideoStream
    return next((video for video in videos if Disposition.default in video.disposition), videos[0])


def _is_cover(stream: Stream) -> bool:
    return Disposition.attached_pic in stream.disposition


def _timed(opened: InputContainer) -> list[VideoStream | AudioStream]:
    """List the streams that have a length of their own."""
    videos = [stream for stream in opened.streams.video if not _is_cover(stream)]
    return [*videos, *opened.streams.audio]


def _codec_name(stream: Stream) -> str:
    # No context: libavformat knows no codec of this kind. PyAV's stubs do not say so.
    context: object = stream.codec_context
    return context.codec.canonical_name if isinstance(context, CodecContext) else ""


def _stream_report(stream: Stream) -> StreamReport:
    kind = stream.type if stream.type in {"video", "audio"} and not _is_cover(stream) else "other"
    language = stream.metadata.get("language", "")
    is_code = _ISO_639_2.fullmatch(language) is not None and language != "und"
    return StreamReport(
        index=stream.index,
        kind=kind,
        codec=_codec_name(stream),
        language=language if is_code else None,
    )


def _span_of_index(stream: VideoStream | AudioStream, size_bytes: int) -> _Span:
    """
    Measure a stream by its table of samples, and see that every sample lies within the file.

    The table has decoding times; their spread is that of the presentation times. It does not say
    how long the last sample lasts, so the header's duration counts where it is longer.
    """
    unit = stream.time_base or Fraction(1, av.time_base)
    span = _Span()
    previous = last = None
    for entry in stream.index_entries:
        if entry.pos + entry.size > size_bytes:
            missing_bytes = entry.pos + entry.size - size_bytes
            raise MalformedMedia(f"it was cut short, at least {missing_bytes} bytes are missing")
        if not entry.is_discard:
            previous, last = last, entry.timestamp
            span.add(entry.timestamp * unit, Fraction(0))
    if last is not None and previous is not None:
        span.add(last * unit, (last - previous) * unit)
        span.count -= 1
    if span.start is not None and stream.duration:
        span.end = max(span.end, span.start + stream.duration * unit)
    return span


def _read_one_packet(opened: InputContainer, video: VideoStream) -> None:
    """See that pictures can be read at all: those of another file cannot, and are not opened."""
    if not any(packet.size for packet in opened.demux(video)):
        raise MalformedMedia("its pictures are not in the file itself")


def _spans_of_packets(opened: InputContainer) -> dict[int, _Span]:
    """Measure every stream by reading the file to its end."""
    timed = _timed(opened)
    spans = {stream.index: _Span() for stream in timed}
    keeps_presentation_times = opened.format.name != Container.AVI.demuxer
    for packet in opened.demux(timed):
        has_pts = keeps_presentation_times and packet.pts is not None
        at = packet.pts if has_pts else packet.dts
        if packet.size and at is not None and packet.time_base is not None:
            duration = (packet.duration or 0) * packet.time_base
            spans[packet.stream.index].add(at * packet.time_base, duration)
    return spans


def _duration(video: _Span, spans: Iterable[_Span]) -> Fraction:
    """
    Take the picture's length, or the sound's where it goes on after the picture.

    Audio codecs pad their last packet, so less than `_PADDING_S` more is not a longer video.
    """
    longest = max(span.length for span in spans)
    return longest if longest > video.length + _PADDING_S else video.length

"""What a video is: the values that the probe returns."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from manifests.media.sniff import Container

StreamKind: TypeAlias = Literal["video", "audio", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """
    One stream, by its index in the file.

    `codec` is the canonical name (`h264`, `aac`, ...) or empty for data without one; `language` an
    ISO 639-2 code or None. `other` is what is not carried along: subtitles, data, attachments,
    cover pictures.
    """

    index: int
    kind: StreamKind
    codec: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaInfo:
    """
    What the probe found.

    `width` and `height` are stored pixels of the one video stream that counts (`video_index`),
    before rotation and pixel aspect. `duration_ms` is the length of the picture, or of the sound
    where it runs on. `can_copy_video` is False when the container lacks the presentation
    times that MP4 needs. `encoded_anew` says which streams were not copied on the way here.
    """

    container: Container
    media_type: str
    duration_ms: int
    width: int
    height: int
    frame_rate: Fraction
    video_codec: str
    audio_codec: str | None
    video_index: int
    streams: tuple[StreamInfo, ...]
    size_bytes: int
    can_copy_video: bool = True
    encoded_anew: tuple[Literal["video", "audio"], ...] = ()

    @property
    def audio_streams(self) -> tuple[StreamInfo, ...]:
        """The sound, in the order of the file."""
        return tuple(stream for stream in self.streams if stream.kind == "audio")

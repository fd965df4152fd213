"""What of a video is copied as it is, and into which container."""

from dataclasses import dataclass
from typing import Final, Literal

from manifests.media.media_info import MediaInfo, StreamInfo
from manifests.media.sniff import Container

_AUDIO_IN_MP4: Final = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "alac", "flac"})
_AUDIO_IN_MOV: Final = frozenset(
    {"aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"},
)
_VIDEO_IN_MOV: Final = frozenset({"h264", "hevc"})


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

"""No command line of ours opens a file by guesswork or by another road than the file itself."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from manifests.media.commands import normalise_command, thumbnail_command
from manifests.media.limits import Limits
from manifests.media.media_info import MediaInfo, StreamInfo
from manifests.media.sniff import Container

INFO = MediaInfo(
    container=Container.MP4,
    media_type="video/mp4",
    duration_ms=8000,
    width=64,
    height=48,
    frame_rate=Fraction(24),
    video_codec="h264",
    audio_codec="aac",
    video_index=0,
    streams=(
        StreamInfo(index=0, kind="video", codec="h264"),
        StreamInfo(index=1, kind="audio", codec="aac", language="jpn"),
    ),
    size_bytes=1000,
)


def commands(info: MediaInfo) -> list[list[str]]:
    source, dest = Path("/in/-y http:.mp4"), Path("/out/clip.mp4")
    return [
        normalise_command(
            source,
            dest,
            info=info,
            limits=Limits(),
            to=Container.MP4,
            copies_video=True,
            copied_audio=info.audio_streams,
        ),
        thumbnail_command(source, info=info, limits=Limits(), quality=4),
    ]


@pytest.mark.parametrize("container", Container)
def test_every_input_has_one_demuxer_one_protocol_and_a_bound_on_pixels(
    container: Container,
) -> None:
    for command in commands(replace(INFO, container=container)):
        before_input = command[: command.index("-i")]
        options = dict(zip(before_input[4::2], before_input[5::2], strict=True))
        assert options["-f"] == options["-format_whitelist"] == container.demuxer
        assert options["-protocol_whitelist"] == "file"
        assert options["-max_pixels"] == str(Limits().pixels)
        assert command.count("-i") == 1
        assert command[command.index("-i") + 1] == "file:/in/-y http:.mp4"
        assert "-nostdin" in command


def test_a_file_may_not_name_others_as_its_content() -> None:
    for command in commands(INFO):
        assert command[command.index("-enable_drefs") + 1] == "0"

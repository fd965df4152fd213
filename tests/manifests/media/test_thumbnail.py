"""A thumbnail is small, upright and drawn with square pixels."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest

from manifests.errors import MalformedMedia
from manifests.media.limits import Limits
from manifests.media.media_info import MediaInfo
from manifests.media.probe import probe
from manifests.media.thumbnail import SIZE_BYTES_MAX, thumbnail

Clip = Callable[[str], Path]
InfoOf = Callable[[str], MediaInfo]


def size_of(jpeg: bytes) -> tuple[int, int]:
    with av.open(io.BytesIO(jpeg), mode="r", format="jpeg_pipe") as opened:
        frame = next(opened.decode(video=0))
        return frame.width, frame.height


@pytest.mark.parametrize("name", ["h264.mp4", "hevc.mkv", "vp9.webm", "av1.mkv", "h264.avi"])
def test_every_codec_gets_one(clip: Clip, info_of: InfoOf, limits: Limits, name: str) -> None:
    jpeg = thumbnail(clip(name), info_of(name), limits)
    assert jpeg.startswith(b"\xff\xd8\xff")
    assert jpeg.endswith(b"\xff\xd9")
    assert size_of(jpeg) == (64, 48)


def test_the_long_side_is_512_and_noise_still_fits(
    ffmpeg: Callable[..., None], limits: Limits, tmp_path: Path
) -> None:
    noisy = tmp_path / "noisy.mp4"
    source = "nullsrc=size=720x1280:rate=2:duration=1,geq=random(1)*255:128:128"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", str(noisy))
    jpeg = thumbnail(noisy, probe(noisy, limits), limits)
    assert size_of(jpeg) == (288, 512)
    assert len(jpeg) <= SIZE_BYTES_MAX


def test_rotation_and_pixel_aspect_are_applied(
    clip: Clip, ffmpeg: Callable[..., None], limits: Limits, tmp_path: Path
) -> None:
    turned, wide = tmp_path / "turned.mp4", clip("coloured.mp4")
    ffmpeg("-display_rotation", "90", "-i", str(clip("silent.mp4")), "-c", "copy", str(turned))
    assert size_of(thumbnail(turned, probe(turned, limits), limits)) == (48, 64)
    assert size_of(thumbnail(wide, probe(wide, limits), limits)) == (84, 48)


def test_a_fade_from_black_is_passed_over(
    ffmpeg: Callable[..., None], limits: Limits, tmp_path: Path
) -> None:
    fading = tmp_path / "fading.mp4"
    source = "color=white:size=64x48:rate=12:duration=2,fade=type=in:start_frame=2:nb_frames=2"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", str(fading))
    jpeg = thumbnail(fading, probe(fading, limits), limits)
    with av.open(io.BytesIO(jpeg), mode="r", format="jpeg_pipe") as opened:
        assert bytes(next(opened.decode(video=0)).planes[0])[0] > 200


def test_the_same_video_gives_the_same_picture(clip: Clip, info_of: InfoOf, limits: Limits) -> None:
    info = info_of("h264.mp4")
    first, second = (thumbnail(clip("h264.mp4"), info, limits) for _ in range(2))
    assert first == second


def test_pictures_that_cannot_be_decoded_are_damaged(
    clip: Clip, limits: Limits, tmp_path: Path
) -> None:
    data = bytearray(clip("silent.mp4").read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    path = tmp_path / "zeros.mp4"
    path.write_bytes(data)
    with pytest.raises(MalformedMedia, match="no frame"):
        thumbnail(path, probe(path, limits), limits)


def test_it_is_drawn_with_the_system_call_filter_alone(clip: Clip, limits: Limits) -> None:
    path = clip("h264.mp4")
    fallback = replace(limits, isolation="seccomp")
    assert thumbnail(path, probe(path, fallback), fallback).startswith(b"\xff\xd8")

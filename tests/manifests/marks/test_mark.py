"""Marks set into real videos and read again after what platforms do to them."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from manifests.errors import UnsupportedMedia
from manifests.marks.detect import Detection, detect
from manifests.marks.embed import embed
from manifests.marks.keys import MarkKeyRing, init_mark_keys, rotate
from manifests.media.commands import ffmpeg_path
from manifests.media.limits import Limits
from manifests.media.probe import probe

MARK = "0123456789abcdef"
OTHER = "fedcba9876543210"
DRAWN = "mandelbrot=size=640x360:rate=12:start_scale=0.6:end_scale=0.3:end_pts=4"
ENCODER = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def ffmpeg(*arguments: object) -> None:
    subprocess.run([ffmpeg_path(), "-v", "error", "-y", *arguments], check=True)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> MarkKeyRing:
    return init_mark_keys(tmp_path_factory.mktemp("keys"), at=datetime.now(UTC))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of moving picture with sound, tagged BT.709."""
    path = tmp_path_factory.mktemp("source") / "source.mp4"
    inputs = ("-f", "lavfi", "-i", DRAWN, "-f", "lavfi", "-i", "sine=440")
    tags = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
    ffmpeg(*inputs, "-t", "4", *ENCODER, "-crf", "12", *tags, "-c:a", "aac", path)
    return path


@pytest.fixture(scope="module")
def marked(source: Path, keys: MarkKeyRing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    dest = tmp_path_factory.mktemp("marked") / "marked.mp4"
    return mark(source, dest, keys, MARK)


def mark(source: Path, dest: Path, keys: MarkKeyRing, mark_id: str) -> Path:
    embed(
        source,
        dest,
        info=probe(source, Limits()),
        mark_id=mark_id,
        key=keys.newest,
        limits=Limits(),
        preset="ultrafast",
    )
    return dest


def look(path: Path, keys: MarkKeyRing, *, deep: bool = False) -> Detection:
    # However busy the machine is, the search ends by itself.
    return detect(
        path, info=probe(path, Limits()), keys=keys, limits=Limits(), budget_s=600, deep=deep
    )


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-c", "copy"), id="as it is"),
        pytest.param((*ENCODER, "-crf", "33"), id="CRF 33"),
        pytest.param(("-vf", "scale=iw/2:-2", *ENCODER, "-crf", "23"), id="half size"),
        pytest.param(("-vf", "crop=iw*0.7:ih*0.7", *ENCODER, "-crf", "23"), id="70 % of it"),
        pytest.param(("-vf", "hflip", *ENCODER, "-crf", "23"), id="mirrored"),
        pytest.param(("-ss", "1", "-t", "2", *ENCODER, "-crf", "23"), id="two seconds of it"),
        pytest.param(("-vf", "setpts=PTS/1.25", *ENCODER, "-crf", "23"), id="faster"),
    ],
)
def test_the_mark_is_read_after(
    marked: Path,
    keys: MarkKeyRing,
    tmp_path: Path,
    options: tuple[str, ...],
) -> None:
    ffmpeg("-i", marked, "-an", *options, tmp_path / "copy.mp4")

    found = look(tmp_path / "copy.mp4", keys)

    assert (found.found, found.mark_id) == (True, MARK)


def test_it_says_how_the_picture_was_changed(
    marked: Path,
    keys: MarkKeyRing,
    tmp_path: Path,
) -> None:
    ffmpeg("-i", marked, "-an", "-vf", "hflip", *ENCODER, "-crf", "20", tmp_path / "copy.mp4")

    geometry = look(tmp_path / "copy.mp4", keys).geometry

    assert geometry is not None
    assert geometry.flipped
    assert geometry.scale_x == pytest.approx(1, abs=0.01)


def test_an_unmarked_video_and_another_key_say_nothing(
    source: Path,
    marked: Path,
    keys: MarkKeyRing,
    tmp_path: Path,
) -> None:
    stranger = init_mark_keys(tmp_path, at=datetime.now(UTC))

    assert not look(source, keys).found
    assert not look(marked, stranger).found


def test_an_older_key_is_still_read(
    source: Path,
    tmp_path: Path,
) -> None:
    old = init_mark_keys(tmp_path, at=datetime.now(UTC))
    video = mark(source, tmp_path / "marked.mp4", old, MARK)

    found = look(video, rotate(tmp_path, at=datetime.now(UTC)))

    assert (found.mark_id, found.key_id) == (MARK, old.newest.id)


def test_a_montage_shows_both_of_its_marks_and_when(
    source: Path,
    marked: Path,
    keys: MarkKeyRing,
    tmp_path: Path,
) -> None:
    second = mark(source, tmp_path / "second.mp4", keys, OTHER)
    join = "[0:v][1:v]concat=n=2:v=1:a=0"
    ffmpeg(
        *("-i", marked, "-i", second, "-filter_complex", join),
        *(*ENCODER, "-crf", "23", tmp_path / "montage.mp4"),
    )

    found = look(tmp_path / "montage.mp4", keys)

    assert [segment.mark_id for segment in found.segments] == [MARK, OTHER]
    assert found.segments[0].end_s == pytest.approx(4, abs=1)


def described(path: Path) -> dict[str, object]:
    with av.open(path) as opened:
        video, sound = opened.streams.video[0], opened.streams.audio[0]
        context = video.codec_context
        return {
            "colours": (context.colorspace, context.color_primaries, context.color_trc),
            "sound": [bytes(packet) for packet in opened.demux(sound)],
            "rate": video.average_rate,
        }


def test_colours_sound_and_frame_rate_stay(source: Path, marked: Path) -> None:
    assert described(marked) == described(source)


def test_a_turned_video_comes_out_upright(
    source: Path,
    keys: MarkKeyRing,
    tmp_path: Path,
) -> None:
    turned = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", source, "-c", "copy", turned)

    video = mark(turned, tmp_path / "marked.mp4", keys, MARK)

    with av.open(video) as opened:
        stream = opened.streams.video[0]
        assert (stream.width, stream.height) == (360, 640)
    assert look(video, keys).mark_id == MARK


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-vf", "scale=96:64", *ENCODER), id="too small"),
        pytest.param(("-vf", "format=yuv420p10le", "-c:v", "libx265"), id="HDR"),
    ],
)
def test_what_cannot_carry_a_mark_is_refused(
    source: Path,
    keys: MarkKeyRing,
    tmp_path: Path,
    options: tuple[str, ...],
) -> None:
    refused = tmp_path / "refused.mp4"
    hdr = ("-color_trc", "smpte2084", "-x265-params", "log-level=none:transfer=smpte2084")
    ffmpeg(
        "-i", source, "-t", "1", "-an", *options, *(hdr if "libx265" in options else ()), refused
    )

    with pytest.raises(UnsupportedMedia):
        mark(refused, tmp_path / "marked.mp4", keys, MARK)
    assert not (tmp_path / "marked.mp4").exists()


def test_a_tiny_video_is_looked_at_in_full_and_says_nothing(
    keys: MarkKeyRing,
    tmp_path: Path,
) -> None:
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc=size=64x64:rate=10", "-t", "1", *ENCODER, tmp_path / "t.mp4"
    )

    assert not look(tmp_path / "t.mp4", keys, deep=True).found

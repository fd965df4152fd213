"""The copy holds the same pictures and sound, nothing foreign, and appears whole or not at all."""

import hashlib
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest

from manifests.errors import MalformedMedia, MediaTooLarge, ToolTimedOut
from manifests.media.limits import Limits
from manifests.media.media_info import MediaInfo
from manifests.media.normalise import normalise
from manifests.media.probe import probe
from manifests.media.sniff import Container

Clip = Callable[[str], Path]
InfoOf = Callable[[str], MediaInfo]
Copy = Callable[[str, Path], MediaInfo]
REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def copy(clip: Clip, info_of: InfoOf, limits: Limits) -> Copy:
    """Normalise the clip of this name."""

    def make(name: str, dest: Path) -> MediaInfo:
        return normalise(clip(name), dest, info=info_of(name), limits=limits)

    return make


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("h264.mp4", (Container.MP4, "h264", "aac", ())),
        ("h264.mov", (Container.MOV, "h264", "pcm_s16le", ())),
        ("h264.avi", (Container.MP4, "h264", "mp3", ())),
        ("reordered.avi", (Container.MP4, "h264", "mp3", ("video",))),
        ("hevc.mov", (Container.MOV, "hevc", "aac", ())),
        ("hevc.mkv", (Container.MP4, "hevc", "ac3", ())),
        ("vp9.webm", (Container.MP4, "vp9", "opus", ())),
        ("live.webm", (Container.MP4, "vp9", "opus", ())),
        ("av1.mkv", (Container.MP4, "av1", "aac", ("audio",))),
        ("fragments.mp4", (Container.MP4, "h264", "aac", ())),
        ("silent.mp4", (Container.MP4, "h264", None, ())),
    ],
)
def test_streams_are_copied_wherever_the_new_container_carries_them(
    clip: Clip,
    info_of: InfoOf,
    copy: Copy,
    tmp_path: Path,
    name: str,
    expected: tuple[Container, str, str | None, tuple[str, ...]],
) -> None:
    source, dest = clip(name), tmp_path / "copy"
    info = copy(name, dest)
    codecs = (info.video_codec, info.audio_codec)
    assert (info.container, *codecs, info.encoded_anew) == expected
    assert info.duration_ms == pytest.approx(info_of(name).duration_ms, abs=90)
    if "video" not in info.encoded_anew:
        assert pictures(dest) == pictures(source)
    assert len(pictures(dest)) == len(pictures(source)) == 12
    assert names_in(tmp_path) == ["copy"]


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def pictures(path: Path) -> list[str]:
    """Digest each decoded frame."""
    with av.open(path) as opened:
        frames = opened.decode(video=0)
        return [hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest() for frame in frames]


def test_the_same_source_gives_the_same_bytes(copy: Copy, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for dest in (first, second):
        copy("reordered.avi", dest)
    assert first.read_bytes() == second.read_bytes()


def test_the_source_is_not_changed(clip: Clip, limits: Limits, tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    shutil.copyfile(clip("h264.mp4"), source)
    source.chmod(0o400)
    normalise(source, tmp_path / "copy.mp4", info=probe(source, limits), limits=limits)
    assert source.read_bytes() == clip("h264.mp4").read_bytes()
    with pytest.raises(ValueError, match="name of its own"):
        normalise(source, source, info=probe(source, limits), limits=limits)


def test_nothing_foreign_goes_along(copy: Copy, tmp_path: Path) -> None:
    dest = tmp_path / "copy.mp4"
    info = copy("subtitled.mkv", dest)
    assert [stream.kind for stream in info.streams] == ["video", "audio"]
    for word in (b"Secret", b"words", b"Lavf"):
        assert word not in dest.read_bytes()


def test_free_space_is_left_behind_and_the_index_stands_in_front(
    clip: Clip, limits: Limits, tmp_path: Path
) -> None:
    source, dest = tmp_path / "padded.mp4", tmp_path / "copy.mp4"
    hidden = b"hidden bytes" * 100
    source.write_bytes(
        clip("h264.mp4").read_bytes() + struct.pack(">I4s", 8 + len(hidden), b"free") + hidden,
    )
    normalise(source, dest, info=probe(source, limits), limits=limits)
    data = dest.read_bytes()
    assert b"hidden" not in data
    assert data.index(b"moov") < data.index(b"mdat")


def test_languages_are_kept(copy: Copy, tmp_path: Path) -> None:
    info = copy("h264.mkv", tmp_path / "copy.mp4")
    assert info.audio_streams[0].language == "jpn"


def test_every_sound_track_is_kept(copy: Copy, tmp_path: Path) -> None:
    info = copy("twelve streams.mkv", tmp_path / "copy.mp4")
    assert len(info.audio_streams) == 11


def test_hevc_gets_the_tag_that_apple_opens(copy: Copy, tmp_path: Path) -> None:
    dest = tmp_path / "copy.mp4"
    copy("hevc.mp4", dest)
    assert b"hev1" not in dest.read_bytes()
    assert b"hvc1" in dest.read_bytes()


def test_rotation_is_kept(
    clip: Clip, ffmpeg: Callable[..., None], limits: Limits, tmp_path: Path
) -> None:
    turned, dest = tmp_path / "turned.mp4", tmp_path / "copy.mp4"
    ffmpeg("-display_rotation", "90", "-i", str(clip("silent.mp4")), "-c", "copy", str(turned))
    normalise(turned, dest, info=probe(turned, limits), limits=limits)
    assert first_frame(dest).rotation == first_frame(turned).rotation != 0


def first_frame(path: Path) -> av.VideoFrame:
    with av.open(path) as opened:
        return next(opened.decode(video=0))


def test_colour_and_pixel_aspect_are_kept(copy: Copy, tmp_path: Path) -> None:
    dest = tmp_path / "copy.mp4"
    copy("coloured.mp4", dest)
    with av.open(dest) as opened:
        video = opened.streams.video[0]
        codec = video.codec_context
        assert (codec.color_primaries, codec.color_trc, codec.colorspace) == (9, 16, 9)
        assert video.sample_aspect_ratio == pytest.approx(4 / 3)


def test_a_varying_frame_rate_stays_as_it_is(clip: Clip, copy: Copy, tmp_path: Path) -> None:
    dest = tmp_path / "copy.mp4"
    copy("varied.mp4", dest)
    assert times(dest) == times(clip("varied.mp4"))
    assert len(set(zip(times(dest), times(dest)[1:], strict=False))) > 2


def times(path: Path) -> list[float]:
    with av.open(path) as opened:
        return [round(frame.time or 0.0, 4) for frame in opened.decode(video=0)]


def test_progress_goes_from_nothing_to_everything(
    clip: Clip, info_of: InfoOf, limits: Limits, tmp_path: Path
) -> None:
    source, seen = clip("reordered.avi"), list[float]()
    info = info_of("reordered.avi")
    normalise(source, tmp_path / "copy", info=info, limits=limits, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert all(0 <= fraction <= 1 for fraction in seen)


def test_less_than_was_promised_is_not_delivered(
    clip: Clip, info_of: InfoOf, limits: Limits, tmp_path: Path
) -> None:
    source, dest = clip("h264.mp4"), tmp_path / "copy.mp4"
    promised = replace(info_of("h264.mp4"), duration_ms=2000)
    with pytest.raises(MalformedMedia, match="only 1 of 2 s"):
        normalise(source, dest, info=promised, limits=limits)
    assert names_in(tmp_path) == []


def test_where_copying_fails_everything_is_encoded(
    clip: Clip, info_of: InfoOf, limits: Limits, tmp_path: Path
) -> None:
    # The muxer will not write MPEG-4 part 2 under the tag of HEVC: a stream that it cannot carry.
    source, dest = clip("mpeg4.mp4"), tmp_path / "copy.mov"
    info = replace(info_of("h264.mp4"), video_codec="hevc", audio_codec=None)
    mislabelled = replace(info, streams=info.streams[:1], duration_ms=1000)
    made = normalise(source, dest, info=mislabelled, limits=limits)
    assert (made.video_codec, made.encoded_anew) == ("h264", ("video",))


def test_pictures_that_can_be_neither_copied_nor_decoded_are_damaged(
    clip: Clip, info_of: InfoOf, limits: Limits, tmp_path: Path
) -> None:
    data = bytearray(clip("reordered.avi").read_bytes())
    start, end = data.index(b"movi"), data.index(b"idx1")
    pieces = [at for at in range(start, end) if data[at : at + 4] == b"00dc"]
    for at in pieces:
        data[at + 8 : at + 200] = bytes(192)
    source, dest = tmp_path / "zeros.avi", tmp_path / "copies" / "copy.mp4"
    source.write_bytes(data)
    dest.parent.mkdir()
    with pytest.raises(MalformedMedia, match="neither copied nor decoded"):
        normalise(source, dest, info=info_of("reordered.avi"), limits=limits)
    assert names_in(dest.parent) == []


def test_when_the_time_is_up_nothing_is_left(
    clip: Clip, info_of: InfoOf, limits: Limits, tmp_path: Path
) -> None:
    source = clip("h264.mp4")
    info = info_of("h264.mp4")
    with pytest.raises(ToolTimedOut):
        normalise(source, tmp_path / "copy", info=info, limits=replace(limits, wall_time_s=0.01))
    assert names_in(tmp_path) == []


def test_a_copy_that_outgrows_its_bound_is_refused(
    clip: Clip, info_of: InfoOf, limits: Limits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = clip("h264.mp4")
    info = replace(info_of("h264.mp4"), size_bytes=1)
    monkeypatch.setattr("manifests.media.normalise._SMALL_FILE_BYTES", 1000)
    with pytest.raises(MediaTooLarge):
        normalise(source, tmp_path / "copy", info=info, limits=limits)
    assert names_in(tmp_path) == []


def test_the_copy_is_made_with_the_system_call_filter_alone(
    clip: Clip, info_of: InfoOf, limits: Limits, tmp_path: Path
) -> None:
    source, fallback = clip("h264.mp4"), replace(limits, isolation="seccomp")
    assert (
        normalise(source, tmp_path / "copy", info=info_of("h264.mp4"), limits=fallback).duration_ms
        == 1000
    )


def test_a_full_disk_is_told_and_leaves_nothing(clip: Clip, tmp_path: Path) -> None:
    source, room = tmp_path / "clip.mp4", tmp_path / "room"
    room.mkdir()
    shutil.copyfile(clip("h264.mp4"), source)
    code = f"""
import os
from pathlib import Path
from manifests.errors import DiskFull
from manifests.media.limits import Limits
from manifests.media.normalise import normalise
from manifests.media.probe import probe
source, room = Path({str(source)!r}), Path({str(room)!r})
try:
    normalise(source, room / "copy.mp4", info=probe(source, Limits()), limits=Limits())
except DiskFull as full:
    print(full.folder == str(room), os.listdir(room))
"""
    mount = f'mount -t tmpfs -o size=8k none "{room}" && exec "$0" -c "$1"'
    namespace = ["/usr/bin/unshare", "--user", "--map-root-user", "--mount", "--"]
    allowed = subprocess.run([*namespace, "/bin/sh", "-c", mount, "/bin/true", ""], check=False)
    if allowed.returncode != 0:
        pytest.skip("this machine allows no mounts in a namespace of one's own")
    ended = subprocess.run(
        [*namespace, "/bin/sh", "-c", mount, sys.executable, code],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])},
    )
    assert (ended.stdout, ended.stderr) == ("True []\n", "")


def test_no_folder_to_write_into_is_the_callers_mistake(copy: Copy, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        copy("h264.mp4", tmp_path / "missing" / "copy.mp4")

"""The probe says what a video is, and refuses with a reason what cannot be stamped."""

import shutil
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from manifests.errors import (
    MalformedMedia,
    MediaError,
    MediaTooLarge,
    MediaTooLong,
    NoVideoStream,
    PictureTooLarge,
    UnsupportedMedia,
)
from manifests.media.limits import Limits
from manifests.media.media_info import MediaInfo
from manifests.media.probe import probe
from manifests.media.sniff import Container

Clip = Callable[[str], Path]
InfoOf = Callable[[str], MediaInfo]


@pytest.mark.parametrize(
    ("name", "container", "video_codec", "audio_codec"),
    [
        ("h264.mp4", Container.MP4, "h264", "aac"),
        ("h264.m4v", Container.M4V, "h264", "aac"),
        ("h264.mov", Container.MOV, "h264", "pcm_s16le"),
        ("h264.mkv", Container.MKV, "h264", "mp3"),
        ("h264.avi", Container.AVI, "h264", "mp3"),
        ("hevc.mp4", Container.MP4, "hevc", None),
        ("hevc.mkv", Container.MKV, "hevc", "ac3"),
        ("vp9.webm", Container.WEBM, "vp9", "opus"),
        ("vp9.mp4", Container.MP4, "vp9", None),
        ("av1.mkv", Container.MKV, "av1", "vorbis"),
        ("av1.mp4", Container.MP4, "av1", None),
        ("live.webm", Container.WEBM, "vp9", "opus"),
        ("fragments.mp4", Container.MP4, "h264", "aac"),
    ],
)
def test_an_accepted_video_is_described(
    clip: Clip,
    info_of: InfoOf,
    name: str,
    container: Container,
    video_codec: str,
    audio_codec: str | None,
) -> None:
    info = info_of(name)
    assert (info.container, info.media_type) == (container, container.media_type)
    assert (info.video_codec, info.audio_codec) == (video_codec, audio_codec)
    assert (info.width, info.height) == (64, 48)
    assert info.duration_ms == pytest.approx(1000, abs=100)
    assert float(info.frame_rate) == pytest.approx(12, rel=0.1)
    assert info.size_bytes == clip(name).stat().st_size


def test_the_length_and_rate_of_a_video_are_exact(info_of: InfoOf) -> None:
    info = info_of("h264.mp4")
    assert info.duration_ms == 1000
    assert info.frame_rate == Fraction(12)


def test_the_name_of_a_file_means_nothing(clip: Clip, limits: Limits, tmp_path: Path) -> None:
    renamed = tmp_path / "http:\u202eclip.avi"
    shutil.copyfile(clip("vp9.webm"), renamed)
    assert probe(renamed, limits).container is Container.WEBM


def test_sound_that_goes_on_after_the_picture_counts(info_of: InfoOf) -> None:
    assert info_of("long sound.mp4").duration_ms == pytest.approx(3000, abs=100)


def test_frames_out_of_order_in_avi_cannot_be_copied(info_of: InfoOf) -> None:
    assert not info_of("reordered.avi").can_copy_video
    assert info_of("h264.avi").can_copy_video


def test_only_languages_that_are_codes_are_kept(info_of: InfoOf) -> None:
    info = info_of("h264.mkv")
    assert [stream.language for stream in info.streams] == [None, "jpn"]


def test_subtitles_and_attachments_are_neither_picture_nor_sound(info_of: InfoOf) -> None:
    info = info_of("subtitled.mkv")
    assert [stream.kind for stream in info.streams] == ["video", "audio", "other", "other"]


def test_the_probe_works_with_the_system_call_filter_alone(
    clip: Clip, info_of: InfoOf, limits: Limits
) -> None:
    fallback = replace(limits, isolation="seccomp")
    assert probe(clip("h264.mp4"), fallback) == info_of("h264.mp4")


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile /etc/passwd\n"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(b"", MalformedMedia, id="empty"),
        pytest.param(PLAYLIST, UnsupportedMedia, id="HLS playlist"),
        pytest.param(CONCAT, UnsupportedMedia, id="concat script"),
        pytest.param(b"<?xml version='1.0'?><MPD/>", UnsupportedMedia, id="DASH manifest"),
        pytest.param(b"a letter\n" * 99, UnsupportedMedia, id="text"),
        pytest.param(bytes(5000), UnsupportedMedia, id="zeros"),
        pytest.param(b"\0\0\0\x10ftypisom\0\0\0\0", MalformedMedia, id="type box alone"),
        pytest.param(b"\0\0\0\x10ftypisom\0\0\0\0" + PLAYLIST, MalformedMedia, id="type, playlist"),
        pytest.param(b"\0\0\0\x08ftyp" + b"\0\0\0\x08moov", MalformedMedia, id="empty index"),
        pytest.param(
            b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + PLAYLIST, MalformedMedia, id="EBML, playlist"
        ),
        pytest.param(b"RIFF\0\0\0\0AVI " + PLAYLIST, NoVideoStream, id="AVI, playlist"),
    ],
)
def test_what_only_bears_the_name_of_a_video_is_refused(
    limits: Limits, tmp_path: Path, content: bytes, error: type[MediaError]
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(error):
        probe(path, limits)


def test_a_renamed_archive_and_a_renamed_picture_are_refused(
    clip: Clip, limits: Limits, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.mp4"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a", "b")
    for path in (archive, clip("picture.png")):
        with pytest.raises(UnsupportedMedia):
            probe(path, limits)


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        pytest.param("mpeg4.mp4", UnsupportedMedia, "mpeg4", id="MPEG-4 part 2"),
        pytest.param("prores.mov", UnsupportedMedia, "prores", id="ProRes"),
        pytest.param("encrypted.mp4", UnsupportedMedia, "encrypted", id="encrypted"),
        pytest.param("sound only.mp4", NoVideoStream, "no video stream", id="sound alone"),
        pytest.param("bomb.mp4", PictureTooLarge, "8192×8192", id="8192x8192"),
    ],
)
def test_a_video_that_cannot_be_worked_with_is_refused(
    clip: Clip, limits: Limits, name: str, error: type[MediaError], words: str
) -> None:
    with pytest.raises(error, match=words):
        probe(clip(name), limits)


def test_a_picture_of_the_sleeve_is_no_video(
    clip: Clip, ffmpeg: Callable[..., None], limits: Limits, tmp_path: Path
) -> None:
    song = tmp_path / "song.mp4"
    inputs = ["-i", str(clip("sound only.mp4")), "-i", str(clip("picture.png"))]
    ffmpeg(
        *inputs, "-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic", str(song)
    )
    with pytest.raises(NoVideoStream):
        probe(song, limits)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("h264.mp4", 0.5, id="MP4 cut before its index"),
        pytest.param("h264.mov", 0.9, id="MOV cut before its index"),
        pytest.param("fragments.mp4", 0.6, id="MP4 cut in a fragment"),
        pytest.param("vp9.webm", 0.6, id="WebM"),
        pytest.param("hevc.mkv", 0.6, id="Matroska"),
        pytest.param("live.webm", 0.6, id="live WebM"),
        pytest.param("h264.avi", 0.6, id="AVI"),
    ],
)
def test_a_video_that_was_cut_short_is_refused(
    clip: Clip, limits: Limits, tmp_path: Path, name: str, kept: float
) -> None:
    data = clip(name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(MalformedMedia):
        probe(path, limits)


def test_an_index_in_front_does_not_hide_that_pictures_are_missing(
    clip: Clip, ffmpeg: Callable[..., None], limits: Limits, tmp_path: Path
) -> None:
    whole, cut, padded = tmp_path / "whole.mp4", tmp_path / "cut.mp4", tmp_path / "padded.mp4"
    ffmpeg("-i", str(clip("h264.mp4")), "-c", "copy", "-movflags", "+faststart", str(whole))
    data = whole.read_bytes()
    cut.write_bytes(data[:-2000])
    # The box of the pictures says that it is complete; only the table of samples knows better.
    at = data.index(b"mdat") - 4
    length = struct.unpack(">I", data[at : at + 4])[0]
    padded.write_bytes(data[:at] + struct.pack(">I", length - 2000) + data[at + 4 : -2000])
    assert probe(whole, limits).duration_ms == 1000
    for path in (cut, padded):
        with pytest.raises(MalformedMedia, match="bytes are missing"):
            probe(path, limits)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"size_bytes": 1000}, MediaTooLarge, id="bytes"),
        pytest.param({"duration_ms": 999}, MediaTooLong, id="length"),
        pytest.param({"pixels": 64 * 48 - 1}, PictureTooLarge, id="pixels"),
        pytest.param({"streams": 1}, UnsupportedMedia, id="streams"),
    ],
)
def test_more_than_the_limits_allow_is_refused(
    clip: Clip, limits: Limits, changes: dict[str, int], error: type[MediaError]
) -> None:
    path = clip("h264.mp4")
    assert probe(path, replace(limits, size_bytes=path.stat().st_size, duration_ms=1000))
    with pytest.raises(error):
        probe(path, replace(limits, **changes))  # type: ignore[arg-type]


def test_a_false_size_in_the_header_does_not_open_the_door_to_a_bomb(
    clip: Clip, limits: Limits, tmp_path: Path
) -> None:
    def shrink(stsd: bytes) -> bytes:
        assert struct.unpack(">HH", stsd[40:44]) == (8192, 8192)
        return stsd[:40] + struct.pack(">HH", 64, 64) + stsd[44:]

    path = tmp_path / "small.mp4"
    path.write_bytes(edit_box(clip("bomb.mp4").read_bytes(), (*TRACK, b"stbl", b"stsd"), shrink))
    with pytest.raises(PictureTooLarge):
        probe(path, limits)


def test_an_index_of_billions_of_samples_is_refused_within_the_limits(
    clip: Clip, limits: Limits, tmp_path: Path
) -> None:
    path = tmp_path / "billions.mp4"
    billions = struct.pack(">III", 0, 1, 0xFFFF_FFF0)
    path.write_bytes(
        edit_box(clip("silent.mp4").read_bytes(), (*TRACK, b"stbl", b"stsz"), lambda _: billions),
    )
    with pytest.raises(MalformedMedia):
        probe(path, limits)


def test_text_in_an_old_encoding_does_not_matter(
    clip: Clip, limits: Limits, tmp_path: Path
) -> None:
    data = clip("silent.mp4").read_bytes()
    path = tmp_path / "latin.mp4"
    path.write_bytes(data.replace(b"VideoHandler", b"Vid\xe9oH\xe4ndler"))
    assert path.read_bytes() != data
    assert probe(path, limits).video_codec == "h264"


def test_pictures_of_another_file_are_not_opened(
    clip: Clip, limits: Limits, tmp_path: Path
) -> None:
    other = tmp_path / "other.mp4"
    shutil.copyfile(clip("silent.mp4"), other)
    path = tmp_path / "reference.mov"
    alias = alias_to(other)
    edited = edit_box(other.read_bytes(), (*TRACK, b"dinf", b"dref"), lambda _: alias)
    path.write_bytes(edited)
    with pytest.raises(MalformedMedia, match="not in the file itself"):
        probe(path, limits)


def test_a_video_whose_pictures_were_altered_can_still_be_looked_at(
    clip: Clip, limits: Limits, tmp_path: Path
) -> None:
    data = bytearray(clip("h264.mp4").read_bytes())
    start = data.index(b"mdat") + 4
    data[start : start + 400] = bytes(400)
    path = tmp_path / "altered.mp4"
    path.write_bytes(data)
    assert probe(path, limits).duration_ms == 1000


TRACK = (b"moov", b"trak", b"mdia", b"minf")


def edit_box(data: bytes, path: Sequence[bytes], edit: Callable[[bytes], bytes]) -> bytes:
    """Rewrite the body of every box at `path`, and the lengths of the boxes around it."""
    written = b""
    at = 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + length]
        if kind == path[0]:
            body = edit(body) if len(path) == 1 else edit_box(body, path[1:], edit)
        written += struct.pack(">I4s", 8 + len(body), kind) + body
        at += length
    return written


def alias_to(path: Path) -> bytes:
    """Write the body of a data reference box with one QuickTime alias that names another file."""
    name = path.name.encode()
    target = str(path).encode()
    record = (
        bytes(10)
        + bytes([4]) + b"disk".ljust(27, b"\0")
        + bytes(12)
        + bytes([len(name)]) + name.ljust(63, b"\0")
        + bytes(16)
        + struct.pack(">HH", 1, 1)
        + bytes(16)
        + struct.pack(">HH", 2, len(target)) + target + bytes(len(target) % 2)
        + struct.pack(">HH", 0xFFFF, 0)
    )  # fmt: skip
    entry = struct.pack(">I4sI", 12 + len(record), b"alis", 0) + record
    return struct.pack(">II", 0, 1) + entry

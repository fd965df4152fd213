"""A fingerprint stays the same when a video is encoded anew, and says where it knows nothing."""

from collections.abc import Callable
from pathlib import Path

import iscc_lib
import numpy as np
import pytest

from manifests.errors import MalformedMedia, MalformedSignature
from manifests.marks.fingerprint import (
    RECORD_VIEWS,
    Fingerprint,
    iscc_text,
    take_fingerprint,
    whole_clip_code,
    windows,
)
from manifests.marks.mpeg7 import parse_signature
from manifests.media.limits import Limits
from manifests.media.probe import probe

Drawn = Callable[[str], Path]
Copied = Callable[[str, str], Path]
Look = Callable[[Path], Fingerprint]


def differing_bits(one: bytes, two: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(two, "big")).bit_count()


def test_every_two_seconds_have_a_code_in_every_view(drawn: Drawn, look: Look) -> None:
    taken = look(drawn("fractal"))

    assert set(taken.windows) == set(RECORD_VIEWS)
    for several in taken.windows.values():
        assert [(window.start_s, window.end_s) for window in several] == [
            (0, 2),
            (1, 3),
            (2, 4),
            (3, 5),
        ]
        assert all(len(window.code) == 32 for window in several)
    assert len({several[0].code for several in taken.windows.values()}) == 4


def test_another_encoding_moves_few_bits(drawn: Drawn, copied: Copied, look: Look) -> None:
    one, two = look(drawn("fractal")), look(copied("fractal", "crf 28"))

    moved = [
        differing_bits(a.code, b.code)
        for a, b in zip(one.windows["full"], two.windows["full"], strict=True)
    ]

    assert differing_bits(one.whole, two.whole) <= 24
    assert max(moved) <= 32


def test_the_mirrored_view_is_that_of_a_mirrored_copy(
    drawn: Drawn, copied: Copied, look: Look
) -> None:
    record, copy = look(drawn("fractal")), look(copied("fractal", "mirrored"))

    assert differing_bits(record.windows["mirror"][0].code, copy.windows["full"][0].code) <= 16
    assert differing_bits(record.windows["full"][0].code, copy.windows["full"][0].code) > 64


def test_the_code_is_that_of_the_reference_library(
    drawn: Drawn, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    file = tmp_path / "signature"
    ffmpeg(
        "-i", str(drawn("fractal")), "-vf", f"fps=5,signature=filename={file}", "-f", "null", "-"
    )
    data = file.read_bytes()

    text = iscc_text(whole_clip_code(data))

    assert text == iscc_lib.gen_video_code_v0(parse_signature(data).elements.tolist(), 256)["iscc"]
    assert len(windows(data)) == 4


def test_a_flat_picture_is_no_evidence(drawn: Drawn, look: Look) -> None:
    assert not any(window.is_evidence for window in look(drawn("grey")).windows["full"])
    assert all(window.is_evidence for window in look(drawn("fractal")).windows["full"])


def test_a_clip_shorter_than_a_window_has_one(
    drawn: Drawn, ffmpeg: Callable[..., None], look: Look, tmp_path: Path
) -> None:
    short = tmp_path / "short.mp4"
    ffmpeg("-i", str(drawn("fractal")), "-t", "0.6", str(short))

    (window,) = look(short).windows["full"]

    assert window.start_s == 0
    assert window.end_s == pytest.approx(0.6)


def test_a_record_keeps_two_pictures_a_second(drawn: Drawn, look: Look) -> None:
    taken = look(drawn("fractal"))

    record = taken.to_record()

    assert len(taken.pictures) == 50
    assert len(record.pictures) == len(record.frame_hashes) == 10
    assert record.pictures.step_s == 0.5
    assert np.array_equal(record.frame_hashes, taken.frame_hashes)
    assert record.pictures.frames.shape[1:] == (54, 96)


@pytest.mark.parametrize("size", ["1000x36", "36x1000"])
def test_a_picture_that_is_almost_a_line_is_taken_as_well(
    ffmpeg: Callable[..., None], look: Look, tmp_path: Path, size: str
) -> None:
    narrow = tmp_path / "narrow.mp4"
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=5:duration=1", str(narrow))

    assert len(look(narrow).windows["crop80"]) == 1


def test_what_cannot_be_decoded_is_told(drawn: Drawn, tmp_path: Path) -> None:
    limits = Limits(cpu_s=20, wall_time_s=20.0)
    clip = drawn("fractal")
    info = probe(clip, limits)
    damaged = tmp_path / "damaged.mp4"
    data = bytearray(clip.read_bytes())
    start = data.index(b"mdat") + 4
    data[start : start + 4000] = bytes(4000)
    damaged.write_bytes(data[: start + 4000])

    with pytest.raises((MalformedMedia, MalformedSignature)):
        take_fingerprint(damaged, info=info, limits=limits)


def test_a_code_of_another_length_is_not_written_as_text() -> None:
    with pytest.raises(MalformedSignature, match="32 bytes"):
        iscc_text(bytes(8))

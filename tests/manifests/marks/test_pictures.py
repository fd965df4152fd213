"""Small pictures are kept nearly as they were, and their hashes with them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.errors import MalformedSignature
from manifests.marks.frame_hash import frame_hashes, hash_similarity
from manifests.marks.pictures import Pictures, read_yuv4mpeg

GENERATOR = np.random.default_rng(1)


def blobs(count: int) -> np.ndarray:
    small = GENERATOR.integers(0, 256, (count, 6, 8), np.uint8)
    return small.repeat(9, axis=1).repeat(12, axis=2)


def test_packed_pictures_come_back_nearly_the_same() -> None:
    pictures = Pictures(blobs(4), 0.5)

    back = Pictures.unpack(pictures.pack())

    assert back.step_s == 0.5
    assert back.frames.shape == (4, 54, 96)
    assert np.abs(back.frames.astype(int) - pictures.frames).mean() < 4


def test_no_pictures_can_be_packed_too() -> None:
    assert len(Pictures.unpack(Pictures(np.empty((0, 54, 96), np.uint8), 0.5).pack())) == 0


@pytest.mark.parametrize(
    "damaged",
    [b"", b"\0", Pictures(blobs(2), 0.5).pack()[:-9], b"\0\2" + Pictures(blobs(1), 0.5).pack()[2:]],
    ids=["nothing", "one byte", "the end is missing", "another format"],
)
def test_damaged_pictures_are_refused(damaged: bytes) -> None:
    with pytest.raises(MalformedSignature):
        Pictures.unpack(damaged)


@given(st.integers(10, 60), st.binary(min_size=1, max_size=9))
def test_no_damage_goes_further_than_a_refusal(at: int, bytes_: bytes) -> None:
    packed = bytearray(Pictures(blobs(1), 0.5).pack())
    packed[at : at + len(bytes_)] = bytes_

    try:
        pictures = Pictures.unpack(bytes(packed))
    except MalformedSignature:
        return
    assert pictures.frames.shape[1:] == (54, 96)


def test_a_stream_of_ffmpeg_is_read_frame_by_frame() -> None:
    stream = b"YUV4MPEG2 W3 H2 F10:1 Cmono\nFRAME\nabcdefFRAME\nghijklFRA"

    pictures = read_yuv4mpeg(stream, rate_hz=10)

    assert pictures.frames.tolist() == [
        [[97, 98, 99], [100, 101, 102]],
        [[103, 104, 105], [106, 107, 108]],
    ]
    assert pictures.step_s == 0.1


@pytest.mark.parametrize(
    "stream", [b"", b"YUV4MPEG2 W3\n", b"YUV4MPEG2 W3 H2\nFRAME\nabc", b"Y W-1 H1\n"]
)
def test_a_stream_without_a_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(MalformedSignature, match="no frame"):
        read_yuv4mpeg(stream, rate_hz=10)


def test_hashes_know_a_picture_again_and_no_other() -> None:
    pictures = blobs(8)
    darker = (pictures * 0.8).astype(np.uint8)

    similarity = hash_similarity(frame_hashes(pictures), frame_hashes(darker))

    assert np.all(np.diag(similarity) > 0.95)
    assert np.all(similarity[~np.eye(8, dtype=bool)] < 0.8)

"""The binary signatures of ffmpeg say what its XML says."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.errors import MalformedSignature
from manifests.marks.mpeg7 import parse_signature

Sign = Callable[[str], Path]


@pytest.fixture(scope="module")
def sign(
    drawn: Callable[[str], Path],
    ffmpeg: Callable[..., None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Sign:
    """Write the signature of one clip as `binary` or `xml`."""
    folder = tmp_path_factory.mktemp("signed")

    def write(form: str) -> Path:
        path = folder / form
        graph = f"fps=10,signature=format={form}:filename={path}"
        ffmpeg("-i", str(drawn("fractal")), "-vf", graph, "-f", "null", "-")
        return path

    return write


def numbers(xml: str, tag: str) -> list[list[int]]:
    return [[int(n) for n in found.split()] for found in re.findall(f"<{tag}>(.*?)</{tag}>", xml)]


def test_every_number_is_what_the_xml_says(sign: Sign) -> None:
    xml = sign("xml").read_text("ascii")

    signature = parse_signature(sign("binary").read_bytes())

    # 50 frames make two segments, which the frames stand behind.
    assert len(numbers(xml, "StartFrameOfSegment")) == 2
    assert signature.elements.shape == (50, 380)
    assert signature.elements.tolist() == numbers(xml, "FrameSignature")
    assert [[c] for c in signature.confidence.tolist()] == numbers(xml, "FrameConfidence")
    ticks = numbers(xml, "MediaTimeOfFrame")
    assert [[round(t * 10)] for t in signature.times_s.tolist()] == ticks


@pytest.mark.parametrize("size", [0, 1, 60, 61, 500, 2000])
def test_a_file_that_is_cut_off_is_refused(sign: Sign, size: int) -> None:
    data = sign("binary").read_bytes()

    with pytest.raises(MalformedSignature, match="cut off"):
        parse_signature(data[:size])


def test_a_file_without_frames_is_refused() -> None:
    with pytest.raises(MalformedSignature, match="no frame"):
        parse_signature(bytes(100))


@given(st.binary(max_size=400), st.integers(0, 60))
def test_bytes_from_anywhere_are_read_or_refused(data: bytes, zeros: int) -> None:
    try:
        signature = parse_signature(bytes(zeros) + data)
    except MalformedSignature:
        return
    assert np.all(signature.elements <= 2)

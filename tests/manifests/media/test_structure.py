"""A container that promises more than the file holds was cut short."""

import contextlib
import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifests.errors import MalformedMedia
from manifests.media import structure
from manifests.media.sniff import Container
from manifests.media.structure import Structure, check_structure


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), kind) + body


INDEXED = Structure(has_full_index=True)
UNINDEXED = Structure(has_full_index=False)
ENCIPHERED = Structure(has_full_index=True, is_encrypted=True)
FTYP = box(b"ftyp", b"isom\0\0\2\0")
MOOV = box(b"moov", box(b"mvhd", bytes(100)))


def check(data: bytes, container: Container = Container.MP4) -> Structure:
    return check_structure(io.BytesIO(data), container)


def moov_with_entry(kind: bytes) -> bytes:
    stsd = box(b"stsd", bytes(4), b"\0\0\0\1", box(kind, bytes(70)))
    return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", stsd)))))


def element(number: bytes, body: bytes, *, is_open: bool = False) -> bytes:
    return number + (b"\x01" + b"\xff" * 7 if is_open else bytes([0x80 | len(body)])) + body


EBML = element(b"\x1a\x45\xdf\xa3", b"\x42\x82\x84webm")
BLOCK = element(b"\xa3", b"\x81\0\0\x80block")
CLUSTER = element(b"\x1f\x43\xb6\x75", element(b"\xe7", b"\0") + BLOCK)
CONTAINERS = {".mp4": Container.MP4, ".avi": Container.AVI, ".mkv": Container.MKV}
LIVE_CLUSTER = element(b"\x1f\x43\xb6\x75", element(b"\xe7", b"\0") + BLOCK, is_open=True)


@pytest.mark.parametrize(
    ("data", "container", "expected"),
    [
        pytest.param(FTYP + MOOV + box(b"mdat", b"pictures"), Container.MP4, INDEXED, id="MP4"),
        pytest.param(
            FTYP + MOOV + box(b"moof") + box(b"mdat"),
            Container.MP4,
            UNINDEXED,
            id="fragments",
        ),
        pytest.param(
            FTYP + MOOV + b"\0\0\0\1mdat" + (20).to_bytes(8) + b"last",
            Container.MP4,
            INDEXED,
            id="long box",
        ),
        pytest.param(
            FTYP + MOOV + b"\0\0\0\0mdat" + b"to the end",
            Container.MOV,
            INDEXED,
            id="open box",
        ),
        pytest.param(FTYP + MOOV + b"\0\0\0", Container.MP4, INDEXED, id="bytes left over"),
        pytest.param(
            FTYP + MOOV + b"\0\0\0\3left over", Container.MP4, INDEXED, id="more left over"
        ),
        pytest.param(
            FTYP + MOOV + b"\xff\xff\xff\xffskip", Container.MP4, INDEXED, id="free box cut"
        ),
        pytest.param(FTYP + moov_with_entry(b"avc1"), Container.MP4, INDEXED, id="clear samples"),
        pytest.param(
            FTYP + moov_with_entry(b"encv"),
            Container.MP4,
            ENCIPHERED,
            id="enciphered samples",
        ),
        pytest.param(
            FTYP
            + box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", box(b"stsd")))))),
            Container.MP4,
            INDEXED,
            id="no sample entry",
        ),
        pytest.param(
            EBML + element(b"\x18\x53\x80\x67", CLUSTER),
            Container.MKV,
            UNINDEXED,
            id="Matroska",
        ),
        pytest.param(
            EBML + element(b"\x18\x53\x80\x67", LIVE_CLUSTER * 2, is_open=True),
            Container.WEBM,
            UNINDEXED,
            id="live WebM",
        ),
        pytest.param(
            b"RIFF\5\0\0\0AVI x\0RIFF\4\0\0\0AVIX",
            Container.AVI,
            UNINDEXED,
            id="AVI of two chunks",
        ),
        pytest.param(
            b"RIFF\0\0\0\0AVI LIST", Container.AVI, UNINDEXED, id="AVI that was never ended"
        ),
        pytest.param(
            b"RIFF\4\0\0\0AVI left over bytes",
            Container.AVI,
            UNINDEXED,
            id="AVI with a tail",
        ),
    ],
)
def test_a_whole_file_passes(data: bytes, container: Container, expected: Structure) -> None:
    assert check(data, container) == expected


@pytest.mark.parametrize(
    ("data", "container", "problem"),
    [
        pytest.param(
            FTYP + MOOV + box(b"mdat", b"half")[:-2], Container.MP4, "2 bytes", id="mdat cut"
        ),
        pytest.param(FTYP + MOOV[:-1], Container.MP4, "1 bytes", id="moov cut"),
        pytest.param(FTYP + box(b"mdat"), Container.MP4, "moov", id="no moov"),
        pytest.param(FTYP, Container.MP4, "moov", id="nothing but a type"),
        pytest.param(
            FTYP + MOOV + b"\0\0\0\4mdat", Container.MP4, "cut short", id="impossible length"
        ),
        pytest.param(
            FTYP + MOOV + box(b"moof", b"1234")[:-3], Container.MP4, "3 bytes", id="fragment cut"
        ),
        pytest.param(b"RIFF\x40\0\0\0AVI LIST", Container.AVI, "56 bytes", id="AVI cut"),
        pytest.param(
            EBML + element(b"\x18\x53\x80\x67", CLUSTER)[:-5],
            Container.MKV,
            "5 bytes",
            id="Matroska cut",
        ),
        pytest.param(
            EBML + element(b"\x18\x53\x80\x67", LIVE_CLUSTER, is_open=True)[:-4],
            Container.WEBM,
            "4 bytes",
            id="live WebM cut in a block",
        ),
        pytest.param(
            EBML + element(b"\x18\x53\x80\x67", LIVE_CLUSTER + b"\x1f\x43", is_open=True),
            Container.WEBM,
            "cut short",
            id="live WebM cut in an identifier",
        ),
        pytest.param(EBML, Container.WEBM, "first segment", id="Matroska without a segment"),
        pytest.param(
            EBML + bytes(20), Container.MKV, "no Matroska element", id="zeros in Matroska"
        ),
        pytest.param(
            EBML + element(b"\xec", b"", is_open=True) + bytes(20),
            Container.MKV,
            "has no length",
            id="open element that may not be",
        ),
    ],
)
def test_a_cut_file_is_refused(data: bytes, container: Container, problem: str) -> None:
    with pytest.raises(MalformedMedia, match=problem):
        check(data, container)


def test_a_file_in_countless_pieces_is_refused() -> None:
    with pytest.raises(MalformedMedia, match="pieces"):
        check(FTYP + MOOV + box(b"free") * structure._BOXES_MAX)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.999), st.sampled_from(["h264.mp4", "h264.avi", "hevc.mkv"]))
def test_a_real_file_cut_anywhere_is_refused(
    clip: Callable[[str], Path], part: float, name: str
) -> None:
    path = clip(name)
    data = path.read_bytes()
    with pytest.raises(MalformedMedia):
        check(data[: int(len(data) * part)], CONTAINERS[path.suffix])


@settings(max_examples=100)
@given(st.binary(max_size=200), st.sampled_from(list(Container)))
def test_any_bytes_end_in_an_answer_or_a_media_error(data: bytes, container: Container) -> None:
    with contextlib.suppress(MalformedMedia):
        assert isinstance(check(data, container), Structure)

"""Boxes of strangers: read as far as they make sense, never further."""

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.credentials.boxes import (
    C2PA_BOX_ID,
    is_lone_beginning,
    manifest_store,
    outermost_boxes,
    pictures_lie_outside_hash,
)
from manifests.credentials.jumbf import active_manifest_label

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def long_box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content


def store_box(store: bytes) -> bytes:
    return box(b"uuid", C2PA_BOX_ID + bytes(4) + b"manifest\0" + bytes(8) + store)


def moov(*offsets: int, table: bytes = b"stco") -> bytes:
    width = ">I" if table == b"stco" else ">Q"
    content = struct.pack(">II", 0, len(offsets)) + b"".join(
        struct.pack(width, offset) for offset in offsets
    )
    inner = box(table, content)
    for kind in (b"stbl", b"minf", b"mdia", b"trak"):
        inner = box(kind, inner)
    return box(b"moov", box(b"mvhd", bytes(20)) + inner)


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"\0\0\0", [], id="less than a header"),
        pytest.param(box(b"ftyp") + box(b"free"), [b"ftyp", b"free"], id="two boxes"),
        pytest.param(long_box(b"mdat", b"x"), [b"mdat"], id="64-bit length"),
        pytest.param(b"\0\0\0\0mdatrest", [b"mdat"], id="to the end of the file"),
        pytest.param(box(b"mdat", b"12345678")[:-4], [b"mdat"], id="cut short"),
        pytest.param(b"\0\0\0\x04mdat" + box(b"free"), [], id="shorter than its header"),
        pytest.param(b"\0\0\0\x01mdat\0\0", [], id="64-bit length cut short"),
    ],
)
def test_the_outermost_boxes_are_listed(data: bytes, kinds: list[bytes]) -> None:
    boxes = outermost_boxes(io.BytesIO(data))

    assert [each.kind for each in boxes] == kinds
    assert all(each.end <= len(data) for each in boxes)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_box_reader_stumble(data: bytes) -> None:
    file = io.BytesIO(data)

    manifest_store(file)
    is_lone_beginning(file)
    pictures_lie_outside_hash(file)


@pytest.mark.parametrize(
    ("data", "store"),
    [
        pytest.param(box(b"ftyp") + store_box(b"STORE"), b"STORE", id="ISO box"),
        pytest.param(box(b"ftyp") + box(b"uuid", b"\x11" * 40), None, id="another uuid"),
        pytest.param(box(b"uuid", C2PA_BOX_ID), b"", id="an empty store box"),
        pytest.param(box(b"ftyp") + store_box(b"STORE")[:-2], b"STO", id="cut short"),
        pytest.param(b"RIFF\0\0\0\0AVI C2PA\x03\0\0\0abcx", b"abc", id="AVI chunk"),
        pytest.param(b"RIFF\0\0\0\0AVI LIST\x03\0\0\0abcx", None, id="AVI without one"),
        pytest.param(b"", None, id="an empty file"),
    ],
)
def test_the_manifest_store_is_found(data: bytes, store: bytes | None) -> None:
    assert manifest_store(io.BytesIO(data)) == store


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(box(b"ftyp") + box(b"moov", box(b"mvex")), True, id="a beginning alone"),
        pytest.param(box(b"moov", box(b"mvex")) + box(b"moof"), False, id="with a fragment"),
        pytest.param(box(b"moov", box(b"mvex")) + box(b"mdat"), False, id="with media"),
        pytest.param(box(b"moov", box(b"trak")), False, id="not fragmented"),
    ],
)
def test_a_beginning_without_fragments_is_recognised(data: bytes, *, expected: bool) -> None:
    assert is_lone_beginning(io.BytesIO(data)) is expected


@pytest.mark.parametrize("table", [b"stco", b"co64"])
def test_pictures_in_a_free_box_are_found_by_their_offsets(table: bytes) -> None:
    start = len(moov(0, table=table))
    inside = moov(start + 8, table=table) + box(b"free", b"pictures")
    outside = moov(start + 8, table=table) + box(b"mdat", b"pictures") + box(b"free", b"x")

    assert pictures_lie_outside_hash(io.BytesIO(inside))
    assert not pictures_lie_outside_hash(io.BytesIO(outside))


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        pytest.param(b"IsoMedia File Produced with GPAC", False, id="a writer's signature"),
        pytest.param(bytes(5000), False, id="zeros"),
        pytest.param(bytes(3000) + b"pictures" + bytes(2000), True, id="something"),
        pytest.param(bytes(1 << 20) + bytes(500) + b"x", True, id="something far inside"),
    ],
)
def test_a_free_box_between_fragments_is_judged_by_its_content(
    free: bytes, *, expected: bool
) -> None:
    data = box(b"moov", box(b"mvex")) + box(b"moof") + box(b"skip", free)

    assert pictures_lie_outside_hash(io.BytesIO(data)) is expected


def test_a_broken_index_points_nowhere() -> None:
    data = box(b"free", b"x") + box(b"moov", box(b"trak", box(b"stco", b"\0")) + b"\0\0\0\x99junk")

    assert not pictures_lie_outside_hash(io.BytesIO(data))


def test_the_active_manifest_is_the_last_of_the_store() -> None:
    with (GOLDEN / "signed" / "restamped.mp4").open("rb") as file:
        restamped = manifest_store(file) or b""
    with (GOLDEN / "signed" / "intact.mp4").open("rb") as file:
        intact = manifest_store(file) or b""

    assert active_manifest_label(restamped) != active_manifest_label(intact)
    assert active_manifest_label(intact).encode() in restamped


def described(label: bytes, flags: int = 3) -> bytes:
    return box(b"jumd", bytes(16) + bytes([flags]) + label + b"\0")


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(box(b"free"), id="another box"),
        pytest.param(box(b"jumb", described(b"c2pa")), id="no manifest"),
        pytest.param(box(b"jumb", described(b"c2pa"))[:-2], id="cut short"),
        pytest.param(box(b"jumb", described(b"c2pa") + box(b"jumb")), id="no description"),
        pytest.param(
            box(b"jumb", described(b"c2pa") + box(b"jumb", box(b"jumd", b"x"))), id="no flags"
        ),
        pytest.param(
            box(b"jumb", described(b"c2pa") + box(b"jumb", described(b"", 0))), id="no label"
        ),
        pytest.param(
            box(b"jumb", described(b"c2pa") + box(b"jumb", described(b"\xff"))), id="not UTF-8"
        ),
    ],
)
def test_bytes_that_are_no_store_have_no_active_manifest(store: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        active_manifest_label(store)


def test_a_store_with_64_bit_lengths_is_read_too() -> None:
    store = long_box(b"jumb", described(b"c2pa") + long_box(b"jumb", described(b"urn:c2pa:1")))

    assert active_manifest_label(store) == "urn:c2pa:1"

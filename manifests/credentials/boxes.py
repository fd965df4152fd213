"""
The outermost boxes of an ISO file (ISO/IEC 14496-12, section 4.2).

They tell where a manifest sits, and whether the pictures lie where a hard binding looks.

A C2PA hard binding may leave boxes named free and skip out of its hash. A file whose samples sit
in such a box shows other pictures after a rewrite, and still matches its hash. Engines do not
notice; so whoever verifies has to look where the samples are.
"""

import os
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

C2PA_BOX_ID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The extended type of the uuid box that holds a manifest store (C2PA 2.4, section A.5)."""

UNHASHED = frozenset({b"free", b"skip"})
CONTAINERS = frozenset({b"trak", b"mdia", b"minf", b"stbl"})
BOXES_LIMIT = 200_000
INDEX_LIMIT_BYTES = 64 << 20
"""A moov of an hour at 60 frames a second takes a few megabytes."""

STORE_LIMIT_BYTES = 256 << 20
"""Stores hold thumbnails and the stores of ingredients; the engine bounds them likewise."""

PADDING_LIMIT_BYTES = 1024
"""Writers sign themselves in a free box ("IsoMedia File Produced with …"); pictures need more."""


@dataclass(frozen=True, slots=True)
class Box:
    """One outermost box, in bytes from the start of the file; `end` never exceeds the file."""

    kind: bytes
    start: int
    body: int
    end: int


def outermost_boxes(file: BinaryIO) -> tuple[Box, ...]:
    """List the boxes up to the first that makes no sense; a box that is cut short ends there."""
    size_bytes = file.seek(0, os.SEEK_END)
    boxes: list[Box] = []
    at = 0
    while at + 8 <= size_bytes and len(boxes) < BOXES_LIMIT:
        file.seek(at)
        head = file.read(16)
        length, kind = struct.unpack_from(">I4s", head)
        body = at + 8
        if length == 1 and len(head) == 16:  # noqa: PLR2004 - a header with a 64-bit length
            (length,) = struct.unpack_from(">Q", head, 8)
            body = at + 16
        end = size_bytes if length == 0 else at + length
        if end < body:
            break
        boxes.append(Box(kind, at, body, min(end, size_bytes)))
        at = end
    return tuple(boxes)


def manifest_store(file: BinaryIO) -> bytes | None:
    """
    Give the first manifest store, from an ISO box or an AVI chunk; None when there is none.

    A store that is cut short comes out as short as it is.
    """
    file.seek(0)
    if file.read(4) == b"RIFF":
        return _riff_manifest_store(file)
    for box in outermost_boxes(file):
        file.seek(box.body)
        if box.kind == b"uuid" and file.read(len(C2PA_BOX_ID)) == C2PA_BOX_ID:
            content = file.read(min(box.end - file.tell(), STORE_LIMIT_BYTES))
            # Version and flags, the purpose as text up to a zero, an offset of 8 bytes, the store.
            purpose_end = content.find(b"\0", 4)
            return content[purpose_end + 9 :] if purpose_end > 0 else b""
    return None


def is_lone_beginning(file: BinaryIO) -> bool:
    """Say whether this is the first part of a fragmented stream, without any fragment."""
    boxes = outermost_boxes(file)
    kinds = {box.kind for box in boxes}
    if not kinds.isdisjoint({b"mdat", b"moof"}):
        return False
    return any(
        kind == b"mvex"
        for box in boxes
        if box.kind == b"moov"
        for kind, _, _ in _inner(_content(file, box))
    )


def pictures_lie_outside_hash(file: BinaryIO) -> bool:
    """Say whether samples lie in a box that a hard binding may leave out."""
    boxes = outermost_boxes(file)
    unhashed = [box for box in boxes if box.kind in UNHASHED]
    if not unhashed:
        return False
    if any(box.kind == b"moof" for box in boxes):
        return any(_holds_more_than_padding(file, box) for box in unhashed)
    starts = [box.start for box in boxes]
    for moov in (box for box in boxes if box.kind == b"moov"):
        for offset in _chunk_offsets(_content(file, moov)):
            place = bisect_right(starts, offset) - 1
            if place >= 0 and boxes[place].kind in UNHASHED:
                return True
    return False


def _holds_more_than_padding(file: BinaryIO, box: Box) -> bool:
    """
    Judge a free box of a fragmented file by its content, because fragments may point anywhere.

    Padding is zeros; anything longer than a writer's signature could be pictures.
    """
    file.seek(box.body)
    left = box.end - box.body
    if left <= PADDING_LIMIT_BYTES:
        return False
    while left > 0:
        part = file.read(min(left, 1 << 20))
        if part.strip(b"\0"):
            return True
        left -= len(part) or left
    return False


def _content(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.body)
    return file.read(min(box.end - box.body, INDEX_LIMIT_BYTES))


def _inner(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Walk the boxes inside a box: kind, start and end of the content."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8 or at + length > len(data):  # noqa: PLR2004 - shorter than its own header
            return
        yield kind, at + 8, at + length
        at += length


def _chunk_offsets(data: bytes) -> Iterator[int]:
    """Give where each chunk of samples starts, as stco and co64 say (sections 8.7.5)."""
    for kind, start, end in _inner(data):
        content = data[start:end]
        if kind in CONTAINERS:
            yield from _chunk_offsets(content)
        elif kind in {b"stco", b"co64"} and len(content) >= 8:  # noqa: PLR2004 - version, count
            (count,) = struct.unpack_from(">I", content, 4)
            width = 4 if kind == b"stco" else 8
            count = min(count, (len(content) - 8) // width)
            yield from struct.unpack_from(f">{count}{'I' if width == 4 else 'Q'}", content, 8)  # noqa: PLR2004


def _riff_manifest_store(file: BinaryIO) -> bytes | None:
    """Walk the chunks of the first RIFF list for one named C2PA (C2PA 2.4, section A.3.5)."""
    size_bytes = file.seek(0, os.SEEK_END)
    at = 12
    for _ in range(BOXES_LIMIT):
        if at + 8 > size_bytes:
            break
        file.seek(at)
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind == b"C2PA":
            return file.read(min(length, STORE_LIMIT_BYTES))
        at += 8 + length + length % 2
    return None

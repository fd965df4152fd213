"""
Whether a container is all there, told by its own lengths before anything is decoded.

A cut upload still plays up to the cut, and a player says nothing. Half a video must not be signed,
so the lengths that the container states are held against the length of the file.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from manifests.errors import MalformedMedia
from manifests.media.sniff import Container

_BOXES_MAX: Final = 200_000
"""Top-level boxes. An hour in fragments of one second has 7,200 (moof and mdat)."""
_ISO_NEEDED_WHOLE: Final = frozenset({b"ftyp", b"moov", b"mdat", b"moof"})
_ENCRYPTED_ENTRIES: Final = frozenset({b"encv", b"enca", b"drmi", b"drms"})
_BOX_HEADER_BYTES: Final = 8
_LONG_BOX_HEADER_BYTES: Final = 16
_EBML_HEADER_BYTES: Final = 12
"""The longest: an identifier of 4 bytes and a length of 8 (RFC 8794, section 11)."""
_EBML_SEGMENT: Final = 0x18538067
_EBML_CLUSTER: Final = 0x1F43B675


@dataclass(frozen=True, slots=True)
class Structure:
    """
    What the outermost level says.

    `has_full_index`: one table lists every sample, so that extents and lengths can be read
    from it without reading the samples. `is_encrypted`: a track says that its samples are
    enciphered (ISO/IEC 23001-7), which libavformat keeps to itself.
    """

    has_full_index: bool
    is_encrypted: bool = False


def check_structure(file: BinaryIO, container: Container) -> Structure:
    """Raise `MalformedMedia` when the file ends before the container says it does."""
    size_bytes = file.seek(0, os.SEEK_END)
    if container.is_iso:
        return _check_iso(file, size_bytes)
    if container is Container.AVI:
        _check_avi(file, size_bytes)
    else:
        _check_matroska(file, size_bytes)
    return Structure(has_full_index=False)


def _check_iso(file: BinaryIO, size_bytes: int) -> Structure:
    """Walk the boxes of ISO/IEC 14496-12, section 4.2."""
    kinds: set[bytes] = set()
    is_encrypted = False
    at = 0
    for _count in range(_BOXES_MAX):
        box = _box_at(file, at, size_bytes)
        if box is None:
            break
        if box.kind in _ISO_NEEDED_WHOLE and (box.end <= at or box.end > size_bytes):
            raise _cut_short(box.end - size_bytes)
        if box.end <= at:
            break  # Bytes after the last box. Players pass over them, and so does this.
        if box.kind == b"moov":
            is_encrypted = _has_encrypted_track(file, box)
        kinds.add(box.kind)
        at = box.end
    else:
        raise MalformedMedia(f"it is in more than {_BOXES_MAX} pieces")
    if b"moov" not in kinds:
        raise MalformedMedia("its index (the moov box) is missing, as when an upload was cut short")
    return Structure(has_full_index=b"moof" not in kinds, is_encrypted=is_encrypted)


class _Box(NamedTuple):
    kind: bytes
    body: int
    end: int


def _box_at(file: BinaryIO, at: int, end: int) -> _Box | None:
    """Read one box header; None where none fits. An `end` of `at` itself marks a false length."""
    header_bytes = _BOX_HEADER_BYTES
    if at + header_bytes > end:
        return None
    head = _read_at(file, at, _LONG_BOX_HEADER_BYTES)
    kind, length = head[4:8], int.from_bytes(head[:4], "big")
    if length == 1:
        length, header_bytes = int.from_bytes(head[8:16], "big"), _LONG_BOX_HEADER_BYTES
    elif length == 0:
        length = end - at
    return _Box(kind, at + header_bytes, at + length if length >= header_bytes else at)


def _has_encrypted_track(file: BinaryIO, moov: _Box) -> bool:
    """Look at the first sample entry of every track."""
    boxes = [moov]
    for level in (b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
        boxes = [child for box in boxes for child in _children(file, box) if child.kind == level]
    # A FullBox header and the number of entries stand before the first entry.
    entries = (_box_at(file, box.body + 8, box.end) for box in boxes)
    return any(entry is not None and entry.kind in _ENCRYPTED_ENTRIES for entry in entries)


def _children(file: BinaryIO, box: _Box) -> Iterator[_Box]:
    at = box.body
    while (child := _box_at(file, at, box.end)) is not None and child.end > at:
        yield child
        at = child.end


def _check_avi(file: BinaryIO, size_bytes: int) -> None:
    """Walk the RIFF chunks; a file of more than 1 GB has several (OpenDML 1.02, section 3)."""
    at = 0
    while at + 12 <= size_bytes:
        head = _read_at(file, at, 8)
        if head[:4] != b"RIFF":
            return  # Bytes after the last chunk.
        length = int.from_bytes(head[4:8], "little")
        if length == 0:
            return  # Written by a recorder that was never stopped: only reading it will tell.
        if at + 8 + length > size_bytes:
            raise _cut_short(at + 8 + length - size_bytes)
        at += 8 + length + length % 2


def _check_matroska(file: BinaryIO, size_bytes: int) -> None:
    """
    Walk the elements of RFC 8794.

    The segment and its clusters are always entered: a live recording leaves their lengths open.
    """
    has_segment = False
    at = 0
    while at < size_bytes:
        head = _read_at(file, at, _EBML_HEADER_BYTES)
        number, id_bytes = _ebml_number(head, keep_marker=True)
        length, length_bytes = _ebml_number(head[id_bytes:], keep_marker=False)
        if id_bytes == 0 or length_bytes == 0:
            if len(head) < _EBML_HEADER_BYTES:
                raise _cut_short(_EBML_HEADER_BYTES - len(head))
            raise MalformedMedia(f"byte {at} is no Matroska element")
        at += id_bytes + length_bytes
        is_open = length == (1 << 7 * length_bytes) - 1
        if not is_open and at + length > size_bytes:
            raise _cut_short(at + length - size_bytes)
        has_segment |= number == _EBML_SEGMENT
        if number == _EBML_SEGMENT and not is_open:
            return
        if number not in {_EBML_SEGMENT, _EBML_CLUSTER}:
            if is_open:
                raise MalformedMedia(f"the Matroska element before byte {at} has no length")
            at += length
    if not has_segment:
        raise MalformedMedia("it ends before its first segment")


def _ebml_number(raw: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """Read a variable-size integer (RFC 8794, section 4): value and width, or width 0."""
    width = 9 - raw[0].bit_length() if raw and raw[0] else 0
    if width == 0 or len(raw) < width:
        return 0, 0
    value = int.from_bytes(raw[:width], "big")
    return (value if keep_marker else value & ((1 << 7 * width) - 1)), width


def _read_at(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)


def _cut_short(missing_bytes: int) -> MalformedMedia:
    return MalformedMedia(f"it was cut short, at least {max(missing_bytes, 1)} bytes are missing")

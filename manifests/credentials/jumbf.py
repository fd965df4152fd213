"""
Enough of JUMBF (ISO/IEC 19566-5) to name the active manifest of a store.

A store is a superbox of manifests in the order they were added; the last one is active (C2PA 2.4,
section 11.1.4). A superbox starts with a description box that carries its label.
"""

import struct
from collections.abc import Iterator

LABEL_PRESENT = 0x02
TYPE_SIZE_BYTES = 16


def active_manifest_label(store: bytes) -> str:
    """Give the label of the last manifest. Raises `ValueError` for bytes that are no store."""
    for box_type, start, end in _boxes(store, 0, len(store)):
        if box_type == b"jumb":
            manifests = [
                (inner_start, inner_end)
                for inner_type, inner_start, inner_end in _boxes(store, start, end)
                if inner_type == b"jumb"
            ]
            if manifests:
                return _label(store, *manifests[-1])
    raise ValueError("no manifest in the store")


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Walk boxes that stand side by side: type, start and end of the content."""
    while start + 8 <= end:
        size, box_type = struct.unpack_from(">I4s", data, start)
        header = 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            header = 16
        if size < header or start + size > end:
            raise ValueError(f"a box of {size} bytes does not fit")
        yield box_type, start + header, start + size
        start += size


def _label(data: bytes, start: int, end: int) -> str:
    box_type, description, description_end = next(_boxes(data, start, end), (b"", end, end))
    flags_at = description + TYPE_SIZE_BYTES
    if box_type != b"jumd" or flags_at >= description_end or not data[flags_at] & LABEL_PRESENT:
        raise ValueError("a manifest without a label")
    label = data[flags_at + 1 : description_end].split(b"\0", 1)[0]
    return label.decode()

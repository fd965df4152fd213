"""
Enough of JUMBF (ISO/IEC 19566-5) to find the manifests of a store and the assertions in one.

A store is a superbox of manifests in the order they were added; the last one is active (C2PA 2.4,
section 11.1.4). A superbox starts with a description box that carries its label. Stores come from
strangers: nothing is read outside its box, no length is believed, nothing is recursive.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

LABEL_PRESENT = 0x02
TYPE_SIZE_BYTES = 16
BOXES_LIMIT = 10_000
LABEL_LIMIT_BYTES = 4096

STORE_LABEL = "c2pa"
ASSERTIONS_LABEL = "c2pa.assertions"
SIGNATURE_LABEL = "c2pa.signature"
CLAIM_LABELS = ("c2pa.claim.v2", "c2pa.claim")


@dataclass(frozen=True, slots=True)
class Superbox:
    """A labelled box of boxes: `start` to `end` is all of it, `content` begins its first child."""

    label: str
    start: int
    content: int
    end: int


def active_manifest_label(store: bytes) -> str:
    """Give the label of the last manifest. Raises `ValueError` for bytes that are no store."""
    return active_manifest(store).label


def active_manifest(store: bytes) -> Superbox:
    """Find the last manifest of a store. Raises `ValueError` for bytes that are no store."""
    return _outer_store(store)[1]


def require_whole_store(store: bytes) -> Superbox:
    """
    Find the active manifest of a store that is kept: one store, with nothing behind it.

    Raises `ValueError` unless the active manifest has a claim, a signature and assertions.
    """
    outer, manifest = _outer_store(store)
    if outer.label != STORE_LABEL:
        raise ValueError(f"the outermost box is labelled {outer.label!r}, not {STORE_LABEL!r}")
    if (outer.start, outer.end) != (0, len(store)):
        raise ValueError("there is something beside the store")
    labels = {child.label for child in _superboxes(store, manifest.content, manifest.end)}
    if not labels.intersection(CLAIM_LABELS):
        raise ValueError("the active manifest has no claim")
    for needed in (SIGNATURE_LABEL, ASSERTIONS_LABEL):
        if needed not in labels:
            raise ValueError(f"the active manifest has no {needed}")
    return manifest


def active_manifest_alone(store: bytes) -> bytes:
    """
    Cut a store down to its active manifest: a store again, for whoever opens `application/c2pa`.

    Manifests of ingredients are left out, so what refers to them no longer resolves.
    """
    outer, manifest = _outer_store(store)
    description_start = next(_boxes(store, _body(store, outer), outer.end)).start
    content = store[description_start : outer.content] + store[manifest.start : manifest.end]
    return struct.pack(">I4s", 8 + len(content), b"jumb") + content


def cbor_assertions(store: bytes, label: str) -> Iterator[bytes]:
    """
    Give the CBOR of every assertion of the active manifest with this label.

    Further assertions of one kind are labelled `label__1`, `label__2` (C2PA 2.4, section 6.4).
    """
    manifest = active_manifest(store)
    for child in _superboxes(store, manifest.content, manifest.end):
        if child.label != ASSERTIONS_LABEL:
            continue
        for assertion in _superboxes(store, child.content, child.end):
            if assertion.label.split("__", 1)[0] == label:
                for box in _boxes(store, assertion.content, assertion.end):
                    if box.kind == b"cbor":
                        yield store[box.body : box.end]


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


def _outer_store(store: bytes) -> tuple[Superbox, Superbox]:
    """Find the store among the outermost boxes, and its last manifest."""
    for box in _boxes(store, 0, len(store)):
        if box.kind == b"jumb":
            manifest = None
            for manifest in _bare_superboxes(store, box):  # noqa: B007 - the last one is wanted
                pass
            if manifest is not None:
                return _superbox(store, box), _superbox(store, manifest)
    raise ValueError("no manifest in the store")


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """Walk boxes that stand side by side. Raises `ValueError` where one does not fit."""
    for _ in range(BOXES_LIMIT):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        header = 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            header = 16
        if size < header or start + size > end:
            raise ValueError(f"a box of {size} bytes does not fit")
        yield _Box(kind, start, start + header, start + size)
        start += size
    raise ValueError(f"more than {BOXES_LIMIT} boxes side by side")


def _bare_superboxes(data: bytes, parent: _Box) -> Iterator[_Box]:
    return (box for box in _boxes(data, parent.body, parent.end) if box.kind == b"jumb")


def _superboxes(data: bytes, start: int, end: int) -> Iterator[Superbox]:
    """Walk superboxes; one without a label cannot be referred to and is passed over."""
    for box in _boxes(data, start, end):
        if box.kind == b"jumb":
            try:
                yield _superbox(data, box)
            except ValueError:
                continue


def _superbox(data: bytes, box: _Box) -> Superbox:
    """Read the description of a superbox. Raises `ValueError` when it carries no label."""
    description = next(_boxes(data, box.body, box.end), None)
    if description is None or description.kind != b"jumd":
        raise ValueError("a box without a description")
    flags_at = description.body + TYPE_SIZE_BYTES
    if flags_at >= description.end or not data[flags_at] & LABEL_PRESENT:
        raise ValueError("a box without a label")
    label_end = min(description.end, flags_at + 1 + LABEL_LIMIT_BYTES)
    label = data[flags_at + 1 : label_end].split(b"\0", 1)[0]
    return Superbox(label.decode(), box.start, description.end, box.end)


def _body(data: bytes, superbox: Superbox) -> int:
    """Tell where the content of a superbox begins, its description included."""
    return next(_boxes(data, superbox.start, superbox.end)).body

"""
Read a rights expression of any standard known here, and find what it says of one subject.

A document may speak of many things. Each is a `Part` that carries the names by which the document
calls it; the one about the subject is chosen by them, or named by whoever hands the document in.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from licensing.standards.cawg import CawgReading, read_cawg
from licensing.standards.declaration import (
    CAWG,
    DEFAULT_MAX_AGE,
    ODRL,
    RSL,
    RSL_MEDIA,
    STANDARDS,
    TDMREP,
    Standard,
    Statement,
    Status,
)
from licensing.standards.errors import (
    DeclarationMalformed,
    PartUnclear,
    StandardSwitchedOff,
    StandardUnknown,
)
from licensing.standards.json_tree import parse_json
from licensing.standards.odrl import OdrlReading, read_odrl
from licensing.standards.paths import most_specific
from licensing.standards.rsl import RslReading, read_rsl
from licensing.standards.tdmrep import RESERVATION, Reservation, TdmReading, read_html, read_tdmrep

# An XML document in UTF-8 with or without its mark, or in UTF-16 with it.
_XML_BEGINS = (b"<", b"\xfe\xff", b"\xff\xfe")
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    What a document says of one thing.

    `name` is how the document calls it, `keys` every name that fits it exactly, `pattern` the
    addresses it speaks of.
    """

    name: str
    statements: tuple[Statement, ...]
    status: Status = "active"
    keys: frozenset[str] = frozenset()
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsDocument:
    """A whole document as it was understood; `notes` names by place what was not."""

    standard: Standard
    sha256: str
    max_age: timedelta
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def read_document(
    data: bytes, *, standard: str | None = None, media_draft: bool = False
) -> RightsDocument:
    """
    Read a document; without a `standard` it shows by itself what it is.

    Media rights are read only with `media_draft`. Raises the `StandardsError`s of errors.py.
    """
    kind = _standard(data, standard)
    digest = hashlib.sha256(data).hexdigest()
    if kind in {RSL, RSL_MEDIA}:
        return _of_rsl(read_rsl(data), digest, media_draft=media_draft)
    notes: tuple[str, ...]
    if kind == ODRL:
        odrl = read_odrl(data)
        parts, notes = _of_odrl(odrl), odrl.notes
    elif kind == TDMREP:
        tdm = _tdm(data)
        parts, notes = _of_tdm(tdm), tdm.notes
    else:
        cawg = read_cawg(data)
        parts, notes = _of_cawg(cawg), cawg.notes
    return RightsDocument(
        standard=kind, sha256=digest, max_age=DEFAULT_MAX_AGE, parts=parts, notes=notes
    )


def part_about(document: RightsDocument, subject_id: str, *, part: str | None = None) -> Part:
    """
    Find what the document says of a subject.

    `part` names it in the document's own words, or by an address that a pattern speaks of. Without
    it the subject's id counts, or the only part there is. Raises `PartUnclear`.
    """
    found = _named(document.parts, subject_id if part is None else part)
    if not found and part is None and len(document.parts) == 1:
        found = document.parts
    if not found:
        raise PartUnclear([each.name for each in document.parts])
    # One thing can have a right that was withdrawn and another that came instead of it.
    status: Status = "active"
    if all(each.status != "active" for each in found):
        status = found[0].status
    said = [each for each in found if each.status == status]
    return Part(
        name=found[0].name,
        statements=tuple(statement for each in said for statement in each.statements),
        status=status,
    )


def _standard(data: bytes, standard: str | None) -> Standard:
    if standard is None:
        return _guess(data)
    for known in STANDARDS:
        if standard == known:
            return known
    raise StandardUnknown(standard, STANDARDS)


def _guess(data: bytes) -> Standard:
    if data.removeprefix(_UTF8_MARK).lstrip()[:2].startswith(_XML_BEGINS):
        return RSL
    root = parse_json(data)
    first = root[0] if isinstance(root, list) and root else root
    if isinstance(first, dict):
        if RESERVATION in first:
            return TDMREP
        if "@context" in first:
            return ODRL
        if "entries" in first:
            return CAWG
    raise DeclarationMalformed(
        "document",
        f"is none of {', '.join(STANDARDS)}, as far as its first members show",
    )


def _tdm(data: bytes) -> TdmReading:
    """Read the file, or a page that says the same in its `meta` elements."""
    if not data.removeprefix(_UTF8_MARK).lstrip().startswith(b"<"):
        return read_tdmrep(data)
    reservation = read_html(data.decode("utf-8", "replace"), "page")
    if reservation is None:
        raise DeclarationMalformed("page", f"has no meta element {RESERVATION}")
    return TdmReading(reservations=(reservation,))


def _named(parts: Iterable[Part], name: str) -> tuple[Part, ...]:
    """Find the parts of this name; else those of the most specific pattern that speaks of it."""
    parts = tuple(parts)
    exact = tuple(each for each in parts if name in {each.name, *each.keys})
    if exact:
        return exact
    patterns = [each.pattern for each in parts if each.pattern is not None]
    chosen = most_specific(patterns, name) if "/" in name else None
    return tuple(each for each in parts if chosen is not None and each.pattern == chosen)


def _of_rsl(reading: RslReading, digest: str, *, media_draft: bool) -> RightsDocument:
    document = reading.document
    if document.rights and not media_draft:
        raise StandardSwitchedOff(RSL_MEDIA)
    contents = tuple(
        Part(
            name=content.url,
            statements=tuple(
                statement
                for licence in content.licences
                for statement in licence.statements(content.server, terms=content.terms)
            ),
            pattern=content.url,
        )
        for content in document.contents
    )
    rights = tuple(
        Part(
            name=right.name,
            statements=right.statements(),
            status=right.status,
            keys=frozenset(filter(None, (right.isrd, right.registry_id))),
        )
        for right in document.rights
    )
    return RightsDocument(
        standard=RSL_MEDIA if document.rights else RSL,
        sha256=digest,
        max_age=document.max_age,
        parts=(*rights, *contents),
        notes=reading.notes,
    )


def _of_odrl(reading: OdrlReading) -> tuple[Part, ...]:
    said: dict[str, tuple[Statement, ...]] = {}
    for policy in reading.policies:
        for target in policy.targets:
            said[target] = (*said.get(target, ()), *policy.statements(target))
    return tuple(
        Part(
            name=target,
            statements=statements,
            # Here and at others the id of a subject ends its address.
            keys=frozenset({target.rstrip("/").rpartition("/")[2]}),
        )
        for target, statements in said.items()
    )


def _of_tdm(reading: TdmReading) -> tuple[Part, ...]:
    by_location: dict[str, list[Reservation]] = {}
    for each in reading.reservations:
        by_location.setdefault(each.location, []).append(each)
    return tuple(
        Part(
            name=location,
            statements=tuple(said for each in entries for said in each.statements()),
            pattern=location,
        )
        for location, entries in by_location.items()
    )


def _of_cawg(reading: CawgReading) -> tuple[Part, ...]:
    statements = tuple(
        statement
        for statement in (entry.statement() for entry in reading.entries)
        if statement is not None
    )
    return (Part(name="file", statements=statements),)

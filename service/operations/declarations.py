"""
Bring in what owners declared elsewhere, look after it, and take it back.

A document is kept with its bytes, digest and source. The same document again only counts for
longer. A source that cannot be fetched any more keeps its word until that is too old; then the
decision refuses, because nobody knows what it says today.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from licensing.errors import LicensingError
from licensing.registry import declaration_store as store
from licensing.registry.declaration_store import KeptDeclaration, NewDeclaration
from licensing.standards.declaration import Declaration
from licensing.standards.errors import (
    DeclarationTooLarge,
    SubjectNotOwned,
    TooManySources,
    UnknownDeclaration,
)
from licensing.standards.freshness import next_look_at
from licensing.standards.reading import part_about, read_document
from licensing.standards.xml_tree import MAX_BYTES
from service.errors import ServiceError
from service.ids import new_id
from service.jobs import defer
from service.outgoing import Outgoing
from service.resolution import ResolutionPolicy
from service.runtime import OPERATOR, Runtime

ACCEPT: Final = "application/rsl+xml, application/ld+json, application/json, application/xml;q=0.9"
_WEB: Final = ("https://", "http://")
_MOST_DUE: Final = 500

# Every decision on the subject hears all of them.
MOST_SOURCES: Final = 20
MOST_STATEMENTS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """
    A document as it was handed in: about which subject, where from, and its bytes if it was a file.

    `source` is an address to fetch when `document` is None, else the name of the file. `part` says
    which part of the document is about the subject, where that is not clear.
    """

    subject_id: str
    source: str
    document: bytes | None = None
    standard: str | None = None
    part: str | None = None


def import_declaration(runtime: Runtime, tenant_id: str, handed: Handed) -> KeptDeclaration:
    """
    Import a document in the name of an owner, or of the operator for an owner.

    Raises `UnknownSubject`, `SubjectNotOwned`, the errors of fetching an address, and those of
    reading a document; then nothing was changed.
    """
    _require_owner(runtime, tenant_id, handed.subject_id)
    document = handed.document if handed.document is not None else fetch(runtime, handed.source)
    source = handed.source if handed.document is None else f"file:{handed.source}"
    new = _new(runtime, tenant_id, handed, source, document)
    with runtime.transaction() as session:
        store.lock_registry(session, runtime.now())
        _require_room(store.list_kept(session, subject_id=handed.subject_id), new)
        kept_id = store.keep(session, new)
        (kept,) = store.list_kept(session, declaration_id=kept_id)
    return kept


def list_declarations(
    runtime: Runtime, tenant_id: str, *, subject_id: str | None = None
) -> list[KeptDeclaration]:
    """List what a tenant imported, or everything for the operator."""
    with runtime.transaction(tenant_id) as session:
        return store.list_kept(session, subject_id=subject_id)


def get_declaration(runtime: Runtime, tenant_id: str, declaration_id: str) -> KeptDeclaration:
    """Find one declaration of a tenant. Raises `UnknownDeclaration`."""
    with runtime.transaction(tenant_id) as session:
        found = store.list_kept(session, declaration_id=declaration_id)
    if not found:
        raise UnknownDeclaration(declaration_id)
    return found[0]


def end_declaration(runtime: Runtime, tenant_id: str, declaration_id: str) -> KeptDeclaration:
    """
    Take a source back: new decisions do not hear it any more. What it said stays on record.

    Raises `UnknownDeclaration`.
    """
    kept = get_declaration(runtime, tenant_id, declaration_id)
    with runtime.transaction() as session:
        store.lock_registry(session, runtime.now())
        # It may have been ended, or replaced, before the lock was ours.
        if not store.list_kept(session, declaration_id=declaration_id):
            raise UnknownDeclaration(declaration_id)
        store.end(session, kept, new_id=new_id("dec"), at=runtime.now())
    return kept


def defer_due_looks(runtime: Runtime) -> int:
    """Queue a look at every source whose time has come; answers how many."""
    at = runtime.now()
    with runtime.transaction() as session:
        due = [each for each in store.list_kept(session) if is_due(each, at)][:_MOST_DUE]
        for kept in due:
            defer(session, "refresh_declaration", {"declaration_id": kept.id})
    return len(due)


def refresh_declaration(runtime: Runtime, declaration_id: str, *, early: bool = False) -> bool:
    """
    Fetch a source again, unless somebody just did; answers whether its word still counts.

    What goes wrong is written down beside the declaration, and the next look comes later.
    """
    at = runtime.now()
    kept = get_declaration(runtime, OPERATOR, declaration_id)
    if not (early and _is_web(kept)) and not is_due(kept, at):
        return at < kept.declaration.fresh_until
    declaration = kept.declaration
    handed = Handed(
        subject_id=declaration.subject_id,
        source=declaration.source,
        standard=declaration.standard,
        part=kept.part or None,
    )
    try:
        document = fetch(runtime, handed.source)
        new = _new(runtime, kept.owner_id, handed, handed.source, document)
    except (LicensingError, ServiceError) as error:
        with runtime.transaction() as session:
            store.note_problem(session, kept, f"{error.code}: {error}", at=at)
        return False
    with runtime.transaction() as session:
        store.lock_registry(session, at)
        store.keep(session, new)
    return True


def is_due(kept: KeptDeclaration, at: datetime) -> bool:
    """Whether its source is an address whose next look has come."""
    return (
        _is_web(kept)
        and next_look_at(
            fetched_at=kept.declaration.fetched_at,
            fresh_until=kept.declaration.fresh_until,
            failures=kept.failures,
            last_failed_at=kept.last_failed_at,
        )
        <= at
    )


def fetch(runtime: Runtime, url: str) -> bytes:
    """
    Fetch a document from an address that somebody else chose.

    Raises `AddressRefused`, `FetchFailed`, `AnswerTooLarge`.
    """
    client = ResolutionPolicy.of(runtime.settings).client()
    return client.send(Outgoing(url=url, headers={"Accept": ACCEPT}), max_bytes=MAX_BYTES).body


def declaration_json(kept: KeptDeclaration, *, at: datetime) -> dict[str, Any]:
    """Give the JSON of a declaration, as its owner sees it."""
    declaration = kept.declaration
    return {
        "id": kept.id,
        "subject": declaration.subject_id,
        "owner": kept.owner_id,
        "source": declaration.source,
        "part": kept.part,
        "standard": declaration.standard,
        "sha256": declaration.sha256,
        "status": declaration.status,
        "statements": [statement.to_json() for statement in declaration.statements],
        "notes": list(kept.notes),
        "imported_at": kept.imported_at.isoformat(),
        "fetched_at": declaration.fetched_at.isoformat(),
        "fresh_until": declaration.fresh_until.isoformat(),
        "is_fresh": at < declaration.fresh_until,
        "problem": kept.problem,
    }


def media_draft(runtime: Runtime) -> bool:
    """Whether this installation reads and writes the draft of RSL-MEDIA."""
    return runtime.settings.rsl_media_draft != "off"


def _is_web(kept: KeptDeclaration) -> bool:
    return kept.declaration.source.startswith(_WEB)


def _require_owner(runtime: Runtime, tenant_id: str, subject_id: str) -> None:
    """Let an owner of the subject, or of what it belongs to, declare, or who speaks for one."""
    with runtime.transaction() as session:
        snapshot = runtime.snapshot(session)
    chain = snapshot.ancestors(subject_id)
    owners = {share.licensor_id for each in chain for share in snapshot.shares.get(each.id, ())}
    lineage = tuple(each.id for each in chain)
    at = runtime.now()
    speaks_for_an_owner = any(
        mandate.holder_id in owners
        and not mandate.powers.isdisjoint({"license", "enforce"})
        and mandate.covers_subject(lineage)
        and mandate.validity.refuse(at) is None
        for mandate in snapshot.mandates.get(tenant_id, ())
    )
    if tenant_id not in owners | {OPERATOR} and not speaks_for_an_owner:
        raise SubjectNotOwned(subject_id)


def _require_room(known: list[KeptDeclaration], new: NewDeclaration) -> None:
    """Refuse one source more than a decision hears. Raises `TooManySources`."""
    mine = {(each.declaration.source, each.part) for each in known if each.owner_id == new.owner_id}
    if len(mine | {(new.declaration.source, new.part)}) > MOST_SOURCES:
        raise TooManySources(MOST_SOURCES)


def _new(
    runtime: Runtime, owner_id: str, handed: Handed, source: str, document: bytes
) -> NewDeclaration:
    """Read a document into what is kept of it."""
    read = read_document(document, standard=handed.standard, media_draft=media_draft(runtime))
    part = part_about(read, handed.subject_id, part=handed.part)
    if len(part.statements) > MOST_STATEMENTS:
        raise DeclarationTooLarge("statements", MOST_STATEMENTS)
    at = runtime.now()
    return NewDeclaration(
        id=new_id("dec"),
        owner_id=owner_id,
        part=handed.part or "",
        declaration=Declaration(
            subject_id=handed.subject_id,
            source=source,
            standard=read.standard,
            sha256=read.sha256,
            fetched_at=at,
            fresh_until=at + read.max_age,
            statements=part.statements,
            status=part.status,
        ),
        document=document,
        notes=(*_choice(handed, part.name), *read.notes),
    )


def _choice(handed: Handed, chosen: str) -> tuple[str, ...]:
    """Say which part was taken, where nothing but its being the only one speaks for it."""
    if handed.part is not None or chosen.rstrip("/").rpartition("/")[2] == handed.subject_id:
        return ()
    return (f"its only part, {ascii(chosen)[1:-1][:80]}, is taken to be about {handed.subject_id}",)

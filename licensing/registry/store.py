"""The registry in the database. Values go in and come out; the caller commits."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, select, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import class_mapper
from sqlmodel import Session, col

from licensing.registry.declaration_store import load_current
from licensing.registry.document import RegistryDocument
from licensing.registry.owners_store import (
    load_mandates,
    load_shares,
    save_mandates,
    save_shares,
    shares_by_subject,
)
from licensing.registry.parties import (
    Party,
    PartyKind,
    add_party,
    find_party,
    list_parties,
    load_licensors,
    load_standings,
    party_name,
    party_names,
    refuse_platforms,
    save_licensors,
    set_standing,
)
from licensing.registry.publication import check_publication
from licensing.registry.records import name_of, name_records, subject_of, subject_record
from licensing.registry.selecting import among
from licensing.registry.snapshot import CompiledRegistry, RegistrySnapshot
from licensing.registry.subject_store import EVER, count_subjects, load_subjects
from licensing.registry.subjects import Name, Subject
from licensing.registry.tables import NameRow, SubjectRow
from licensing.registry.terms_store import (
    load_active_terms,
    load_terms,
    new_terms,
    open_missing_accounts,
    save_terms,
    withdraw_terms,
)
from licensing.registry.variants import with_variants, without_variants
from licensing.registry.versions import locked_version, next_version, registry_version

__all__ = [
    "Party",
    "PartyKind",
    "add_party",
    "find_party",
    "list_parties",
    "load_document",
    "load_snapshot",
    "load_terms",
    "party_name",
    "party_names",
    "registry_version",
    "save_document",
    "set_standing",
    "withdraw_terms",
]

# One statement for all rows: a parent may stand behind its child, because foreign keys are checked
# when the statement is over.
_SAVE_SUBJECTS: Final = text("""
    insert into subject (
        id, kind, parent_id, licensed, descriptions, traits, facts, changed_in
    )
    select id, kind, parent_id, licensed, descriptions, traits, facts,
        (select version + 1 from registry_state)
    from jsonb_to_recordset(:rows) as given (
        id text, kind text, parent_id text, licensed boolean, descriptions jsonb, traits jsonb,
        facts jsonb
    )
    on conflict (id) do update set
        kind = excluded.kind, parent_id = excluded.parent_id, licensed = excluded.licensed,
        descriptions = excluded.descriptions, traits = excluded.traits,
        facts = excluded.facts, changed_in = excluded.changed_in
""").bindparams(bindparam("rows", type_=JSONB))

# Names keep the order of the document: among equals the first is the one that is shown.
_SAVE_NAMES: Final = text("""
    insert into name (
        subject_id, text, lang, kind, ambiguity, requires_any, excludes_any, reading, source
    )
    select subject_id, text, lang, kind, ambiguity, requires_any, excludes_any, reading, source
    from jsonb_to_recordset(:rows) as given (
        position integer, subject_id text, text text, lang text, kind text, ambiguity text,
        requires_any text[], excludes_any text[], reading text, source text
    )
    order by position
""").bindparams(bindparam("rows", type_=JSONB))


def load_snapshot(session: Session, base: CompiledRegistry | None = None) -> RegistrySnapshot:
    """
    Read the registry at one version: whole, or what changed since `base` was compiled.

    A base that holds subjects which are gone (somebody removed rows by hand) is left aside.
    """
    version = registry_version(session)
    while True:
        since = EVER if base is None else base.version
        changed = load_subjects(session, changed_since=since)
        document = RegistryDocument(
            subjects=changed if base is None else (),
            ownership=load_shares(session),
            terms=load_active_terms(session),
            mandates=load_mandates(session),
        )
        declarations, standings = load_current(session), load_standings(session)
        count = count_subjects(session)
        # Each query sees what is committed when it starts: an import that was committed between
        # two of them shows in the version, and the reading begins again.
        before, version = version, registry_version(session)
        if before != version:
            continue
        snapshot = RegistrySnapshot.of(
            document, version=version, declarations=declarations, standings=standings
        )
        if base is None:
            return snapshot
        snapshot = base.under(snapshot, changed)
        if len(snapshot.subjects) == count:
            return snapshot
        base = None


def load_document(session: Session, *, with_generated: bool = False) -> RegistryDocument:
    """
    Read the whole registry with its active terms, everything in the order of ids.

    Names are those that somebody wrote; `with_generated` adds the spellings made from them.
    """
    names: dict[str, list[Name]] = {}
    for row in session.execute(_select_names(with_generated=with_generated)):
        names.setdefault(row.subject_id, []).append(name_of(row))
    subjects = session.execute(
        select(class_mapper(SubjectRow).local_table).order_by(col(SubjectRow.id))
    )
    return RegistryDocument(
        subjects=tuple(subject_of(row, names.get(row.id, [])) for row in subjects),
        licensors=load_licensors(session),
        ownership=load_shares(session),
        terms=load_active_terms(session),
        mandates=load_mandates(session),
    )


def save_document(session: Session, document: RegistryDocument, *, at: datetime) -> int:
    """
    Merge a document into the registry and answer its version, which counts up on a real change.

    A subject of the document replaces the one with its id, and the shares of a subject replace all
    shares it had; what the document does not speak of stays. Each subject is kept with the other
    spellings of its names, which come and go with those. Terms are immutable: raises
    `RegistryMalformed` when their id is published with another content, and when a licensor's id
    belongs to a platform; `MandateInsufficient` and `ExclusivityTaken` for terms that must not be
    published. Owners get their accounts in every currency that is asked for.
    """
    version = locked_version(session, at)
    refuse_platforms(session, document.licensors)
    terms = new_terms(session, document.terms)
    known_ids = [subject.id for subject in document.subjects]
    known_subjects = {each.id: each for each in load_subjects(session, ids=known_ids)}
    spelt = (with_variants(without_variants(subject)) for subject in document.subjects)
    subjects = [subject for subject in spelt if known_subjects.get(subject.id) != subject]
    licensors = set(document.licensors) - set(load_licensors(session))
    mandates = set(document.mandates) - set(load_mandates(session))
    known_shares = shares_by_subject(load_shares(session))
    shares = {
        subject_id: shares
        for subject_id, shares in shares_by_subject(document.ownership).items()
        if known_shares.get(subject_id) != shares
    }
    if not (subjects or licensors or shares or mandates or terms):
        return version
    save_licensors(session, licensors, at)
    _save_subjects(session, subjects)
    save_shares(session, shares)
    save_mandates(session, mandates, at)
    if terms:
        # With the owners and mandates that came along, and before the terms are among the others.
        check_publication(terms, load_snapshot(session))
        save_terms(session, terms, at)
    open_missing_accounts(session)
    return next_version(session, at)


def _select_names(*, with_generated: bool) -> Select[Any]:
    names = class_mapper(NameRow).local_table
    written = true() if with_generated else names.c.source.is_(None)
    return select(names).where(written).order_by(names.c.id)


def _save_subjects(session: Session, subjects: Collection[Subject]) -> None:
    if not subjects:
        return
    session.execute(_SAVE_SUBJECTS, {"rows": [subject_record(subject) for subject in subjects]})
    ids = [subject.id for subject in subjects]
    session.execute(delete(NameRow).where(among(NameRow.subject_id, ids)))
    session.execute(_SAVE_NAMES, {"rows": name_records(subjects)})

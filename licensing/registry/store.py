"""The registry in the database. Values go in and come out; the caller commits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, Literal, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    TableClause,
    Text,
    any_,
    bindparam,
    column,
    delete,
    insert,
    literal,
    select,
    table,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import class_mapper
from sqlmodel import Session, col

from licensing.errors import RegistryMalformed
from licensing.registry.declaration_store import load_current
from licensing.registry.document import RegistryDocument
from licensing.registry.owners import Licensor, Share
from licensing.registry.records import name_of, name_records, subject_of, subject_record
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Name, Subject
from licensing.registry.tables import (
    NameRow,
    OwnershipRow,
    PartyRow,
    RegistryStateRow,
    SubjectRow,
    TermsRow,
)
from licensing.registry.terms import Terms
from licensing.registry.variants import with_variants, without_variants
from licensing.royalties.accounts import licensor_payable
from licensing.royalties.ledger import open_account

PartyKind = Literal["platform", "licensor"]

# Terms belong to their licensor, and row-level security hides them from everybody else. Through
# this view every tenant reads the active ones, which is all that a decision needs.
_ACTIVE_TERMS: Final[TableClause] = table("active_terms", column("id"), column("document", JSONB))

# One statement for all rows: a parent may stand behind its child, because foreign keys are checked
# when the statement is over.
_SAVE_SUBJECTS: Final = text("""
    insert into subject (id, kind, parent_id, licensed, descriptions, traits)
    select id, kind, parent_id, licensed, descriptions, traits
    from jsonb_to_recordset(:rows) as given (
        id text, kind text, parent_id text, licensed boolean, descriptions jsonb, traits jsonb
    )
    on conflict (id) do update set
        kind = excluded.kind, parent_id = excluded.parent_id, licensed = excluded.licensed,
        descriptions = excluded.descriptions, traits = excluded.traits
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

# An owner is paid in whatever currency the active terms are priced in.
_MISSING_ACCOUNTS: Final = text("""
    select owner.licensor_id, priced.currency
    from (select distinct licensor_id from ownership) as owner
    cross join (
        select distinct document -> 'price' ->> 'currency' as currency from active_terms
    ) as priced
    where priced.currency is not null and not exists (
        select from account
        where account.party_id = owner.licensor_id and account.currency = priced.currency
    )
    order by owner.licensor_id, priced.currency
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A tenant: one platform (licensee) or one licensor."""

    id: str
    kind: PartyKind
    name: str


def registry_version(session: Session) -> int:
    """Count the changes of the registry so far; 0 for one that was never filled."""
    return session.scalar(select(col(RegistryStateRow.version))) or 0


def load_snapshot(session: Session) -> RegistrySnapshot:
    """Read the whole registry at one version."""
    version = registry_version(session)
    while True:
        document = load_document(session, with_generated=True)
        declarations = load_current(session)
        # Each query sees what is committed when it starts: an import that was committed between
        # two of them shows in the version, and the reading begins again.
        before, version = version, registry_version(session)
        if before == version:
            return RegistrySnapshot.of(document, version=version, declarations=declarations)


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
    ownership = session.execute(
        select(class_mapper(OwnershipRow).local_table).order_by(
            col(OwnershipRow.subject_id),
            col(OwnershipRow.licensor_id),
        ),
    )
    terms = session.execute(select(_ACTIVE_TERMS).order_by(_ACTIVE_TERMS.c.id))
    return RegistryDocument(
        subjects=tuple(subject_of(row, names.get(row.id, [])) for row in subjects),
        licensors=tuple(
            Licensor(party.id, party.name) for party in list_parties(session, kind="licensor")
        ),
        ownership=tuple(
            Share(
                row.subject_id,
                row.licensor_id,
                Fraction(row.share_numerator, row.share_denominator),
            )
            for row in ownership
        ),
        terms=tuple(Terms.from_document(row.document, f"terms {row.id}") for row in terms),
    )


def load_terms(session: Session, terms_ids: Collection[str]) -> dict[str, Terms]:
    """Read terms by id, withdrawn ones too, as far as the tenant may see them."""
    rows = session.execute(
        select(col(TermsRow.id), col(TermsRow.document)).where(_among(TermsRow.id, terms_ids)),
    )
    return {row.id: Terms.from_document(row.document, f"terms {row.id}") for row in rows}


def save_document(session: Session, document: RegistryDocument, *, at: datetime) -> int:
    """
    Merge a document into the registry and answer its version, which counts up on a real change.

    A subject of the document replaces the one with its id, and the shares of a subject replace all
    shares it had; what the document does not speak of stays. Each subject is kept with the other
    spellings of its names, which come and go with those. Terms are immutable: raises
    `RegistryMalformed` when their id is published with another content, and when a licensor's id
    belongs to a platform. Owners get their accounts in every currency that is asked for.
    """
    version = _locked_version(session, at)
    known = load_document(session, with_generated=True)
    _refuse_platforms(session, document)
    new_terms = _new_terms(session, document.terms)
    known_subjects = {subject.id: subject for subject in known.subjects}
    spelt = (with_variants(without_variants(subject)) for subject in document.subjects)
    subjects = [subject for subject in spelt if known_subjects.get(subject.id) != subject]
    licensors = set(document.licensors) - set(known.licensors)
    known_shares = _shares_by_subject(known.ownership)
    shares = {
        subject_id: shares
        for subject_id, shares in _shares_by_subject(document.ownership).items()
        if known_shares.get(subject_id) != shares
    }
    if not (subjects or licensors or shares or new_terms):
        return version
    _save_licensors(session, licensors, at)
    _save_subjects(session, subjects)
    _save_shares(session, shares)
    _save_terms(session, new_terms, at)
    for owner in session.execute(_MISSING_ACCOUNTS).all():
        # Each pair of owner and currency comes this way once in its life.
        open_account(
            session,
            licensor_payable(owner.licensor_id, owner.currency),
            currency=owner.currency,
            party_id=owner.licensor_id,
        )
    return _next_version(session, at)


def withdraw_terms(session: Session, terms_id: str, at: datetime) -> bool:
    """End an offer for new clearances; False when no active terms have this id."""
    withdrawn = session.execute(
        update(TermsRow)
        .where(col(TermsRow.id) == terms_id, col(TermsRow.status) == "active")
        .values(status="withdrawn", withdrawn_at=at)
        .returning(col(TermsRow.id)),
    ).all()
    if withdrawn:
        _locked_version(session, at)
        _next_version(session, at)
    return bool(withdrawn)


def add_party(session: Session, party_id: str, *, kind: PartyKind, name: str, at: datetime) -> None:
    """Add a tenant; an id that exists keeps what it has."""
    session.execute(
        upsert(PartyRow)
        .values(id=party_id, kind=kind, name=name, created_at=at)
        .on_conflict_do_nothing(),
    )


def find_party(session: Session, party_id: str) -> Party | None:
    """Find a tenant by its id."""
    parties = _parties(session, col(PartyRow.id) == party_id)
    return parties[0] if parties else None


def list_parties(session: Session, *, kind: PartyKind | None = None) -> list[Party]:
    """List all tenants, or those of one kind, by id."""
    return _parties(session, col(PartyRow.kind) == kind if kind is not None else true())


def party_name(session: Session, party_id: str) -> str | None:
    """Name a tenant."""
    party = find_party(session, party_id)
    return party.name if party is not None else None


def party_names(session: Session, party_ids: Collection[str]) -> dict[str, str]:
    """Name several tenants at once, by id."""
    parties = _parties(session, _among(PartyRow.id, party_ids))
    return {party.id: party.name for party in parties}


def _select_names(*, with_generated: bool) -> Select[Any]:
    names = class_mapper(NameRow).local_table
    written = true() if with_generated else names.c.source.is_(None)
    return select(names).where(written).order_by(names.c.id)


def _parties(session: Session, condition: ColumnElement[bool]) -> list[Party]:
    rows = session.execute(
        select(col(PartyRow.id), col(PartyRow.kind), col(PartyRow.name))
        .where(condition)
        .order_by(col(PartyRow.id)),
    )
    return [Party(id=row.id, kind=cast("PartyKind", row.kind), name=row.name) for row in rows]


def _locked_version(session: Session, at: datetime) -> int:
    """Wait for other imports to end, keep new ones waiting, and read the version."""
    session.execute(
        upsert(RegistryStateRow).values(id=1, version=0, changed_at=at).on_conflict_do_nothing(),
    )
    version: int = session.execute(
        select(col(RegistryStateRow.version)).with_for_update(),
    ).scalar_one()
    return version


def _next_version(session: Session, at: datetime) -> int:
    version: int = session.execute(
        update(RegistryStateRow)
        .values(version=col(RegistryStateRow.version) + 1, changed_at=at)
        .returning(col(RegistryStateRow.version)),
    ).scalar_one()
    return version


def _refuse_platforms(session: Session, document: RegistryDocument) -> None:
    platforms = {party.id for party in list_parties(session, kind="platform")}
    for index, licensor in enumerate(document.licensors):
        if licensor.id in platforms:
            where = f"licensors[{index}].id"
            raise RegistryMalformed(where, f"{licensor.id!r} is a platform here")


def _new_terms(session: Session, terms: tuple[Terms, ...]) -> list[Terms]:
    """List the terms that are not published yet, withdrawn ones being published, too."""
    rows = session.execute(
        select(col(TermsRow.id), col(TermsRow.sha256)).where(
            _among(TermsRow.id, (offer.id for offer in terms)),
        ),
    )
    published = {row.id: row.sha256 for row in rows}
    for index, offer in enumerate(terms):
        if published.get(offer.id, offer.sha256) != offer.sha256:
            raise RegistryMalformed(
                f"terms[{index}].id",
                f"{offer.id!r} is published with another content, and terms are immutable; "
                "publish a new version under a new id",
            )
    return [offer for offer in terms if offer.id not in published]


def _shares_by_subject(ownership: Iterable[Share]) -> dict[str, dict[str, Fraction]]:
    shares: dict[str, dict[str, Fraction]] = {}
    for share in ownership:
        shares.setdefault(share.subject_id, {})[share.licensor_id] = share.share
    return shares


def _save_licensors(session: Session, licensors: Collection[Licensor], at: datetime) -> None:
    if not licensors:
        return
    statement = upsert(PartyRow)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"name": statement.excluded.name},
        ),
        [
            {"id": licensor.id, "kind": "licensor", "name": licensor.name, "created_at": at}
            for licensor in licensors
        ],
    )


def _save_subjects(session: Session, subjects: Collection[Subject]) -> None:
    if not subjects:
        return
    session.execute(_SAVE_SUBJECTS, {"rows": [subject_record(subject) for subject in subjects]})
    ids = [subject.id for subject in subjects]
    session.execute(delete(NameRow).where(_among(NameRow.subject_id, ids)))
    session.execute(_SAVE_NAMES, {"rows": name_records(subjects)})


def _save_shares(session: Session, shares: Mapping[str, Mapping[str, Fraction]]) -> None:
    if not shares:
        return
    session.execute(delete(OwnershipRow).where(_among(OwnershipRow.subject_id, shares)))
    session.execute(
        insert(OwnershipRow),
        [
            {
                "subject_id": subject_id,
                "licensor_id": licensor_id,
                "share_numerator": share.numerator,
                "share_denominator": share.denominator,
            }
            for subject_id, owners in shares.items()
            for licensor_id, share in owners.items()
        ],
    )


def _save_terms(session: Session, terms: Collection[Terms], at: datetime) -> None:
    if not terms:
        return
    session.execute(
        insert(TermsRow),
        [
            {
                "id": offer.id,
                "subject_id": offer.subject_id,
                "licensor_id": offer.licensor_id,
                "document": offer.to_document(),
                "sha256": offer.sha256,
                "status": "active",
                "published_at": at,
            }
            for offer in terms
        ],
    )


def _among(attribute: str, ids: Iterable[str]) -> ColumnElement[bool]:
    """Compare with any number of ids as one parameter; a list of parameters ends at 65,535."""
    return col(attribute) == any_(literal(list(ids), ARRAY(Text)))

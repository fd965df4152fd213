"""Terms in the database: versions that never change, and how far each is in its life."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import TableClause, column, insert, select, table, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col

from licensing.errors import RegistryMalformed, UnknownTerms
from licensing.registry.selecting import among
from licensing.registry.tables import TermsRow
from licensing.registry.terms import Terms
from licensing.registry.terms.lifecycle import TermsStatus, check_transition
from licensing.registry.versions import locked_version, next_version
from licensing.royalties.accounts import licensor_payable
from licensing.royalties.ledger import open_account

# Terms belong to their licensor, and row-level security hides them from everybody else. Through
# this view every tenant reads the active ones, which is all that a decision needs.
_ACTIVE_TERMS: Final[TableClause] = table("active_terms", column("id"), column("document", JSONB))

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
class KeptTerms:
    """One version of terms with its place in its life."""

    terms: Terms
    status: TermsStatus
    created_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None


def load_active_terms(session: Session) -> tuple[Terms, ...]:
    """Read what answers new clearances, by id, whoever's it is."""
    rows = session.execute(select(_ACTIVE_TERMS).order_by(_ACTIVE_TERMS.c.id))
    return tuple(Terms.from_document(row.document, f"terms {row.id}") for row in rows)


def load_terms(session: Session, terms_ids: Collection[str]) -> dict[str, Terms]:
    """Read terms by id, withdrawn ones too, as far as the tenant may see them."""
    rows = session.execute(
        select(col(TermsRow.id), col(TermsRow.document)).where(among(TermsRow.id, terms_ids)),
    )
    return {row.id: Terms.from_document(row.document, f"terms {row.id}") for row in rows}


def list_terms(session: Session, *, limit: int = 1000) -> list[KeptTerms]:
    """List the terms that the tenant may see, in whatever status, by id."""
    rows = session.execute(select(TermsRow).order_by(col(TermsRow.id)).limit(limit)).scalars()
    return [_kept(row) for row in rows]


def get_terms(session: Session, terms_id: str, *, lock: bool = False) -> KeptTerms:
    """Find terms that the tenant may see. Raises `UnknownTerms`."""
    query = select(TermsRow).where(col(TermsRow.id) == terms_id)
    if lock:
        query = query.with_for_update(key_share=True)
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise UnknownTerms(terms_id)
    return _kept(row)


def new_terms(session: Session, terms: Collection[Terms]) -> list[Terms]:
    """
    List the terms that are not kept yet, whatever became of those that are.

    Raises `RegistryMalformed` when an id is kept with another content.
    """
    rows = session.execute(
        select(col(TermsRow.id), col(TermsRow.sha256)).where(
            among(TermsRow.id, (offer.id for offer in terms)),
        ),
    )
    known = {row.id: row.sha256 for row in rows}
    for index, offer in enumerate(terms):
        if known.get(offer.id, offer.sha256) != offer.sha256:
            raise RegistryMalformed(
                f"terms[{index}].id",
                f"{offer.id!r} is published with another content, and terms are immutable; "
                "publish a new version under a new id",
            )
    return [offer for offer in terms if offer.id not in known]


def save_terms(
    session: Session, terms: Collection[Terms], at: datetime, *, status: TermsStatus = "active"
) -> None:
    """Keep new versions, as published unless `status` says that they are not yet."""
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
                "status": status,
                "created_at": at,
                "published_at": at if status == "active" else None,
            }
            for offer in terms
        ],
    )


def set_status(session: Session, kept: KeptTerms, status: TermsStatus, *, at: datetime) -> None:
    """
    Take terms one step further in their life. Raises `TermsTransitionRefused`.

    The registry counts a new version when what answers new clearances changes.
    """
    check_transition(kept.terms.id, kept.status, status)
    times = {"active": "published_at", "withdrawn": "withdrawn_at"}
    changed = {times[status]: at} if status in times else {}
    if "active" in (kept.status, status):
        locked_version(session, at)
    session.execute(
        update(TermsRow).where(col(TermsRow.id) == kept.terms.id).values(status=status, **changed),
    )
    if "active" in (kept.status, status):
        next_version(session, at)


def withdraw_terms(session: Session, terms_id: str, at: datetime) -> bool:
    """End an offer for new clearances; False when no active terms have this id."""
    try:
        kept = get_terms(session, terms_id, lock=True)
    except UnknownTerms:
        return False
    if kept.status != "active":
        return False
    set_status(session, kept, "withdrawn", at=at)
    return True


def open_missing_accounts(session: Session) -> None:
    """Open an account for every owner in every currency that active terms are priced in."""
    for owner in session.execute(_MISSING_ACCOUNTS).all():
        # Each pair of owner and currency comes this way once in its life.
        open_account(
            session,
            licensor_payable(owner.licensor_id, owner.currency),
            currency=owner.currency,
            party_id=owner.licensor_id,
        )


def _kept(row: TermsRow) -> KeptTerms:
    return KeptTerms(
        terms=Terms.from_document(row.document, f"terms {row.id}"),
        status=cast("TermsStatus", row.status),
        created_at=row.created_at,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
    )

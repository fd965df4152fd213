"""Shares and mandates in the database."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from fractions import Fraction

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import class_mapper
from sqlmodel import Session, col

from licensing.registry.nodes import Node
from licensing.registry.owners import Mandate, Share
from licensing.registry.owners_document import mandate_from_document, mandate_to_document
from licensing.registry.selecting import among
from licensing.registry.tables import MandateRow, OwnershipRow


def load_shares(session: Session) -> tuple[Share, ...]:
    """Read all shares, by subject and licensor."""
    rows = session.execute(
        select(class_mapper(OwnershipRow).local_table).order_by(
            col(OwnershipRow.subject_id),
            col(OwnershipRow.licensor_id),
            col(OwnershipRow.id),
        ),
    )
    return tuple(
        Share(
            row.subject_id,
            row.licensor_id,
            Fraction(row.share_numerator, row.share_denominator),
            None if row.territories is None else frozenset(row.territories),
            None if row.purposes is None else frozenset(row.purposes),
        )
        for row in rows
    )


def shares_by_subject(ownership: Iterable[Share]) -> dict[str, frozenset[Share]]:
    """Group shares by what they are of; their order says nothing."""
    shares: dict[str, set[Share]] = {}
    for share in ownership:
        shares.setdefault(share.subject_id, set()).add(share)
    return {subject_id: frozenset(found) for subject_id, found in shares.items()}


def save_shares(session: Session, shares: Mapping[str, Collection[Share]]) -> None:
    """Put these shares in the place of all that their subjects had."""
    if not shares:
        return
    session.execute(delete(OwnershipRow).where(among(OwnershipRow.subject_id, shares)))
    session.execute(
        insert(OwnershipRow),
        [
            {
                "subject_id": subject_id,
                "licensor_id": share.licensor_id,
                "share_numerator": share.share.numerator,
                "share_denominator": share.share.denominator,
                "territories": sorted(share.territories) if share.territories is not None else None,
                "purposes": sorted(share.purposes) if share.purposes is not None else None,
            }
            for subject_id, owners in shares.items()
            for share in sorted(owners, key=_by_owner)
        ],
    )


def load_mandates(session: Session) -> tuple[Mandate, ...]:
    """Read all mandates, by id."""
    rows = session.execute(select(MandateRow).order_by(col(MandateRow.id))).scalars()
    return tuple(mandate_from_document(Node(row.document, f"mandate {row.id}")) for row in rows)


def save_mandates(session: Session, mandates: Collection[Mandate], at: datetime) -> None:
    """Add mandates, or replace those with their id."""
    if not mandates:
        return
    statement = upsert(MandateRow)
    names = ("agent_id", "holder_id", "document", "changed_at")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in names},
        ),
        [
            {
                "id": mandate.id,
                "agent_id": mandate.agent_id,
                "holder_id": mandate.holder_id,
                "document": mandate_to_document(mandate),
                "changed_at": at,
            }
            for mandate in mandates
        ],
    )


def _by_owner(share: Share) -> tuple[str, list[str], list[str]]:
    return share.licensor_id, sorted(share.territories or ()), sorted(share.purposes or ())

"""Read the ledger back: what was written down for one clearance, licence or statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from licensing.money import Money
from licensing.royalties.tables import TransferRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One transfer as it was written.

    `kind` is posted, pending, post_pending or void_pending; the last two settle `pending_id`.
    """

    id: str
    kind: str
    debit_account: str
    credit_account: str
    amount: Money
    pending_id: str | None
    effective_at: datetime


def entries_of(session: Session, reference: str) -> tuple[Entry, ...]:
    """Everything the tenant may see that was written for `reference`, oldest first."""
    rows = session.exec(
        select(TransferRow)
        .where(TransferRow.reference == reference)
        .order_by(col(TransferRow.recorded_at), col(TransferRow.id)),
    )
    return tuple(
        Entry(
            id=row.id,
            kind=row.kind,
            debit_account=row.debit_account,
            credit_account=row.credit_account,
            amount=Money(row.amount_micros, row.currency),
            pending_id=row.pending_id,
            effective_at=row.effective_at,
        )
        for row in rows
    )

"""Manual payouts: what statements owe is exported for the bank, then confirmed as paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, text
from sqlmodel import Session, col, select

from licensing.errors import UnknownPayout
from licensing.money import Money, micros_per_minor
from licensing.royalties.accounts import licensor_payable, operator_cash, payouts_in_transit
from licensing.royalties.ledger import post, post_all
from licensing.royalties.statement import csv_text, minor_text
from licensing.royalties.tables import PayoutRow
from licensing.royalties.transfers import Transfer

_CSV_HEADER = ("payout", "licensor", "amount", "currency", "status", "statement", "created_at")

# Two runs at once would both find the same statements unpaid: one waits for the other.
_ONE_RUN = text("select pg_advisory_xact_lock(hashtextextended('rakkan.royalties.payouts', 0))")

_UNPAID = text("""
    select id, licensor_id, payable_minor, currency from statement
    where payable_minor > 0
        and not exists (select from payout where payout.statement_id = statement.id)
    order by id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """Money on its way to a licensor for one statement: `exported`, then `paid`."""

    id: str
    statement_id: str
    licensor_id: str
    amount_minor: int
    currency: str
    status: str
    created_at: datetime
    paid_at: datetime | None

    @property
    def amount(self) -> Money:
        """The amount in micros, as the ledger moves it."""
        return Money(self.amount_minor * micros_per_minor(self.currency), self.currency)

    def to_json(self) -> dict[str, Any]:
        """Write the payout for people and programs."""
        return {
            "id": self.id,
            "statement": self.statement_id,
            "licensor": self.licensor_id,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "status": self.status,
            "created_at": self.created_at.isoformat(),
            "paid_at": self.paid_at and self.paid_at.isoformat(),
        }


def run_payouts(session: Session, at: datetime) -> list[Payout]:
    """
    Export a payout for every statement that owes something and has none; again exports nothing.

    The amounts leave the licensors' payable accounts and wait in transit until they are confirmed.
    """
    session.flush()
    connection = session.connection()
    connection.execute(_ONE_RUN)
    payouts = [_payout(row, at) for row in connection.execute(_UNPAID)]
    if payouts:
        post_all(session, [_export(payout) for payout in payouts])
        connection.execute(insert(PayoutRow), [_columns(payout) for payout in payouts])
    return payouts


def mark_paid(session: Session, payout_id: str, at: datetime) -> Payout:
    """
    Confirm that the bank paid; again changes nothing and keeps the first date.

    Raises `UnknownPayout`.
    """
    row = session.exec(
        select(PayoutRow).where(col(PayoutRow.id) == payout_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if row is None:
        raise UnknownPayout(payout_id)
    if row.status == "exported":
        post(session, _confirmation(_of(row), at))
        row.status, row.paid_at = "paid", at
        session.add(row)
        session.flush()
    return _of(row)


def list_payouts(session: Session) -> list[Payout]:
    """Read the payouts the tenant may see, latest first."""
    rows = session.exec(
        select(PayoutRow).order_by(col(PayoutRow.created_at).desc(), col(PayoutRow.id))
    )
    return [_of(row) for row in rows]


def payouts_csv(payouts: Iterable[Payout]) -> str:
    """Write payouts as CSV for the bank's upload; amounts are decimals of the major unit."""
    return csv_text(
        _CSV_HEADER,
        (
            (
                *(payout.id, payout.licensor_id, minor_text(payout.amount_minor, payout.currency)),
                *(payout.currency, payout.status, payout.statement_id),
                payout.created_at.isoformat(),
            )
            for payout in payouts
        ),
    )


def _payout(statement: Row[Any], at: datetime) -> Payout:
    return Payout(
        id=f"payout:{statement.id}",
        statement_id=statement.id,
        licensor_id=statement.licensor_id,
        amount_minor=statement.payable_minor,
        currency=statement.currency,
        status="exported",
        created_at=at,
        paid_at=None,
    )


def _export(payout: Payout) -> Transfer:
    return Transfer(
        id=payout.id,
        debit_account=licensor_payable(payout.licensor_id, payout.currency),
        credit_account=payouts_in_transit(payout.currency),
        amount=payout.amount,
        reference=payout.statement_id,
        effective_at=payout.created_at,
    )


def _confirmation(payout: Payout, at: datetime) -> Transfer:
    return Transfer(
        id=f"{payout.id}:paid",
        debit_account=payouts_in_transit(payout.currency),
        credit_account=operator_cash(payout.currency),
        amount=payout.amount,
        reference=payout.statement_id,
        effective_at=at,
    )


def _columns(payout: Payout) -> dict[str, Any]:
    return {
        "id": payout.id,
        "statement_id": payout.statement_id,
        "licensor_id": payout.licensor_id,
        "amount_minor": payout.amount_minor,
        "currency": payout.currency,
        "status": payout.status,
        "created_at": payout.created_at,
        "paid_at": payout.paid_at,
    }


def _of(row: PayoutRow) -> Payout:
    return Payout(
        id=row.id,
        statement_id=row.statement_id,
        licensor_id=row.licensor_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        status=row.status,
        created_at=row.created_at,
        paid_at=row.paid_at,
    )

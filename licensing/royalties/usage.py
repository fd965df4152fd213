"""Capture: a stamped video's fee is posted, split among its owners, and reported as usage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from licensing.errors import TransferConflict, TransferSettled
from licensing.royalties.accounts import clearing_royalties, licensor_payable
from licensing.royalties.accrual import Charge, Earning, accrue, period_that_counts
from licensing.royalties.closing import last_closed_period, share_the_books
from licensing.royalties.ledger import post_all, post_pending
from licensing.royalties.tables import UsageRow
from licensing.royalties.transfers import Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedUse:
    """
    A licensed video that was made, with what it owes under each terms it was granted by.

    `hold_id` names the pending transfer of its clearance; None when everything was free.
    """

    licence_id: str
    platform_id: str
    hold_id: str | None
    territory: str
    purpose: str
    duration_ms: int
    occurred_at: datetime
    charges: tuple[Charge, ...]


def capture(session: Session, use: StampedUse) -> str:
    """
    Post what the video owes, split it among the owners, and report it; again changes nothing.

    What the hold has more than the fees is free again; with no fee at all the hold is voided. The
    licence must be written first. Returns the month whose statement will report the use: the month
    it occurred in, or the first open one. Raises what `post_pending` raises; `TransferConflict`
    when the licence was captured with other facts, or a licensor's account is not open
    (`UnknownAccount`); `ValueError` for a fee without a hold and for what `accrue` refuses.
    """
    earnings = accrue(use.charges)
    owed_micros = sum(earning.amount.amount_micros for earning in earnings)
    if use.hold_id is None and owed_micros:
        raise ValueError(f"licence {use.licence_id} owes {owed_micros} micros and nothing is held")
    session.flush()
    # Before any account is locked: whoever closes a month waits for us here, and must not make
    # others wait who hold what we wait for.
    share_the_books(session)
    is_new = use.hold_id is None or post_pending(session, use.hold_id, owed_micros, use.occurred_at)
    reported = _reported(session, use, earnings)
    if reported is not None:
        return reported
    if not is_new:
        raise TransferSettled(use.hold_id or "")
    return record_usage(session, use, earnings)


def record_usage(session: Session, use: StampedUse, earnings: Sequence[Earning]) -> str:
    """
    Move each earning from clearing to its licensor, and write its usage row.

    The caller shares the books and has posted the sum into clearing. Returns the month that counts.
    """
    period = period_that_counts(use.occurred_at, last_closed_period(session))
    post_all(
        session,
        [
            Transfer(
                id=_earning_id(use, earning),
                debit_account=clearing_royalties(earning.amount.currency),
                credit_account=licensor_payable(earning.licensor_id, earning.amount.currency),
                amount=earning.amount,
                reference=use.licence_id,
                effective_at=use.occurred_at,
                originator_id=use.platform_id,
            )
            for earning in earnings
            if earning.amount.amount_micros
        ],
    )
    session.connection().execute(
        insert(UsageRow),
        [
            {
                "id": _earning_id(use, earning),
                "licence_id": use.licence_id,
                "platform_id": use.platform_id,
                "licensor_id": earning.licensor_id,
                "terms_id": earning.terms_id,
                "subject_id": earning.subject_id,
                "territory": use.territory,
                "purpose": use.purpose,
                "duration_ms": use.duration_ms,
                "amount_micros": earning.amount.amount_micros,
                "currency": earning.amount.currency,
                "occurred_at": use.occurred_at,
                "period": period,
                "transfer_id": _transfer_id(use, earning),
            }
            for earning in earnings
        ],
    )
    return period


def _reported(session: Session, use: StampedUse, earnings: Sequence[Earning]) -> str | None:
    """Find the month an earlier capture counts in. Raises `TransferConflict` on other facts."""
    rows = session.exec(select(UsageRow).where(col(UsageRow.licence_id) == use.licence_id)).all()
    if not rows:
        return None
    stored = {(row.id, row.amount_micros, row.currency, row.duration_ms) for row in rows}
    if stored != {
        (_earning_id(use, each), each.amount.amount_micros, each.amount.currency, use.duration_ms)
        for each in earnings
    }:
        raise TransferConflict(use.licence_id)
    return rows[0].period


def _earning_id(use: StampedUse, earning: Earning) -> str:
    return f"{use.licence_id}:{earning.terms_id}:{earning.licensor_id}"


def _transfer_id(use: StampedUse, earning: Earning) -> str | None:
    """Name the transfer of an earning; an earning of nothing moves nothing."""
    return _earning_id(use, earning) if earning.amount.amount_micros else None

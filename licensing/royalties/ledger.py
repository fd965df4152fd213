"""
The ledger: append-only, two-sided transfers that are posted at once, or pending first.

`accounts.py` tells what the accounts are and how money moves between them. The rules here:

- A transfer is never changed or deleted. A pending one is settled once, whole, in part or not at
  all, by a second row that names it.
- The same id with the same facts changes nothing; with other facts it is a `TransferConflict`. The
  times of a retry are not facts.
- Only a bounded account (one with a floor) keeps its balance in its row, and only that row is
  locked. The other accounts are appended to, so that a licensor whom everyone pays slows nobody
  down; their balance is the sum of their transfers.
- What is pending counts against the floor at once, and against nothing else.

All of it runs in the caller's transaction at READ COMMITTED and never commits. Under row-level
security a platform writes transfers into accounts it cannot see, so nothing here reads the other
side: a transfer's parties come from the names of its accounts.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from licensing.errors import (
    CaptureTooLarge,
    HoldExpired,
    InsufficientCredit,
    TransferConflict,
    TransferSettled,
    UnknownAccount,
    UnknownTransfer,
)
from licensing.royalties import ledger_sql as sql
from licensing.royalties.accounts import system_accounts
from licensing.royalties.tables import TransferRow
from licensing.royalties.transfers import Balance, Transfer


def open_account(
    session: Session,
    account_id: str,
    *,
    currency: str,
    party_id: str | None = None,
    floor_micros: int | None = None,
) -> None:
    """
    Open an account, and with it the system accounts that its currency needs. Again changes nothing.

    A floor makes the account bounded: what is posted less what is held never falls below it. Raises
    `ValueError` when the account is open with another currency, owner or floor.
    """
    facts = {"currency": currency, "party_id": party_id, "floor_micros": floor_micros}
    session.flush()
    connection = session.connection()
    bare = {"currency": currency, "party_id": None, "floor_micros": None}
    connection.execute(sql.OPEN, [{"id": name, **bare} for name in system_accounts(currency)])
    connection.execute(sql.OPEN, {"id": account_id, **facts})
    stored = connection.execute(sql.ACCOUNT, {"id": account_id}).mappings().one()
    if dict(stored) != facts:
        raise ValueError(f"account {account_id} is open with other facts: {dict(stored)}")


def balance(session: Session, account_id: str) -> Balance:
    """
    Tell what an account stands at.

    An unbounded account is summed from the transfers that the tenant may see: its owner and the
    operator see all of them. Raises `UnknownAccount`.
    """
    row = session.connection().execute(sql.BALANCE, {"id": account_id}).mappings().one_or_none()
    if row is None:
        raise UnknownAccount(account_id)
    return Balance(
        posted_micros=row["posted_micros"],
        held_micros=row["held_micros"],
        currency=row["currency"],
    )


def hold(session: Session, transfer: Transfer, expires_at: datetime) -> bool:
    """
    Set an amount aside in a bounded account until it is posted, voided or expired.

    True when this call did it, False when an earlier one with the same facts had. Raises
    `InsufficientCredit` (nothing is written and the transaction goes on), `TransferConflict`, or
    `UnknownAccount`; `ValueError` for a debit account that has no floor to guard.
    """
    facts = {**_columns(transfer, "pending"), "expires_at": expires_at}
    session.flush()
    try:
        written = session.connection().execute(sql.HOLD, facts).rowcount
    except IntegrityError as error:
        raise _explained(error, [transfer]) from error
    if written:
        return True
    if _is_written(transfer, "pending", _found(session, [transfer.id]).get(transfer.id)):
        return False
    payer = session.connection().execute(sql.ACCOUNT, {"id": transfer.debit_account}).one_or_none()
    if payer is None or payer.currency != transfer.amount.currency:
        raise UnknownAccount(transfer.debit_account)
    if payer.floor_micros is None:
        raise ValueError(f"account {transfer.debit_account} has no floor: nothing guards a hold")
    raise InsufficientCredit(transfer.debit_account, transfer.amount.amount_micros)


def post(session: Session, transfer: Transfer) -> bool:
    """Move an amount at once; True when this call did it. See `post_all`."""
    return post_all(session, [transfer]) == 1


def post_all(session: Session, transfers: Sequence[Transfer]) -> int:
    """
    Move several amounts at once, all or none; those already written are left as they are.

    Returns how many were new. Raises `InsufficientCredit`, `TransferConflict` or `UnknownAccount`;
    then none of them is written and the transaction goes on.
    """
    if not transfers:
        return 0
    session.flush()
    sides = {side for each in transfers for side in (each.debit_account, each.credit_account)}
    connection = session.connection()
    free_micros = {
        row.id: row.free_micros
        for row in connection.execute(sql.LOCK_BOUNDED, {"ids": sorted(sides)})
    }
    found = _found(session, [each.id for each in transfers])
    new = [each for each in transfers if not _is_written(each, "posted", found.get(each.id))]
    changes = {account: _net_change_micros(account, new) for account in free_micros}
    for account, change_micros in changes.items():
        if change_micros < 0 and free_micros[account] + change_micros < 0:
            raise InsufficientCredit(account, -change_micros)
    if new:
        _append(session, new)
    for account, change_micros in changes.items():
        connection.execute(sql.MOVE_BOUNDED, {"id": account, "change_micros": change_micros})
    return len(new)


def post_pending(session: Session, hold_id: str, amount_micros: int, at: datetime) -> bool:
    """
    Post a pending transfer, whole or in part; the rest is free again. Nothing at all voids it.

    True when this call settled it, False when an earlier one had, with the same amount. Raises
    `UnknownTransfer`, `CaptureTooLarge`, `HoldExpired`, or `TransferSettled` when it was voided or
    posted with another amount.
    """
    if amount_micros < 0:
        raise ValueError(f"{amount_micros} micros cannot be posted")
    if amount_micros == 0:
        return void_pending(session, hold_id, at)
    pending = _lock_pending(session, hold_id)
    if amount_micros > pending["amount_micros"]:
        raise CaptureTooLarge(
            hold_id, held_micros=pending["amount_micros"], asked_micros=amount_micros
        )
    if at < pending["expires_at"]:
        return _settle(session, hold_id, "post_pending", amount_micros, pending, at)
    if _is_settled(session, hold_id, "post_pending", amount_micros):
        return False
    raise HoldExpired(hold_id, pending["expires_at"])


def void_pending(session: Session, hold_id: str, at: datetime) -> bool:
    """
    Free what a pending transfer holds, before or after it expired.

    True when this call did it, False when an earlier one had. Raises `UnknownTransfer`, or
    `TransferSettled` when it was posted.
    """
    pending = _lock_pending(session, hold_id)
    return _settle(session, hold_id, "void_pending", pending["amount_micros"], pending, at)


def expire_due(session: Session, at: datetime, *, limit: int = 100) -> tuple[str, ...]:
    """
    Void the pending transfers whose time is over, oldest first, and name them.

    A safety net for holds whose clearance nobody settles. It looks at every hold ever made, so it
    is for a sweep now and then.
    """
    due = session.connection().execute(sql.DUE, {"at": at, "limit": limit}).scalars().all()
    return tuple(hold_id for hold_id in due if _void_unless_settled(session, hold_id, at))


def _void_unless_settled(session: Session, hold_id: str, at: datetime) -> bool:
    # Someone may settle it between the look and the lock; theirs stands.
    try:
        return void_pending(session, hold_id, at)
    except TransferSettled:
        return False


def _lock_pending(session: Session, hold_id: str) -> RowMapping:
    rows = session.connection().execute(sql.LOCK_PENDING, {"hold_id": hold_id}).mappings().all()
    if not rows:
        raise UnknownTransfer(hold_id)
    return rows[0]


def _settle(
    session: Session,
    hold_id: str,
    kind: str,
    amount_micros: int,
    pending: RowMapping,
    at: datetime,
) -> bool:
    settled = session.connection().execute(
        sql.SETTLE,
        {
            "id": f"{hold_id}:{kind}",
            "hold_id": hold_id,
            "kind": kind,
            "amount_micros": amount_micros,
            "held_micros": pending["amount_micros"],
            "posted_micros": amount_micros if kind == "post_pending" else 0,
            "at": at,
        },
    )
    if settled.rowcount:
        return True
    _is_settled(session, hold_id, kind, amount_micros)
    return False


def _is_settled(session: Session, hold_id: str, kind: str, amount_micros: int) -> bool:
    """Whether it was settled in just this way. Raises `TransferSettled` when in another."""
    settled = session.connection().execute(sql.SETTLEMENT, {"hold_id": hold_id}).one_or_none()
    if settled is None:
        return False
    if (settled.kind, settled.amount_micros) != (kind, amount_micros):
        raise TransferSettled(hold_id)
    return True


def _found(session: Session, transfer_ids: list[str]) -> dict[str, RowMapping]:
    rows = session.connection().execute(sql.FIND, {"ids": transfer_ids}).mappings()
    return {row["id"]: row for row in rows}


def _is_written(transfer: Transfer, kind: str, found: RowMapping | None) -> bool:
    """Whether the stored row is this transfer. Raises `TransferConflict` when it is another."""
    if found is None:
        return False
    facts = _columns(transfer, kind)
    if any(found[column] != facts[column] for column in found):
        raise TransferConflict(transfer.id)
    return True


def _append(session: Session, transfers: Sequence[Transfer]) -> None:
    statement = insert(TransferRow).values(recorded_at=func.clock_timestamp())
    try:
        with session.begin_nested():
            session.connection().execute(
                statement, [_columns(transfer, "posted") for transfer in transfers]
            )
    except IntegrityError as error:
        raise _explained(error, transfers) from error


def _columns(transfer: Transfer, kind: str) -> dict[str, Any]:
    return {
        "id": transfer.id,
        "kind": kind,
        "debit_account": transfer.debit_account,
        "credit_account": transfer.credit_account,
        "currency": transfer.amount.currency,
        "amount_micros": transfer.amount.amount_micros,
        "reference": transfer.reference,
        "originator_id": transfer.originator_id,
        "debit_party_id": transfer.debit_party_id,
        "credit_party_id": transfer.credit_party_id,
        "effective_at": transfer.effective_at,
    }


def _net_change_micros(account_id: str, transfers: Sequence[Transfer]) -> int:
    return sum(
        each.amount.amount_micros
        * ((each.credit_account == account_id) - (each.debit_account == account_id))
        for each in transfers
    )


def _explained(error: IntegrityError, transfers: Sequence[Transfer]) -> Exception:
    """
    Say in the ledger's words what the database refused.

    Its own message leaves the offending key out under row-level security, hence the list.
    """
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
    if constraint == "transfer_pkey":
        return TransferConflict(" or ".join(each.id for each in transfers))
    if constraint.startswith(("transfer_debit_account", "transfer_credit_account")):
        side = "debit_account" if "debit" in constraint else "credit_account"
        return UnknownAccount(" or ".join(sorted({getattr(each, side) for each in transfers})))
    return error

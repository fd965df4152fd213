"""Clearances and licences in the database. Rows go in and values come out; the caller commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import insert as insert_row
from sqlalchemy import update
from sqlmodel import Session, col, select

from licensing.clearance.decision import Decision
from licensing.clearance.tables import ClearanceRow, LicenceRow
from licensing.clearance.use import Use
from licensing.errors import ClearanceNotReserved, UnknownClearance

Status = Literal["answered", "quoted", "waiting", "reserved", "captured", "voided", "expired"]
LicenceStatus = Literal["active", "expired", "withdrawn"]

# What a clearance may have been before it ends in each way. Only a reservation can be captured.
_BEFORE: Final[Mapping[str, tuple[Status, ...]]] = {
    "captured": ("reserved",),
    "voided": ("reserved", "quoted", "waiting"),
    "expired": ("reserved", "quoted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """
    One answered question of a platform.

    `status` follows its life: *answered* (refused), *quoted* (may be confirmed until
    `expires_at`), *waiting* (for its owners, with quota and price held), *reserved* (carries a
    token), then *captured*, *voided* or *expired*. `hold_id` is the pending transfer of a held
    price. The token may be presented until `token_expires_at`; `expires_at` then moves on, to give
    the video its time. `alternatives` are other ways that were open when it was refused, as the
    API shows them.
    """

    id: str
    platform_id: str
    idempotency_key: str
    request_sha256: str
    prompt_nonce: str
    prompt_sha256: str
    prompt_text: str | None
    use: Use
    decision: Decision
    status: str
    hold_id: str | None
    action_sha256: str
    created_at: datetime
    token_expires_at: datetime | None
    expires_at: datetime | None
    settled_at: datetime | None
    alternatives: tuple[Mapping[str, Any], ...] = ()

    @property
    def decision_sha256(self) -> str:
        """Digest of the decision: what the manifest says of it."""
        return self.decision.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """
    What a stamped video may call its licence: one for a clearance, one for a stamp.

    `grants` are the JSON grants of the licence assertion: subject, licensor, digest of the terms.
    """

    id: str
    platform_id: str
    clearance_id: str
    stamp_id: str
    manifest_id: str
    grants: tuple[Mapping[str, Any], ...]
    territory: str
    purpose: str
    decision_sha256: str
    granted_at: datetime
    status: LicenceStatus


def find_by_key(session: Session, platform_id: str, key: str) -> Clearance | None:
    """Find what this platform was answered under an idempotency key."""
    query = select(ClearanceRow).where(
        ClearanceRow.platform_id == platform_id,
        ClearanceRow.idempotency_key == key,
    )
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return _clearance(row) if row is not None else None


def get(
    session: Session,
    platform_id: str,
    clearance_id: str,
    *,
    lock: bool = False,
) -> Clearance | None:
    """
    Find a clearance of this platform, as it stands in the database now.

    With `lock` nobody else settles it until the transaction ends.
    """
    query = select(ClearanceRow).where(
        ClearanceRow.id == clearance_id,
        ClearanceRow.platform_id == platform_id,
    )
    if lock:
        # No key is changed: a licence that refers to the clearance need not wait for this lock.
        query = query.with_for_update(key_share=True)
    # The session may have seen the row before another transaction changed it.
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return _clearance(row) if row is not None else None


def platform_of(session: Session, clearance_id: str) -> str | None:
    """Whose clearance this is, as far as the tenant may know."""
    return session.exec(
        select(ClearanceRow.platform_id).where(ClearanceRow.id == clearance_id),
    ).one_or_none()


def insert(session: Session, clearance: Clearance) -> None:
    """
    Write a clearance down.

    Raises `IntegrityError` when the platform's idempotency key is taken: another transaction
    answered the same question first.
    """
    session.flush()
    row = {
        "id": clearance.id,
        "platform_id": clearance.platform_id,
        "idempotency_key": clearance.idempotency_key,
        "request_sha256": clearance.request_sha256,
        "prompt_nonce": clearance.prompt_nonce,
        "prompt_sha256": clearance.prompt_sha256,
        "prompt_text": clearance.prompt_text,
        "created_at": clearance.created_at,
        "settled_at": clearance.settled_at,
        "alternatives": [dict(alternative) for alternative in clearance.alternatives],
        **_changing(clearance),
    }
    session.connection().execute(insert_row(ClearanceRow), row)


def reserve(session: Session, clearance: Clearance) -> None:
    """
    Write down what confirming a quote made of it: reserved, or still quoted for want of credit.

    Raises `ClearanceNotReserved` when it is no quote any more, `UnknownClearance`.
    """
    _change(session, clearance.id, ("quoted",), _changing(clearance))


def conclude(session: Session, clearance: Clearance) -> None:
    """
    Write down what the owners' answers made of a waiting clearance: reserved, or voided.

    Raises `ClearanceNotReserved` when it waits no more, `UnknownClearance`.
    """
    values = {**_changing(clearance), "settled_at": clearance.settled_at}
    _change(session, clearance.id, ("waiting",), values)


def extend(session: Session, clearance_id: str, *, expires_at: datetime) -> None:
    """
    Give a reservation more time, such as for its video to arrive.

    Raises `ClearanceNotReserved`, `UnknownClearance`.
    """
    _change(session, clearance_id, ("reserved",), {"expires_at": expires_at})


def settle(session: Session, clearance_id: str, status: str, at: datetime) -> None:
    """
    End a clearance, once: captured, voided or expired.

    Raises `ClearanceNotReserved` when it cannot end this way, `UnknownClearance`, and `ValueError`
    for a status that ends nothing.
    """
    if status not in _BEFORE:
        raise ValueError(f"{status} does not end a clearance")
    _change(session, clearance_id, _BEFORE[status], {"status": status, "settled_at": at})


def due_for_expiry(session: Session, at: datetime, limit: int) -> tuple[Clearance, ...]:
    """
    Lock and give quotes and reservations whose time is over, longest overdue first.

    What another transaction is settling at this moment is skipped.
    """
    rows = session.exec(
        select(ClearanceRow)
        .where(
            col(ClearanceRow.status).in_(("quoted", "reserved")),
            col(ClearanceRow.expires_at) <= at,
        )
        .order_by(col(ClearanceRow.expires_at), col(ClearanceRow.id))
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True),
    )
    return tuple(_clearance(row) for row in rows)


def insert_licence(session: Session, licence: Licence) -> None:
    """
    Write a licence down.

    Raises `IntegrityError` when the clearance or the stamp has one already.
    """
    session.flush()
    session.connection().execute(
        insert_row(LicenceRow),
        {
            "id": licence.id,
            "platform_id": licence.platform_id,
            "clearance_id": licence.clearance_id,
            "stamp_id": licence.stamp_id,
            "manifest_id": licence.manifest_id,
            "grants": [dict(grant) for grant in licence.grants],
            "territory": licence.territory,
            "purpose": licence.purpose,
            "decision_sha256": licence.decision_sha256,
            "granted_at": licence.granted_at,
            "status": licence.status,
        },
    )


def get_licence(session: Session, licence_id: str) -> Licence | None:
    """Find a licence of the tenant; the view `public_licence` shows everyone its public part."""
    row = session.exec(select(LicenceRow).where(LicenceRow.id == licence_id)).one_or_none()
    if row is None:
        return None
    return Licence(
        id=row.id,
        platform_id=row.platform_id,
        clearance_id=row.clearance_id,
        stamp_id=row.stamp_id,
        manifest_id=row.manifest_id,
        grants=tuple(row.grants),
        territory=row.territory,
        purpose=row.purpose,
        decision_sha256=row.decision_sha256,
        granted_at=row.granted_at,
        status=cast("LicenceStatus", row.status),
    )


def _change(
    session: Session,
    clearance_id: str,
    before: tuple[Status, ...],
    values: dict[str, Any],
) -> None:
    """Change one clearance that is in one of the states `before`."""
    session.flush()
    changed = session.connection().execute(
        update(ClearanceRow)
        .where(col(ClearanceRow.id) == clearance_id, col(ClearanceRow.status).in_(before))
        .values(values),
    )
    if changed.rowcount:
        return
    status = session.exec(
        select(ClearanceRow.status).where(ClearanceRow.id == clearance_id),
    ).one_or_none()
    if status is None:
        raise UnknownClearance(clearance_id)
    raise ClearanceNotReserved(clearance_id, status)


def _changing(clearance: Clearance) -> dict[str, Any]:
    """List the columns that confirming a quote, or the owners' answers, may change."""
    price = clearance.decision.price
    return {
        "use": clearance.use.to_json(),
        "action_sha256": clearance.action_sha256,
        "decision": clearance.decision.to_json(),
        "decision_sha256": clearance.decision_sha256,
        "outcome": clearance.decision.outcome,
        "status": clearance.status,
        "price_micros": price.amount_micros if price is not None else None,
        "currency": price.currency if price is not None else None,
        "hold_id": clearance.hold_id,
        "token_expires_at": clearance.token_expires_at,
        "expires_at": clearance.expires_at,
    }


def _clearance(row: ClearanceRow) -> Clearance:
    decision = Decision.from_json(row.decision)
    return Clearance(
        id=row.id,
        platform_id=row.platform_id,
        idempotency_key=row.idempotency_key,
        request_sha256=row.request_sha256,
        prompt_nonce=row.prompt_nonce,
        prompt_sha256=row.prompt_sha256,
        prompt_text=row.prompt_text,
        use=decision.use,
        decision=decision,
        status=row.status,
        hold_id=row.hold_id,
        action_sha256=row.action_sha256,
        created_at=row.created_at,
        token_expires_at=row.token_expires_at,
        expires_at=row.expires_at,
        settled_at=row.settled_at,
        alternatives=tuple(row.alternatives),
    )

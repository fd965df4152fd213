"""Approvals in the database. Rows go in and values come out; the caller commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import insert, update
from sqlmodel import Session, col, func, select

from licensing.clearance.approval import OPEN, Answer, Approval, Side, Status, answer_from
from licensing.clearance.approval_tables import ApprovalMoveRow, ApprovalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a tenant, and the key it used (`operator` on the command line)."""

    tenant_id: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One answer as it stands in the record."""

    number: int
    side: str
    actor_id: str
    document: Mapping[str, Any]
    at: datetime


def insert_approval(session: Session, approval: Approval, request: Mapping[str, Any]) -> None:
    """Write an approval down, with what its licensor is shown of the request."""
    session.flush()
    row = {
        "id": approval.id,
        "clearance_id": approval.clearance_id,
        "platform_id": approval.platform_id,
        "licensor_id": approval.licensor_id,
        "delegates": sorted(approval.delegates),
        "terms": [list(pair) for pair in approval.terms],
        "request": dict(request),
        "clock_s": int(approval.clock.total_seconds()),
        "created_at": approval.created_at,
        **_changing(approval),
    }
    session.connection().execute(insert(ApprovalRow), row)


def save(session: Session, approval: Approval) -> None:
    """Write down what became of an approval; once it is closed, the prompt is forgotten."""
    session.flush()
    values = _changing(approval)
    if approval.status not in OPEN:
        values["request"] = col(ApprovalRow.request).op("-")("prompt")
    session.connection().execute(
        update(ApprovalRow).where(col(ApprovalRow.id) == approval.id).values(values),
    )


def add_move(
    session: Session,
    approval: Approval,
    *,
    side: Side,
    actor: Actor,
    answer: Answer,
    at: datetime,
) -> None:
    """Add an answer to the record; `approval` has it already."""
    session.connection().execute(
        insert(ApprovalMoveRow),
        {
            "approval_id": approval.id,
            "number": approval.moves,
            "side": side,
            "actor_id": actor.tenant_id,
            "actor_key": actor.key_id,
            "document": answer.to_json(),
            "at": at,
        },
    )


def get(session: Session, approval_id: str, *, lock: bool = False) -> Approval | None:
    """Find an approval that the tenant has a part in."""
    query = select(ApprovalRow).where(ApprovalRow.id == approval_id)
    if lock:
        query = query.with_for_update(key_share=True)
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return _approval(row) if row is not None else None


def request_of(session: Session, approval_id: str) -> dict[str, Any]:
    """Read what the licensor is shown."""
    query = select(ApprovalRow.request).where(ApprovalRow.id == approval_id)
    return dict(session.exec(query).one())


def moves_of(session: Session, approval_id: str) -> list[Move]:
    """Read the record of answers, oldest first."""
    rows = session.exec(
        select(ApprovalMoveRow)
        .where(ApprovalMoveRow.approval_id == approval_id)
        .order_by(col(ApprovalMoveRow.number)),
    )
    return [
        Move(
            number=row.number,
            side=row.side,
            actor_id=row.actor_id,
            document=row.document,
            at=row.at,
        )
        for row in rows
    ]


def of_clearance(session: Session, clearance_id: str) -> tuple[Approval, ...]:
    """List the approvals of a clearance, by licensor."""
    rows = session.exec(
        select(ApprovalRow)
        .where(ApprovalRow.clearance_id == clearance_id)
        .order_by(col(ApprovalRow.licensor_id))
        .execution_options(populate_existing=True),
    )
    return tuple(_approval(row) for row in rows)


def list_approvals(
    session: Session,
    *,
    status: str | None,
    limit: int,
    after: str | None = None,
) -> list[Approval]:
    """List what the tenant has a part in, most urgent first, from behind the id `after`."""
    query = select(ApprovalRow).order_by(col(ApprovalRow.due_at), col(ApprovalRow.id)).limit(limit)
    if status is not None:
        query = query.where(ApprovalRow.status == status)
    last = get(session, after) if after is not None else None
    if last is not None:
        query = query.where(
            func.row(col(ApprovalRow.due_at), col(ApprovalRow.id)) > func.row(last.due_at, last.id),
        )
    return [_approval(row) for row in session.exec(query)]


def overdue(session: Session, at: datetime, limit: int) -> list[tuple[str, str, str]]:
    """Give id, clearance and platform of approvals whose clock has ended, longest first."""
    rows = session.exec(
        select(ApprovalRow.id, ApprovalRow.clearance_id, ApprovalRow.platform_id)
        .where(col(ApprovalRow.status).in_(sorted(OPEN)), col(ApprovalRow.due_at) <= at)
        .order_by(col(ApprovalRow.due_at), col(ApprovalRow.id))
        .limit(limit),
    )
    return [
        (approval_id, clearance_id, platform_id) for approval_id, clearance_id, platform_id in rows
    ]


def _changing(approval: Approval) -> dict[str, Any]:
    return {
        "status": approval.status,
        "turn": approval.turn,
        "due_at": approval.due_at,
        "moves": approval.moves,
        "last": approval.last.to_json() if approval.last is not None else None,
        "answered_at": approval.answered_at,
        "used_by": approval.used_by,
    }


def _approval(row: ApprovalRow) -> Approval:
    return Approval(
        id=row.id,
        clearance_id=row.clearance_id,
        platform_id=row.platform_id,
        licensor_id=row.licensor_id,
        delegates=frozenset(row.delegates),
        terms=tuple((terms_id, sha256) for terms_id, sha256 in row.terms),
        status=cast("Status", row.status),
        turn=cast("Side", row.turn),
        clock=timedelta(seconds=row.clock_s),
        due_at=row.due_at,
        moves=row.moves,
        last=_answer(row.last),
        created_at=row.created_at,
        answered_at=row.answered_at,
        used_by=row.used_by,
    )


def _answer(document: dict[str, Any] | None) -> Answer | None:
    return answer_from(document) if document is not None else None

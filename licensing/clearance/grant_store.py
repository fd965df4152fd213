"""Grants in the database. Rows go in and values come out; the caller commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from licensing.canonical import sha256_hex
from licensing.clearance.grant_tables import GrantRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """
    What an owner and a platform agreed on, named by the digest of `document`.

    A one-shot grant belongs to one clearance; a standing one holds the terms that the platform may
    use again and again. `status` is offered, active, declined or ended.
    """

    id: str
    kind: str
    licensor_id: str
    platform_id: str
    clearance_id: str | None
    approval_id: str | None
    document: Mapping[str, Any]
    status: str
    created_at: datetime
    accepted_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def sha256(self) -> str:
        """Digest of exactly this content."""
        return sha256_hex(self.document)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `GET /v1/grants/{id}`."""
        return {
            "id": self.id,
            "kind": self.kind,
            "licensor": self.licensor_id,
            "platform": self.platform_id,
            "clearance": self.clearance_id,
            "approval": self.approval_id,
            "agreed": dict(self.document),
            "sha256": self.sha256,
            "status": self.status,
            "created_at": self.created_at.isoformat(),
            "accepted_at": self.accepted_at.isoformat() if self.accepted_at else None,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }


_FIELDS = tuple(Grant.__dataclass_fields__)


def insert_grant(session: Session, grant: Grant) -> None:
    """Write a grant down."""
    session.flush()
    row = {name: getattr(grant, name) for name in _FIELDS}
    row |= {"document": dict(grant.document), "sha256": grant.sha256}
    session.connection().execute(insert(GrantRow), row)


def change(session: Session, grant_id: str, **values: object) -> None:
    """Move the state of a grant on; its content never changes."""
    session.flush()
    session.connection().execute(
        update(GrantRow).where(col(GrantRow.id) == grant_id).values(**values),
    )


def get(session: Session, grant_id: str, *, lock: bool = False) -> Grant | None:
    """Find a grant that the tenant has a part in."""
    query = select(GrantRow).where(GrantRow.id == grant_id)
    if lock:
        query = query.with_for_update(key_share=True)
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return _grant(row) if row is not None else None


def list_grants(session: Session, *, status: str | None, limit: int) -> list[Grant]:
    """List what the tenant has a part in, latest first."""
    query = (
        select(GrantRow).order_by(col(GrantRow.created_at).desc(), col(GrantRow.id)).limit(limit)
    )
    if status is not None:
        query = query.where(GrantRow.status == status)
    return [_grant(row) for row in session.exec(query)]


def _grant(row: GrantRow) -> Grant:
    return Grant(**{name: getattr(row, name) for name in _FIELDS})

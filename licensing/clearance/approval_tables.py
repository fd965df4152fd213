"""Rows of approvals and of every answer given. They stay inside `approval_store.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class ApprovalRow(SQLModel, table=True):
    """One licensor's part in one clearance; `request` is what it is shown of it."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("clearance_id", "licensor_id", name="approval_once"),
        CheckConstraint(
            "status in ('requested', 'countered', 'granted', 'conditional', 'declined', "
            "'lapsed', 'withdrawn')",
            name="approval_status",
        ),
        CheckConstraint("turn in ('licensor', 'platform')", name="approval_turn"),
    )

    id: str = Field(primary_key=True)
    clearance_id: str = Field(foreign_key="clearance.id")
    platform_id: str = Field(foreign_key="party.id", index=True)
    licensor_id: str = Field(foreign_key="party.id", index=True)
    delegates: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    terms: list[list[str]] = Field(sa_column=Column(JSONB, nullable=False))
    request: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    status: str
    turn: str
    clock_s: int = Field(sa_type=BigInteger)
    due_at: datetime = Field(index=True)
    moves: int
    last: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    created_at: datetime
    answered_at: datetime | None = None
    used_by: str | None = Field(default=None, foreign_key="clearance.id", index=True)


class ApprovalMoveRow(SQLModel, table=True):
    """One answer: who gave it, for which side, under which key. Never changed."""

    __tablename__ = "approval_move"

    approval_id: str = Field(primary_key=True, foreign_key="approval.id")
    number: int = Field(primary_key=True)
    side: str
    actor_id: str
    actor_key: str
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    at: datetime

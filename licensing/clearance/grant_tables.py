"""Rows of grants: what an owner and a platform agreed on. They stay inside `grant_store.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class GrantRow(SQLModel, table=True):
    """
    An agreement for one clearance, or a standing one.

    The content is immutable and named by its digest; only the state moves on.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("kind in ('one_shot', 'standing')", name="agreement_kind"),
        CheckConstraint(
            "status in ('offered', 'active', 'declined', 'ended')",
            name="agreement_status",
        ),
        CheckConstraint(
            "(kind = 'one_shot') = (clearance_id is not null)",
            name="agreement_clearance",
        ),
    )

    id: str = Field(primary_key=True)
    kind: str
    licensor_id: str = Field(foreign_key="party.id", index=True)
    platform_id: str = Field(foreign_key="party.id", index=True)
    clearance_id: str | None = Field(default=None, foreign_key="clearance.id", index=True)
    approval_id: str | None = Field(default=None, foreign_key="approval.id", unique=True)
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    sha256: str
    status: str
    created_at: datetime
    accepted_at: datetime | None = None
    ended_at: datetime | None = None

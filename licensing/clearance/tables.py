"""Rows of clearances and licences. They stay inside `store.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class ClearanceRow(SQLModel, table=True):
    """One answered question of a platform, with its reservation when it was granted."""

    __tablename__ = "clearance"
    __table_args__ = (
        UniqueConstraint("platform_id", "idempotency_key", name="clearance_idempotency"),
        CheckConstraint(
            "status in ('answered', 'quoted', 'waiting', 'reserved', 'captured', 'voided', "
            "'expired')",
            name="clearance_status",
        ),
        CheckConstraint("(price_micros is null) = (currency is null)", name="clearance_price"),
    )

    id: str = Field(primary_key=True)
    platform_id: str = Field(foreign_key="party.id", index=True)
    idempotency_key: str
    request_sha256: str
    prompt_nonce: str
    prompt_sha256: str
    prompt_text: str | None = None
    use: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    decision: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    decision_sha256: str
    alternatives: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_column=Column(JSONB, nullable=False, server_default="[]"),
    )
    outcome: str
    status: str
    price_micros: int | None = Field(default=None, sa_type=BigInteger)
    currency: str | None = None
    hold_id: str | None = Field(default=None, foreign_key="transfer.id", index=True)
    action_sha256: str
    created_at: datetime
    token_expires_at: datetime | None = None
    expires_at: datetime | None = Field(default=None, index=True)
    settled_at: datetime | None = None


class LicenceRow(SQLModel, table=True):
    """What a stamped video may call its licence: one per clearance, one per stamp."""

    __tablename__ = "licence"
    __table_args__ = (
        CheckConstraint("status in ('active', 'expired', 'withdrawn')", name="licence_status"),
    )

    id: str = Field(primary_key=True)
    platform_id: str = Field(foreign_key="party.id", index=True)
    clearance_id: str = Field(foreign_key="clearance.id", unique=True)
    stamp_id: str = Field(unique=True)
    manifest_id: str
    grants: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    territory: str
    purpose: str
    decision_sha256: str
    granted_at: datetime
    status: str


class ReadingRow(SQLModel, table=True):
    """How the prompt of a clearance was read: facts for a replay, without words of the prompt."""

    __tablename__ = "reading"

    clearance_id: str = Field(primary_key=True, foreign_key="clearance.id")
    platform_id: str = Field(foreign_key="party.id", index=True)
    registry_version: int
    record: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime
    expires_at: datetime = Field(index=True)

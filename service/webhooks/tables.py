"""Rows of webhooks: endpoints, events, deliveries and their attempts. They stay in `store.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class WebhookRow(SQLModel, table=True):
    """Where a tenant wants to be told. Its secret is derived from its id and `secret_number`."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("status in ('active', 'disabled', 'deleted')", name="webhook_status"),
        CheckConstraint(
            "(status = 'disabled') = (disabled_reason is not null)",
            name="webhook_disabled",
        ),
    )

    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="party.id", index=True)
    url: str
    event_types: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    description: str = ""
    status: str
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    secret_number: int = 1
    secret_sha256: str
    previous_secret_until: datetime | None = None
    created_at: datetime


class WebhookEventRow(SQLModel, table=True):
    """Something a tenant is to be told, written in the transaction in which it happened."""

    __tablename__ = "webhook_event"

    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="party.id", index=True)
    originator_id: str
    type: str
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    occurred_at: datetime


class WebhookDeliveryRow(SQLModel, table=True):
    """One event on its way to one endpoint."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "webhook_id", name="webhook_delivery_once"),
        CheckConstraint(
            "status in ('pending', 'delivered', 'failed')",
            name="webhook_delivery_status",
        ),
        Index("webhook_delivery_latest", "webhook_id", text("created_at desc"), text("id desc")),
    )

    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="party.id", index=True)
    event_id: str = Field(foreign_key="webhook_event.id")
    webhook_id: str = Field(foreign_key="webhook.id")
    status: str
    failed_attempts: int = 0
    next_attempt_at: datetime | None = None
    created_at: datetime
    finished_at: datetime | None = None


class WebhookAttemptRow(SQLModel, table=True):
    """One request that was made for a delivery. Never changed."""

    __tablename__ = "webhook_attempt"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    tenant_id: str = Field(foreign_key="party.id", index=True)
    delivery_id: str = Field(foreign_key="webhook_delivery.id", index=True)
    started_at: datetime
    latency_ms: int
    status_code: int | None = None
    problem: str | None = None
    response_excerpt: str = ""

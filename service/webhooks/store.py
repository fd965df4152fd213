"""Webhooks in the database. Rows go in and values come out; the caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlmodel import Session, col, func, select

from service.webhooks.tables import (
    WebhookAttemptRow,
    WebhookDeliveryRow,
    WebhookEventRow,
    WebhookRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """
    Where a tenant wants to be told: `event_types` empty means of everything.

    `secret_number` counts its secrets; the one before it signs as well until
    `previous_secret_until`. `failing_since` is when its present row of failures began.
    """

    id: str
    tenant_id: str
    url: str
    event_types: tuple[str, ...]
    description: str
    status: str
    disabled_reason: str | None
    failing_since: datetime | None
    secret_number: int
    secret_sha256: str
    previous_secret_until: datetime | None
    created_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `GET /v1/webhooks/{id}`: never a secret."""
        return {
            "id": self.id,
            "url": self.url,
            "events": list(self.event_types),
            "description": self.description,
            "status": self.status,
            "disabled_reason": self.disabled_reason,
            "failing_since": shown(self.failing_since),
            "previous_secret_until": shown(self.previous_secret_until),
            "created_at": shown(self.created_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a tenant is to be told."""

    id: str
    tenant_id: str
    originator_id: str
    type: str
    data: dict[str, Any]
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one endpoint; `status` is pending, delivered or failed."""

    id: str
    tenant_id: str
    event_id: str
    webhook_id: str
    status: str
    failed_attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request: what came back, or the `problem` that kept an answer from coming."""

    started_at: datetime
    latency_ms: int
    status_code: int | None
    problem: str | None
    response_excerpt: str

    def to_json(self) -> dict[str, Any]:
        """Give the attempt as it stands in the delivery log."""
        return {
            "started_at": shown(self.started_at),
            "latency_ms": self.latency_ms,
            "status_code": self.status_code,
            "problem": self.problem,
            "response_excerpt": self.response_excerpt,
        }


def insert_webhook(session: Session, webhook: Webhook) -> None:
    """Write a new endpoint down."""
    session.flush()
    values = {name: getattr(webhook, name) for name in Webhook.__dataclass_fields__}
    values["event_types"] = list(webhook.event_types)
    session.connection().execute(insert(WebhookRow), values)


def change_webhook(session: Session, webhook_id: str, **values: object) -> None:
    """Change columns of an endpoint."""
    session.flush()
    session.connection().execute(
        update(WebhookRow).where(col(WebhookRow.id) == webhook_id).values(**values),
    )


def get_webhook(session: Session, webhook_id: str, *, lock: bool = False) -> Webhook | None:
    """Find an endpoint of the tenant, deleted ones too."""
    query = select(WebhookRow).where(WebhookRow.id == webhook_id)
    if lock:
        query = query.with_for_update(key_share=True)
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return _webhook(row) if row is not None else None


def list_webhooks(session: Session, tenant_id: str | None) -> list[Webhook]:
    """List the endpoints of one tenant, or all that may be seen, oldest first."""
    query = select(WebhookRow).where(WebhookRow.status != "deleted")
    if tenant_id is not None:
        query = query.where(WebhookRow.tenant_id == tenant_id)
    query = query.order_by(col(WebhookRow.created_at), col(WebhookRow.id))
    return [_webhook(row) for row in session.exec(query)]


def insert_event(session: Session, event: Event) -> None:
    """Write an event down, in the transaction in which it happened."""
    session.flush()
    values = {name: getattr(event, name) for name in Event.__dataclass_fields__}
    session.connection().execute(insert(WebhookEventRow), values)


def get_event(session: Session, event_id: str) -> Event | None:
    """Find an event."""
    row = session.exec(select(WebhookEventRow).where(WebhookEventRow.id == event_id)).one_or_none()
    if row is None:
        return None
    return Event(**{name: getattr(row, name) for name in Event.__dataclass_fields__})


def insert_delivery(session: Session, delivery: Delivery) -> bool:
    """Write a delivery down, unless its event is on its way to this endpoint already."""
    session.flush()
    values = {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__}
    made = session.connection().execute(
        insert_or(WebhookDeliveryRow).on_conflict_do_nothing(constraint="webhook_delivery_once"),
        values,
    )
    return bool(made.rowcount)


def change_delivery(session: Session, delivery_id: str, **values: object) -> None:
    """Change columns of a delivery."""
    session.flush()
    session.connection().execute(
        update(WebhookDeliveryRow)
        .where(col(WebhookDeliveryRow.id) == delivery_id)
        .values(**values),
    )


def get_delivery(session: Session, delivery_id: str, *, lock: bool = False) -> Delivery | None:
    """Find a delivery; with `lock` nobody else changes it until the transaction ends."""
    query = select(WebhookDeliveryRow).where(WebhookDeliveryRow.id == delivery_id)
    if lock:
        query = query.with_for_update(key_share=True)
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return _delivery(row) if row is not None else None


def list_deliveries(
    session: Session,
    webhook_id: str,
    *,
    limit: int,
    before: str | None = None,
) -> list[tuple[Delivery, Event]]:
    """List deliveries of an endpoint with their events, latest first, after the id `before`."""
    query = (
        select(WebhookDeliveryRow, WebhookEventRow)
        .join(WebhookEventRow, col(WebhookEventRow.id) == col(WebhookDeliveryRow.event_id))
        .where(WebhookDeliveryRow.webhook_id == webhook_id)
        .order_by(col(WebhookDeliveryRow.created_at).desc(), col(WebhookDeliveryRow.id).desc())
        .limit(limit)
    )
    last = get_delivery(session, before) if before is not None else None
    if last is not None:
        query = query.where(
            func.row(col(WebhookDeliveryRow.created_at), col(WebhookDeliveryRow.id))
            < func.row(last.created_at, last.id),
        )
    return [
        (
            _delivery(delivery),
            Event(**{name: getattr(event, name) for name in Event.__dataclass_fields__}),
        )
        for delivery, event in session.exec(query)
    ]


def insert_attempt(session: Session, delivery: Delivery, attempt: Attempt) -> None:
    """Add one request to the log."""
    session.flush()
    values = {name: getattr(attempt, name) for name in Attempt.__dataclass_fields__}
    session.connection().execute(
        insert(WebhookAttemptRow),
        {**values, "tenant_id": delivery.tenant_id, "delivery_id": delivery.id},
    )


def attempts_of(session: Session, delivery_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    """List the requests of deliveries, oldest first."""
    found: dict[str, list[Attempt]] = {delivery_id: [] for delivery_id in delivery_ids}
    rows = session.exec(
        select(WebhookAttemptRow)
        .where(col(WebhookAttemptRow.delivery_id).in_(delivery_ids))
        .order_by(col(WebhookAttemptRow.id)),
    )
    for row in rows:
        attempt = Attempt(**{name: getattr(row, name) for name in Attempt.__dataclass_fields__})
        found[row.delivery_id].append(attempt)
    return found


def shown(at: datetime | None) -> str | None:
    """Write a moment as JSON says it: UTC, with a Z."""
    return at.isoformat().replace("+00:00", "Z") if at is not None else None


def _webhook(row: WebhookRow) -> Webhook:
    values = {name: getattr(row, name) for name in Webhook.__dataclass_fields__}
    return Webhook(**{**values, "event_types": tuple(row.event_types)})


def _delivery(row: WebhookDeliveryRow) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in Delivery.__dataclass_fields__})

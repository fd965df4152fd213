"""
Bring events to endpoints: at least once, signed, with every request in a log.

    spread_event (one job an event) → a delivery for each endpoint → deliver (one job an attempt)

A delivery's id in the header is the event's: it is the same at every attempt and every replay, so
that a receiver can tell what it knows already.
"""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

import structlog
from sqlmodel import Session

from licensing.canonical import canonical_json
from service.ids import new_id
from service.jobs import WEBHOOKS, defer
from service.operations.webhooks import outgoing_client
from service.outgoing import Answer, Outgoing
from service.resolution_errors import AddressRefused, FetchFailed
from service.runtime import Runtime
from service.webhooks import store
from service.webhooks.errors import (
    UnknownWebhook,
    UnknownWebhookDelivery,
    WebhookKeyLost,
    WebhookNotActive,
)
from service.webhooks.events import TEST_EVENT, is_wanted
from service.webhooks.schedule import GONE, wait_after
from service.webhooks.signature import derive_secret, secret_sha256, signature_headers
from service.webhooks.store import Attempt, Delivery, Event, Webhook, shown

EXCERPT_BYTES: Final = 1024
_OK: Final = range(200, 300)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """A delivery with its event and every request that was made for it."""

    delivery: Delivery
    event: Event
    attempts: tuple[Attempt, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the delivery as it stands in `GET /v1/webhooks/{id}/deliveries`."""
        return {
            "id": self.delivery.id,
            "webhook": self.delivery.webhook_id,
            "event": {
                "id": self.event.id,
                "type": self.event.type,
                "occurred_at": shown(self.event.occurred_at),
                "data": self.event.data,
            },
            "status": self.delivery.status,
            "next_attempt_at": shown(self.delivery.next_attempt_at),
            "created_at": shown(self.delivery.created_at),
            "finished_at": shown(self.delivery.finished_at),
            "attempts": [attempt.to_json() for attempt in self.attempts],
        }


def spread_event(runtime: Runtime, event_id: str) -> int:
    """Queue an event for every endpoint that wants it; again changes nothing. Tells how many."""
    at = runtime.now()
    made = 0
    with runtime.transaction() as session:
        event = store.get_event(session, event_id)
        if event is None:
            return 0
        for webhook in store.list_webhooks(session, event.tenant_id):
            chosen = event.type != TEST_EVENT or event.data.get("webhook") == webhook.id
            if webhook.status != "active" or not (
                chosen and is_wanted(event.type, webhook.event_types)
            ):
                continue
            delivery = Delivery(
                id=new_id("whd"),
                tenant_id=event.tenant_id,
                event_id=event.id,
                webhook_id=webhook.id,
                status="pending",
                failed_attempts=0,
                next_attempt_at=at,
                created_at=at,
                finished_at=None,
            )
            if store.insert_delivery(session, delivery):
                _queue(session, delivery.id, None)
                made += 1
    return made


def deliver(runtime: Runtime, delivery_id: str) -> Delivery | None:
    """
    Make one attempt at a pending delivery, write it down, and queue the next if one is due.

    A crash between the request and its record repeats the request, with the same id.
    """
    begun_at = runtime.now()
    with runtime.transaction() as session:
        delivery = store.get_delivery(session, delivery_id)
        if delivery is None or delivery.status != "pending":
            return delivery
        event = store.get_event(session, delivery.event_id)
        webhook = store.get_webhook(session, delivery.webhook_id)
    if event is None or webhook is None:
        return None
    if webhook.status != "active":
        with runtime.transaction() as session:
            store.change_delivery(
                session,
                delivery_id,
                status="failed",
                next_attempt_at=None,
                finished_at=begun_at,
            )
            return store.get_delivery(session, delivery_id)
    attempt = _attempt(runtime, webhook, event, begun_at)
    log.info(
        "webhook_attempt",
        webhook_id=webhook.id,
        delivery_id=delivery_id,
        status_code=attempt.status_code,
        problem=attempt.problem,
        latency_ms=attempt.latency_ms,
    )
    return _record(runtime, delivery_id, attempt)


def list_deliveries(
    runtime: Runtime,
    tenant_id: str,
    webhook_id: str,
    *,
    limit: int = 50,
    before: str | None = None,
) -> list[LoggedDelivery]:
    """Read the log of an endpoint, latest first. Raises `UnknownWebhook`."""
    with runtime.transaction(tenant_id) as session:
        if store.get_webhook(session, webhook_id) is None:
            raise UnknownWebhook(webhook_id)
        found = store.list_deliveries(session, webhook_id, limit=limit, before=before)
        attempts = store.attempts_of(session, [delivery.id for delivery, _ in found])
    return [
        LoggedDelivery(delivery, event, tuple(attempts[delivery.id])) for delivery, event in found
    ]


def replay_delivery(runtime: Runtime, tenant_id: str, delivery_id: str) -> Delivery:
    """
    Send a finished delivery again, with the event's own id; a pending one is left to its schedule.

    Raises `UnknownWebhookDelivery`, `WebhookNotActive`.
    """
    with runtime.transaction(tenant_id) as session:
        delivery = store.get_delivery(session, delivery_id, lock=True)
        if delivery is None:
            raise UnknownWebhookDelivery(delivery_id)
        if delivery.status == "pending":
            return delivery
        webhook = store.get_webhook(session, delivery.webhook_id)
        if webhook is None or webhook.status != "active":
            raise WebhookNotActive(delivery.webhook_id, webhook.status if webhook else "gone")
        store.change_delivery(
            session,
            delivery_id,
            status="pending",
            failed_attempts=0,
            next_attempt_at=runtime.now(),
            finished_at=None,
        )
        _queue(session, delivery_id, None)
        return store.get_delivery(session, delivery_id) or delivery


def _queue(session: Session, delivery_id: str, at: datetime | None) -> None:
    defer(session, "deliver_webhook", {"delivery_id": delivery_id}, queue=WEBHOOKS, at=at)


def _attempt(runtime: Runtime, webhook: Webhook, event: Event, at: datetime) -> Attempt:
    """Send one signed request, and tell how it went; nothing that a receiver does is an error."""
    body = canonical_json(
        {"type": event.type, "timestamp": shown(event.occurred_at), "data": event.data},
    )
    headers = signature_headers(
        _secrets(runtime, webhook, at),
        message_id=event.id,
        timestamp_s=int(at.timestamp()),
        body=body,
    )
    request = Outgoing(
        url=webhook.url,
        method="POST",
        headers={"Content-Type": "application/json", **headers},
        body=body,
        size_bytes=len(body),
        is_notice=True,
    )
    begun_s = monotonic()
    answer: Answer | None = None
    problem = None
    try:
        answer = outgoing_client(runtime).send(request, max_bytes=EXCERPT_BYTES)
    except AddressRefused as refused:
        problem = f"{refused.code}: {refused.problem}"
    except FetchFailed as failed:
        problem = f"{failed.code}: {failed.problem}"
    return Attempt(
        started_at=at,
        latency_ms=round((monotonic() - begun_s) * 1000),
        status_code=answer.status if answer else None,
        problem=problem,
        response_excerpt=_excerpt(answer.body) if answer else "",
    )


def _secrets(runtime: Runtime, webhook: Webhook, at: datetime) -> list[str]:
    """List the secrets in force, newest first. Raises `WebhookKeyLost`."""
    secrets = [derive_secret(runtime.webhook_key, webhook.id, webhook.secret_number)]
    if secret_sha256(secrets[0]) != webhook.secret_sha256:
        raise WebhookKeyLost(webhook.id)
    if webhook.previous_secret_until is not None and at < webhook.previous_secret_until:
        number = webhook.secret_number - 1
        secrets.append(derive_secret(runtime.webhook_key, webhook.id, number))
    return secrets


def _excerpt(body: bytes) -> str:
    """Keep the printable beginning of an answer: enough to find out what a receiver objects to."""
    decoded = body.decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in decoded)


def _record(runtime: Runtime, delivery_id: str, attempt: Attempt) -> Delivery | None:
    """Write the attempt and what follows from it, in one transaction."""
    at = runtime.now()
    with runtime.transaction() as session:
        delivery = store.get_delivery(session, delivery_id, lock=True)
        if delivery is None or delivery.status != "pending":
            return delivery
        webhook = store.get_webhook(session, delivery.webhook_id, lock=True)
        store.insert_attempt(session, delivery, attempt)
        if attempt.status_code in _OK:
            store.change_delivery(
                session,
                delivery_id,
                status="delivered",
                next_attempt_at=None,
                finished_at=at,
            )
            store.change_webhook(session, delivery.webhook_id, failing_since=None)
        elif webhook is not None:
            _after_failure(runtime, session, delivery, webhook, attempt)
        return store.get_delivery(session, delivery_id)


def _after_failure(
    runtime: Runtime,
    session: Session,
    delivery: Delivery,
    webhook: Webhook,
    attempt: Attempt,
) -> None:
    """Plan the next attempt, or give up; an endpoint that failed too long is disabled."""
    at = runtime.now()
    failed_attempts = delivery.failed_attempts + 1
    failing_since = webhook.failing_since or attempt.started_at
    reason = None
    if attempt.status_code == GONE:
        reason = "the receiver answered 410: it wants no more webhooks"
    elif at - failing_since >= runtime.settings.webhook_disabled_after:
        last = attempt.problem or f"it answered {attempt.status_code}"
        reason = f"it failed since {shown(failing_since)}; the last time: {last}"
    wait = wait_after(failed_attempts) if reason is None else None
    next_at = at + wait if wait is not None else None
    store.change_delivery(
        session,
        delivery.id,
        failed_attempts=failed_attempts,
        status="failed" if next_at is None else "pending",
        next_attempt_at=next_at,
        finished_at=at if next_at is None else None,
    )
    if next_at is not None:
        _queue(session, delivery.id, next_at)
    if webhook.status != "active":
        return
    store.change_webhook(session, webhook.id, failing_since=failing_since)
    if reason is not None:
        store.change_webhook(session, webhook.id, status="disabled", disabled_reason=reason)
        log.warning("webhook_disabled", webhook_id=webhook.id, reason=reason)

"""Endpoints of webhooks: add, list, rotate the secret of, enable, delete, test."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from licensing.registry import store as registry_store
from service.database import OPERATOR
from service.errors import UnknownTenant
from service.ids import new_id
from service.outgoing import OutgoingClient
from service.resolution import ResolutionPolicy
from service.runtime import Runtime
from service.webhooks import store
from service.webhooks.errors import UnknownWebhook, WebhookLimitReached, WebhookNotActive
from service.webhooks.events import TEST_EVENT, check_event_types
from service.webhooks.outbox import publish
from service.webhooks.signature import derive_secret, secret_sha256
from service.webhooks.store import Webhook

MOST_WEBHOOKS: Final = 20


@dataclass(frozen=True, slots=True)
class NewSecret:
    """An endpoint with a secret that was just made: it is shown this once."""

    webhook: Webhook
    secret: str

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `POST /v1/webhooks`."""
        return {**self.webhook.to_json(), "secret": self.secret}


def outgoing_client(runtime: Runtime) -> OutgoingClient:
    """Make the client that webhooks are sent through, under the same bounds as every other."""
    return ResolutionPolicy.of(runtime.settings).client()


def add_webhook(
    runtime: Runtime,
    tenant_id: str,
    url: str,
    *,
    event_types: Iterable[str] = (),
    description: str = "",
) -> NewSecret:
    """
    Add an endpoint that is told of these events; of all, when none is named.

    Raises `AddressRefused`, `WebhookEventUnknown`, `WebhookLimitReached`, `UnknownTenant`.
    """
    wanted = check_event_types(event_types)
    outgoing_client(runtime).check(url)
    webhook_id = new_id("whk")
    secret = derive_secret(runtime.webhook_key, webhook_id, 1)
    webhook = Webhook(
        id=webhook_id,
        tenant_id=tenant_id,
        url=url,
        event_types=wanted,
        description=description,
        status="active",
        disabled_reason=None,
        failing_since=None,
        secret_number=1,
        secret_sha256=secret_sha256(secret),
        previous_secret_until=None,
        created_at=runtime.now(),
    )
    with runtime.transaction(tenant_id) as session:
        if registry_store.find_party(session, tenant_id) is None:
            raise UnknownTenant(tenant_id)
        if len(store.list_webhooks(session, tenant_id)) >= MOST_WEBHOOKS:
            raise WebhookLimitReached(MOST_WEBHOOKS)
        store.insert_webhook(session, webhook)
    return NewSecret(webhook, secret)


def list_webhooks(runtime: Runtime, tenant_id: str | None) -> list[Webhook]:
    """List the endpoints of one tenant; of all, for the operator who names none."""
    with runtime.transaction(tenant_id or OPERATOR) as session:
        return store.list_webhooks(session, tenant_id)


def get_webhook(runtime: Runtime, tenant_id: str, webhook_id: str) -> Webhook:
    """Read one endpoint. Raises `UnknownWebhook`."""
    with runtime.transaction(tenant_id) as session:
        return _existing(session, webhook_id)


def rotate_webhook_secret(runtime: Runtime, tenant_id: str, webhook_id: str) -> NewSecret:
    """
    Make a new secret; requests are signed with both until the overlap ends.

    A second rotation within the overlap ends the first secret at once. Raises `UnknownWebhook`.
    """
    at = runtime.now()
    with runtime.transaction(tenant_id) as session:
        webhook = _existing(session, webhook_id, lock=True)
        number = webhook.secret_number + 1
        secret = derive_secret(runtime.webhook_key, webhook_id, number)
        changed = {
            "secret_number": number,
            "secret_sha256": secret_sha256(secret),
            "previous_secret_until": _overlap_end(at, runtime.settings.webhook_secret_overlap),
        }
        store.change_webhook(session, webhook_id, **changed)
        return NewSecret(_existing(session, webhook_id), secret)


def enable_webhook(runtime: Runtime, tenant_id: str, webhook_id: str) -> Webhook:
    """Send to a disabled endpoint again; what failed meanwhile can be replayed."""
    with runtime.transaction(tenant_id) as session:
        webhook = _existing(session, webhook_id, lock=True)
        store.change_webhook(
            session,
            webhook_id,
            status="active",
            disabled_reason=None,
            failing_since=None,
        )
        return replace(webhook, status="active", disabled_reason=None, failing_since=None)


def delete_webhook(runtime: Runtime, tenant_id: str, webhook_id: str) -> None:
    """Send nothing there any more. Its log stays; deleting twice is `UnknownWebhook`."""
    with runtime.transaction(tenant_id) as session:
        _existing(session, webhook_id, lock=True)
        store.change_webhook(session, webhook_id, status="deleted", disabled_reason=None)


def send_test_event(runtime: Runtime, tenant_id: str, webhook_id: str) -> str:
    """
    Send a `webhook.test` event to one endpoint, whatever it listens to; gives the event's id.

    Raises `UnknownWebhook`, `WebhookNotActive`.
    """
    with runtime.transaction(tenant_id) as session:
        webhook = _existing(session, webhook_id)
        if webhook.status != "active":
            raise WebhookNotActive(webhook_id, webhook.status)
        return publish(
            session,
            tenant_id=webhook.tenant_id,
            originator_id=tenant_id,
            event_type=TEST_EVENT,
            data={"webhook": webhook_id},
            at=runtime.now(),
        )


def _overlap_end(at: datetime, overlap: timedelta) -> datetime | None:
    return at + overlap if overlap else None


def _existing(session: Session, webhook_id: str, *, lock: bool = False) -> Webhook:
    webhook = store.get_webhook(session, webhook_id, lock=lock)
    if webhook is None or webhook.status == "deleted":
        raise UnknownWebhook(webhook_id)
    return webhook

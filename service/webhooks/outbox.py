"""
The outbox: an event is written in the transaction in which it happened, and sent afterwards.

So an event exists exactly when its effect does. A job then brings it to every endpoint that wants
it, at least once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from service.ids import new_id
from service.jobs import WEBHOOKS, defer
from service.webhooks import store


def publish(
    session: Session,
    *,
    tenant_id: str,
    originator_id: str,
    event_type: str,
    data: Mapping[str, Any],
    at: datetime,
) -> str:
    """
    Tell a tenant what happened, once this transaction commits; gives the event's id.

    `originator_id` is who acts: the transaction's tenant. `data` holds ids and states, never a
    prompt and never a token: what is confidential is fetched with a key.
    """
    event_id = new_id("evt")
    store.insert_event(
        session,
        store.Event(
            id=event_id,
            tenant_id=tenant_id,
            originator_id=originator_id,
            type=event_type,
            data=dict(data),
            occurred_at=at,
        ),
    )
    defer(session, "spread_event", {"event_id": event_id}, queue=WEBHOOKS)
    return event_id

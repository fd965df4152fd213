"""What a webhook may tell, as a closed list of event types."""

from collections.abc import Iterable, Mapping
from typing import Final

from service.webhooks.errors import WebhookEventUnknown

EVENT_TYPES: Final[Mapping[str, str]] = {
    "approval.requested": "a use waits for your answer",
    "approval.countered": "a platform made a counter-offer; it is your turn",
    "approval.accepted": "a platform accepted your offer",
    "approval.withdrawn": "a platform no longer asks",
    "approval.lapsed": "the time to answer ended",
    "clearance.granted": "the owners agreed; fetch the clearance for its token",
    "clearance.conditional": "an owner would agree to a changed request",
    "clearance.countered": "an owner made another offer; it is your turn",
    "clearance.declined": "an owner declined",
    "clearance.lapsed": "nobody answered in time, which is a refusal",
    "clearance.expired": "a quote or reservation ended unused",
    "grant.created": "a standing grant begins",
    "grant.ended": "a standing grant was ended",
    "terms.revoked": "terms you used are revoked; see until when videos may be shown",
    "stamp.completed": "a video is stamped",
    "stamp.failed": "a video could not be stamped; nothing is owed",
    "webhook.test": "you asked for a test",
}
"""Each type with what it means to the one who is told."""

TEST_EVENT: Final = "webhook.test"


def check_event_types(types: Iterable[str]) -> tuple[str, ...]:
    """Sort the types an endpoint wants, each once; none means all. Raises `WebhookEventUnknown`."""
    wanted = tuple(sorted(set(types)))
    for event_type in wanted:
        if event_type not in EVENT_TYPES:
            raise WebhookEventUnknown(event_type, tuple(EVENT_TYPES))
    return wanted


def is_wanted(event_type: str, wanted: Iterable[str]) -> bool:
    """Tell whether an endpoint is told of a type; a test is always told."""
    chosen = frozenset(wanted)
    return not chosen or event_type in chosen or event_type == TEST_EVENT

"""
What can go wrong with webhooks.

    RequestError
    ├── UnknownWebhook           no endpoint of this tenant has this id
    ├── UnknownWebhookDelivery   no delivery of this tenant has this id
    ├── WebhookEventUnknown      there is no event of this type
    ├── WebhookLimitReached      the tenant has as many endpoints as it may
    └── WebhookNotActive         the endpoint is disabled: nothing is sent there
    MachineryError
    └── WebhookKeyLost           the key that secrets are derived from is another one

Each has a stable `code`, its facts as attributes and a sentence with the next step.
"""

from service.errors import MachineryError, RequestError


class UnknownWebhook(RequestError):
    """No webhook of yours has this id."""

    code = "unknown_webhook"

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"No webhook has the id {webhook_id!r}. See GET /v1/webhooks.")
        self.webhook_id = webhook_id


class UnknownWebhookDelivery(RequestError):
    """No delivery of yours has this id."""

    code = "unknown_webhook_delivery"

    def __init__(self, delivery_id: str) -> None:
        super().__init__(
            f"No delivery has the id {delivery_id!r}. See GET /v1/webhooks/{{id}}/deliveries.",
        )
        self.delivery_id = delivery_id


class WebhookEventUnknown(RequestError):
    """There is no event of this type."""

    code = "webhook_event_unknown"

    def __init__(self, event_type: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no event {event_type!r}. Choose among {', '.join(known)}.")
        self.event_type = event_type
        self.known = known


class WebhookLimitReached(RequestError):
    """You have as many webhooks as a tenant may have."""

    code = "webhook_limit_reached"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A tenant may have {limit} webhooks. Delete one that you do not need.")
        self.limit = limit


class WebhookNotActive(RequestError):
    """The webhook is disabled or deleted, so that nothing is sent to it."""

    code = "webhook_not_active"

    def __init__(self, webhook_id: str, status: str) -> None:
        super().__init__(f"Webhook {webhook_id} is {status}. Enable it, or make a new one.")
        self.webhook_id = webhook_id
        self.status = status


class WebhookKeyLost(MachineryError):
    """The key that the secrets of webhooks are derived from is not the one it was."""

    code = "webhook_key_lost"

    def __init__(self, webhook_id: str) -> None:
        super().__init__(
            f"The secret of webhook {webhook_id} cannot be derived any more: webhooks.key is "
            "another file than before. Restore it, or rotate the secret.",
        )
        self.webhook_id = webhook_id

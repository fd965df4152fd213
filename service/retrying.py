"""Which failures another attempt may cure. Everything else is final and told to the caller."""

from manifests.errors import DiskFull, TimestampUnavailable, ToolTimedOut
from service.errors import MachineryError

CURABLE: tuple[type[Exception], ...] = (
    TimestampUnavailable,
    DiskFull,
    ToolTimedOut,
    MachineryError,
)


def is_worth_retrying(error: Exception) -> bool:
    """Whether the same work may succeed later, with nothing changed by the caller."""
    return isinstance(error, CURABLE)

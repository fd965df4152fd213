"""When a delivery is tried again: quickly at first, then over three days."""

from datetime import timedelta
from typing import Final

WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The wait after the first, second, … failed attempt, as Standard Webhooks recommends."""

MOST_ATTEMPTS: Final = len(WAITS) + 1

GONE: Final = 410
"""The status by which a receiver asks never to be called again."""


def wait_after(failed_attempts: int) -> timedelta | None:
    """Tell how long to wait after so many failed attempts (at least one); None: no more."""
    return WAITS[failed_attempts - 1] if failed_attempts < MOST_ATTEMPTS else None

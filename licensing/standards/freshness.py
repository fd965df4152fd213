"""When the source of a declaration is looked at again: early enough that it never grows stale."""

from datetime import datetime, timedelta
from typing import Final

# No source is asked more often; after a failure the wait doubles up to a day.
SHORTEST_WAIT: Final = timedelta(hours=1)
LONGEST_WAIT: Final = timedelta(days=1)

_MOST_DOUBLINGS: Final = 5


def next_look_at(
    *,
    fetched_at: datetime,
    fresh_until: datetime,
    failures: int = 0,
    last_failed_at: datetime | None = None,
) -> datetime:
    """
    Fetch a source again when half of the time is over that it is believed.

    `failures` counts the looks that failed since `fetched_at`, the last one at `last_failed_at`.
    """
    if last_failed_at is not None:
        wait = SHORTEST_WAIT * (1 << min(max(failures - 1, 0), _MOST_DOUBLINGS))
        return last_failed_at + min(wait, LONGEST_WAIT)
    return fetched_at + max((fresh_until - fetched_at) / 2, SHORTEST_WAIT)

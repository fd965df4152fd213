"""A token bucket per client address, for the routes that need no key."""

import math
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Final

from service.errors import RateLimited

# Above this many addresses the one seen longest ago is forgotten, so that memory stays bounded.
MAX_ADDRESSES: Final = 10_000


class RateLimiter:
    """
    Admit `burst` requests at once and `per_minute` on average from one address.

    Counts live in this process: with several web processes each admits its own share.
    """

    def __init__(
        self,
        *,
        burst: int,
        per_minute: float,
        clock_s: Callable[[], float] = monotonic,
    ) -> None:
        self._burst = burst
        self._per_s = per_minute / 60
        self._clock_s = clock_s
        self._lock = Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, address: str) -> None:
        """Take one token of this address, or raise `RateLimited` with the time to wait."""
        with self._lock:
            now_s = self._clock_s()
            tokens, seen_s = self._buckets.pop(address, (float(self._burst), now_s))
            tokens = min(self._burst, tokens + (now_s - seen_s) * self._per_s)
            admitted = tokens >= 1
            self._buckets[address] = (tokens - 1 if admitted else tokens, now_s)
            if len(self._buckets) > MAX_ADDRESSES:
                self._buckets.popitem(last=False)
        if not admitted:
            raise RateLimited(math.ceil((1 - tokens) / self._per_s))

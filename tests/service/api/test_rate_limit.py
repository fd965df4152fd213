"""How many anonymous checks one address may start."""

import pytest

from service.api import rate_limit
from service.api.rate_limit import RateLimiter
from service.errors import RateLimited


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_burst_is_admitted_and_then_one_per_interval() -> None:
    clock = Clock()
    limiter = RateLimiter(burst=2, per_minute=6, clock_s=clock)

    limiter.admit("a")
    limiter.admit("a")
    with pytest.raises(RateLimited) as refused:
        limiter.admit("a")

    assert refused.value.retry_after_s == 10
    clock.now_s = 10
    limiter.admit("a")


def test_addresses_do_not_share() -> None:
    limiter = RateLimiter(burst=1, per_minute=1, clock_s=Clock())

    limiter.admit("a")
    limiter.admit("b")

    with pytest.raises(RateLimited):
        limiter.admit("a")


def test_memory_stays_bounded_however_many_addresses_come() -> None:
    limiter = RateLimiter(burst=1, per_minute=1, clock_s=Clock())

    for number in range(rate_limit.MAX_ADDRESSES + 10):
        limiter.admit(str(number))

    assert len(limiter._buckets) == rate_limit.MAX_ADDRESSES

"""When a source is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from licensing.standards.freshness import next_look_at

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "failures", "expected"),
    [
        pytest.param(30, 0, timedelta(days=15), id="half of the time"),
        pytest.param(0, 0, timedelta(hours=1), id="never fresh"),
        pytest.param(30, 1, timedelta(days=15, hours=1), id="failed once"),
        pytest.param(30, 3, timedelta(days=15, hours=4), id="failed three times"),
        pytest.param(30, 99, timedelta(days=16), id="failed for long"),
    ],
)
def test_a_source_is_looked_at_again(days: int, failures: int, expected: timedelta) -> None:
    at = next_look_at(
        fetched_at=AT,
        fresh_until=AT + timedelta(days=days),
        failures=failures,
        last_failed_at=AT + timedelta(days=15) if failures else None,
    )

    assert at - AT == expected

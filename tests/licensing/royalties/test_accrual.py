"""What a video owes, to whom, in which month."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.errors import LongerThanCleared, PeriodMalformed
from licensing.money import Money
from licensing.royalties.accrual import (
    Charge,
    accrue,
    capture_fee,
    period_after,
    period_begins,
    period_of,
    period_that_counts,
    shares_of_fee,
)

HALVES = {"akari": Fraction(1, 2), "boshi": Fraction(1, 2)}


def charge(terms_id: str, fee: Money | None, shares: dict[str, Fraction] = HALVES) -> Charge:
    return Charge(terms_id=terms_id, subject_id=f"of-{terms_id}", fee=fee, shares=shares)


@st.composite
def ownerships(draw: st.DrawFn) -> dict[str, Fraction]:
    weights = draw(st.dictionaries(st.text(max_size=3), st.integers(1, 50), min_size=1, max_size=6))
    return {owner: Fraction(part, sum(weights.values())) for owner, part in weights.items()}


@pytest.mark.parametrize(
    ("fee_micros", "shares", "parts"),
    [
        pytest.param(10, HALVES, {"akari": 5, "boshi": 5}, id="even"),
        pytest.param(101, HALVES, {"akari": 51, "boshi": 50}, id="tie goes to the smaller id"),
        pytest.param(
            100,
            {"akari": Fraction(1, 3), "boshi": Fraction(2, 3)},
            {"akari": 33, "boshi": 67},
            id="larger remainder",
        ),
        pytest.param(0, HALVES, {"akari": 0, "boshi": 0}, id="free"),
    ],
)
def test_a_fee_is_shared_by_ownership(
    fee_micros: int, shares: dict[str, Fraction], parts: dict[str, int]
) -> None:
    assert shares_of_fee(fee_micros, shares) == parts


@given(st.integers(0, 10**15), ownerships(), st.randoms(use_true_random=False))
def test_shares_sum_to_the_fee_and_the_order_of_owners_does_not_matter(
    fee_micros: int, shares: dict[str, Fraction], shuffle: Random
) -> None:
    owners = list(shares.items())
    shuffle.shuffle(owners)

    parts = shares_of_fee(fee_micros, shares)

    assert sum(parts.values()) == fee_micros
    assert all(abs(parts[owner] - fee_micros * share) < 1 for owner, share in shares.items())
    assert shares_of_fee(fee_micros, dict(owners)) == parts


@pytest.mark.parametrize("second", [Fraction(1, 4), Fraction(3, 4)], ids=["too little", "too much"])
def test_disputed_ownership_is_not_paid_by_guess(second: Fraction) -> None:
    with pytest.raises(ValueError, match="not to 1"):
        shares_of_fee(100, {"akari": Fraction(1, 2), "boshi": second})


def test_every_charge_is_split_in_a_stable_order() -> None:
    earnings = accrue([charge("t2", None), charge("t1", Money(101, "JPY"))])

    assert [(e.terms_id, e.subject_id, e.licensor_id, e.amount) for e in earnings] == [
        ("t1", "of-t1", "akari", Money(51, "JPY")),
        ("t1", "of-t1", "boshi", Money(50, "JPY")),
        ("t2", "of-t2", "akari", Money(0, "XXX")),
        ("t2", "of-t2", "boshi", Money(0, "XXX")),
    ]


@given(st.lists(st.tuples(st.integers(0, 10**12), ownerships()), max_size=4))
def test_earnings_sum_to_the_charges(fees: list[tuple[int, dict[str, Fraction]]]) -> None:
    charges = [
        charge(f"t{index}", Money(fee_micros, "JPY"), shares)
        for index, (fee_micros, shares) in enumerate(fees)
    ]

    earnings = accrue(charges)

    assert sum(each.amount.amount_micros for each in earnings) == sum(fee for fee, _ in fees)
    assert accrue(charges[::-1]) == earnings


def test_the_same_terms_are_not_charged_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        accrue([charge("t1", None), charge("t1", None)])


def test_one_video_is_not_charged_in_two_currencies() -> None:
    with pytest.raises(ValueError, match="several currencies"):
        accrue([charge("t1", Money(1, "JPY")), charge("t2", Money(1, "USD"))])


@pytest.mark.parametrize(
    ("duration_ms", "flat", "owed_micros"),
    [
        pytest.param(8000, False, 5_600_000, id="the whole length"),
        pytest.param(6000, False, 4_200_000, id="part of it"),
        pytest.param(1, False, 700, id="one millisecond"),
        pytest.param(1, True, 5_600_000, id="a flat fee knows no length"),
    ],
)
def test_a_shorter_video_owes_its_part(duration_ms: int, owed_micros: int, *, flat: bool) -> None:
    owed = capture_fee(Money(5_600_000, "JPY"), duration_ms, 8000, flat=flat)

    assert owed == Money(owed_micros, "JPY")


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.data())
def test_a_part_is_never_more_than_the_quote_and_at_most_half_a_micro_off(
    fee_micros: int, cap_ms: int, data: st.DataObject
) -> None:
    duration_ms = data.draw(st.integers(0, cap_ms))

    part = capture_fee(Money(fee_micros, "JPY"), duration_ms, cap_ms).amount_micros

    assert 0 <= part <= fee_micros
    assert abs(part - Fraction(fee_micros * duration_ms, cap_ms)) <= Fraction(1, 2)
    assert capture_fee(Money(fee_micros, "JPY"), cap_ms, cap_ms).amount_micros == fee_micros


def test_a_longer_video_is_not_covered() -> None:
    with pytest.raises(LongerThanCleared):
        capture_fee(Money(1, "JPY"), 8001, 8000)


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        pytest.param(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), "2026-11", id="last second"),
        pytest.param(
            datetime(2026, 12, 1, 8, tzinfo=timezone(timedelta(hours=9))),
            "2026-11",
            id="December in Tokyo, November in UTC",
        ),
    ],
)
def test_months_are_counted_in_utc(moment: datetime, period: str) -> None:
    assert period_of(moment) == period


def test_a_moment_without_a_zone_is_in_no_month() -> None:
    with pytest.raises(ValueError, match="time zone"):
        period_of(datetime(2026, 11, 1))  # noqa: DTZ001 - the refused case itself


def test_a_month_begins_at_midnight_utc() -> None:
    assert period_begins("2026-11") == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "period",
    [
        *("2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", " 2026-11", "2026-11\n"),
        *("0000-01", "２０２６-11", "November", ""),
    ],
)
def test_only_year_and_month_are_a_period(period: str) -> None:
    with pytest.raises(PeriodMalformed):
        period_begins(period)


@pytest.mark.parametrize(("period", "after"), [("2026-11", "2026-12"), ("2026-12", "2027-01")])
def test_months_follow_each_other(period: str, after: str) -> None:
    assert period_after(period) == after


@pytest.mark.parametrize(
    ("last_closed", "period"),
    [
        pytest.param(None, "2026-11", id="nothing closed yet"),
        pytest.param("2026-10", "2026-11", id="its own month is open"),
        pytest.param("2026-11", "2026-12", id="its own month is closed"),
        pytest.param("2026-12", "2027-01", id="later months are closed too"),
    ],
)
def test_a_use_counts_in_the_first_open_month(last_closed: str | None, period: str) -> None:
    occurred_at = datetime(2026, 11, 3, tzinfo=UTC)

    assert period_that_counts(occurred_at, last_closed) == period

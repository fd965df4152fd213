"""Money: exact amounts, and splits that sum to the whole."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.money import MAX_MICROS, Money, micros_per_minor, split

HALF = Fraction(1, 2)
THIRD = Fraction(1, 3)

weights_of_owners = st.dictionaries(
    st.text(min_size=1, max_size=4),
    st.fractions(min_value=0, max_value=1, max_denominator=1000),
    min_size=1,
    max_size=6,
).filter(lambda weights: sum(weights.values()) > 0)


def test_amounts_of_one_currency_add_up() -> None:
    assert Money(700_000, "JPY") + Money(300_000, "JPY") == Money(1_000_000, "JPY")


def test_two_currencies_do_not_add() -> None:
    with pytest.raises(ValueError, match="cannot add USD to JPY"):
        Money(1, "JPY") + Money(1, "USD")


@pytest.mark.parametrize("amount_micros", [MAX_MICROS + 1, -MAX_MICROS - 1])
def test_an_amount_fits_into_64_bits(amount_micros: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        Money(amount_micros, "JPY")


def test_a_sum_beyond_64_bits_is_an_error() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        Money(MAX_MICROS, "JPY") + Money(1, "JPY")


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        pytest.param("JPY", 1_000_000, id="the yen has no minor unit"),
        pytest.param("USD", 10_000, id="one cent"),
        pytest.param("KWD", 1_000, id="one fils"),
    ],
)
def test_a_minor_unit_has_its_micros(currency: str, expected: int) -> None:
    assert micros_per_minor(currency) == expected


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        pytest.param(10, {"a": HALF, "b": HALF}, {"a": 5, "b": 5}, id="even"),
        pytest.param(
            5, {"b": HALF, "a": HALF}, {"a": 3, "b": 2}, id="a tie goes to the smaller key"
        ),
        pytest.param(100, {"a": THIRD, "b": 2 * THIRD}, {"a": 33, "b": 67}, id="largest remainder"),
        pytest.param(-5, {"a": HALF, "b": HALF}, {"a": -3, "b": -2}, id="a negative total mirrors"),
        pytest.param(
            7, {"a": Fraction(0), "b": Fraction(3)}, {"a": 0, "b": 7}, id="no share, nothing"
        ),
        pytest.param(0, {"a": HALF}, {"a": 0}, id="nothing to share"),
    ],
)
def test_a_total_is_shared_out(
    total: int,
    weights: dict[str, Fraction],
    expected: dict[str, int],
) -> None:
    assert split(total, weights) == expected


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param({}, id="nobody"),
        pytest.param({"a": Fraction(0)}, id="no positive weight"),
        pytest.param({"a": Fraction(2), "b": Fraction(-1)}, id="a negative weight"),
    ],
)
def test_weights_that_share_nothing_are_refused(weights: dict[str, Fraction]) -> None:
    with pytest.raises(ValueError, match="weights must not be negative"):
        split(10, weights)


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=-(10**12), max_value=10**12), weights_of_owners)
def test_the_parts_sum_to_the_whole_and_miss_the_exact_share_by_less_than_one(
    total: int,
    weights: dict[str, Fraction],
) -> None:
    parts = split(total, weights)

    assert sum(parts.values()) == total
    whole = sum(weights.values())
    for owner, weight in weights.items():
        assert abs(parts[owner] - total * weight / whole) < 1


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0, max_value=10**6), weights_of_owners)
def test_the_order_of_the_owners_does_not_matter(total: int, weights: dict[str, Fraction]) -> None:
    reordered = dict(reversed(weights.items()))

    assert split(total, reordered) == split(total, weights)

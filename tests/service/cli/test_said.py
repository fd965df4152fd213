"""Amounts, lengths and tables as the commands say them."""

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.money import Money
from service.cli.said import money_text, parse_money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        pytest.param(Money(1_240_000_000, "JPY"), "1,240 JPY", id="yen"),
        pytest.param(Money(12_400_000, "USD"), "12.40 USD", id="dollars"),
        pytest.param(Money(700_000, "JPY"), "0.7 JPY", id="part of a yen"),
        pytest.param(Money(1, "USD"), "0.000001 USD", id="one micro"),
        pytest.param(Money(-5_000_000, "KWD"), "-5.000 KWD", id="three decimals, negative"),
    ],
)
def test_amounts_are_written_exactly(amount: Money, text: str) -> None:
    assert money_text(amount) == text


@settings(max_examples=50)
@given(st.integers(1, 10**15), st.sampled_from(["JPY", "USD", "KWD"]))
def test_what_is_written_reads_back(micros: int, currency: str) -> None:
    amount = Money(micros, currency)

    assert parse_money(money_text(amount).replace(",", ""), param_hint="x") == amount


@pytest.mark.parametrize("text", ["", "5", "0 JPY", "0.0000001 JPY", "inf JPY", "5 jpy", "5 JPYX"])
def test_an_amount_that_is_not_exact_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_money(text, param_hint="x")

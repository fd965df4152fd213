"""How commands write amounts, and read them."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

import typer

from licensing.money import MAX_MICROS, MICROS_PER_MAJOR, Money, micros_per_minor

_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def money_text(amount: Money) -> str:
    """Write an amount with its currency: exact, with at least the currency's own decimals."""
    decimals = len(str(MICROS_PER_MAJOR // micros_per_minor(amount.currency))) - 1
    sign = "-" if amount.amount_micros < 0 else ""
    whole, micros = divmod(abs(amount.amount_micros), MICROS_PER_MAJOR)
    fraction = f"{micros:06d}"
    fraction = fraction[:decimals] + fraction[decimals:].rstrip("0")
    return f"{sign}{whole:,}{'.' if fraction else ''}{fraction} {amount.currency}"


def parse_money(text: str, *, param_hint: str) -> Money:
    """Read an amount written as `10000 JPY` or `12.50 USD`: exact and above zero."""
    number, _, currency = text.strip().partition(" ")
    try:
        micros = Decimal(number) * MICROS_PER_MAJOR
    except InvalidOperation:
        micros = Decimal(0)
    if not micros.is_finite() or not 0 < micros <= MAX_MICROS or micros % 1:
        problem = f"{text!r} is not an amount above zero, such as 10000 JPY or 12.50 USD."
        raise typer.BadParameter(problem, param_hint=param_hint)
    if not _CURRENCY.fullmatch(currency):
        raise typer.BadParameter(f"{currency!r} is no ISO 4217 currency.", param_hint=param_hint)
    return Money(int(micros), currency)

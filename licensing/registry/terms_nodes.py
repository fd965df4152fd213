"""How the values of a terms document are written: closed words, amounts, moments."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from licensing.clearance.codes import CURRENCIES
from licensing.money import MICROS_PER_MAJOR
from licensing.registry.nodes import Node

# The dearest price a terms document may name, in major units: an hour at this rate, for more than
# two hundred subjects in one prompt, still fits into 64 bits of micros.
MAX_PRICE_MAJOR: Final = 10_000_000

# The largest sum a contract may speak of, such as revenue above which another share is due.
MAX_SUM_MAJOR: Final = 100_000_000_000

# A list longer than this is not repeated in a message.
_READABLE: Final = 10

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,6}))?", re.ASCII)
# At most nine digits: both fit into 32-bit columns.
_FRACTION = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


def word(node: Node, words: Collection[str]) -> str:
    """Read one word of a closed list."""
    if not isinstance(node.value, str) or node.value not in words:
        shown = ascii(node.value)[:40]
        if len(words) > _READABLE:
            node.fail(f"{shown} is not a known code")
        node.fail(f"{shown} is not one of {', '.join(words)}")
    return node.value


def words(node: Node, allowed: Collection[str]) -> frozenset[str]:
    """Read a list of different words of a closed list that is not empty."""
    return _distinct(node, [word(item, allowed) for item in node.items()])


def texts(node: Node, *, may_be_empty: bool = False) -> frozenset[str]:
    """Read a list of different texts, which is not empty unless it may be."""
    found = list(node.texts())
    return frozenset() if may_be_empty and not found else _distinct(node, found)


def whole_number(node: Node, *, most: int) -> int:
    """Read a whole number from 1 to `most`."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        node.fail(f"must be a whole number from 1 to {most}")
    return value


def currency(node: Node) -> str:
    """Read an ISO 4217 code."""
    return word(node, CURRENCIES)


def decimal_micros(node: Node, *, most_major: int = MAX_PRICE_MAJOR) -> int:
    """Read a positive decimal of the major unit, at most 6 decimals: "0.70" is 700 000 micros."""
    match = _DECIMAL.fullmatch(node.value) if isinstance(node.value, str) else None
    if match is None:
        node.fail('must be a decimal in a string with at most 6 decimals, such as "0.70"')
    micros = int(match[1]) * MICROS_PER_MAJOR + int((match[2] or "").ljust(6, "0"))
    if not 0 < micros <= most_major * MICROS_PER_MAJOR:
        node.fail(f"must be above 0 and at most {most_major}; `free` is a kind of price")
    return micros


def decimal_text(micros: int) -> str:
    """Write micros as a decimal of the major unit without trailing zeros: 700 000 is "0.7"."""
    whole, fraction = divmod(micros, MICROS_PER_MAJOR)
    return f"{whole}.{fraction:06}".rstrip("0").rstrip(".")


def fraction(node: Node) -> Fraction:
    """Read an exact part of a whole: above 0, at most 1, such as "1/2"."""
    match = _FRACTION.fullmatch(node.value) if isinstance(node.value, str) else None
    if match is None or int(match[1]) > int(match[2]):
        node.fail('must be a fraction above 0 and at most 1, such as "1/2"')
    return Fraction(int(match[1]), int(match[2]))


def fraction_text(part: Fraction) -> str:
    """Write a fraction as `fraction` reads it."""
    return f"{part.numerator}/{part.denominator}"


def instant(node: Node) -> datetime:
    """Read a moment in UTC, such as 2026-01-01T00:00:00Z."""
    if isinstance(node.value, str) and _INSTANT.fullmatch(node.value):
        try:
            return datetime.fromisoformat(node.value)
        except ValueError:
            pass  # such as a 30th of February: the same complaint
    return node.fail("must be a moment in UTC, such as 2026-01-01T00:00:00Z")


def instant_text(moment: datetime) -> str:
    """Write an aware moment as UTC with a Z, with microseconds only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _distinct(node: Node, values: list[str]) -> frozenset[str]:
    if not values:
        node.fail("must not be empty")
    if len(set(values)) < len(values):
        node.fail("names the same entry twice")
    return frozenset(values)

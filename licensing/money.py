"""
Exact money: whole micros of a currency's major unit, the currency beside them.

One micro is 10⁻⁶ of the major unit (¥1 = 1 000 000 micros), held in a signed 64-bit integer. No
float and no Decimal comes near it: a fraction finer than a micro stays a `Fraction` until the one
place that rounds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

MICROS_PER_MAJOR = 1_000_000
MAX_MICROS = 2**63 - 1

# Minor-unit exponents that differ from 2. Source: ISO 4217 list one.
_MINOR_EXPONENTS = {
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
            *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount; adding two currencies is an error, not a guess."""

    amount_micros: int
    currency: str

    def __post_init__(self) -> None:
        if abs(self.amount_micros) > MAX_MICROS:
            raise ValueError(f"{self.amount_micros} micros do not fit into 64 bits")

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount_micros + other.amount_micros, self.currency)


def micros_per_minor(currency: str) -> int:
    """Micros in one minor unit of an ISO 4217 currency: 1 000 000 for JPY, 10 000 for USD."""
    minors_per_major: int = 10 ** _MINOR_EXPONENTS.get(currency, 2)
    return MICROS_PER_MAJOR // minors_per_major


def split(total: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """
    Share whole units out in proportion to `weights`, summing exactly to `total`.

    Largest remainder (Hamilton's method): everyone gets the whole part of their exact share, and
    the units left over go to the largest fractions, ties to the smaller key, so that the order of
    `weights` never matters. A negative total splits into the exact negation.

    Raises `ValueError` when no weight is positive or one is negative.
    """
    if any(weight < 0 for weight in weights.values()) or sum(weights.values()) <= 0:
        raise ValueError("weights must not be negative, and one must be positive")
    sign = -1 if total < 0 else 1
    whole = sum(weights.values())
    exact = {key: abs(total) * Fraction(weight) / whole for key, weight in weights.items()}
    shares = {key: share.numerator // share.denominator for key, share in exact.items()}
    left_over = abs(total) - sum(shares.values())
    by_fraction = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in by_fraction[:left_over]:
        shares[key] += 1
    return {key: sign * share for key, share in shares.items()}

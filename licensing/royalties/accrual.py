"""What a stamped video owes, to whom, and in which month it counts. Exact to the micro."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from licensing.errors import LongerThanCleared, PeriodMalformed
from licensing.money import Money, split

NO_CURRENCY = "XXX"
"""ISO 4217 for "no currency": what a use under free terms is reported in."""

_PERIOD = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """The fee of one stamped video under one version of terms; no fee means free terms."""

    terms_id: str
    subject_id: str
    fee: Money | None
    shares: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning:
    """One licensor's part of a charge; zero for free terms."""

    terms_id: str
    subject_id: str
    licensor_id: str
    amount: Money


def accrue(charges: Sequence[Charge]) -> tuple[Earning, ...]:
    """
    Split every charge among its owners; the parts of a charge sum to its fee.

    The order is by terms, then by licensor, whatever order came in. Raises `ValueError` when the
    same terms are charged twice or the fees are of several currencies.
    """
    if len({charge.terms_id for charge in charges}) != len(charges):
        raise ValueError("the same terms are charged twice")
    if len({charge.fee.currency for charge in charges if charge.fee}) > 1:
        raise ValueError("the fees of one video are of several currencies")
    return tuple(
        Earning(
            terms_id=charge.terms_id,
            subject_id=charge.subject_id,
            licensor_id=licensor_id,
            amount=Money(amount_micros, charge.fee.currency if charge.fee else NO_CURRENCY),
        )
        for charge in sorted(charges, key=lambda charge: charge.terms_id)
        for licensor_id, amount_micros in sorted(
            shares_of_fee(charge.fee.amount_micros if charge.fee else 0, charge.shares).items(),
        )
    )


def shares_of_fee(fee_micros: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """
    Split a fee among owners by largest remainder below one micro, ties to the smaller id.

    Raises `ValueError` when the shares do not sum to exactly one: ownership in dispute is never
    paid by guess.
    """
    if sum(shares.values()) != 1:
        raise ValueError(f"ownership shares sum to {sum(shares.values())}, not to 1")
    return split(fee_micros, shares)


def capture_fee(price: Money, duration_ms: int, cap_ms: int, *, flat: bool = False) -> Money:
    """
    Work out the part of a fee quoted for `cap_ms` that a video of `duration_ms` owes.

    A flat fee is owed whole, whatever the length. Otherwise the part is in proportion to the
    length, to the nearest micro, half a micro up; the full length owes exactly the quote.

    Raises `LongerThanCleared` when the video is longer than the licence covers.
    """
    if duration_ms > cap_ms:
        raise LongerThanCleared(duration_ms=duration_ms, cleared_ms=cap_ms)
    if flat:
        return price
    part_micros = (2 * price.amount_micros * duration_ms + cap_ms) // (2 * cap_ms)
    return Money(part_micros, price.currency)


def period_of(moment: datetime) -> str:
    """Name the month, in UTC, that a moment falls into: `2026-11`."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone falls into no certain month")
    return f"{moment.astimezone(UTC):%Y-%m}"


def period_begins(period: str) -> datetime:
    """Give the first moment of a month. Raises `PeriodMalformed` unless it is written YYYY-MM."""
    found = _PERIOD.fullmatch(period)
    if found is None or found[1] == "0000":
        raise PeriodMalformed(period)
    return datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)


def period_after(period: str) -> str:
    """Name the following month."""
    begins = period_begins(period)
    return f"{begins.year + begins.month // 12:04d}-{begins.month % 12 + 1:02d}"


def period_that_counts(occurred_at: datetime, last_closed: str | None) -> str:
    """
    Name the month whose statement reports a use.

    It is the month the use occurred in, or the first open one when that month is closed: closing
    a month closes every month before it.
    """
    period = period_of(occurred_at)
    if last_closed is None or period > last_closed:
        return period
    return period_after(last_closed)

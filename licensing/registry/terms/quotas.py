"""
How much of a subject may be made in a time: uses or seconds, by one platform or by all.

A quota is counted where reservations are made, in the same transaction as the money. Here stand its
value, the window that a moment falls into, and what one use takes of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from licensing.clearance.japanese import WORDS
from licensing.clearance.reasons import Refusal, refuse
from licensing.clearance.use import Use
from licensing.registry.nodes import Node
from licensing.registry.terms_nodes import whole_number, word

QuotaUnit = Literal["uses", "seconds"]
QuotaPeriod = Literal["minute", "hour", "day", "month", "year", "term"]
QuotaHolder = Literal["platform", "all"]

UNITS: Final[tuple[QuotaUnit, ...]] = ("uses", "seconds")
PERIODS: Final[tuple[QuotaPeriod, ...]] = ("minute", "hour", "day", "month", "year", "term")
HOLDERS: Final[tuple[QuotaHolder, ...]] = ("platform", "all")
MAX_QUOTAS: Final = 8
MAX_LIMIT: Final = 1_000_000_000

# How a window is named: the moment in UTC, cut off at the period.
_WINDOW: Final[dict[QuotaPeriod, str]] = {
    "minute": "%Y-%m-%dT%H:%M",
    "hour": "%Y-%m-%dT%H",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
    "term": "term",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """
    At most `limit` units in each window of `period`.

    Windows are those of the calendar in UTC; `term` is the whole life of the offer. A short period
    makes the quota a rate. `per` says whether each platform has the limit for itself.
    """

    limit: int
    unit: QuotaUnit
    period: QuotaPeriod
    per: QuotaHolder

    @property
    def name(self) -> str:
        """Name the quota within its offer; no two quotas of an offer have the same name."""
        return f"{self.unit}/{self.period}/{self.per}"

    @property
    def limit_units(self) -> int:
        """The limit as it is counted: uses, or milliseconds."""
        return self.limit * 1000 if self.unit == "seconds" else self.limit

    def units_of(self, duration_ms: int) -> int:
        """Count what a video of this length takes: one use, or its milliseconds."""
        return duration_ms if self.unit == "seconds" else 1

    def window(self, at: datetime) -> str:
        """Name the window that an aware moment in UTC falls into, such as 2026-11 for a month."""
        return at.strftime(_WINDOW[self.period])

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a use that not even an untouched window has room for."""
        if self.units_of(use.duration_ms) <= self.limit_units:
            return None
        return self.used_up()

    def used_up(self) -> Refusal:
        """Word the reason for a use that the window has no room for."""
        return refuse(
            "terms.quota",
            limit=f"{self.limit} {self.unit}",
            limit_ja=f"{self.limit}{WORDS[self.unit]}",
            period=self.period,
            period_ja=WORDS[self.period],
        )

    def to_document(self) -> dict[str, Any]:
        """Write one member of `quotas`."""
        return {"limit": self.limit, "unit": self.unit, "period": self.period, "per": self.per}


def quotas_from_document(node: Node) -> tuple[Quota, ...]:
    """Read the member `quotas`, sorted by name. Raises `RegistryMalformed`."""
    items = node.items()
    if not 1 <= len(items) <= MAX_QUOTAS:
        node.fail(f"must have 1 to {MAX_QUOTAS} quotas")
    quotas = [_quota(item) for item in items]
    if len({quota.name for quota in quotas}) < len(quotas):
        node.fail("limits the same unit, period and holder twice")
    return tuple(sorted(quotas, key=lambda quota: quota.name))


def _quota(node: Node) -> Quota:
    members = node.members(required=("limit", "unit", "period", "per"))
    return Quota(
        limit=whole_number(members["limit"], most=MAX_LIMIT),
        unit=cast("QuotaUnit", word(members["unit"], UNITS)),
        period=cast("QuotaPeriod", word(members["period"], PERIODS)),
        per=cast("QuotaHolder", word(members["per"], HOLDERS)),
    )

"""When a licensor wants to see a use before it is made, how long it may think, who may answer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from licensing.clearance.codes import MAX_DURATION_MS
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.registry.nodes import Node
from licensing.registry.terms.pricing import money_from_document, money_to_document
from licensing.registry.terms_nodes import texts, whole_number

DEFAULT_CLOCK: Final = timedelta(days=14)
MAX_CLOCK_HOURS: Final = 24 * 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """Up to which length and which fee a use needs no approval. None sets no limit."""

    max_duration_ms: int | None = None
    max_fee: Money | None = None

    def covers(self, use: Use, fee: Money | None) -> bool:
        """Say whether the use stays below every threshold; a fee in another currency does not."""
        if self.max_duration_ms is not None and use.duration_ms > self.max_duration_ms:
            return False
        if self.max_fee is None or fee is None:
            return True
        return (
            fee.currency == self.max_fee.currency
            and fee.amount_micros <= self.max_fee.amount_micros
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """
    How a use that needs approval is answered.

    `clock` is how long the licensor may take: silence is refusal when it ends. `delegates` are the
    parties that may answer in the licensor's place. `automatic` lets small uses through at once.
    """

    automatic: Automatic | None = None
    clock: timedelta = DEFAULT_CLOCK
    delegates: frozenset[str] = frozenset()

    def needed(self, use: Use, fee: Money | None) -> bool:
        """Say whether somebody has to look at this use, where the offer asks for approval."""
        return self.automatic is None or not self.automatic.covers(use, fee)

    def to_document(self) -> dict[str, Any]:
        """Write the member `approval`; `approval_from_document` reads it."""
        document: dict[str, Any] = {"answer_within_hours": self.clock // timedelta(hours=1)}
        if self.delegates:
            document["delegates"] = sorted(self.delegates)
        if self.automatic is not None:
            automatic: dict[str, Any] = {}
            if self.automatic.max_duration_ms is not None:
                automatic["max_duration_s"] = self.automatic.max_duration_ms // 1000
            if self.automatic.max_fee is not None:
                automatic["max_fee"] = money_to_document(self.automatic.max_fee)
            document["automatic"] = automatic
        return document


UNSAID: Final = Approval()
"""What terms that say nothing about it mean."""


def approval_from_document(node: Node) -> Approval:
    """Read the member `approval`. Raises `RegistryMalformed`."""
    members = node.members(required=("answer_within_hours",), optional=("delegates", "automatic"))
    hours = whole_number(members["answer_within_hours"], most=MAX_CLOCK_HOURS)
    return Approval(
        automatic=_automatic(members["automatic"]) if "automatic" in members else None,
        clock=timedelta(hours=hours),
        delegates=texts(members["delegates"]) if "delegates" in members else frozenset(),
    )


def _automatic(node: Node) -> Automatic:
    members = node.members(required=(), optional=("max_duration_s", "max_fee"))
    if not members:
        # Without a threshold every use would go through, though approval is asked for.
        node.fail("must name a threshold")
    limit = members.get("max_duration_s")
    fee = members.get("max_fee")
    return Automatic(
        max_duration_ms=(
            1000 * whole_number(limit, most=MAX_DURATION_MS // 1000) if limit is not None else None
        ),
        max_fee=money_from_document(fee) if fee is not None else None,
    )

"""What a licensee commits itself to beside the fee of each use: a guarantee, an advance, a cap."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal, cast

from licensing.money import Money
from licensing.registry.nodes import Node
from licensing.registry.terms.pricing import money_from_document, money_to_document
from licensing.registry.terms_nodes import MAX_SUM_MAJOR, fraction, fraction_text, word

GuaranteePeriod = Literal["month", "year", "term"]
GUARANTEE_PERIODS: Final[tuple[GuaranteePeriod, ...]] = ("month", "year", "term")


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumGuarantee:
    """The least that is due in a period, whatever was used: the shortfall is owed at its end."""

    amount: Money
    period: GuaranteePeriod


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Paid at the beginning, and recouped from this part of what is earned later."""

    amount: Money
    recoup: Fraction = Fraction(1)


def guarantee_to_document(guarantee: MinimumGuarantee) -> dict[str, Any]:
    """Write the member `guarantee`."""
    return {**money_to_document(guarantee.amount), "period": guarantee.period}


def guarantee_from_document(node: Node) -> MinimumGuarantee:
    """Read the member `guarantee`. Raises `RegistryMalformed`."""
    amount = money_from_document(node, also=("period",), most_major=MAX_SUM_MAJOR)
    members = node.members(required=("amount", "currency", "period"))
    period = cast("GuaranteePeriod", word(members["period"], GUARANTEE_PERIODS))
    return MinimumGuarantee(amount=amount, period=period)


def advance_to_document(advance: Advance) -> dict[str, Any]:
    """Write the member `advance`."""
    return {**money_to_document(advance.amount), "recoup": fraction_text(advance.recoup)}


def advance_from_document(node: Node) -> Advance:
    """Read the member `advance`. Raises `RegistryMalformed`."""
    amount = money_from_document(node, also=("recoup",), most_major=MAX_SUM_MAJOR)
    members = node.members(required=("amount", "currency", "recoup"))
    return Advance(amount=amount, recoup=fraction(members["recoup"]))

"""
What a use costs: free, flat, for each second, by length, or reported later by views or revenue.

A fee that is known beforehand is held when a clearance is granted. A price for each view or a share
of revenue is not: nothing is held, and what is reported later is accrued under it.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from licensing.clearance.codes import MAX_DURATION_MS
from licensing.money import Money
from licensing.registry.nodes import Node
from licensing.registry.terms_nodes import (
    MAX_PRICE_MAJOR,
    MAX_SUM_MAJOR,
    currency,
    decimal_micros,
    decimal_text,
    fraction,
    fraction_text,
    whole_number,
    word,
)

MAX_TIERS: Final = 20


@dataclass(frozen=True, slots=True)
class PerSecond:
    """A price for each second of video."""

    rate: Money


@dataclass(frozen=True, slots=True)
class Flat:
    """One price for a video of any length."""

    fee: Money


@dataclass(frozen=True, slots=True)
class LengthTier:
    """What a video of at most this length costs."""

    up_to_ms: int
    fee: Money


@dataclass(frozen=True, slots=True)
class Tiered:
    """One price for each bracket of length; both lengths and prices rise. The last one is open."""

    tiers: tuple[LengthTier, ...]


@dataclass(frozen=True, slots=True)
class PerView:
    """A price for each view, accrued when views are reported."""

    rate: Money


@dataclass(frozen=True, slots=True)
class RevenueTier:
    """The share that is due of revenue above this amount."""

    above: Money
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueShare:
    """
    A part of what the video earns, accrued when revenue is reported.

    `base` says of which revenue, before or after the deductions of the contract. `tiers` raise or
    lower the share of what is earned above an amount.
    """

    share: Fraction
    currency: str
    base: str = "net"
    tiers: tuple[RevenueTier, ...] = ()


# None: free of charge.
Price = PerSecond | Flat | Tiered | PerView | RevenueShare | None

REVENUE_BASES: Final = ("gross", "net")
PRICE_KINDS: Final = ("per_second", "flat", "tiered", "per_view", "revenue_share", "free")


def fee_for(price: Price, duration_ms: int) -> Money | None:
    """
    Price a video of this length; None when it is free, or when all of it is reported later.

    What is finer than a micro is rounded up, so that what is reserved for a whole video covers
    every part of it.
    """
    match price:
        case PerSecond(rate):
            return Money(-(-rate.amount_micros * duration_ms // 1000), rate.currency)
        case Flat(fee):
            return fee
        case Tiered(tiers):
            fitting = (tier.fee for tier in tiers if duration_ms <= tier.up_to_ms)
            return next(fitting, tiers[-1].fee)
        case _:
            return None


def accrues_later(price: Price) -> bool:
    """Say whether the price is due when views or revenue are reported."""
    return isinstance(price, (PerView, RevenueShare))


def currency_of(price: Price) -> str | None:
    """Name the currency that a price is in; None when it is free."""
    match price:
        case PerSecond(money) | Flat(money) | PerView(money):
            return money.currency
        case Tiered(tiers):
            return tiers[0].fee.currency
        case RevenueShare():
            return price.currency
        case _:
            return None


def price_to_document(price: Price) -> dict[str, Any]:
    """Write the member `price` of a terms document; `price_from_document` reads it."""
    match price:
        case None:
            return {"kind": "free"}
        case PerSecond(money):
            return {"kind": "per_second", **_amount(money)}
        case Flat(money):
            return {"kind": "flat", **_amount(money)}
        case PerView(money):
            return {"kind": "per_view", **_amount(money)}
        case Tiered(tiers):
            return {
                "kind": "tiered",
                "currency": tiers[0].fee.currency,
                "tiers": [
                    {
                        "up_to_s": tier.up_to_ms // 1000,
                        "amount": decimal_text(tier.fee.amount_micros),
                    }
                    for tier in tiers
                ],
            }
        case _:
            document: dict[str, Any] = {
                "kind": "revenue_share",
                "share": fraction_text(price.share),
                "currency": price.currency,
                "base": price.base,
            }
            if price.tiers:
                document["tiers"] = [
                    {
                        "above": decimal_text(tier.above.amount_micros),
                        "share": fraction_text(tier.share),
                    }
                    for tier in price.tiers
                ]
            return document


def price_from_document(node: Node) -> Price:
    """Read the member `price`. Raises `RegistryMalformed`."""
    members = node.members(
        required=("kind",), optional=("amount", "currency", "tiers", "share", "base")
    )
    match word(members["kind"], PRICE_KINDS):
        case "free":
            node.members(required=("kind",))
            return None
        case "per_second":
            return PerSecond(money_from_document(node, also=("kind",)))
        case "flat":
            return Flat(money_from_document(node, also=("kind",)))
        case "per_view":
            return PerView(money_from_document(node, also=("kind",)))
        case "tiered":
            return _tiered(node)
        case _:
            return _revenue_share(node)


def money_from_document(
    node: Node,
    *,
    also: tuple[str, ...] = (),
    most_major: int = MAX_PRICE_MAJOR,
) -> Money:
    """Read an object of `amount` and `currency`; `also` are its other members."""
    members = node.members(required=("amount", "currency", *also))
    amount_micros = decimal_micros(members["amount"], most_major=most_major)
    return Money(amount_micros, currency(members["currency"]))


def money_to_document(money: Money) -> dict[str, str]:
    """Write an amount; `money_from_document` reads it."""
    return _amount(money)


def _amount(money: Money) -> dict[str, str]:
    return {"amount": decimal_text(money.amount_micros), "currency": money.currency}


def _tiered(node: Node) -> Tiered:
    members = node.members(required=("kind", "currency", "tiers"))
    code = currency(members["currency"])
    tiers: list[LengthTier] = []
    for item in _bounded(members["tiers"]):
        tier = item.members(required=("up_to_s", "amount"))
        up_to_ms = 1000 * whole_number(tier["up_to_s"], most=MAX_DURATION_MS // 1000)
        fee = Money(decimal_micros(tier["amount"]), code)
        if tiers and up_to_ms <= tiers[-1].up_to_ms:
            tier["up_to_s"].fail("must be longer than the tier before")
        # A longer video that costs less would be held for too little.
        if tiers and fee.amount_micros < tiers[-1].fee.amount_micros:
            tier["amount"].fail("must not be less than in the tier before")
        tiers.append(LengthTier(up_to_ms, fee))
    return Tiered(tuple(tiers))


def _revenue_share(node: Node) -> RevenueShare:
    members = node.members(required=("kind", "share", "currency"), optional=("base", "tiers"))
    code = currency(members["currency"])
    tiers: list[RevenueTier] = []
    for item in _bounded(members["tiers"]) if "tiers" in members else []:
        tier = item.members(required=("above", "share"))
        above = Money(decimal_micros(tier["above"], most_major=MAX_SUM_MAJOR), code)
        if tiers and above.amount_micros <= tiers[-1].above.amount_micros:
            tier["above"].fail("must be above the tier before")
        tiers.append(RevenueTier(above, fraction(tier["share"])))
    return RevenueShare(
        share=fraction(members["share"]),
        currency=code,
        base=word(members["base"], REVENUE_BASES) if "base" in members else "net",
        tiers=tuple(tiers),
    )


def _bounded(node: Node) -> list[Node]:
    items = node.items()
    if not 1 <= len(items) <= MAX_TIERS:
        node.fail(f"must have 1 to {MAX_TIERS} tiers")
    return items

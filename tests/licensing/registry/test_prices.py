"""What a use costs, and how a price is written: brackets of length, views, shares of revenue."""

from fractions import Fraction
from typing import Any

import pytest

from licensing.errors import RegistryMalformed
from licensing.money import Money
from licensing.registry.nodes import Node
from licensing.registry.terms import (
    Flat,
    PerSecond,
    PerView,
    Price,
    RevenueShare,
    Tiered,
    fee_for,
    price_from_document,
    price_to_document,
)
from licensing.registry.terms.pricing import accrues_later, currency_of

YEN = 1_000_000
TIERS: dict[str, Any] = {
    "kind": "tiered",
    "currency": "JPY",
    "tiers": [{"up_to_s": 5, "amount": "50"}, {"up_to_s": 30, "amount": "120"}],
}
SHARE: dict[str, Any] = {
    "kind": "revenue_share",
    "share": "1/10",
    "currency": "JPY",
    "base": "gross",
    "tiers": [
        {"above": "1000000", "share": "3/20"},
        {"above": "100000000", "share": "1/5"},
    ],
}


def price(document: dict[str, Any]) -> Price:
    return price_from_document(Node(document, "price"))


@pytest.mark.parametrize(
    ("document", "kind", "later", "currency"),
    [
        pytest.param({"kind": "free"}, type(None), False, None, id="free"),
        pytest.param(
            {"kind": "flat", "amount": "50", "currency": "JPY"}, Flat, False, "JPY", id="flat"
        ),
        pytest.param(
            {"kind": "per_second", "amount": "0.7", "currency": "JPY"},
            PerSecond,
            False,
            "JPY",
            id="per second",
        ),
        pytest.param(
            {"kind": "per_view", "amount": "0.000001", "currency": "USD"},
            PerView,
            True,
            "USD",
            id="per view",
        ),
        pytest.param(TIERS, Tiered, False, "JPY", id="tiered"),
        pytest.param(SHARE, RevenueShare, True, "JPY", id="revenue share"),
        pytest.param(
            {key: value for key, value in SHARE.items() if key != "tiers"},
            RevenueShare,
            True,
            "JPY",
            id="one share of all revenue",
        ),
    ],
)
def test_a_price_comes_back_from_its_document(
    document: dict[str, Any], kind: type, *, later: bool, currency: str | None
) -> None:
    parsed = price(document)

    assert isinstance(parsed, kind)
    assert price_to_document(parsed) == document
    assert accrues_later(parsed) is later
    assert currency_of(parsed) == currency


def test_revenue_is_net_unless_said_otherwise() -> None:
    share = price({"kind": "revenue_share", "share": "1/3", "currency": "KWD"})

    assert share == RevenueShare(share=Fraction(1, 3), currency="KWD", base="net")


@pytest.mark.parametrize(
    ("duration_ms", "fee_yen"),
    [(1, 50), (5000, 50), (5001, 120), (30_000, 120), (31_000, 120)],
)
def test_a_bracket_reaches_up_to_its_length(duration_ms: int, fee_yen: int) -> None:
    assert fee_for(price(TIERS), duration_ms) == Money(fee_yen * YEN, "JPY")


def test_what_is_reported_later_costs_nothing_beforehand() -> None:
    assert fee_for(price(SHARE), 8000) is None


@pytest.mark.parametrize(
    ("document", "where"),
    [
        pytest.param({"kind": "barter"}, "price.kind", id="no kind"),
        pytest.param({"kind": "free", "amount": "1"}, "price", id="free, but"),
        pytest.param({"kind": "flat", "currency": "JPY"}, "price", id="no amount"),
        pytest.param({**TIERS, "tiers": []}, "price.tiers", id="no tier"),
        pytest.param(
            {**TIERS, "tiers": TIERS["tiers"][::-1]}, "price.tiers[1].up_to_s", id="falling lengths"
        ),
        pytest.param(
            {
                **TIERS,
                "tiers": [{"up_to_s": 5, "amount": "50"}, {"up_to_s": 9, "amount": "49"}],
            },
            "price.tiers[1].amount",
            id="falling prices",
        ),
        pytest.param({**SHARE, "share": "0/1"}, "price.share", id="a share of nothing"),
        pytest.param({**SHARE, "share": 0.1}, "price.share", id="a float"),
        pytest.param({**SHARE, "base": "brutto"}, "price.base", id="another base"),
        pytest.param(
            {**SHARE, "tiers": SHARE["tiers"][::-1]}, "price.tiers[1].above", id="falling revenue"
        ),
    ],
)
def test_a_price_that_nobody_could_charge_is_refused(document: dict[str, Any], where: str) -> None:
    with pytest.raises(RegistryMalformed) as refused:
        price(document)

    assert refused.value.where == where

"""What becomes of a decision: credit is short, a budget is set, it is written and read again."""

from dataclasses import replace

import pytest

from licensing.clearance.decision import Decision, over_budget, with_payment_needed
from licensing.clearance.finding import CitedTerms, Finding, Span
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.registry.terms import PerSecond, Refusal

YEN = 1_000_000
PRICE = Money(80 * YEN, "JPY")
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
PRICED = Finding(
    subject_id="garden",
    mention=Span(start=0, end=6, surface="Garden"),
    outcome="granted_priced",
    terms=CitedTerms(
        id="garden-terms",
        sha256="ab" * 32,
        licensor_id="aoyama",
        price=PerSecond(Money(10 * YEN, "JPY")),
    ),
    price=PRICE,
)
FREE = Finding(
    subject_id="moon",
    mention=Span(start=10, end=14, surface="Moon"),
    outcome="granted_free",
    terms=CitedTerms(id="moon-terms", sha256="cd" * 32, licensor_id="kagerou", price=None),
)
REFUSED = replace(
    PRICED,
    outcome="denied",
    reasons=(Refusal("terms.territory", "US is not among JP"),),
    price=None,
)
UNOWNED = replace(
    PRICED,
    outcome="unknown_rights",
    reasons=(Refusal("owner.unknown", "no owner of Garden is known"),),
    terms=None,
    price=None,
)


def decision_of(*findings: Finding, outcome: str, price: Money | None = None) -> Decision:
    return Decision(
        outcome=outcome,  # type: ignore[arg-type]
        findings=findings,
        price=price,
        use=USE,
        registry_version=7,
    )


GRANTED = decision_of(PRICED, FREE, outcome="granted_priced", price=PRICE)
GRANTED_FREE = decision_of(FREE, outcome="granted_free")
DENIED = decision_of(REFUSED, outcome="denied")


def codes(decision: Decision) -> list[list[str]]:
    return [[reason.code for reason in finding.reasons] for finding in decision.findings]


def test_short_credit_turns_a_grant_into_a_request_for_payment() -> None:
    decision = with_payment_needed(GRANTED)

    assert (decision.outcome, decision.price) == ("needs_payment", PRICE)
    assert codes(decision) == [["price.insufficient_credit"], []]
    assert decision.charges == ()


def test_what_is_not_granted_for_money_needs_no_payment() -> None:
    assert with_payment_needed(DENIED) == DENIED
    assert with_payment_needed(GRANTED_FREE) == GRANTED_FREE


@pytest.mark.parametrize(
    ("budget", "outcome", "messages"),
    [
        pytest.param(Money(80 * YEN, "JPY"), "granted_priced", [], id="exactly enough"),
        pytest.param(
            Money(79 * YEN, "JPY"),
            "needs_change",
            ["the price is above the budget"],
            id="too little",
        ),
        pytest.param(
            Money(80 * YEN, "USD"),
            "needs_change",
            ["the price is in JPY, the budget in USD"],
            id="another currency",
        ),
    ],
)
def test_a_budget_limits_the_price(budget: Money, outcome: str, messages: list[str]) -> None:
    decision = over_budget(GRANTED, budget)

    assert (decision.outcome, decision.price) == (outcome, PRICE)
    assert [reason.message for reason in decision.findings[0].reasons] == messages


def test_a_free_grant_fits_every_budget() -> None:
    assert over_budget(GRANTED_FREE, Money(0, "JPY")) == GRANTED_FREE


def test_a_decision_charges_each_of_its_terms_for_what_was_made() -> None:
    fees = {charge.id: (charge.subject_id, charge.fee(4000)) for charge in GRANTED.charges}

    assert fees == {
        "garden-terms": ("garden", Money(40 * YEN, "JPY")),
        "moon-terms": ("moon", None),
    }


def test_the_json_of_a_decision_is_what_the_api_promises() -> None:
    assert DENIED.to_json() == {
        "version": 1,
        "outcome": "denied",
        "findings": [
            {
                "subject": "garden",
                "mention": {"start": 0, "end": 6, "surface": "Garden"},
                "outcome": "denied",
                "reasons": [{"code": "terms.territory", "message": "US is not among JP"}],
                "terms": {
                    "id": "garden-terms",
                    "sha256": "ab" * 32,
                    "licensor": "aoyama",
                    "price": {"kind": "per_second", "amount": "10", "currency": "JPY"},
                },
                "price": None,
            },
        ],
        "price": None,
        "use": USE.to_json(),
        "registry_version": 7,
    }
    assert GRANTED.to_json()["price"] == {"amount_micros": 80 * YEN, "currency": "JPY"}


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param(GRANTED, id="granted"),
        pytest.param(GRANTED_FREE, id="free"),
        pytest.param(DENIED, id="refused"),
        pytest.param(decision_of(UNOWNED, outcome="unknown_rights"), id="nobody known"),
        pytest.param(decision_of(outcome="not_referenced"), id="not referenced"),
    ],
)
def test_a_decision_survives_json_with_its_digest(decision: Decision) -> None:
    read = Decision.from_json(decision.to_json())

    assert read == decision
    assert read.sha256 == decision.sha256

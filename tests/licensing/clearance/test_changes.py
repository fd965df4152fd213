"""What owners' answers make of a decision that waits for them."""

from dataclasses import replace

from licensing.clearance.changes import approved, with_refusals
from licensing.clearance.decision import Decision, conclude
from licensing.clearance.finding import CitedTerms, Finding, Span
from licensing.clearance.reasons import refuse
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.registry.terms import Flat, PerSecond

YEN = 1_000_000
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
WAIT = refuse("terms.approval_required")


def cited(name: str, yen: int | None) -> CitedTerms:
    price = PerSecond(Money(yen * YEN, "JPY")) if yen is not None else None
    return CitedTerms(id=name, sha256="ab" * 32, licensor_id=f"owner of {name}", price=price)


WAITING = Finding(
    subject_id="garden",
    mention=Span(start=0, end=6, surface="Garden"),
    outcome="needs_approval",
    reasons=(WAIT,),
    terms=cited("garden", 10),
    price=Money(80 * YEN, "JPY"),
    parents=(cited("above", 99),),
)
FREE = replace(
    WAITING,
    subject_id="moon",
    terms=cited("moon", None),
    price=None,
    parents=(),
    outcome="granted_free",
    reasons=(),
)
OUTSIDE = replace(FREE, subject_id="sea", terms=None)


def decision(*findings: Finding) -> Decision:
    return conclude(
        Decision(
            outcome="not_referenced", findings=findings, price=None, use=USE, registry_version=7
        )
    )


def test_a_yes_grants_at_the_quoted_price_and_says_nothing_of_waiting() -> None:
    granted = approved(decision(WAITING, FREE, OUTSIDE), use=USE, prices={})

    assert (granted.outcome, granted.price) == ("granted_priced", Money(80 * YEN, "JPY"))
    assert [finding.reasons for finding in granted.findings] == [(), (), ()]
    assert [finding.outcome for finding in granted.findings][1:] == ["granted_free"] * 2


def test_a_narrower_use_is_priced_anew() -> None:
    granted = approved(decision(WAITING), use=replace(USE, duration_ms=5000), prices={})

    assert granted.use.duration_ms == 5000
    assert granted.price == Money(50 * YEN, "JPY")


def test_an_agreed_price_stands_instead_and_names_its_grant() -> None:
    prices = {"garden": (Flat(Money(33 * YEN, "JPY")), "grt_1")}

    granted = approved(decision(WAITING), use=USE, prices=prices)

    [finding] = granted.findings
    assert granted.price == Money(33 * YEN, "JPY")
    assert finding.terms is not None
    assert finding.terms.grant_id == "grt_1"
    assert granted.charges[0].fee(4000) == Money(33 * YEN, "JPY")
    assert Decision.from_json(granted.to_json()) == granted


def test_what_became_free_is_granted_free() -> None:
    granted = approved(decision(WAITING), use=USE, prices={"garden": (None, "grt_1")})

    assert (granted.outcome, granted.price) == ("granted_free", None)


def test_a_no_of_the_parent_refuses_what_belongs_to_it_and_nothing_else() -> None:
    reason = refuse("approval.declined")

    refused = with_refusals(decision(WAITING, FREE), {"above": reason})

    assert (refused.outcome, refused.price) == ("denied", None)
    assert refused.findings[0].reasons == (reason,)
    assert refused.findings[1] == FREE


def test_a_condition_asks_for_a_change() -> None:
    reason = refuse("approval.conditional")

    answered = with_refusals(decision(WAITING), {"garden": reason}, outcome="needs_change")

    assert answered.outcome == "needs_change"


def test_what_is_denied_stays_denied_when_others_agree() -> None:
    denied = replace(WAITING, outcome="denied", price=None)

    assert approved(decision(denied), use=USE, prices={}).outcome == "denied"


def test_a_decision_rests_on_the_terms_above_as_well() -> None:
    assert [terms_id for terms_id, _ in decision(WAITING).terms] == ["above", "garden"]

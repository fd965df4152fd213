"""Decisions by example: one franchise, its character, a rival franchise, and what they allow."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from licensing.clearance.decision import Decision, decide
from licensing.clearance.use import Use
from licensing.money import MAX_MICROS, Money
from licensing.reading.mentions import Mention
from licensing.registry.owners import Share
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Name, Subject, SubjectKind
from licensing.registry.terms import (
    AudienceRatings,
    Flat,
    MaxDuration,
    PerSecond,
    Purposes,
    Terms,
    Territories,
    Validity,
)

AT = datetime(2026, 11, 1, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
YEN = 1_000_000


def subject(subject_id: str, parent: str | None = None, *, licensed: bool = True) -> Subject:
    kind: SubjectKind = "character" if parent else "franchise"
    name = Name(subject_id.title(), "en", "official")
    return Subject(subject_id, kind, parent, (name,), licensed=licensed)


def offer(subject_id: str, licensor: str = "aoyama", terms_id: str | None = None) -> Terms:
    """¥10 a second in Japan, for anybody, up to 30 s."""
    return Terms(
        id=terms_id or f"{subject_id}-terms",
        subject_id=subject_id,
        licensor_id=licensor,
        version=1,
        territories=Territories(frozenset({"JP"})),
        purposes=Purposes(frozenset({"personal"})),
        max_duration=MaxDuration(30_000),
        ratings=AudienceRatings(frozenset({"all", "teen"})),
        validity=Validity(starts_at=AT, ends_at=None),
        price=PerSecond(Money(10 * YEN, "JPY")),
        approval_required=False,
    )


GARDEN_TERMS = offer("garden")
GARDEN = subject("garden")
MIO = subject("mio", "garden")
RIVAL = subject("rival")


def registry(
    *terms: Terms,
    subjects: tuple[Subject, ...] = (GARDEN, MIO, RIVAL),
    owners: Mapping[str, Mapping[str, str]] | None = None,
) -> RegistrySnapshot:
    """Take Aoyama as the sole owner of everything unless `owners` says otherwise."""
    if owners is None:
        owners = {"garden": {"aoyama": "1"}, "rival": {"aoyama": "1"}}
    offers: dict[str, tuple[Terms, ...]] = {}
    for each in terms:
        offers[each.subject_id] = (*offers.get(each.subject_id, ()), each)
    return RegistrySnapshot(
        version=7,
        subjects={each.id: each for each in subjects},
        shares={
            subject_id: tuple(
                Share(subject_id, licensor, Fraction(share)) for licensor, share in shares.items()
            )
            for subject_id, shares in owners.items()
        },
        terms=offers,
    )


def mention(subject_id: str, start: int = 0, **changes: object) -> Mention:
    strong = Mention(
        subject_id=subject_id,
        start=start,
        end=start + len(subject_id),
        surface=subject_id,
        evidence="exact",
        strength="strong",
        confidence=1.0,
        polarity="affirmed",
        reasons=(),
    )
    return replace(strong, **changes)  # type: ignore[arg-type]


def answer(snapshot: RegistrySnapshot, *mentions: Mention, use: Use = USE) -> Decision:
    return decide(mentions, use, snapshot, at=AT)


def codes(decision: Decision) -> list[list[str]]:
    return [[reason.code for reason in finding.reasons] for finding in decision.findings]


def test_a_licensed_franchise_is_granted_at_its_price() -> None:
    decision = answer(registry(GARDEN_TERMS), mention("garden"))

    assert (decision.outcome, decision.price) == ("granted_priced", Money(80 * YEN, "JPY"))
    assert codes(decision) == [[]]
    assert decision.findings[0].terms_id == "garden-terms"
    assert decision.findings[0].terms_sha256 == GARDEN_TERMS.sha256
    assert decision.terms == (("garden-terms", GARDEN_TERMS.sha256),)


def test_a_free_offer_is_granted_without_a_price() -> None:
    decision = answer(registry(replace(GARDEN_TERMS, price=None)), mention("garden"))

    assert (decision.outcome, decision.price) == ("granted_free", None)
    assert [charge.fee(8000) for charge in decision.charges] == [None]


@pytest.mark.parametrize(
    "mentions",
    [
        pytest.param((), id="no mention"),
        pytest.param((mention("garden", strength="weak"),), id="a weak mention"),
        pytest.param((mention("garden", polarity="negated"),), id="a negated mention"),
    ],
)
def test_what_is_not_asked_for_needs_no_licence(mentions: tuple[Mention, ...]) -> None:
    decision = answer(registry(), *mentions)

    assert (decision.outcome, decision.findings, decision.price) == ("not_referenced", (), None)
    assert decision.charges == ()


@pytest.mark.parametrize(
    ("use", "outcome", "reasons"),
    [
        pytest.param({"territory": "US"}, "denied", ["terms.territory"], id="territory"),
        pytest.param({"duration_ms": 31_000}, "needs_change", ["terms.duration"], id="length"),
        pytest.param({"audience_rating": "mature"}, "needs_change", ["terms.rating"], id="rating"),
        pytest.param({"purpose": "commercial"}, "needs_change", ["terms.purpose"], id="purpose"),
        pytest.param(
            {"territory": "US", "duration_ms": 31_000},
            "denied",
            ["terms.territory", "terms.duration"],
            id="a change would not help",
        ),
    ],
)
def test_a_use_outside_the_terms_is_refused_with_every_reason(
    use: dict[str, object],
    outcome: str,
    reasons: list[str],
) -> None:
    decision = answer(
        registry(GARDEN_TERMS),
        mention("garden"),
        use=replace(USE, **use),  # type: ignore[arg-type]
    )

    assert (decision.outcome, decision.price) == (outcome, None)
    assert codes(decision) == [reasons]
    assert decision.findings[0].terms_id == "garden-terms"
    assert decision.findings[0].price is None


def test_an_offer_outside_its_window_is_denied() -> None:
    year = Validity(starts_at=datetime(2025, 1, 1, tzinfo=UTC), ends_at=AT)
    ended = replace(GARDEN_TERMS, validity=year)

    decision = answer(registry(ended), mention("garden"))

    assert (decision.outcome, codes(decision)) == ("denied", [["terms.window"]])


def test_an_approval_is_waited_for_with_the_price_in_sight() -> None:
    decision = answer(registry(replace(GARDEN_TERMS, approval_required=True)), mention("garden"))

    assert (decision.outcome, decision.price) == ("needs_approval", Money(80 * YEN, "JPY"))
    assert codes(decision) == [["terms.approval_required"]]
    assert decision.charges == ()


def test_of_several_offers_the_most_permissive_counts_then_the_cheapest() -> None:
    abroad = replace(
        GARDEN_TERMS,
        id="a-abroad",
        territories=Territories(frozenset({"FR"})),
        price=None,
        approval_required=True,
    )
    dearer = replace(GARDEN_TERMS, id="a-dearer", price=Flat(Money(81 * YEN, "JPY")))
    snapshot = registry(abroad, dearer, GARDEN_TERMS)

    at_home = answer(snapshot, mention("garden"))
    in_france = answer(snapshot, mention("garden"), use=replace(USE, territory="FR"))
    in_america = answer(snapshot, mention("garden"), use=replace(USE, territory="US"))

    assert (at_home.outcome, at_home.findings[0].terms_id) == ("granted_priced", "garden-terms")
    assert (in_france.outcome, in_france.findings[0].terms_id) == ("needs_approval", "a-abroad")
    assert in_america.outcome == "denied"
    assert codes(in_america) == [["terms.territory"]]  # of the offer with the fewest objections


def test_an_equal_price_goes_to_the_smaller_id_whatever_the_order() -> None:
    other = replace(GARDEN_TERMS, id="a-first")

    first = answer(registry(GARDEN_TERMS, other), mention("garden"))
    second = answer(registry(other, GARDEN_TERMS), mention("garden"))

    assert first == second
    assert first.findings[0].terms_id == "a-first"


def test_a_character_without_offers_is_licensed_under_its_franchise() -> None:
    decision = answer(registry(GARDEN_TERMS), mention("mio"))

    assert decision.outcome == "granted_priced"
    assert decision.findings[0].terms_id == "garden-terms"


def test_a_character_with_its_own_offer_is_paid_under_it_alone() -> None:
    own = replace(offer("mio"), price=Flat(Money(50 * YEN, "JPY")))

    decision = answer(registry(GARDEN_TERMS, own), mention("mio"))

    assert (decision.outcome, decision.price) == ("granted_priced", Money(50 * YEN, "JPY"))
    assert [charge.id for charge in decision.charges] == ["mio-terms"]
    # The franchise has its say, and what a decision rests on is named in full.
    assert [terms_id for terms_id, _ in decision.terms] == ["garden-terms", "mio-terms"]


@pytest.mark.parametrize(
    ("franchise", "outcome", "reason"),
    [
        pytest.param(
            replace(GARDEN_TERMS, territories=Territories(frozenset({"US"}))),
            "denied",
            "Garden: JP is not among US",
            id="refuses the territory",
        ),
        pytest.param(
            replace(GARDEN_TERMS, max_duration=MaxDuration(1000)),
            "needs_change",
            "Garden: 8 s is longer than 1 s",
            id="refuses the length",
        ),
        pytest.param(
            replace(GARDEN_TERMS, approval_required=True),
            "needs_approval",
            "Garden: the licensor approves each use",
            id="wants to approve",
        ),
        pytest.param(
            replace(GARDEN_TERMS, licensor_id="stranger"),
            "unknown_rights",
            "Garden: no owner of Garden offers terms",
            id="offered by a stranger",
        ),
    ],
)
def test_a_character_is_never_freer_than_its_franchise(
    franchise: Terms,
    outcome: str,
    reason: str,
) -> None:
    decision = answer(registry(franchise, replace(offer("mio"), price=None)), mention("mio"))

    assert decision.outcome == outcome
    assert [each.message for each in decision.findings[0].reasons] == [reason]
    assert decision.findings[0].terms_id == "mio-terms"


@pytest.mark.parametrize(
    ("snapshot", "outcome", "reasons"),
    [
        pytest.param(
            registry(owners={}),
            "unknown_rights",
            ["owner.unknown", "terms.none"],
            id="nobody is known to own it",
        ),
        pytest.param(registry(), "unknown_rights", ["terms.none"], id="silence is refusal"),
        pytest.param(
            registry(offer("garden", "stranger")),
            "unknown_rights",
            ["terms.none"],
            id="a stranger cannot license it",
        ),
        pytest.param(
            registry(GARDEN_TERMS, owners={"garden": {"aoyama": "1/2", "kagerou": "1/4"}}),
            "conflict",
            ["owner.conflict"],
            id="shares do not sum to one",
        ),
        pytest.param(
            registry(GARDEN_TERMS, subjects=(subject("garden", licensed=False), MIO)),
            "denied",
            ["owner.unlicensed"],
            id="the owner wants no use",
        ),
        pytest.param(registry(GARDEN_TERMS, subjects=()), "stale", ["registry.stale"], id="gone"),
    ],
)
def test_whatever_is_unclear_is_closed(
    snapshot: RegistrySnapshot,
    outcome: str,
    reasons: list[str],
) -> None:
    decision = answer(snapshot, mention("garden"))

    assert (decision.outcome, decision.price) == (outcome, None)
    assert codes(decision) == [reasons]


def test_a_franchise_that_wants_no_use_takes_its_characters_with_it() -> None:
    snapshot = registry(offer("mio"), subjects=(subject("garden", licensed=False), MIO))

    assert answer(snapshot, mention("mio")).outcome == "denied"


def test_the_owner_of_a_franchise_cannot_license_a_character_of_somebody_else() -> None:
    owners = {"garden": {"aoyama": "1"}, "mio": {"kagerou": "1"}}
    snapshot = registry(GARDEN_TERMS, owners=owners)

    decision = answer(snapshot, mention("mio"))

    assert (decision.outcome, codes(decision)) == ("unknown_rights", [["terms.none"]])


def test_one_owner_of_several_can_offer_for_all() -> None:
    snapshot = registry(GARDEN_TERMS, owners={"garden": {"aoyama": "3/5", "kagerou": "2/5"}})

    assert answer(snapshot, mention("garden")).outcome == "granted_priced"


def test_a_crossover_is_as_bad_as_its_worst_part_and_costs_nothing_when_refused() -> None:
    rival = replace(offer("rival"), territories=Territories(frozenset({"US"})))

    decision = answer(registry(GARDEN_TERMS, rival), mention("garden"), mention("rival", 10))

    assert (decision.outcome, decision.price) == ("denied", None)
    assert [finding.outcome for finding in decision.findings] == ["granted_priced", "denied"]
    assert decision.charges == ()


def test_a_crossover_costs_the_sum_of_both() -> None:
    rival = replace(offer("rival"), price=Flat(Money(5 * YEN, "JPY")))

    decision = answer(registry(GARDEN_TERMS, rival), mention("garden"), mention("rival", 10))

    assert (decision.outcome, decision.price) == ("granted_priced", Money(85 * YEN, "JPY"))


def test_a_character_and_its_franchise_under_the_same_terms_are_paid_once() -> None:
    decision = answer(registry(GARDEN_TERMS), mention("garden", 10), mention("mio"))

    assert decision.price == Money(80 * YEN, "JPY")
    assert [(charge.id, charge.subject_id) for charge in decision.charges] == [
        ("garden-terms", "mio"),
    ]
    assert decision.charges[0].fee(4000) == Money(40 * YEN, "JPY")


def test_a_subject_mentioned_twice_is_one_finding_at_its_first_place() -> None:
    decision = answer(registry(GARDEN_TERMS), mention("garden", 20), mention("garden", 4))

    assert [finding.mention.start for finding in decision.findings] == [4]


def test_fees_in_two_currencies_cannot_be_one_price() -> None:
    rival = replace(offer("rival"), price=Flat(Money(5 * YEN, "EUR")))

    decision = answer(registry(GARDEN_TERMS, rival), mention("garden"), mention("rival", 10))

    assert (decision.outcome, decision.price) == ("denied", None)
    assert codes(decision) == [["price.mixed_currencies"], ["price.mixed_currencies"]]
    assert [finding.price for finding in decision.findings] == [None, None]


def test_fees_beyond_what_an_account_can_hold_are_denied() -> None:
    dear = replace(GARDEN_TERMS, price=Flat(Money(MAX_MICROS, "JPY")))
    rival = replace(offer("rival"), price=Flat(Money(1, "JPY")))
    free = replace(offer("moon"), price=None)
    snapshot = registry(
        dear,
        rival,
        free,
        subjects=(GARDEN, RIVAL, subject("moon")),
        owners={each: {"aoyama": "1"} for each in ("garden", "rival", "moon")},
    )

    decision = answer(snapshot, mention("garden"), mention("rival", 10), mention("moon", 20))

    assert decision.outcome == "denied"
    assert codes(decision) == [["price.too_large"], ["price.too_large"], []]

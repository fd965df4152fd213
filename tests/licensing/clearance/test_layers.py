"""The layers above terms, by example: people, requesters, owners, agents, promises, companions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from licensing.clearance.decision import Decision, decide
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.reading.mentions import Mention
from licensing.registry.identity import Consent, Identity
from licensing.registry.owners import Mandate, Share
from licensing.registry.references import Citation
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Name, Subject
from licensing.registry.terms import (
    Combinations,
    Exclusive,
    PerView,
    Terms,
    Territories,
    Validity,
)

AT = datetime(2026, 11, 1, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000)
YEN = 1_000_000
ALWAYS = Validity(starts_at=AT - timedelta(days=365), ends_at=None)
OVER = Validity(starts_at=AT - timedelta(days=365), ends_at=AT)
CONSENT = Consent(evidence=Citation("0" * 64, "Release form"), given_at=AT)


def subject(subject_id: str, parent: str | None = None, **changes: object) -> Subject:
    names = (
        Name(subject_id.title(), "en", "official"),
        Name(f"{subject_id}の名", "ja", "official"),
    )
    plain = Subject(subject_id, "character", parent, names)
    return replace(plain, **changes)  # type: ignore[arg-type]


def offer(subject_id: str, **changes: object) -> Terms:
    """¥100 flat, in Japan and France, for anything that is not commercial."""
    terms = Terms.from_document(
        {
            "id": f"{subject_id}-terms",
            "subject": subject_id,
            "licensor": "aoyama",
            "version": 1,
            "territories": ["FR", "JP"],
            "purposes": ["personal"],
            "max_duration_s": 30,
            "audience_ratings": ["all"],
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": None,
            "price": {"kind": "flat", "amount": "100", "currency": "JPY"},
            "approval_required": False,
        },
    )
    return replace(terms, **changes)  # type: ignore[arg-type]


def snapshot(
    *subjects: Subject,
    terms: tuple[Terms, ...] = (),
    shares: tuple[Share, ...] | None = None,
    **changes: object,
) -> RegistrySnapshot:
    """Aoyama owns everything without a parent, unless `shares` says otherwise."""
    if shares is None:
        shares = tuple(
            Share(each.id, "aoyama", Fraction(1)) for each in subjects if each.parent_id is None
        )
    by_subject: dict[str, tuple[Share, ...]] = {}
    for share in shares:
        by_subject[share.subject_id] = (*by_subject.get(share.subject_id, ()), share)
    offers: dict[str, tuple[Terms, ...]] = {}
    for each in terms:
        offers[each.subject_id] = (*offers.get(each.subject_id, ()), each)
    return RegistrySnapshot(
        version=1,
        subjects={each.id: each for each in subjects},
        shares=by_subject,
        terms=offers,
        **changes,  # type: ignore[arg-type]
    )


def answer(
    registry: RegistrySnapshot,
    *subject_ids: str,
    platform: str | None = "kirin",
    at: datetime = AT,
    **use: object,
) -> Decision:
    mentions = [
        Mention(
            subject_id=subject_id,
            start=10 * place,
            end=10 * place + 4,
            surface=subject_id,
            evidence="exact",
            strength="strong",
            confidence=1.0,
            polarity="affirmed",
            reasons=(),
        )
        for place, subject_id in enumerate(subject_ids)
    ]
    asked = replace(USE, **use)  # type: ignore[arg-type]
    return decide(mentions, asked, registry, at=at, platform_id=platform)


def codes(decision: Decision) -> list[str]:
    return [reason.code for finding in decision.findings for reason in finding.reasons]


@pytest.mark.parametrize(
    ("person", "content", "expected"),
    [
        pytest.param(
            subject("taro", kind="person"),
            (),
            ["subject.identity_without_consent"],
            id="a person nobody recorded",
        ),
        pytest.param(
            subject("taro", identity=Identity(real=True, minor=False)),
            (),
            ["subject.identity_without_consent"],
            id="real, without consent",
        ),
        pytest.param(
            subject("taro", identity=Identity(real=True, minor=False, consents=(CONSENT,))),
            (),
            [],
            id="real, with consent",
        ),
        pytest.param(
            subject("taro", identity=Identity(real=True, minor=False, consents=(CONSENT,))),
            ("sexual",),
            ["subject.identity_sexual"],
            id="real, in sexual content",
        ),
        pytest.param(
            subject("taro", identity=Identity(real=True, minor=True, consents=(CONSENT,))),
            (),
            ["subject.minor"],
            id="a real minor, consent or not",
        ),
        pytest.param(
            subject("taro", identity=Identity(real=False, minor=True)), (), [], id="a drawn minor"
        ),
        pytest.param(
            subject("taro", identity=Identity(real=False, minor=True)),
            ("nudity",),
            ["subject.minor_sexual"],
            id="a drawn minor in sexual content",
        ),
        pytest.param(
            subject("taro", identity=Identity(real=False, minor=False)),
            ("nudity",),
            [],
            id="a drawn adult",
        ),
    ],
)
def test_people_are_protected_whatever_the_terms(
    person: Subject, content: tuple[str, ...], expected: list[str]
) -> None:
    decision = answer(snapshot(person, terms=(offer("taro"),)), "taro", content=content)

    assert codes(decision) == expected
    assert decision.outcome == ("denied" if expected else "granted_priced")


def test_a_person_protects_what_belongs_to_them() -> None:
    registry = snapshot(
        subject("taro", kind="person"), subject("costume", "taro"), terms=(offer("taro"),)
    )

    decision = answer(registry, "costume")

    assert codes(decision) == ["subject.identity_without_consent"]


@pytest.mark.parametrize("standing", ["suspended", "sanctioned"])
def test_a_platform_that_must_not_be_served_gets_nothing_not_even_nothing_referenced(
    standing: str,
) -> None:
    registry = snapshot(subject("garden"), terms=(offer("garden"),), standings={"kirin": standing})

    licensed, nobodys = answer(registry, "garden"), answer(registry)

    assert [licensed.outcome, nobodys.outcome] == ["denied", "denied"]
    assert [reason.code for reason in nobodys.reasons] == [f"requester.{standing}"]
    assert Decision.from_json(nobodys.to_json()) == nobodys
    assert answer(registry, "garden", platform="other").outcome == "granted_priced"
    assert answer(registry, "garden", platform=None).outcome == "granted_priced"


@pytest.mark.parametrize(
    ("territory", "outcome", "expected"),
    [
        pytest.param("JP", "granted_priced", [], id="two halves in Japan"),
        pytest.param("FR", "conflict", ["owner.conflict"], id="three quarters in France"),
        pytest.param(
            "US",
            "denied",
            ["owner.unknown", "terms.none"],
            id="nobody in America",
        ),
    ],
)
def test_owners_are_counted_where_the_video_is_shown(
    territory: str, outcome: str, expected: list[str]
) -> None:
    japan, france = frozenset({"JP"}), frozenset({"FR"})
    registry = snapshot(
        subject("garden"),
        terms=(offer("garden"),),
        shares=(
            Share("garden", "aoyama", Fraction(1, 2), japan),
            Share("garden", "kagerou", Fraction(1, 2), japan),
            Share("garden", "aoyama", Fraction(3, 4), france),
        ),
    )

    decision = answer(registry, "garden", territory=territory)

    assert codes(decision) == expected
    assert decision.outcome == ("unknown_rights" if territory == "US" else outcome)
    assert [
        share.licensor_id
        for share in registry.owners_of("garden", territory=territory, purpose="personal")
    ] == {"JP": ["aoyama", "kagerou"], "FR": ["aoyama"], "US": []}[territory]


AGENT = Mandate(
    id="m1",
    agent_id="agency",
    holder_id="aoyama",
    powers=frozenset({"license", "collect"}),
    validity=ALWAYS,
)


@pytest.mark.parametrize(
    ("mandates", "expected"),
    [
        pytest.param((AGENT,), [], id="may license"),
        pytest.param((), ["terms.none"], id="no mandate"),
        pytest.param(
            (replace(AGENT, powers=frozenset({"enforce"})),),
            ["mandate.power"],
            id="may only enforce",
        ),
        pytest.param((replace(AGENT, validity=OVER),), ["mandate.expired"], id="over"),
        pytest.param(
            (replace(AGENT, territories=frozenset({"US"})),), ["mandate.scope"], id="elsewhere"
        ),
        pytest.param(
            (replace(AGENT, subjects=frozenset({"rival"})),), ["terms.none"], id="for another work"
        ),
        pytest.param((replace(AGENT, holder_id="other"),), ["terms.none"], id="of no owner"),
        pytest.param((replace(AGENT, validity=OVER), AGENT), [], id="the better one counts"),
    ],
)
def test_an_agent_licenses_what_its_mandate_covers(
    mandates: tuple[Mandate, ...], expected: list[str]
) -> None:
    registry = snapshot(
        subject("garden"),
        terms=(offer("garden", licensor_id="agency"),),
        mandates={"agency": mandates},
    )

    assert codes(answer(registry, "garden")) == expected


def test_what_is_promised_to_one_platform_is_refused_to_the_others() -> None:
    registry = snapshot(
        subject("garden"),
        subject("mio", "garden"),
        terms=(
            offer("garden", id="open"),
            offer("garden", id="kirin-only", licensees=frozenset({"kirin"}), exclusive=True),
        ),
    )

    assert answer(registry, "mio").outcome == "granted_priced"
    assert codes(answer(registry, "mio", platform="other")) == ["exclusivity.taken"]
    assert codes(answer(registry, "garden", platform=None)) == ["exclusivity.taken"]


def test_a_grant_promises_as_terms_do() -> None:
    grant = Exclusive(
        source="grant-1",
        subject_id="garden",
        holders=frozenset({"other"}),
        territories=frozenset({"JP"}),
        purposes=frozenset({"personal"}),
        user_classes=None,
        validity=ALWAYS,
    )
    registry = snapshot(subject("garden"), terms=(offer("garden"),), grants={"garden": (grant,)})

    assert codes(answer(registry, "garden")) == ["exclusivity.taken"]
    assert codes(answer(registry, "garden", territory="FR")) == []


def test_an_offer_to_another_platform_is_no_offer() -> None:
    registry = snapshot(subject("garden"), terms=(offer("garden", licensees=frozenset({"other"})),))

    decision = answer(registry, "garden")

    assert (decision.outcome, codes(decision)) == ("denied", ["terms.licensee"])


def test_companions_are_refused_and_named() -> None:
    registry = snapshot(
        subject("garden"),
        subject("mio", "garden"),
        subject("rival", tags=frozenset({"toy"})),
        terms=(
            offer("garden", combinations=Combinations(never_with_tags=frozenset({"toy"}))),
            offer("rival"),
        ),
    )

    alone, together = answer(registry, "mio"), answer(registry, "mio", "rival")

    assert alone.outcome == "granted_priced"
    assert together.outcome == "needs_change"
    assert codes(together) == ["combo.forbidden_with"]
    assert together.findings[0].reasons[0].message == "must not appear with Rival"


def test_what_nobody_owns_any_more_is_free_where_that_is_so() -> None:
    japan = frozenset({"JP"})
    registry = snapshot(
        subject("momotaro", public_domain=japan),
        subject("oni", "momotaro", public_domain=japan),
        subject("toy", "momotaro"),
        shares=(Share("toy", "aoyama", Fraction(1)),),
        terms=(offer("toy"),),
    )

    free, elsewhere = answer(registry, "oni"), answer(registry, "oni", territory="FR")
    toy = answer(registry, "toy")

    assert (free.outcome, free.charges, free.price) == ("granted_free", (), None)
    assert elsewhere.outcome == "unknown_rights"
    assert toy.outcome == "granted_priced"


CAP = Money(150 * YEN, "JPY")


@pytest.mark.parametrize(
    ("second", "total_yen"),
    [
        pytest.param({"stack_cap": CAP}, 150, id="capped together"),
        pytest.param({"stack_cap": Money(180 * YEN, "JPY")}, 180, id="the higher cap"),
        pytest.param({}, 200, id="one has no cap"),
        pytest.param({"stack_cap": Money(900 * YEN, "JPY")}, 200, id="below the cap"),
        pytest.param({"stack_cap": CAP, "licensor_id": "kagerou"}, 200, id="two licensors"),
        pytest.param({"stack_cap": CAP, "price": None}, 100, id="one is free"),
    ],
)
def test_a_licensor_may_cap_what_its_subjects_cost_together(
    second: dict[str, object], total_yen: int
) -> None:
    registry = snapshot(
        subject("garden"),
        subject("rival"),
        shares=(
            Share("garden", "aoyama", Fraction(1)),
            Share("rival", "aoyama", Fraction(1, 2)),
            Share("rival", "kagerou", Fraction(1, 2)),
        ),
        terms=(offer("garden", stack_cap=CAP), offer("rival", **second)),
    )

    decision = answer(registry, "garden", "rival")

    assert decision.price == Money(total_yen * YEN, "JPY")
    fees = [fee.amount_micros for charge in decision.charges if (fee := charge.fee(8000))]
    assert sum(fees) == total_yen * YEN
    assert Decision.from_json(decision.to_json()) == decision


def test_a_price_that_is_reported_later_is_granted_without_a_hold() -> None:
    registry = snapshot(
        subject("garden"), terms=(offer("garden", price=PerView(Money(YEN, "JPY"))),)
    )

    decision = answer(registry, "garden")

    assert (decision.outcome, decision.price) == ("granted_priced", None)
    assert [charge.price for charge in decision.charges] == [PerView(Money(YEN, "JPY"))]
    assert [charge.fee(8000) for charge in decision.charges] == [None]


def test_a_parent_names_itself_when_it_objects() -> None:
    registry = snapshot(
        subject("garden"),
        subject("mio", "garden"),
        terms=(offer("garden", territories=Territories(frozenset({"FR"}))), offer("mio")),
    )

    reason = answer(registry, "mio").findings[0].reasons[0]

    assert reason.message == "Garden: JP is not among FR"
    assert reason.message_ja == "gardenの名：地域 JP は許諾の対象（FR）に含まれません"


def test_reasons_of_all_layers_are_collected_in_their_order() -> None:
    registry = snapshot(
        subject("taro", kind="person", licensed=False),
        subject("rex"),
        terms=(
            offer("taro", licensees=frozenset({"other"}), exclusive=True),
            offer(
                "taro",
                id="second",
                licensor_id="nobody",
                combinations=Combinations(only_with=frozenset()),
            ),
            offer("rex", combinations=Combinations(only_with=frozenset())),
        ),
        shares=(Share("taro", "aoyama", Fraction(1, 2)), Share("rex", "aoyama", Fraction(1))),
    )

    decision = answer(registry, "taro", "rex", territory="US")

    assert codes(decision) == [
        "subject.identity_without_consent",
        "owner.unlicensed",
        "owner.conflict",
        *("terms.licensee", "terms.territory"),
        *("combo.only_with", "terms.territory"),
    ]

"""What a refused request is offered instead, by example: never what would be refused as well."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from licensing.clearance.alternatives import MAX_ALTERNATIVES, Alternative, suggest
from licensing.clearance.decision import decide, over_budget
from licensing.clearance.finding import GRANTED
from licensing.clearance.use import Use, parse_use
from licensing.money import Money
from licensing.reading.mentions import Mention
from licensing.registry.owners import Share
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Name, Subject
from licensing.registry.terms import Terms

AT = datetime(2026, 11, 1, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000)
YEN = 1_000_000
MANY = 60


def subject(subject_id: str, parent: str | None = None, **changes: object) -> Subject:
    names = (Name(subject_id.title(), "en", "official"),)
    plain = Subject(subject_id, "character" if parent else "franchise", parent, names)
    return replace(plain, **changes)  # type: ignore[arg-type]


def offer(subject_id: str, **members: object) -> Terms:
    """¥10 a second in Japan and France, personal, up to 30 s, for all."""
    document: dict[str, Any] = {
        "id": f"{subject_id}-terms",
        "subject": subject_id,
        "licensor": "aoyama",
        "version": 1,
        "territories": ["FR", "JP"],
        "purposes": ["personal"],
        "max_duration_s": 30,
        "audience_ratings": ["all", "teen"],
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": None,
        "price": {"kind": "per_second", "amount": "10", "currency": "JPY"},
        "approval_required": False,
    }
    return Terms.from_document({**document, **members})


def registry(*terms: Terms, more: tuple[Subject, ...] = ()) -> RegistrySnapshot:
    """The garden with Mio and Tora, whose terms cover the French only, a rival and Momotaro."""
    subjects = (
        subject("garden"),
        subject("mio", "garden"),
        subject("tora", "garden"),
        subject("rival", tags=frozenset({"folk tale"})),
        subject("issun", public_domain=frozenset({"JP"})),
        subject("momotaro", public_domain=frozenset({"JP"}), tags=frozenset({"folk tale"})),
        subject("grimm", public_domain=frozenset({"DE"}), tags=frozenset({"folk tale"})),
        *more,
    )
    offers: dict[str, tuple[Terms, ...]] = {}
    for each in terms:
        offers[each.subject_id] = (*offers.get(each.subject_id, ()), each)
    return RegistrySnapshot(
        version=1,
        subjects={each.id: each for each in subjects},
        shares={
            each.id: (Share(each.id, "aoyama", Fraction(1)),)
            for each in subjects
            if each.parent_id is None and each.public_domain is None
        },
        terms=offers,
    )


def ways(
    snapshot: RegistrySnapshot, *subject_ids: str, budget: Money | None = None, **use: object
) -> list[Alternative]:
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
    decision = decide(mentions, asked, snapshot, at=AT, platform_id="kirin")
    if budget is not None:
        decision = over_budget(decision, budget)
    return list(suggest(decision, snapshot, at=AT, platform_id="kirin", budget=budget))


def told(alternatives: list[Alternative]) -> list[tuple[str, str, int | None]]:
    return [
        (way.kind, way.message, way.price.amount_micros // YEN if way.price else None)
        for way in alternatives
    ]


@pytest.mark.parametrize(
    ("members", "asked", "message", "price_yen"),
    [
        pytest.param({}, {"duration_ms": 31_000}, "at most 30 s long", 300, id="shorter"),
        pytest.param(
            {"audience_ratings": ["all"]},
            {"audience_rating": "teen"},
            "with content rated all",
            80,
            id="milder",
        ),
        pytest.param({}, {"purpose": "commercial"}, "for personal use", 80, id="personal"),
        pytest.param({}, {"territory": "US"}, "shown in FR", 80, id="elsewhere"),
        pytest.param({"max_lines": 720}, {"resolution": "4K"}, "in 720p", 80, id="coarser"),
        pytest.param(
            {"channels": ["tv", "web"]},
            {"channels": ("social", "web")},
            "on web only",
            80,
            id="on one channel less",
        ),
        pytest.param({"channels": ["tv"]}, {}, "on tv only", 80, id="on a channel"),
        pytest.param({"media": ["online"]}, {}, "in online only", 80, id="in a medium"),
        pytest.param(
            {"media": ["online", "game"]},
            {"media": ("online", "event")},
            "in online only",
            80,
            id="in one medium less",
        ),
        pytest.param(
            {"forbidden_content": ["gore", "parody"]},
            {"content": ("violence", "gore", "parody")},
            "without gore, without parody",
            80,
            id="without what is not wanted",
        ),
        pytest.param(
            {"quotas": [{"limit": 5, "unit": "seconds", "period": "day", "per": "all"}]},
            {},
            "at most 5 s long",
            50,
            id="within a day's quota",
        ),
        pytest.param(
            {
                "approval_required": True,
                "approval": {"answer_within_hours": 1, "automatic": {"max_duration_s": 6}},
            },
            {},
            "at most 6 s long",
            60,
            id="without an approval",
        ),
        pytest.param(
            {"audience_ratings": ["all"]},
            {"audience_rating": "mature", "duration_ms": 60_000, "purpose": "commercial"},
            "at most 30 s long, for personal use, with content rated all",
            300,
            id="several at once",
        ),
    ],
)
def test_a_use_is_repaired_where_it_fails(
    members: dict[str, object], asked: dict[str, object], message: str, price_yen: int
) -> None:
    first = ways(registry(offer("garden", **members)), "mio", **asked)[0]

    assert told([first]) == [("change_use", f"the same, {message}", price_yen)]
    assert first.use is not None
    assert parse_use(first.to_json()["use"]) == first.use
    assert first.message_ja.startswith("同じ内容で、")


def test_two_territories_are_offered_and_the_cheaper_first() -> None:
    snapshot = registry(
        offer("garden", id="fr", territories=["FR"]),
        offer(
            "garden",
            id="tw",
            territories=["TW"],
            price={"kind": "flat", "amount": "5", "currency": "JPY"},
        ),
    )

    uses = [way for way in ways(snapshot, "garden") if way.kind == "change_use"]

    assert told(uses) == [
        ("change_use", "the same, shown in TW", 5),
        ("change_use", "the same, shown in FR", 80),
    ]


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        pytest.param(
            Money(45 * YEN, "JPY"), [("change_use", "the same, at most 4 s long", 40)], id="shorter"
        ),
        pytest.param(Money(9 * YEN, "JPY"), [], id="not even a second"),
        pytest.param(Money(900 * YEN, "USD"), [], id="another currency"),
    ],
)
def test_a_budget_buys_whole_seconds(budget: Money, expected: list[tuple[str, str, int]]) -> None:
    found = ways(registry(offer("garden")), "garden", budget=budget)

    assert told([way for way in found if way.kind == "change_use"]) == expected


def test_a_flat_fee_is_not_made_smaller_by_a_shorter_video() -> None:
    flat = offer("garden", price={"kind": "flat", "amount": "80", "currency": "JPY"})

    kinds = [way.kind for way in ways(registry(flat), "garden", budget=Money(50 * YEN, "JPY"))]

    assert kinds == ["remove", "public_domain", "public_domain", "ask_owner"]


def test_another_character_of_the_franchise_is_offered_where_it_is_licensed() -> None:
    snapshot = registry(offer("mio", territories=["FR"]), offer("tora"))

    found = ways(snapshot, "mio")

    assert [way.to_json() for way in found] == [
        {
            "kind": "change_use",
            "outcome": "granted_priced",
            "message": "the same, shown in FR",
            "message_ja": "同じ内容で、地域を FR に",
            "price": {"amount_micros": 80 * YEN, "currency": "JPY"},
            "use": {**USE.to_json(), "territory": "FR"},
        },
        {
            "kind": "replace",
            "outcome": "granted_priced",
            "message": "Tora instead of Mio",
            "message_ja": "Mio の代わりに Tora",
            "price": {"amount_micros": 80 * YEN, "currency": "JPY"},
            "replace": [{"subject": "mio", "by": "tora"}],
        },
        {
            "kind": "remove",
            "outcome": "not_referenced",
            "message": "without Mio, in words of your own",
            "message_ja": "Mio を使わず、独自の表現で",
            "remove": ["mio"],
        },
        {
            "kind": "ask_owner",
            "outcome": "denied",
            "message": "ask the owners: aoyama",
            "message_ja": "権利者に問い合わせる：aoyama",
            "licensors": ["aoyama"],
        },
    ]


def test_of_two_franchises_the_refused_one_is_left_out_or_replaced_by_nobodys() -> None:
    found = ways(registry(offer("garden")), "mio", "rival")

    assert told(found) == [
        ("remove", "without Rival, in words of your own", 80),
        ("public_domain", "Momotaro instead of Rival", 80),
        ("public_domain", "Issun instead of Rival", 80),
        ("ask_owner", "ask the owners: aoyama", None),
    ]
    assert found[1].replaced == (("rival", "momotaro"),)


def test_what_is_left_must_fit_the_budget() -> None:
    snapshot = registry(offer("garden"))

    found = ways(snapshot, "mio", "rival", budget=Money(50 * YEN, "JPY"))

    assert told(found) == [("ask_owner", "ask the owners: aoyama", None)]


@pytest.mark.parametrize("member", ["channels", "media"])
def test_where_two_offers_share_no_place_none_is_named(member: str) -> None:
    one, other = ("tv", "web") if member == "channels" else ("game", "online")
    snapshot = registry(offer("garden", **{member: [one]}), offer("mio", **{member: [other]}))

    assert "change_use" not in [way.kind for way in ways(snapshot, "mio")]


def test_a_number_of_uses_is_no_length() -> None:
    quotas = [{"limit": 5, "unit": "uses", "period": "day", "per": "all"}]
    approval = {
        "answer_within_hours": 1,
        "automatic": {"max_fee": {"amount": "1", "currency": "JPY"}},
    }
    snapshot = registry(offer("garden", quotas=quotas, approval=approval, approval_required=True))

    assert "change_use" not in [way.kind for way in ways(snapshot, "garden")]


def test_two_refused_subjects_are_left_out_together() -> None:
    found = ways(registry(offer("garden")), "mio", "rival", "gone")

    assert told(found) == [
        ("remove", "without Rival, in words of your own", 80),
        ("ask_owner", "ask the owners: aoyama", None),
    ]
    assert found[0].removed == ("gone", "rival")


def test_a_subject_that_left_the_registry_can_only_be_left_out() -> None:
    assert [way.kind for way in ways(registry(), "gone")] == ["remove"]


def test_nobody_is_asked_about_a_person_who_must_not_be_shown() -> None:
    snapshot = registry(more=(subject("taro", kind="person"),))

    assert [way.kind for way in ways(snapshot, "taro")] == ["remove"]


def test_what_waits_for_an_approval_has_asked_already() -> None:
    found = ways(registry(offer("garden", approval_required=True)), "garden")

    assert "ask_owner" not in [way.kind for way in found]


def test_what_is_granted_needs_no_other_way_and_who_is_suspended_gets_none() -> None:
    snapshot = registry(offer("garden"))
    suspended = replace(snapshot, standings={"kirin": "suspended"})

    assert ways(snapshot, "garden") == []
    assert ways(suspended, "garden") == []


def test_everything_offered_would_be_granted_and_the_list_is_short() -> None:
    crowd = tuple(subject(f"extra{n:03}", "garden") for n in range(MANY))
    snapshot = registry(
        offer("mio", territories=["FR"]),
        *(offer(each.id, price={"kind": "free"}) for each in crowd),
        more=crowd,
    )

    found = ways(snapshot, "mio", "tora", territory="US", duration_ms=60_000)

    assert len(found) <= MAX_ALTERNATIVES
    assert all(way.outcome in GRANTED for way in found if way.kind != "ask_owner")

"""Each condition of an offer by example: what it lets through, what it refuses, and its words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from licensing.clearance.codes import (
    AUDIENCE_RATINGS,
    CONTENT_CATEGORIES,
    MEDIA,
    PURPOSES,
    USER_CLASSES,
)
from licensing.clearance.japanese import WORDS, listed
from licensing.clearance.phrases import PHRASES
from licensing.clearance.reasons import REASON_CODES, Refusal, refuse
from licensing.clearance.use import Use
from licensing.errors import RegistryMalformed
from licensing.registry.terms import Terms
from licensing.registry.terms.pricing import REVENUE_BASES
from licensing.registry.terms.quotas import PERIODS, UNITS

AT = datetime(2026, 11, 1, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
DOCUMENT: dict[str, Any] = {
    "id": "garden-jp-2026",
    "subject": "garden",
    "licensor": "aoyama",
    "version": 1,
    "territories": ["JP"],
    "purposes": ["personal"],
    "max_duration_s": 30,
    "audience_ratings": ["all"],
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": None,
    "price": {"kind": "free"},
    "approval_required": False,
}
EVERYTHING: dict[str, Any] = {
    **DOCUMENT,
    "price": {"kind": "flat", "amount": "80", "currency": "JPY"},
    "channels": ["web"],
    "user_classes": ["individual", "creator"],
    "media": ["online", "event"],
    "max_lines": 1080,
    "forbidden_content": ["gore", "sexual"],
    "embargo_until": "2026-02-01T00:00:00Z",
    "sunset_at": "2030-01-01T00:00:00Z",
    "quotas": [
        {"limit": 600, "unit": "seconds", "period": "day", "per": "platform"},
        {"limit": 100, "unit": "uses", "period": "term", "per": "all"},
    ],
    "combinations": {"only_with": ["moon"], "never_with": ["rival"], "never_with_tags": ["toy"]},
    "licensees": ["kirin"],
    "exclusive": True,
    "stack_cap": {"amount": "500", "currency": "JPY"},
    "guarantee": {"amount": "10000000000", "currency": "JPY", "period": "year"},
    "advance": {"amount": "4000", "currency": "JPY", "recoup": "1/2"},
    "approval": {
        "answer_within_hours": 72,
        "delegates": ["agency"],
        "automatic": {"max_duration_s": 5, "max_fee": {"amount": "80", "currency": "JPY"}},
    },
    "revocation": {"effect": "stop_distribution_by", "notice_days": 90},
    "guidelines": [{"lang": "ja", "text": "作品の世界観を大切にしてください。"}],
}


def terms(**members: object) -> Terms:
    return Terms.from_document({**DOCUMENT, **members}, "terms[0]")


def use(**changes: object) -> Use:
    return replace(USE, **changes)  # type: ignore[arg-type]


def said(offer: Terms, asked: Use, at: datetime = AT) -> list[tuple[str, str]]:
    return [(refusal.code, refusal.message) for refusal in offer.refusals(asked, at)]


@pytest.mark.parametrize(
    ("members", "asked", "expected"),
    [
        pytest.param(
            {"user_classes": ["individual", "press"]}, use(user_class="press"), [], id="class"
        ),
        pytest.param(
            {"user_classes": ["press", "individual"]},
            use(user_class="company"),
            [("terms.user_class", "company is not offered a licence, only individual, press")],
            id="another class",
        ),
        pytest.param(
            {"user_classes": ["press"]},
            USE,
            [("terms.user_class", "an unnamed class of user is not offered a licence, only press")],
            id="nobody said who",
        ),
        pytest.param({"media": ["online"]}, use(media=("online",)), [], id="medium"),
        pytest.param(
            {"media": ["online"]},
            use(media=("online", "game")),
            [("terms.media", "game is not among online")],
            id="one medium too many",
        ),
        pytest.param(
            {"media": ["online"]},
            USE,
            [("terms.media", "an unnamed medium is not among online")],
            id="nobody said where",
        ),
        pytest.param({"max_lines": 1080}, use(resolution="1080p"), [], id="as fine as allowed"),
        pytest.param({"max_lines": 1080}, use(resolution="1080x1920"), [], id="upright"),
        pytest.param(
            {"max_lines": 1080},
            use(resolution="4k"),
            [
                (
                    "terms.resolution",
                    "4k is finer than 1080 lines, or cannot be read as a resolution",
                )
            ],
            id="too fine",
        ),
        pytest.param(
            {"max_lines": 1080},
            use(resolution="crisp"),
            [
                (
                    "terms.resolution",
                    "crisp is finer than 1080 lines, or cannot be read as a resolution",
                )
            ],
            id="unreadable",
        ),
        pytest.param(
            {"forbidden_content": ["gore", "parody"]},
            use(content=("violence", "gore", "parody")),
            [
                (
                    "content.category.gore",
                    "the licensor does not want its subject beside content of the kind gore",
                ),
                (
                    "content.category.parody",
                    "the licensor does not want its subject beside content of the kind parody",
                ),
            ],
            id="every unwanted kind",
        ),
        pytest.param({"forbidden_content": ["gore"]}, USE, [], id="promised to be left out"),
        pytest.param(
            {"quotas": [{"limit": 7, "unit": "seconds", "period": "day", "per": "all"}]},
            USE,
            [("terms.quota", "the licensor allows 7 seconds in a day, and that is used up")],
            id="longer than a whole day's quota",
        ),
        pytest.param(
            {"quotas": [{"limit": 1, "unit": "uses", "period": "minute", "per": "platform"}]},
            USE,
            [],
            id="a rate has room for one",
        ),
        pytest.param(
            {"embargo_until": "2026-11-01T00:00:01Z"},
            USE,
            [("terms.embargo", "nothing may be made before 2026-11-01T00:00:01Z")],
            id="embargo",
        ),
        pytest.param({"embargo_until": "2026-11-01T00:00:00Z"}, USE, [], id="embargo over"),
        pytest.param(
            {"sunset_at": "2026-11-01T00:00:00Z"},
            USE,
            [("terms.sunset", "nothing may be shown any more since 2026-11-01T00:00:00Z")],
            id="sunset",
        ),
        pytest.param({"sunset_at": "2026-11-01T00:00:01Z"}, USE, [], id="before the sunset"),
    ],
)
def test_a_condition_refuses_what_is_outside_it(
    members: dict[str, object], asked: Use, expected: list[tuple[str, str]]
) -> None:
    assert said(terms(**members), asked) == expected


def test_an_offer_to_named_platforms_is_made_to_no_other() -> None:
    offer = terms(licensees=["kirin"])

    assert offer.refuse_licensee("kirin") is None
    assert offer.promise is None
    for stranger in ("other", None):
        refusal = offer.refuse_licensee(stranger)
        assert refusal is not None
        assert refusal.code == "terms.licensee"
    assert terms().refuse_licensee(None) is None


def test_terms_that_say_everything_come_back_from_their_document() -> None:
    offer = Terms.from_document(EVERYTHING)

    assert offer.to_document() == EVERYTHING
    assert Terms.from_document(offer.to_document()) == offer
    assert offer.sha256 == Terms.from_document(EVERYTHING).sha256
    assert offer.sha256 != terms().sha256


@pytest.mark.parametrize(
    ("members", "where"),
    [
        pytest.param({"surprise": 1}, "terms[0]", id="a key that is not known"),
        pytest.param({"user_classes": []}, "terms[0].user_classes", id="no class"),
        pytest.param({"media": ["papyrus"]}, "terms[0].media[0]", id="unknown medium"),
        pytest.param({"max_lines": 0}, "terms[0].max_lines", id="no lines"),
        pytest.param({"forbidden_content": ["fun"]}, "terms[0].forbidden_content[0]", id="content"),
        pytest.param({"quotas": []}, "terms[0].quotas", id="no quota"),
        pytest.param(
            {"quotas": [{"limit": 1, "unit": "uses", "period": "day", "per": "all"}] * 2},
            "terms[0].quotas",
            id="the same quota twice",
        ),
        pytest.param({"combinations": {}}, "terms[0].combinations", id="no rule"),
        pytest.param(
            {"combinations": {"never_with": []}},
            "terms[0].combinations.never_with",
            id="never with",
        ),
        pytest.param({"exclusive": True}, "terms[0].exclusive", id="exclusive for nobody"),
        pytest.param(
            {"approval": {"answer_within_hours": 1, "automatic": {}}},
            "terms[0].approval.automatic",
            id="no threshold",
        ),
        pytest.param(
            {"approval": {"answer_within_hours": 0}},
            "terms[0].approval.answer_within_hours",
            id="no time to answer",
        ),
        pytest.param(
            {"revocation": {"effect": "immediate", "notice_days": 29}},
            "terms[0].revocation.notice_days",
            id="too little notice",
        ),
        pytest.param(
            {"stack_cap": {"amount": "1", "currency": "JPY"}},
            "terms[0].stack_cap",
            id="a cap on nothing",
        ),
        pytest.param({"guidelines": []}, "terms[0].guidelines", id="no guideline"),
        pytest.param(
            {"guidelines": [{"lang": "日本語", "text": "x"}]},
            "terms[0].guidelines[0].lang",
            id="no language",
        ),
        pytest.param(
            {"advance": {"amount": "1", "currency": "JPY", "recoup": "3/2"}},
            "terms[0].advance.recoup",
            id="more than all",
        ),
    ],
)
def test_a_member_that_nobody_could_keep_refuses_the_offer(
    members: dict[str, object], where: str
) -> None:
    with pytest.raises(RegistryMalformed) as refused:
        terms(**members)

    assert refused.value.where == where


@pytest.mark.parametrize(
    "member",
    [
        pytest.param({"combinations": {"only_with": []}}, id="with its own alone"),
        pytest.param({"combinations": {"never_with_tags": ["toy"]}}, id="never with toys"),
        pytest.param({"approval": {"answer_within_hours": 1}}, id="an hour to answer"),
        pytest.param(
            {"approval": {"answer_within_hours": 1, "automatic": {"max_duration_s": 5}}},
            id="by length",
        ),
        pytest.param(
            {
                "approval": {
                    "answer_within_hours": 1,
                    "automatic": {"max_fee": {"amount": "1", "currency": "JPY"}},
                }
            },
            id="by fee",
        ),
        pytest.param(
            {
                "price": {
                    "kind": "tiered",
                    "currency": "JPY",
                    "tiers": [{"up_to_s": 30, "amount": "1"}],
                }
            },
            id="brackets that reach the longest video",
        ),
    ],
)
def test_a_member_comes_back_as_it_was_written(member: dict[str, object]) -> None:
    assert terms(**member).to_document() == {**DOCUMENT, **member}


def test_brackets_must_reach_the_longest_video() -> None:
    tiers = [{"up_to_s": 29, "amount": "1"}]

    with pytest.raises(RegistryMalformed) as refused:
        terms(price={"kind": "tiered", "currency": "JPY", "tiers": tiers})

    assert refused.value.where == "terms[0].price"


def test_an_exclusive_offer_promises_its_own_scope() -> None:
    everybody = terms(exclusive=True, licensees=["kirin"])
    press = terms(exclusive=True, licensees=["kirin"], user_classes=["press"])

    assert everybody.promise is not None
    assert press.promise is not None
    assert everybody.promise.source == "garden-jp-2026"
    assert everybody.promise.user_classes is None
    assert press.promise.user_classes == {"press"}


@pytest.mark.parametrize(
    ("automatic", "price", "asked", "needed"),
    [
        pytest.param(None, {"kind": "free"}, USE, True, id="every use"),
        pytest.param({"max_duration_s": 8}, {"kind": "free"}, USE, False, id="short enough"),
        pytest.param({"max_duration_s": 7}, {"kind": "free"}, USE, True, id="too long"),
        pytest.param(
            {"max_fee": {"amount": "80", "currency": "JPY"}},
            {"kind": "flat", "amount": "80", "currency": "JPY"},
            USE,
            False,
            id="cheap enough",
        ),
        pytest.param(
            {"max_fee": {"amount": "79.999999", "currency": "JPY"}},
            {"kind": "flat", "amount": "80", "currency": "JPY"},
            USE,
            True,
            id="too dear",
        ),
        pytest.param(
            {"max_fee": {"amount": "80", "currency": "USD"}},
            {"kind": "flat", "amount": "1", "currency": "JPY"},
            USE,
            True,
            id="another currency",
        ),
    ],
)
def test_approval_is_automatic_below_every_threshold(
    automatic: dict[str, object] | None, price: dict[str, object], asked: Use, *, needed: bool
) -> None:
    approval: dict[str, object] = {"answer_within_hours": 24}
    if automatic is not None:
        approval["automatic"] = automatic
    offer = terms(approval_required=True, approval=approval, price=price)

    assert offer.needs_approval(asked) is needed
    assert not replace(offer, approval_required=False).needs_approval(asked)


@pytest.mark.parametrize(
    ("effect", "new_uses_end", "distribution_ends"),
    [
        pytest.param("grandfather", AT + timedelta(days=40), None, id="grandfather"),
        pytest.param("stop_new", AT, None, id="stop new"),
        pytest.param("stop_distribution_by", AT, AT + timedelta(days=40), id="stop by a day"),
        pytest.param("immediate", AT, AT, id="immediate"),
    ],
)
def test_a_revocation_does_what_the_terms_announced(
    effect: str, new_uses_end: datetime, distribution_ends: datetime | None
) -> None:
    revocation = terms(revocation={"effect": effect, "notice_days": 40}).revocation

    assert revocation.new_uses_end(AT) == new_uses_end
    assert revocation.distribution_ends(AT) == distribution_ends


@pytest.mark.parametrize("phrase", sorted(PHRASES))
def test_every_reason_is_said_in_two_languages(phrase: str) -> None:
    facts = dict.fromkeys(
        (
            *("territory", "allowed", "purpose", "user_class", "media", "channels", "asked"),
            *("limit", "rating", "at", "period", "name", "total", "source", "currencies"),
            *("price", "budget", "category"),
        ),
        "★",
    )

    refusal = refuse(phrase, **facts)

    assert refusal.code in REASON_CODES
    assert refusal.message.isascii() or "★" in refusal.message
    assert refusal.message_ja
    assert not refusal.message_ja.isascii()
    assert Refusal.from_json(refusal.to_json()) == refusal


def test_a_fact_may_be_said_differently_in_japanese() -> None:
    refusal = refuse("owner.unknown", name="Mio", name_ja="ミオ").said_by("Garden", "庭")

    assert refusal.message == "Garden: no owner of Mio is known"
    assert refusal.message_ja == "庭：ミオ の権利者が分かりません"
    assert Refusal("a", "b").said_by("Garden", "庭").to_json() == {
        "code": "a",
        "message": "Garden: b",
    }


def test_the_vocabularies_are_said_in_japanese() -> None:
    words = {*USER_CLASSES, *MEDIA, *CONTENT_CATEGORIES, *PURPOSES, *AUDIENCE_RATINGS}
    words |= {*UNITS, *PERIODS, *REVENUE_BASES}

    assert words == set(WORDS)
    assert listed(["personal", "web"]) == "個人、web"

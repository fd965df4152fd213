"""Ready terms, and offers in plain words: every template can be published and read by a person."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from licensing.clearance.codes import TERRITORIES
from licensing.clearance.use import Use
from licensing.errors import RegistryMalformed
from licensing.registry.terms import Terms
from licensing.registry.terms.preview import preview
from licensing.registry.terms.templates import TEMPLATES, terms_of

AT = datetime(2026, 1, 1, tzinfo=UTC)
FAN = Use(
    territory="JP",
    purpose="personal",
    duration_ms=8000,
    user_class="individual",
    media=("online",),
)


def terms(name: str) -> Terms:
    return terms_of(
        TEMPLATES[name],
        terms_id=f"garden-{name}",
        subject_id="garden",
        licensor_id="aoyama",
        territories=["JP", "TW"],
        currency="JPY",
        valid_from=AT,
    )


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_makes_terms_that_survive_their_document(name: str) -> None:
    made = terms(name)

    assert Terms.from_document(made.to_document()) == made
    assert TEMPLATES[name].name_ja
    assert TEMPLATES[name].summary_ja


def test_a_template_needs_a_real_place() -> None:
    with pytest.raises(RegistryMalformed):
        terms_of(
            TEMPLATES["fan"],
            terms_id="x",
            subject_id="garden",
            licensor_id="aoyama",
            territories=["XX"],
            currency="JPY",
            valid_from=AT,
        )


@pytest.mark.parametrize(
    ("name", "use", "codes", "asked_first"),
    [
        pytest.param("fan", FAN, [], False, id="a fan"),
        pytest.param(
            "fan",
            replace(FAN, purpose="commercial", content=("gore",)),
            ["terms.purpose", "content.category.gore"],
            False,
            id="a fan who sells gore",
        ),
        pytest.param("indie", replace(FAN, user_class="creator"), [], False, id="a creator"),
        pytest.param(
            "commercial",
            replace(FAN, purpose="commercial", user_class="company", duration_ms=15_000),
            [],
            False,
            id="a short advertisement",
        ),
        pytest.param(
            "commercial",
            replace(FAN, purpose="commercial", user_class="company", duration_ms=15_001),
            [],
            True,
            id="a longer one",
        ),
        pytest.param(
            "press", replace(FAN, user_class="press", content=("parody",)), [], True, id="a parody"
        ),
    ],
)
def test_a_template_allows_what_its_name_says(
    name: str, use: Use, codes: list[str], *, asked_first: bool
) -> None:
    made = terms(name)

    assert [refusal.code for refusal in made.refusals(use, AT)] == codes
    assert made.needs_approval(use) is asked_first


def test_closed_terms_are_offered_to_nobody() -> None:
    refusal = terms("closed").refuse_licensee("kirin")

    assert refusal is not None
    assert refusal.code == "terms.closed"


def test_a_fan_reads_what_is_allowed() -> None:
    lines = preview(terms("fan"))

    assert [line.en for line in lines] == [
        "Shown in: JP, TW.",
        "Made for: personal use.",
        "At most 60 s long.",
        "In content rated: all, teen.",
        "From 2026-01-01T00:00:00Z.",
        "Made by: individual.",
        "In the media: event, online.",
        "Never beside: gore, nudity, sexual, politics, religion, hate, defamation, endorsement.",
        "Free of charge.",
        "Nobody has to be asked.",
        "If revoked, with 30 days' notice: new videos end at once, old ones stay licensed.",
        "Say that it is fan work, not an official one.",
        "公式ではなくファン作品であることを明記してください。",
    ]
    assert lines[0].to_json() == {"en": "Shown in: JP, TW.", "ja": "公開地域：JP, TW。"}


MONEY = {"amount": "1234.5", "currency": "JPY"}


@pytest.mark.parametrize(
    ("members", "line"),
    [
        pytest.param({"territories": sorted(TERRITORIES)}, "Shown in: everywhere.", id="all"),
        pytest.param(
            {"territories": sorted(TERRITORIES)[:13]}, "Shown in: 13 territories.", id="many"
        ),
        pytest.param(
            {"valid_until": "2027-01-01T00:00:00Z"},
            "From 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z.",
            id="until",
        ),
        pytest.param({"licensees": []}, "Offered to: nobody.", id="nobody"),
        pytest.param(
            {"licensees": ["kirin"], "exclusive": True},
            "Offered to: kirin, and to nobody else in this scope.",
            id="exclusive",
        ),
        pytest.param({"channels": ["tv"]}, "On the channels: tv.", id="channels"),
        pytest.param({"max_lines": 1080}, "At most 1080 lines fine.", id="lines"),
        pytest.param(
            {"combinations": {"never_with": ["rival"], "never_with_tags": ["toy"]}},
            "Never together with: rival, toy.",
            id="never with",
        ),
        pytest.param(
            {"combinations": {"only_with": []}},
            "Only together with: its own franchise.",
            id="only its own",
        ),
        pytest.param(
            {"combinations": {"only_with": ["moon"]}}, "Only together with: moon.", id="only with"
        ),
        pytest.param(
            {"embargo_until": "2026-06-01T00:00:00Z"},
            "Nothing before 2026-06-01T00:00:00Z.",
            id="embargo",
        ),
        pytest.param(
            {"sunset_at": "2026-06-01T00:00:00Z"},
            "Nothing shown any more from 2026-06-01T00:00:00Z on.",
            id="sunset",
        ),
        pytest.param(
            {"quotas": [{"limit": 9, "unit": "seconds", "period": "day", "per": "all"}]},
            "At most 9 seconds in a day for all platforms together.",
            id="quota",
        ),
        pytest.param(
            {"price": {"kind": "per_second", **MONEY}}, "1,234.5 JPY for each second.", id="second"
        ),
        pytest.param(
            {"price": {"kind": "flat", **MONEY}}, "1,234.5 JPY for each video.", id="flat"
        ),
        pytest.param(
            {"price": {"kind": "per_view", "amount": "2", "currency": "JPY"}},
            "2 JPY for each view, reported later.",
            id="view",
        ),
        pytest.param(
            {
                "price": {
                    "kind": "tiered",
                    "currency": "JPY",
                    "tiers": [{"up_to_s": 5, "amount": "1"}, {"up_to_s": 60, "amount": "2"}],
                }
            },
            "By length, up to 5 s: 1 JPY, 60 s: 2 JPY.",
            id="brackets",
        ),
        pytest.param(
            {"price": {"kind": "revenue_share", "share": "1/10", "currency": "JPY"}},
            "1/10 of the net revenue in JPY, reported later.",
            id="share",
        ),
        pytest.param(
            {"price": {"kind": "flat", **MONEY}, "stack_cap": MONEY},
            "At most 1,234.5 JPY for several of the licensor's subjects in one video.",
            id="cap",
        ),
        pytest.param(
            {"guarantee": {**MONEY, "period": "year"}},
            "At least 1,234.5 JPY in a year.",
            id="least",
        ),
        pytest.param(
            {"advance": {**MONEY, "recoup": "1/1"}},
            "1,234.5 JPY in advance, recouped from fees.",
            id="advance",
        ),
        pytest.param(
            {"approval_required": True},
            "Each use is looked at within 336 hours; without an answer it is refused.",
            id="approval",
        ),
        pytest.param(
            {
                "approval_required": True,
                "approval": {
                    "answer_within_hours": 24,
                    "automatic": {"max_duration_s": 5, "max_fee": MONEY},
                },
            },
            "Each use is looked at within 24 hours, except up to 5 s and 1,234.5 JPY; "
            "without an answer it is refused.",
            id="approval of what is large",
        ),
        pytest.param(
            {
                "approval_required": True,
                "approval": {"answer_within_hours": 24, "automatic": {"max_fee": MONEY}},
            },
            "Each use is looked at within 24 hours, except up to 1,234.5 JPY; "
            "without an answer it is refused.",
            id="approval of what is dear",
        ),
    ],
)
def test_every_condition_has_its_line(members: dict[str, object], line: str) -> None:
    lines = preview(Terms.from_document({**terms("fan").to_document(), **members}))

    (japanese,) = [each.ja for each in lines if each.en == line]
    assert not japanese.isascii()


def test_what_terms_do_not_limit_has_no_line() -> None:
    told = "\n".join(line.en for line in preview(terms("closed")))

    assert "Offered to: nobody." in told
    for silent in ("Made by", "In the media", "On the channels", "Never", "lines fine"):
        assert silent not in told


def test_a_rule_for_companions_may_say_both() -> None:
    rules = {"only_with": ["moon"], "never_with": ["rival"]}
    made = Terms.from_document({**terms("fan").to_document(), "combinations": rules})

    told = [line.en for line in preview(made)]

    assert "Never together with: rival." in told
    assert "Only together with: moon." in told

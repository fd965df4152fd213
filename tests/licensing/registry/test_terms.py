"""Terms answer a use with every reason, price it exactly, and survive their document."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.clearance.codes import AUDIENCE_RATINGS, PURPOSES
from licensing.clearance.use import Use
from licensing.errors import RegistryMalformed
from licensing.money import Money
from licensing.registry.terms import (
    AudienceRatings,
    Channels,
    Flat,
    MaxDuration,
    PerSecond,
    Price,
    Purposes,
    Terms,
    Territories,
    Validity,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
DOCUMENT: dict[str, Any] = {
    "id": "garden-jp-2026",
    "subject": "garden",
    "licensor": "aoyama",
    "version": 1,
    "territories": ["JP", "TW"],
    "purposes": ["personal"],
    "max_duration_s": 30,
    "audience_ratings": ["all", "teen"],
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": "2027-01-01T00:00:00Z",
    "price": {"kind": "per_second", "amount": "0.7", "currency": "JPY"},
    "approval_required": False,
}
TERMS = Terms(
    id="garden-jp-2026",
    subject_id="garden",
    licensor_id="aoyama",
    version=1,
    territories=Territories(frozenset({"JP", "TW"})),
    purposes=Purposes(frozenset({"personal"})),
    max_duration=MaxDuration(30_000),
    ratings=AudienceRatings(frozenset({"all", "teen"})),
    validity=Validity(starts_at=START, ends_at=END),
    price=PerSecond(Money(700_000, "JPY")),
    approval_required=False,
)

amounts = st.integers(1, 10_000_000 * 1_000_000).map(lambda micros: Money(micros, "JPY"))
prices: st.SearchStrategy[Price] = st.none() | amounts.map(PerSecond) | amounts.map(Flat)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
any_terms = st.builds(
    Terms,
    id=st.sampled_from(["a", "星"]),
    subject_id=st.just("garden"),
    licensor_id=st.just("aoyama"),
    version=st.integers(1, 9),
    territories=st.sets(st.sampled_from(["JP", "FR", "US"]), min_size=1)
    .map(frozenset)
    .map(Territories),
    purposes=st.sets(st.sampled_from(PURPOSES), min_size=1).map(frozenset).map(Purposes),
    max_duration=st.integers(1, 3600).map(lambda limit_s: MaxDuration(1000 * limit_s)),
    ratings=st.sets(st.sampled_from(AUDIENCE_RATINGS), min_size=1)
    .map(frozenset)
    .map(AudienceRatings),
    validity=st.builds(
        lambda start, days: Validity(
            starts_at=start,
            ends_at=start + timedelta(days=days) if days else None,
        ),
        instants,
        st.integers(0, 9),
    ),
    price=prices,
    approval_required=st.booleans(),
    channels=st.none()
    | st.sets(st.sampled_from(["tv", "web"]), min_size=1).map(frozenset).map(Channels),
)


def test_a_use_inside_the_terms_is_not_refused() -> None:
    assert TERMS.refusals(USE, START) == ()


@pytest.mark.parametrize(
    ("use", "at", "code", "message"),
    [
        pytest.param(
            replace(USE, territory="US"),
            START,
            "terms.territory",
            "US is not among JP, TW",
            id="territory",
        ),
        pytest.param(
            replace(USE, purpose="commercial"),
            START,
            "terms.purpose",
            "commercial use is not offered, only personal",
            id="purpose",
        ),
        pytest.param(
            replace(USE, duration_ms=30_001),
            START,
            "terms.duration",
            "30.001 s is longer than 30 s",
            id="duration",
        ),
        pytest.param(
            replace(USE, audience_rating="mature"),
            START,
            "terms.rating",
            "content rated mature is not offered, only all, teen",
            id="rating",
        ),
        pytest.param(
            USE,
            START - timedelta(seconds=1),
            "terms.window",
            "the offer begins at 2026-01-01T00:00:00Z",
            id="too early",
        ),
        pytest.param(
            USE,
            END,
            "terms.window",
            "the offer ended at 2027-01-01T00:00:00Z",
            id="the end is outside",
        ),
    ],
)
def test_each_condition_says_why_it_refuses(
    use: Use,
    at: datetime,
    code: str,
    message: str,
) -> None:
    refusals = TERMS.refusals(use, at)

    assert [(refusal.code, refusal.message) for refusal in refusals] == [(code, message)]


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        pytest.param(("web",), None, id="an offered channel"),
        pytest.param(("tv", "web"), "tv is not among web", id="one channel too many"),
        pytest.param((), "an unnamed channel is not among web", id="no channel could be any"),
    ],
)
def test_terms_may_be_bound_to_channels(channels: tuple[str, ...], message: str | None) -> None:
    terms = replace(TERMS, channels=Channels(frozenset({"web"})))

    refusals = terms.refusals(replace(USE, channels=channels), START)

    assert [refusal.message for refusal in refusals] == ([message] if message else [])


def test_all_refusals_are_collected() -> None:
    use = Use(territory="US", purpose="commercial", duration_ms=60_000, audience_rating="mature")
    terms = replace(TERMS, channels=Channels(frozenset({"web"})))

    codes = [refusal.code for refusal in terms.refusals(use, END)]

    assert codes == [
        "terms.territory",
        "terms.purpose",
        "terms.duration",
        "terms.rating",
        "terms.channel",
        "terms.window",
    ]


def test_an_offer_without_an_end_stands() -> None:
    terms = replace(TERMS, validity=Validity(starts_at=START, ends_at=None))

    assert terms.refusals(USE, END) == ()


@pytest.mark.parametrize(
    ("price", "duration_ms", "fee"),
    [
        pytest.param(PerSecond(Money(700_000, "JPY")), 8000, Money(5_600_000, "JPY"), id="¥0.7/s"),
        pytest.param(PerSecond(Money(1, "JPY")), 1500, Money(2, "JPY"), id="a part is rounded up"),
        pytest.param(Flat(Money(50_000_000, "JPY")), 1, Money(50_000_000, "JPY"), id="flat"),
        pytest.param(None, 8000, None, id="free"),
    ],
)
def test_a_length_has_its_fee(price: Price, duration_ms: int, fee: Money | None) -> None:
    assert replace(TERMS, price=price).fee(duration_ms) == fee


def test_terms_are_read_from_their_document() -> None:
    assert Terms.from_document(DOCUMENT) == TERMS
    assert TERMS.to_document() == DOCUMENT


@settings(max_examples=100, deadline=None)
@given(any_terms)
def test_terms_survive_their_document_with_the_same_digest(terms: Terms) -> None:
    read = Terms.from_document(terms.to_document())

    assert read == terms
    assert read.sha256 == terms.sha256


def test_equal_terms_written_differently_have_one_digest() -> None:
    shuffled = {key: DOCUMENT[key] for key in reversed(DOCUMENT)}
    shuffled |= {
        "territories": ["TW", "JP"],
        "price": {"kind": "per_second", "amount": "0.70", "currency": "JPY"},
    }

    assert Terms.from_document(shuffled).sha256 == TERMS.sha256


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param({"max_seconds": 3}, "terms[0]", id="an unknown key may hide a condition"),
        pytest.param({"id": ""}, "terms[0].id", id="empty id"),
        pytest.param({"version": 0}, "terms[0].version", id="version zero"),
        pytest.param({"version": True}, "terms[0].version", id="version is a truth"),
        pytest.param({"version": "1"}, "terms[0].version", id="version in a string"),
        pytest.param({"territories": []}, "terms[0].territories", id="no territory"),
        pytest.param({"territories": "JP"}, "terms[0].territories", id="not a list"),
        pytest.param({"territories": ["JP", "JP"]}, "terms[0].territories", id="named twice"),
        pytest.param({"territories": ["EU"]}, "terms[0].territories[0]", id="no territory code"),
        pytest.param({"purposes": ["fun"]}, "terms[0].purposes[0]", id="unknown purpose"),
        pytest.param({"purposes": [1]}, "terms[0].purposes[0]", id="purpose is a number"),
        pytest.param({"audience_ratings": ["R18"]}, "terms[0].audience_ratings[0]", id="rating"),
        pytest.param({"channels": []}, "terms[0].channels", id="no channel"),
        pytest.param({"max_duration_s": 3601}, "terms[0].max_duration_s", id="over an hour"),
        pytest.param({"max_duration_s": 1.5}, "terms[0].max_duration_s", id="half a second"),
        pytest.param({"valid_from": "2026-01-01"}, "terms[0].valid_from", id="no time"),
        pytest.param({"valid_from": "2026-02-30T00:00:00Z"}, "terms[0].valid_from", id="no day"),
        pytest.param({"valid_from": None}, "terms[0].valid_from", id="no start"),
        pytest.param({"valid_until": 0}, "terms[0].valid_until", id="end is a number"),
        pytest.param(
            {"valid_until": "2026-01-01T00:00:00Z"},
            "terms[0].valid_until",
            id="ends when it begins",
        ),
        pytest.param({"approval_required": "no"}, "terms[0].approval_required", id="not a truth"),
        pytest.param({"price": None}, "terms[0].price", id="no price"),
        pytest.param({"price": {"kind": "auction"}}, "terms[0].price.kind", id="unknown price"),
        pytest.param({"price": {"kind": "flat"}}, "terms[0].price", id="no amount"),
        pytest.param(
            {"price": {"kind": "free", "amount": "1", "currency": "JPY"}},
            "terms[0].price",
            id="free with an amount",
        ),
        pytest.param(
            {"price": {"kind": "flat", "amount": "1", "currency": "XXX"}},
            "terms[0].price.currency",
            id="no currency",
        ),
        *(
            pytest.param(
                {"price": {"kind": "flat", "amount": amount, "currency": "JPY"}},
                "terms[0].price.amount",
                id=f"amount {amount!r}",
            )
            for amount in ("0", "0.0000001", "-1", "1e3", "01", "10000000.000001", 0.7, " 1", "１")
        ),
    ],
)
def test_a_document_that_cannot_be_checked_is_refused(change: dict[str, Any], where: str) -> None:
    with pytest.raises(RegistryMalformed) as refusal:
        Terms.from_document({**DOCUMENT, **change}, "terms[0]")

    assert refusal.value.where == where


@pytest.mark.parametrize("missing", sorted(DOCUMENT))
def test_every_key_is_needed(missing: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != missing}

    with pytest.raises(RegistryMalformed, match=missing):
        Terms.from_document(document)

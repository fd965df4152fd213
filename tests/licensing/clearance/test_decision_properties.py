"""What must hold for every decision: more never makes it freer, and order plays no part."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.canonical import canonical_json
from licensing.clearance.codes import AUDIENCE_RATINGS, PURPOSES
from licensing.clearance.decision import Decision, decide
from licensing.clearance.finding import GRANTED, rank
from licensing.clearance.use import Use, parse_use
from licensing.money import Money
from licensing.reading.mentions import Mention
from licensing.registry.identity import Identity
from licensing.registry.owners import Share
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Name, Subject
from licensing.registry.terms import (
    AudienceRatings,
    Channels,
    Combinations,
    Content,
    Embargo,
    Flat,
    MaxDuration,
    MaxLines,
    Media,
    PerSecond,
    PerView,
    Purposes,
    Quota,
    Sunset,
    Terms,
    Territories,
    UserClasses,
    Validity,
)
from licensing.registry.terms.pricing import currency_of

AT = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 2, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
LICENSORS = ("aoyama", "kagerou")
# Two franchises, a character of each, and an object of a character.
PARENTS = {"garden": None, "mio": "garden", "lamp": "mio", "rival": None, "rex": "rival"}
FRANCHISES = ("garden", "rival")
EXAMPLES = settings(max_examples=80, deadline=None)


# Each makes an offer more restrictive, or leaves it as it is.
NARROWINGS: tuple[Callable[[Terms], Terms], ...] = (
    lambda terms: replace(terms, territories=Territories(frozenset({"US"}))),
    lambda terms: replace(terms, purposes=Purposes(terms.purposes.allowed & {"commercial"})),
    lambda terms: replace(terms, max_duration=MaxDuration(5000)),
    lambda terms: replace(terms, ratings=AudienceRatings(terms.ratings.allowed & {"all"})),
    lambda terms: replace(terms, validity=Validity(starts_at=LONG_AGO, ends_at=AT)),
    lambda terms: replace(terms, approval_required=True),
    lambda terms: replace(terms, channels=Channels(frozenset({"web"}))),
    lambda terms: replace(terms, user_classes=UserClasses(frozenset({"creator"}))),
    lambda terms: replace(terms, media=Media(frozenset({"online"}))),
    lambda terms: replace(terms, max_lines=MaxLines(1080)),
    lambda terms: replace(terms, content=Content(forbidden=frozenset({"gore"}))),
    lambda terms: replace(terms, embargo=Embargo(LATER)),
    lambda terms: replace(terms, sunset=Sunset(AT)),
    lambda terms: replace(
        terms, quotas=(Quota(limit=5, unit="seconds", period="day", per="platform"),)
    ),
    lambda terms: replace(terms, combinations=Combinations(never_with=frozenset({"rival"}))),
    lambda terms: replace(terms, combinations=Combinations(only_with=frozenset({"mio"}))),
    lambda terms: replace(terms, licensees=frozenset({"kirin"})),
    lambda terms: replace(terms, licensees=frozenset({"kirin"}), exclusive=True),
)
IDENTITIES = tuple(
    Identity(real=real, minor=minor) for real in (True, False) for minor in (True, False)
)
WIDE = Terms(
    id="terms",
    subject_id="garden",
    licensor_id="aoyama",
    version=1,
    territories=Territories(frozenset({"JP", "US"})),
    purposes=Purposes(frozenset(PURPOSES)),
    max_duration=MaxDuration(30_000),
    ratings=AudienceRatings(frozenset(AUDIENCE_RATINGS)),
    validity=Validity(starts_at=LONG_AGO, ends_at=None),
    price=None,
    approval_required=False,
)

often = st.sampled_from([True] * 9 + [False])
money = st.builds(Money, st.integers(1, 10**9), often.map(lambda usual: "JPY" if usual else "USD"))
uses = st.builds(
    Use,
    territory=st.sampled_from(["JP", "US"]),
    purpose=st.sampled_from(PURPOSES),
    channels=st.sampled_from([("web",), ("web",), ("tv", "web"), ()]),
    duration_ms=st.sampled_from([1, 4999, 8000]),
    audience_rating=st.sampled_from(AUDIENCE_RATINGS),
    resolution=st.sampled_from([None, "720p", "4K"]),
    user_class=st.sampled_from([None, "creator", "creator", "press"]),
    media=st.sampled_from([(), ("online",), ("online", "game")]),
    content=st.sampled_from([(), (), ("gore",), ("sexual",)]),
)
platforms = st.sampled_from([None, "kirin", "kirin", "other"])
mentions = st.builds(
    lambda subject_id, start, strong, affirmed: Mention(
        subject_id=subject_id,
        start=start,
        end=start + 4,
        surface="name",
        evidence="exact",
        strength="strong" if strong else "weak",
        confidence=1.0,
        polarity="affirmed" if affirmed else "negated",
        reasons=(),
    ),
    st.sampled_from([*PARENTS, *PARENTS, *PARENTS, "gone"]),
    st.integers(0, 3),
    often,
    often,
)
prompts = st.lists(mentions, min_size=1, max_size=4)


@st.composite
def offers(draw: st.DrawFn, number: int) -> Terms:
    """Draw a wide offer, narrowed in a few ways."""
    price = draw(st.none() | money.map(PerSecond) | money.map(Flat) | money.map(PerView))
    currency = currency_of(price)
    terms = replace(
        WIDE,
        id=f"terms-{number}",
        subject_id=draw(st.sampled_from(sorted(PARENTS))),
        licensor_id=draw(st.sampled_from(LICENSORS)),
        price=price,
        stack_cap=draw(st.none() | st.builds(Money, st.integers(1, 10**9), st.just(currency)))
        if currency
        else None,
    )
    for narrow in draw(st.lists(st.sampled_from(NARROWINGS), max_size=2)):
        terms = narrow(terms)
    return terms


@st.composite
def snapshots(draw: st.DrawFn) -> RegistrySnapshot:
    """Draw a registry in which most things are clear."""
    subjects = {
        subject_id: Subject(
            subject_id,
            "work",
            parent,
            (Name(subject_id, "en", "official"),),
            licensed=draw(often) or draw(often),
            identity=None if draw(often) else draw(st.sampled_from(IDENTITIES)),
            public_domain=None if draw(often) else frozenset({"JP"}),
        )
        for subject_id, parent in PARENTS.items()
    }
    shares = {}
    for subject_id, parent in PARENTS.items():
        clear = ("1",) if parent is None else ()
        unclear = st.sampled_from([("1",), ("1/2", "1/2"), ("1/2",), ()])
        parts = clear if draw(often) else draw(unclear)
        shares[subject_id] = tuple(
            Share(subject_id, licensor, Fraction(part))
            for licensor, part in zip(LICENSORS, parts, strict=False)
        )
    terms: dict[str, tuple[Terms, ...]] = {}
    for number in range(draw(st.integers(2, 6))):
        offer = draw(offers(number))
        if number < len(FRANCHISES):
            offer = replace(offer, subject_id=FRANCHISES[number], licensor_id="aoyama")
        terms[offer.subject_id] = (*terms.get(offer.subject_id, ()), offer)
    return RegistrySnapshot(
        version=1,
        subjects=subjects,
        shares=shares,
        terms=terms,
        standings={} if draw(often) else {"other": "suspended"},
    )


def cost_micros(decision: Decision) -> float:
    """What it takes to get the use: a refusal is dearer than any price."""
    if decision.outcome not in GRANTED:
        return float("inf")
    return decision.price.amount_micros if decision.price else 0


@EXAMPLES
@given(snapshots(), uses, prompts, mentions, platforms)
def test_one_more_reference_is_never_more_permissive_nor_cheaper(
    snapshot: RegistrySnapshot,
    use: Use,
    some: list[Mention],
    one_more: Mention,
    platform: str | None,
) -> None:
    before = decide(some, use, snapshot, at=AT, platform_id=platform)
    after = decide([*some, one_more], use, snapshot, at=AT, platform_id=platform)

    assert rank(after.outcome) <= rank(before.outcome)
    assert cost_micros(after) >= cost_micros(before)


@EXAMPLES
@given(snapshots(), uses, prompts, st.data())
def test_stricter_terms_never_turn_a_refusal_into_a_grant(
    snapshot: RegistrySnapshot,
    use: Use,
    some: list[Mention],
    data: st.DataObject,
) -> None:
    narrow = data.draw(st.sampled_from(NARROWINGS))
    stricter = replace(
        snapshot,
        terms={
            subject_id: tuple(narrow(each) if data.draw(st.booleans()) else each for each in known)
            for subject_id, known in snapshot.terms.items()
        },
    )

    platform = data.draw(platforms)
    before = decide(some, use, snapshot, at=AT, platform_id=platform)
    after = decide(some, use, stricter, at=AT, platform_id=platform)

    assert before.outcome in GRANTED or after.outcome not in GRANTED


@EXAMPLES
@given(snapshots(), uses, prompts, st.data())
def test_the_order_of_mentions_and_offers_plays_no_part(
    snapshot: RegistrySnapshot,
    use: Use,
    some: list[Mention],
    data: st.DataObject,
) -> None:
    shuffled = replace(
        snapshot,
        terms={
            key: tuple(data.draw(st.permutations(some))) for key, some in snapshot.terms.items()
        },
    )

    first = decide(some, use, snapshot, at=AT)
    second = decide(data.draw(st.permutations(some)), use, shuffled, at=AT)

    assert canonical_json(first.to_json()) == canonical_json(second.to_json())


@EXAMPLES
@given(snapshots(), uses, prompts)
def test_a_decision_survives_json_and_pays_what_it_charges(
    snapshot: RegistrySnapshot,
    use: Use,
    some: list[Mention],
) -> None:
    decision = decide(some, use, snapshot, at=AT)

    assert Decision.from_json(decision.to_json()) == decision
    if decision.outcome in GRANTED:
        fees = [fee for charge in decision.charges if (fee := charge.fee(use.duration_ms))]
        assert sum(fee.amount_micros for fee in fees) == cost_micros(decision)


def asked_at_random(dice: Random) -> tuple[list[Mention], Use, str | None]:
    """Make a question faster than hypothesis would: nobody has to shrink it."""
    prompt = [
        Mention(
            subject_id=dice.choice([*PARENTS, "gone"]),
            start=start,
            end=start + 4,
            surface="name",
            evidence="exact",
            strength="strong",
            confidence=1.0,
            polarity="affirmed",
            reasons=(),
        )
        for start in range(dice.randint(1, 4))
    ]
    use = Use(
        territory=dice.choice(["JP", "US"]),
        purpose=dice.choice(PURPOSES),
        channels=dice.choice([("web",), ("tv", "web"), ()]),
        duration_ms=dice.randint(1, 40_000),
        audience_rating=dice.choice(AUDIENCE_RATINGS),
        user_class=dice.choice([None, "creator"]),
        content=dice.choice([(), ("gore",)]),
    )
    return prompt, use, dice.choice([None, "kirin", "other"])


@settings(max_examples=50, deadline=None)
@given(snapshots(), st.integers(0, 2**32))
def test_a_thousand_decisions_replay_to_identical_digests(
    snapshot: RegistrySnapshot, seed: int
) -> None:
    read_again = replace(
        snapshot,
        terms={
            subject_id: tuple(Terms.from_document(each.to_document()) for each in known)
            for subject_id, known in snapshot.terms.items()
        },
    )
    dice = Random(seed)
    for _ in range(20):
        prompt, use, platform = asked_at_random(dice)

        decision = decide(prompt, use, snapshot, at=AT, platform_id=platform)
        replayed = decide(prompt, parse_use(use.to_json()), read_again, at=AT, platform_id=platform)

        assert replayed.sha256 == decision.sha256

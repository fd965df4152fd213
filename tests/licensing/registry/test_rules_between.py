"""What terms say about others: companions, exclusive promises, quotas, the steps of their life."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from licensing.clearance.use import Use
from licensing.errors import TermsTransitionRefused
from licensing.registry.subjects import Name, Subject
from licensing.registry.terms import Combinations, Exclusive, Quota, Validity
from licensing.registry.terms.exclusivity import collisions
from licensing.registry.terms.lifecycle import STATUSES, check_transition

AT = datetime(2026, 11, 1, 23, 59, 30, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000)


def subject(subject_id: str, *tags: str) -> Subject:
    name = Name(subject_id.title(), "en", "official")
    return Subject(subject_id, "work", None, (name,), tags=frozenset(tags))


GARDEN, MIO, RIVAL, REX = subject("garden"), subject("mio"), subject("rival", "toy"), subject("rex")
OWN = (MIO, GARDEN)


@pytest.mark.parametrize(
    ("rules", "companion", "message"),
    [
        pytest.param(Combinations(), (REX, RIVAL), None, id="any"),
        pytest.param(
            Combinations(never_with=frozenset({"rival"})),
            (REX, RIVAL),
            "must not appear with Rex",
            id="never with a franchise's character",
        ),
        pytest.param(
            Combinations(never_with_tags=frozenset({"toy"})),
            (REX, RIVAL),
            "must not appear with Rex",
            id="never with what is tagged",
        ),
        pytest.param(
            Combinations(only_with=frozenset({"moon"})),
            (REX, RIVAL),
            "must not appear with Rex, only with what the licensor names",
            id="a stranger",
        ),
        pytest.param(Combinations(only_with=frozenset({"rival"})), (REX, RIVAL), None, id="named"),
        pytest.param(
            Combinations(only_with=frozenset()), (subject("tora"), GARDEN), None, id="of the family"
        ),
    ],
)
def test_a_companion_is_accepted_or_named(
    rules: Combinations, companion: tuple[Subject, ...], message: str | None
) -> None:
    refusals = rules.refusals(OWN, [companion])

    assert [refusal.message for refusal in refusals] == ([message] if message else [])


YEAR = Validity(
    starts_at=datetime(2026, 1, 1, tzinfo=UTC), ends_at=datetime(2027, 1, 1, tzinfo=UTC)
)
PROMISE = Exclusive(
    source="mio-kirin",
    subject_id="mio",
    holders=frozenset({"kirin"}),
    territories=frozenset({"JP", "TW"}),
    purposes=frozenset({"personal"}),
    user_classes=None,
    validity=YEAR,
)


@pytest.mark.parametrize(
    ("platform", "use", "at", "shut_out"),
    [
        pytest.param("kirin", USE, AT, False, id="the holder"),
        pytest.param("other", USE, AT, True, id="another"),
        pytest.param(None, USE, AT, True, id="nobody in particular"),
        pytest.param("other", replace(USE, territory="FR"), AT, False, id="elsewhere"),
        pytest.param("other", replace(USE, purpose="commercial"), AT, False, id="for another end"),
        pytest.param("other", USE, YEAR.ends_at, False, id="afterwards"),
    ],
)
def test_a_promise_shuts_others_out_of_its_scope(
    platform: str | None, use: Use, at: datetime, *, shut_out: bool
) -> None:
    assert PROMISE.shuts_out(platform, use, at) is shut_out


def test_a_promise_to_one_class_leaves_the_others_free() -> None:
    press = replace(PROMISE, user_classes=frozenset({"press"}))

    assert press.shuts_out("other", USE, AT)
    assert press.shuts_out("other", replace(USE, user_class="press"), AT)
    assert not press.shuts_out("other", replace(USE, user_class="creator"), AT)


@pytest.mark.parametrize(
    ("changes", "lineage", "collides"),
    [
        pytest.param({}, ("mio", "garden"), True, id="the same"),
        pytest.param({"subject_id": "garden"}, ("garden",), True, id="the franchise above"),
        pytest.param({"subject_id": "lamp"}, ("lamp", "mio", "garden"), True, id="what is below"),
        pytest.param({"subject_id": "tora"}, ("tora", "garden"), False, id="a sibling"),
        pytest.param({"subject_id": "rex"}, ("rex", "rival"), False, id="another franchise"),
        pytest.param({"holders": frozenset({"kirin"})}, ("mio", "garden"), False, id="same holder"),
        pytest.param(
            {"territories": frozenset({"FR"})}, ("mio", "garden"), False, id="another territory"
        ),
        pytest.param(
            {"purposes": frozenset({"commercial"})}, ("mio", "garden"), False, id="another purpose"
        ),
        pytest.param(
            {"user_classes": frozenset({"press"})}, ("mio", "garden"), True, id="one of all classes"
        ),
        pytest.param(
            {"validity": Validity(starts_at=datetime(2027, 1, 1, tzinfo=UTC), ends_at=None)},
            ("mio", "garden"),
            False,
            id="the year after",
        ),
        pytest.param(
            {"validity": Validity(starts_at=AT, ends_at=None)}, ("mio", "garden"), True, id="late"
        ),
    ],
)
def test_promises_to_two_platforms_must_not_meet(
    changes: dict[str, object], lineage: tuple[str, ...], *, collides: bool
) -> None:
    other = replace(
        PROMISE,
        **{"source": "other", "holders": frozenset({"other"}), **changes},  # type: ignore[arg-type]
    )

    found = list(collisions([(PROMISE, ("mio", "garden")), (other, lineage)]))

    assert found == ([(PROMISE, other)] if collides else [])


def test_promises_to_different_classes_do_not_meet() -> None:
    press = replace(PROMISE, user_classes=frozenset({"press"}))
    creators = replace(
        PROMISE,
        source="other",
        holders=frozenset({"other"}),
        user_classes=frozenset({"creator"}),
    )

    assert not press.collides(creators, related=True)


@pytest.mark.parametrize(
    ("period", "window"),
    [
        ("minute", "2026-11-01T23:59"),
        ("hour", "2026-11-01T23"),
        ("day", "2026-11-01"),
        ("month", "2026-11"),
        ("year", "2026"),
        ("term", "term"),
    ],
)
def test_a_moment_falls_into_one_window(period: str, window: str) -> None:
    quota = Quota(limit=1, unit="uses", period=period, per="all")  # type: ignore[arg-type]

    assert quota.window(AT) == window
    assert (quota.window(AT + timedelta(minutes=1)) == window) is (
        period in {"month", "year", "term"}
    )


def test_a_quota_counts_uses_or_milliseconds() -> None:
    uses = Quota(limit=3, unit="uses", period="day", per="all")
    seconds = replace(uses, unit="seconds")

    assert (uses.units_of(8000), uses.limit_units) == (1, 3)
    assert (seconds.units_of(2500), seconds.limit_units) == (2500, 3000)


def test_terms_go_forward_through_their_life_and_never_come_back_from_its_end() -> None:
    allowed = set()
    for before, after in product(STATUSES, STATUSES):
        try:
            check_transition("terms", before, after)
        except TermsTransitionRefused:
            continue
        allowed.add((before, after))

    assert allowed == {
        ("draft", "review"),
        ("draft", "withdrawn"),
        ("review", "draft"),
        ("review", "active"),
        ("review", "withdrawn"),
        ("active", "deprecated"),
        ("active", "withdrawn"),
        ("deprecated", "withdrawn"),
    }

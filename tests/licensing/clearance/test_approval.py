"""An approval's life as a pure function: who may say what, when, and what it makes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.clearance.agreement_errors import AnswerMalformed, ApprovalClosed, NotYourTurn
from licensing.clearance.approval import (
    MOST_MOVES,
    OPEN,
    Answer,
    Approval,
    CounterOffer,
    Narrowing,
    Side,
    Verb,
    answer_from,
    answered,
    is_repeated,
)
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.registry.terms import Flat

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
CLOCK = timedelta(days=2)
OFFER = CounterOffer(price=Flat(Money(5_000_000, "JPY")), narrowing=Narrowing(max_duration_ms=6000))
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="teen")

ASKED = Approval(
    id="apr_1",
    clearance_id="clr_1",
    platform_id="studio",
    licensor_id="house",
    delegates=frozenset({"agency"}),
    terms=(("t1", "00"),),
    status="requested",
    turn="licensor",
    clock=CLOCK,
    due_at=AT + CLOCK,
    moves=0,
    last=None,
    created_at=AT,
)
COUNTER = Answer(verb="counter", offer=OFFER)
COUNTERED = answered(ASKED, "licensor", COUNTER, AT)


def say(verb: Verb, **more: Any) -> Answer:  # noqa: ANN401 - members of an answer
    return Answer(verb=verb, **more)


@pytest.mark.parametrize(
    ("verb", "more", "status"),
    [
        pytest.param("grant", {}, "granted", id="yes"),
        pytest.param("decline", {}, "declined", id="no"),
        pytest.param(
            "condition", {"conditions": Narrowing(change="No rain")}, "conditional", id="if"
        ),
    ],
)
def test_a_licensors_answer_ends_it(verb: Verb, more: dict[str, Any], status: str) -> None:
    moved = answered(ASKED, "licensor", say(verb, **more), AT)

    assert (moved.status, moved.moves, moved.answered_at) == (status, 1, AT)


def test_an_offer_is_the_other_sides_turn_with_a_new_clock() -> None:
    later = AT + timedelta(days=1)

    moved = answered(ASKED, "licensor", COUNTER, later)

    assert (moved.status, moved.turn, moved.due_at) == ("countered", "platform", later + CLOCK)
    back = answered(moved, "platform", COUNTER, later)
    assert (back.status, back.turn) == ("countered", "licensor")


def test_what_is_accepted_is_the_last_offer() -> None:
    accepted = answered(COUNTERED, "platform", say("accept"), AT)

    assert accepted.status == "granted"
    assert accepted.last is not None
    assert accepted.last.offer == OFFER


@pytest.mark.parametrize(
    ("approval", "side", "answer", "error"),
    [
        pytest.param(ASKED, "platform", say("grant"), AnswerMalformed, id="granting oneself"),
        pytest.param(ASKED, "platform", COUNTER, NotYourTurn, id="out of turn"),
        pytest.param(ASKED, "licensor", say("accept"), AnswerMalformed, id="no offer yet"),
        pytest.param(
            replace(COUNTERED, turn="licensor"),
            "licensor",
            say("grant"),
            AnswerMalformed,
            id="late",
        ),
        pytest.param(ASKED, "licensor", say("counter"), AnswerMalformed, id="empty offer"),
        pytest.param(ASKED, "licensor", say("grant", offer=OFFER), AnswerMalformed, id="too much"),
        pytest.param(ASKED, "licensor", say("condition"), AnswerMalformed, id="no condition"),
        pytest.param(
            ASKED,
            "licensor",
            say("condition", conditions=Narrowing()),
            AnswerMalformed,
            id="empty condition",
        ),
        pytest.param(
            replace(ASKED, moves=MOST_MOVES), "licensor", COUNTER, AnswerMalformed, id="no end"
        ),
        pytest.param(
            replace(ASKED, status="granted"),
            "licensor",
            say("decline"),
            ApprovalClosed,
            id="closed",
        ),
        pytest.param(
            replace(ASKED, due_at=AT), "licensor", say("grant"), ApprovalClosed, id="too late"
        ),
    ],
)
def test_what_cannot_be_said_now_is_refused(
    approval: Approval, side: Side, answer: Answer, error: type[Exception]
) -> None:
    with pytest.raises(error):
        answered(approval, side, answer, AT)


def test_who_asks_may_stop_asking_at_any_time() -> None:
    for approval in (ASKED, COUNTERED):
        assert answered(approval, "platform", say("withdraw"), AT).status == "withdrawn"


@pytest.mark.parametrize(
    ("approval", "side", "answer", "repeated"),
    [
        pytest.param(ASKED, "licensor", say("grant"), False, id="first"),
        pytest.param(COUNTERED, "licensor", COUNTER, True, id="a retry"),
        pytest.param(COUNTERED, "platform", COUNTER, False, id="the other side's own"),
        pytest.param(
            answered(COUNTERED, "platform", say("accept"), AT),
            "platform",
            say("accept"),
            True,
            id="accepted twice",
        ),
        pytest.param(
            answered(ASKED, "licensor", say("grant"), AT),
            "licensor",
            say("decline"),
            False,
            id="no",
        ),
    ],
)
def test_a_retry_is_the_same_answer_of_the_same_side(
    approval: Approval, side: Side, answer: Answer, *, repeated: bool
) -> None:
    assert is_repeated(approval, side, answer) is repeated


@pytest.mark.parametrize(
    ("tenant", "side"), [("studio", "platform"), ("house", "licensor"), ("agency", "licensor")]
)
def test_each_party_has_its_side(tenant: str, side: str) -> None:
    assert ASKED.side_of(tenant) == side
    assert ASKED.side_of("stranger") is None


def test_a_use_is_narrowed_as_far_as_it_is_wider() -> None:
    narrowing = Narrowing(max_duration_ms=6000, audience_rating="all")

    narrowed = narrowing.apply(USE)

    assert (narrowed.duration_ms, narrowed.audience_rating) == (6000, "all")
    assert narrowing.unmet(USE) == "at most 6 s are allowed"
    assert "rating" in str(narrowing.unmet(replace(USE, duration_ms=1)))
    assert narrowing.unmet(narrowed) is None
    assert Narrowing(audience_rating="mature").apply(USE) == USE


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([], id="a list"),
        pytest.param({"answer": "perhaps"}, id="another verb"),
        pytest.param({"answer": "grant", "x": 1}, id="unknown member"),
        pytest.param({"answer": "grant", "note": "x" * 1001}, id="long note"),
        pytest.param({"answer": "condition", "conditions": {"max_duration_ms": 0}}, id="nothing"),
        pytest.param({"answer": "condition", "conditions": {"audience_rating": "x"}}, id="rating"),
        pytest.param({"answer": "counter", "offer": {"price": {"kind": "?"}}}, id="price"),
    ],
)
def test_an_answer_that_cannot_be_read_names_the_fault(document: object) -> None:
    with pytest.raises(AnswerMalformed, match=r"answer"):
        answer_from(document)


notes = st.sampled_from(["", "Not beside the sea"])
narrowings = st.builds(
    Narrowing,
    max_duration_ms=st.none() | st.integers(1, 3_600_000),
    audience_rating=st.sampled_from([None, "all", "teen", "mature"]),
    change=st.sampled_from([None, "No rain"]),
)


@given(
    answer=st.builds(Answer, verb=st.sampled_from(["grant", "decline"]), note=notes)
    | st.builds(Answer, verb=st.just("condition"), conditions=narrowings, note=notes)
    | st.just(COUNTER)
)
def test_an_answer_reads_back_as_it_was_written(answer: Answer) -> None:
    assert answer_from(answer.to_json()) == answer


@given(
    st.lists(st.sampled_from(["counter", "accept", "withdraw", "decline", "grant"]), max_size=30)
)
def test_every_talk_ends_once_and_within_bounds(verbs: list[Verb]) -> None:
    approval, ends = ASKED, 0
    for verb in verbs:
        answer = COUNTER if verb == "counter" else say(verb)
        side: Side = "platform" if verb == "withdraw" else approval.turn
        try:
            approval = answered(approval, side, answer, AT)
        except (AnswerMalformed, ApprovalClosed, NotYourTurn):
            continue
        ends += approval.status not in OPEN

    assert ends <= 1
    assert approval.moves <= MOST_MOVES + 1

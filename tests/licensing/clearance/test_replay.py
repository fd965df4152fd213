"""A recorded decision made again: the same bytes, or every difference by name."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.clearance.action import prompt_digest
from licensing.clearance.decision import decide
from licensing.clearance.reading_record import ReadingRecord, record_of
from licensing.clearance.replay import Prompt, replay
from licensing.clearance.use import Use
from licensing.reading.chat import request_body
from licensing.reading.judging import Judgement, Ruling, judged, question_of
from licensing.reading.read import read
from licensing.registry.document import RegistryDocument
from licensing.registry.owners import Share
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Name, Subject

AT = datetime(2026, 11, 25, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
NONCE = "7e"
SUBJECTS = (
    Subject("pika", "character", None, (Name("Pikachu", "en", "official"),)),
    Subject("ice", "work", None, (Name("Frozen", "en", "official", "common"),)),
    Subject("elsa", "character", "ice", (Name("Elsa", "en", "official", "name"),)),
)
SNAPSHOT = RegistrySnapshot.of(
    RegistryDocument(SUBJECTS, ownership=(Share("pika", "owner", Fraction(1)),)), version=3
)
PROMPT = Prompt(text="Pikachu watches Frozen", negative_text="Elsa")
WORDS = ("Pikachu", "Frozen", "Elsa", "P1kachu", "no", "and", "the film", "\u200b", "ピカ", "。")


def record(prompt: Prompt, *, rulings: tuple[Ruling, ...] | None = None) -> ReadingRecord:
    """Read and decide, with a judge that gives these rulings if there are any."""
    reading = read(
        prompt.text, SNAPSHOT.lexicon, registry_version=3, negative_text=prompt.negative_text
    )
    judgement = None
    if rulings is not None:
        question = question_of(prompt.text, reading, SNAPSHOT.subjects)
        assert question is not None
        request = request_body(question, "m")
        judgement = Judgement(outcome="answered", model="m", request=request, rulings=rulings)
        reading = judged(reading, question, judgement)
    written = record_of(
        reading,
        decide(reading.mentions, USE, SNAPSHOT, at=AT),
        SNAPSHOT,
        judgement=judgement,
        nonce=NONCE,
        prompt_sha256=prompt_digest(NONCE, prompt.joined),
    )
    # As it comes back from the database.
    return ReadingRecord.from_json(json.loads(json.dumps(written.to_json())))


def again(record: ReadingRecord, prompt: Prompt = PROMPT, **changes: Any) -> Any:  # noqa: ANN401
    facts: dict[str, Any] = {"nonce": NONCE, "use": USE, "at": AT}
    snapshot = changes.pop("snapshot", SNAPSHOT)
    return replay(record, prompt, snapshot, **(facts | changes))


def codes(found: Any) -> list[str]:  # noqa: ANN401
    return [difference.code for difference in found.differences]


def test_the_same_prompt_and_registry_give_the_same_bytes() -> None:
    found = again(record(PROMPT))

    assert found.is_identical
    assert found.to_json()["differences"] == []
    assert found.to_json()["reading"]["mentions"][0]["subject"] == "pika"
    assert found.decision.outcome == "unknown_rights"


def test_what_the_judge_said_is_a_part_of_the_record_and_nobody_is_asked_again() -> None:
    yes = Ruling(subject_id="ice", is_reference=True, quote_start=16, quote_end=22)

    found = again(record(PROMPT, rulings=(yes,)))

    assert found.is_identical
    assert found.reading.mentions[1].evidence == "judge"


def test_a_judge_that_was_not_heard_is_told_as_then() -> None:
    kept = record(PROMPT)
    unheard = Judgement(outcome="skipped", model="m", problem="it failed several times just now")
    reading = replace(
        read(PROMPT.text, SNAPSHOT.lexicon, registry_version=3, negative_text="Elsa"),
        judge=unheard.note,
    )
    decision = decide(reading.mentions, USE, SNAPSHOT, at=AT)
    kept = record_of(
        reading,
        decision,
        SNAPSHOT,
        judgement=unheard,
        nonce=NONCE,
        prompt_sha256=kept.prompt_sha256,
    )

    assert again(ReadingRecord.from_json(kept.to_json())).is_identical


def test_a_record_holds_no_word_of_the_prompt() -> None:
    yes = Ruling(subject_id="ice", is_reference=True, quote_start=16, quote_end=22)

    written = json.dumps(record(PROMPT, rulings=(yes,)).to_json())

    assert not any(word in written for word in ("Pikachu", "watches", "Frozen", "Elsa"))


def test_another_nonce_gives_another_record() -> None:
    assert again(record(PROMPT), nonce="7f").to_json()["differences"][0]["code"] == "prompt_differs"


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param(Prompt(text="Pikachu watches Frozen ", negative_text="Elsa"), id="a space"),
        pytest.param(Prompt(text="Pikachu watches Frozen"), id="without the negative prompt"),
    ],
)
def test_another_prompt_is_not_read(prompt: Prompt) -> None:
    found = again(record(PROMPT), prompt)

    assert (codes(found), found.reading, found.is_identical) == (["prompt_differs"], None, False)


def test_a_registry_that_changed_since_is_named_with_the_version_that_is_needed() -> None:
    later = RegistrySnapshot.of(RegistryDocument(SUBJECTS[:2]), version=4)

    found = again(record(PROMPT), snapshot=later)

    assert codes(found) == ["registry_differs"]
    assert "version 3" in found.differences[0].message
    assert SNAPSHOT.sha256 in found.differences[0].message


def test_the_same_registry_under_another_number_will_do() -> None:
    renumbered = RegistrySnapshot.of(
        RegistryDocument(SUBJECTS[::-1], ownership=(Share("pika", "owner", Fraction(1)),)),
        version=9,
    )

    assert again(record(PROMPT), snapshot=renumbered).is_identical


def changed_mentions(kept: ReadingRecord, **changes: object) -> ReadingRecord:
    first = dict(kept.mentions[0]) | changes
    return replace(kept, mentions=(first, *kept.mentions[1:]), reading_sha256="00")


@pytest.mark.parametrize(
    ("forge", "expected"),
    [
        pytest.param(
            lambda kept: replace(kept, normaliser="rakkan-fold/0"),
            [("normaliser_differs", "rakkan-fold/0")],
            id="another folding",
        ),
        pytest.param(
            lambda kept: replace(kept, rules_sha256="00"),
            [("rules_differ", "00")],
            id="other rules",
        ),
        pytest.param(
            lambda kept: changed_mentions(kept, strength="weak"),
            [("mention_differs", "strength was 'weak' and is 'strong'")],
            id="another strength",
        ),
        pytest.param(
            lambda kept: changed_mentions(kept, start=1),
            [("mention_added", "0-7"), ("mention_missing", "1-7 of the prompt")],
            id="another place",
        ),
        pytest.param(
            lambda kept: replace(kept, reading_sha256="00"),
            [("reading_differs", "worded")],
            id="other words",
        ),
        pytest.param(
            lambda kept: replace(kept, decision_sha256="00"),
            [("decision_differs", "another")],
            id="another decision",
        ),
    ],
)
def test_every_difference_is_named(forge: Any, expected: list[tuple[str, str]]) -> None:  # noqa: ANN401
    found = again(forge(record(PROMPT)))

    assert codes(found) == [code for code, _ in expected]
    for difference, (_, words) in zip(found.differences, expected, strict=True):
        assert words in difference.message


def test_another_decision_may_come_from_what_no_export_holds() -> None:
    barred = replace(SNAPSHOT, standings={"aurora": "suspended"})

    found = again(replace(record(PROMPT), decision_sha256="00"), snapshot=barred)

    assert codes(found) == ["decision_differs", "surroundings_differ"]


def test_other_rules_alone_do_not_make_a_decision_another_one() -> None:
    assert again(replace(record(PROMPT), rules_sha256="00")).is_identical


def test_a_judge_that_was_asked_something_else_is_named() -> None:
    kept = record(PROMPT, rulings=())
    assert kept.judge is not None
    other = replace(kept, judge=replace(kept.judge, request_sha256="00"))
    unasked = record(Prompt(text="Pikachu"))

    assert codes(again(other)) == ["judge_question_differs"]
    found = again(replace(unasked, judge=other.judge), Prompt(text="Pikachu"))
    assert "judge_question_differs" in codes(found)


def prompts() -> st.SearchStrategy[Prompt]:
    text = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=8).map(" ".join)
    safe = text.filter(lambda each: not any("\ud800" <= one <= "\udfff" for one in each))
    return st.builds(Prompt, text=safe, negative_text=st.none() | safe)


def check(prompt: Prompt) -> None:
    first, second = again(record(prompt), prompt), again(record(prompt), prompt)

    assert first.is_identical, first.differences
    assert json.dumps(first.to_json()) == json.dumps(second.to_json())


@settings(max_examples=60)
@given(prompts())
def test_any_reading_replays(prompt: Prompt) -> None:
    check(prompt)


@pytest.mark.soak
@settings(max_examples=1000)
@given(prompts())
def test_a_thousand_readings_replay(prompt: Prompt) -> None:
    check(prompt)


def documents() -> Iterator[RegistryDocument]:
    yield RegistryDocument(SUBJECTS)
    yield RegistryDocument(SUBJECTS[:2])
    yield RegistryDocument((replace(SUBJECTS[0], licensed=False), *SUBJECTS[1:]))
    yield RegistryDocument(SUBJECTS, ownership=(Share("pika", "owner", Fraction(1)),))
    yield RegistryDocument(SUBJECTS, ownership=(Share("pika", "owner", Fraction(1, 2)),))


def test_every_change_of_a_registry_changes_its_digest_and_its_order_does_not() -> None:
    digests = [RegistrySnapshot.of(each, version=1).sha256 for each in documents()]
    turned = RegistrySnapshot.of(RegistryDocument(SUBJECTS[::-1]), version=2).sha256

    assert len(set(digests)) == len(digests)
    assert turned == digests[0]


def test_another_export_is_told_from_an_older_registry() -> None:
    given = RegistrySnapshot.of(RegistryDocument(SUBJECTS[:1]), version=3)

    assert (
        "what was given is another" in again(record(PROMPT), snapshot=given).differences[0].message
    )

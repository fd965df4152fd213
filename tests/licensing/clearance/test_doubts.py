"""Doubts: what a platform may ask the user, and never more than that."""

from typing import Any

import pytest

from licensing.clearance.doubts import doubts_of


def mention(subject: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "subject": subject,
        "start": 0,
        "end": 5,
        "evidence": "description",
        "strength": "weak",
        "polarity": "affirmed",
        "confidence": 0.5,
        **changes,
    }


@pytest.mark.parametrize(
    ("mentions", "decided", "asked"),
    [
        pytest.param([mention("a")], [], ["a"], id="a description"),
        pytest.param([mention("a", evidence="exact")], [], ["a"], id="a name in doubt"),
        pytest.param([mention("a", strength="strong")], [], [], id="a name without doubt"),
        pytest.param([mention("a", polarity="negated")], [], [], id="somebody unwanted"),
        pytest.param([mention("a")], ["a"], [], id="somebody decided about"),
        pytest.param([mention("a"), mention("a", start=9)], [], ["a"], id="each once"),
        pytest.param(
            [mention("a", confidence=0.3), mention("b", confidence=0.6)],
            [],
            ["b", "a"],
            id="the likeliest first",
        ),
        pytest.param(
            [mention(str(number)) for number in range(9)], [], list("01234"), id="a few at most"
        ),
    ],
)
def test_weak_mentions_become_questions(
    mentions: list[dict[str, Any]], decided: list[str], asked: list[str]
) -> None:
    assert [each["subject"] for each in doubts_of(mentions, decided)] == asked


def test_a_question_says_what_to_do_in_both_languages() -> None:
    described, hinted = doubts_of([mention("mio"), mention("rei", evidence="exact")], [])

    assert described["message"].startswith("The prompt describes 'mio'.")
    assert "特徴" in described["message_ja"]
    assert hinted["message"].startswith("The prompt hints at 'rei'.")
    assert described["mention"] == {"start": 0, "end": 5}

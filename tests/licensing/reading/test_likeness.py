"""What makes a description: three traits of different kinds, one distinctive, none alone."""

import pytest

from licensing.reading.features import Feature
from licensing.reading.likeness import Shared, least_weight, likeness
from licensing.reading.vocabulary import Kind


def shared(*weighed: tuple[str, Kind, float]) -> Shared:
    """Lay features out one behind the other, each with its weight in the profile."""
    return {
        key: (weight, Feature(key, place * 20, place * 20 + len(key), weight, kind))
        for place, (key, kind, weight) in enumerate(weighed)
    }


PIRATE = shared(
    ("straw hat", "clothes", 0.7), ("eyepatch", "clothes", 0.5), ("pirate", "being", 0.5)
)


@pytest.mark.parametrize(
    ("given", "words", "expected"),
    [
        pytest.param(
            shared(("hat", "clothes", 0.6), ("eye", "body", 0.3), ("pirate", "being", 0.6)),
            20,
            1.25,
            id="three kinds and enough",
        ),
        pytest.param(
            shared(("hat", "clothes", 0.6), ("eye", "body", 0.3), ("pirate", "being", 0.6)),
            60,
            None,
            id="not enough for a long text",
        ),
        pytest.param(
            shared(("hat", "clothes", 0.6), ("pirate", "being", 0.9)), 20, None, id="two traits"
        ),
        pytest.param(PIRATE, 20, None, id="two kinds"),
        pytest.param(
            shared(("hat", "clothes", 0.9), ("red", "colour", 0.5), ("soft", "mood", 0.5)),
            20,
            None,
            id="one kind that tells beings apart",
        ),
        pytest.param(
            shared(("teddy bear", "being", 9.0), ("fur", "body", 0.2), ("red", "colour", 0.1)),
            20,
            None,
            id="one heavy trait counts for half at most",
        ),
        pytest.param(
            shared(
                *((f"b{at}", "body", 0.2) for at in range(4)),
                *((f"o{at}", "other", 0.2) for at in range(4)),
                ("red", "colour", 0.2),
            ),
            20,
            None,
            id="nothing distinctive",
        ),
        pytest.param(
            shared(
                ("hat", "clothes", 0.6),
                ("eye", "body", 0.2),
                ("forest", "setting", 5.0),
                ("calm", "mood", 5.0),
            ),
            20,
            None,
            id="scenery counts little",
        ),
        pytest.param(
            shared(("猫型", "being", 0.9), ("鈴", "body", 0.3), ("青い", "being", 0.3)),
            20,
            1.1,
            id="kinds are not told apart in Japanese",
        ),
    ],
)
def test_a_description_is_scored(given: Shared, words: int, expected: float | None) -> None:
    score = likeness(given, words=words, fiction=1.0)

    assert score == (None if expected is None else pytest.approx(expected))


def test_fiction_lowers_what_is_enough() -> None:
    traits = shared(("hat", "clothes", 0.4), ("eye", "body", 0.3), ("pirate", "being", 0.4))

    assert likeness(traits, words=20, fiction=1.0) is None
    assert likeness(traits, words=20, fiction=1.3) == pytest.approx(1.1 * 1.3 / 1.2)
    assert least_weight(1.3) < least_weight(1.0)

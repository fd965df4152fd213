"""
How much the features that a text shares with a profile describe the profile's subject.

A description needs three traits of different kinds, one of them distinctive, and weight enough in
all: no single trait, be it as rare as a teddy bear, is worth more than half of that. A long text
shares more features with anybody by accident, so it needs more.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from licensing.reading.features import SPACED, Feature

FEWEST_FEATURES: Final = 3
# Of the kinds that tell beings apart, and of all kinds. Chinese and Japanese words are not known
# well enough to tell their kinds: there it takes different traits.
_FEWEST_TELLING_KINDS: Final = 2
_FEWEST_KINDS: Final = 3
_ENOUGH: Final[dict[str, float]] = {"spaced": 1.2, "unspaced": 1.0}
# A feature worth this part of what is enough is distinctive; more than the other part never counts.
_DISTINCTIVE: Final = 0.25
_MOST_OF_ONE: Final = 0.5
# Distinct words up to which a text is short, and the part of what is enough that as many more add.
_SHORT_WORDS: Final = 40
_MORE_FOR_LENGTH: Final = 0.75

THRESHOLDS: Final = {
    "described.fewest_features": FEWEST_FEATURES,
    "described.fewest_telling_kinds": _FEWEST_TELLING_KINDS,
    "described.fewest_kinds": _FEWEST_KINDS,
    **{f"described.enough_{script}": each for script, each in _ENOUGH.items()},
    "described.distinctive": _DISTINCTIVE,
    "described.most_of_one": _MOST_OF_ONE,
    "described.short_words": _SHORT_WORDS,
    "described.more_for_length": _MORE_FOR_LENGTH,
}

_TELLING: Final = frozenset({"being", "body", "clothes", "other"})
# Places and moods, however many, count no more than this.
_SCENERY: Final = frozenset({"setting", "mood"})
_MOST_SCENERY: Final = 0.3
# Features of one profile that a text has too, by key, each with its weight in the profile.
Shared = Mapping[str, tuple[float, Feature]]


def least_weight(fiction: float) -> float:
    """Give the weight below which nothing is a description, whatever its script and length."""
    return min(_ENOUGH.values()) / fiction


def likeness(shared: Shared, *, words: int, fiction: float) -> float | None:
    """
    Score what a text shares with a profile: 1 is just enough. None when it is no description.

    `words` counts the distinct words of the text, `fiction` is above 1 when it speaks of a
    character.
    """
    spaced = all(map(SPACED.match, shared))
    enough = _ENOUGH["spaced" if spaced else "unspaced"]
    heaviest = apart(shared.values())
    if len(heaviest) < FEWEST_FEATURES:
        return None
    if spaced and not _of_several_kinds(heaviest):
        return None
    if max(weight for weight, _ in heaviest) < _DISTINCTIVE * enough:
        return None
    score = scenery = 0.0
    for weight, feature in heaviest:
        if feature.kind in _SCENERY:
            scenery += weight
        else:
            score += min(weight, _MOST_OF_ONE * enough)
    longer = max(0, words - _SHORT_WORDS) / _SHORT_WORDS if spaced else 0.0
    needed = enough * (1 + _MORE_FOR_LENGTH * longer) / fiction
    total = score + min(scenery, _MOST_SCENERY)
    return total / needed if total >= needed else None


def _of_several_kinds(features: Iterable[tuple[float, Feature]]) -> bool:
    kinds = {feature.kind for _, feature in features}
    return len(kinds) >= _FEWEST_KINDS and len(kinds & _TELLING) >= _FEWEST_TELLING_KINDS


def apart(found: Iterable[tuple[float, Feature]]) -> list[tuple[float, Feature]]:
    """Keep the heaviest features that do not overlap: `teddy bear` counts once."""
    kept: list[tuple[float, Feature]] = []
    taken: set[int] = set()
    for weight, feature in sorted(found, key=lambda each: (-each[0], each[1].start)):
        span = range(feature.start, feature.end)
        if not taken.intersection(span):
            taken.update(span)
            kept.append((weight, feature))
    return kept

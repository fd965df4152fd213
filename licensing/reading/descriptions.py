"""
Subjects that a prompt describes and does not name.

The registry's traits and descriptions are taken apart into features. One weighs the more, the rarer
its word is in the language and the fewer subjects have it. A prompt that has enough of a subject's
weight, in features of several kinds, describes it: a hint to ask about, no more.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from licensing.reading import likeness
from licensing.reading.features import Feature, features_of
from licensing.reading.likeness import FEWEST_FEATURES, Shared, apart
from licensing.reading.normalise import fold
from licensing.reading.profiles import Profiles
from licensing.registry.subjects import Subject

WINDOW_CHARS: Final = 900
_STEP_CHARS: Final = 450
_MOST_SHOWN: Final = 6
# A runner-up this close to the best is described as well.
_CLOSE: Final = 0.9
_LEAST_CONFIDENCE: Final = 0.3
_MOST_CONFIDENCE: Final = 0.75
# How much less it counts that a feature is shared, with each further e times as many profiles.
_FEW_PROFILES: Final = 128
_CROWDING: Final = 0.5

THRESHOLDS: Final = {
    **likeness.THRESHOLDS,
    "described.least_confidence": _LEAST_CONFIDENCE,
    "described.most_confidence": _MOST_CONFIDENCE,
    "described.few_profiles": _FEW_PROFILES,
    "described.crowding": _CROWDING,
}

# A prompt that speaks of a character means somebody rather than anybody.
_FICTION: Final = re.compile(
    r"\b(?:characters?|cartoons?|superhero(?:es)?|anthropomorphic|fictional|fairy tale|mascot|"
    r"comic|video games?|anime|vigilante|protagonist|heroine)\b|キャラ|アニメ|主人公|角色|动画",
)
_FICTION_WEIGHT: Final = 1.3


@dataclass(frozen=True, slots=True)
class Described:
    """
    A subject that a text describes, from the first to the last of the features that say so.

    Places are of the folded text; `features` are the weightiest, in the order of the text.
    """

    subject_id: str
    start: int
    end: int
    confidence: float
    features: tuple[tuple[int, int], ...]


class Descriptions:
    """What subjects look like: every feature with the profiles that have it, and its weight."""

    def __init__(self, profiles: Profiles) -> None:
        self.profiles = profiles
        holders = np.bincount(profiles.features, minlength=len(profiles.keys))
        # In a large registry every trait is somebody else's too, and says little less for that.
        crowd = 1 + _CROWDING * math.log(max(1.0, len(profiles.owners) / _FEW_PROFILES))
        rarity = np.array([1 + math.log(max(1, count)) / crowd for count in holders.tolist()])
        shared = profiles.weights / rarity[profiles.features]
        squares = np.bincount(profiles.profiles, shared * shared, minlength=len(profiles.owners))
        weights = shared / np.sqrt(np.sqrt(squares))[profiles.profiles]
        # Postings: the profiles that have a feature, in their order, feature by feature.
        order = np.argsort(profiles.features, kind="stable")
        self._holders = profiles.profiles[order]
        self._weights = weights[order]
        self._starts = [0, *np.cumsum(holders).tolist()]
        self._numbers = {key: number for number, key in enumerate(profiles.keys)}

    @classmethod
    def of(cls, subjects: Iterable[Subject]) -> "Descriptions":
        """Index the traits and descriptions of subjects."""
        return cls(profiles_of(subjects))

    def find(self, text: str) -> list[Described]:
        """Find the subjects that a folded text describes, the best of each part of it."""
        if not self.profiles.owners:
            return []
        features = list(features_of(text))
        fiction = _FICTION_WEIGHT if _FICTION.search(text) else 1.0
        best: dict[str, Described] = {}
        first = 0
        for low in range(0, max(1, len(text) - _STEP_CHARS), _STEP_CHARS):
            while first < len(features) and features[first].start < low:
                first += 1
            last = first
            while last < len(features) and features[last].end <= low + WINDOW_CHARS:
                last += 1
            for found in self._in_window(features[first:last], fiction):
                known = best.get(found.subject_id)
                if known is None or found.confidence > known.confidence:
                    best[found.subject_id] = found
        return sorted(best.values(), key=lambda found: (found.start, found.end, found.subject_id))

    def _in_window(self, features: list[Feature], fiction: float) -> list[Described]:
        matched = self._matched(features, likeness.least_weight(fiction))
        words = len({feature.key for feature in features if feature.key.isalpha()})
        scored: list[tuple[float, int]] = []
        for index, found in matched.items():
            score = likeness.likeness(found, words=words, fiction=fiction)
            if score is not None:
                scored.append((score, index))
        if not scored:
            return []
        scored.sort(key=lambda each: (-each[0], each[1]))
        least = scored[0][0] * _CLOSE
        return [
            self._described(index, score, matched[index])
            for score, index in scored
            if score >= least
        ]

    def _matched(
        self,
        features: list[Feature],
        enough: float,
    ) -> dict[int, dict[str, tuple[float, Feature]]]:
        """Give what the profiles that may be described have of a text, feature by feature."""
        first: dict[int, Feature] = {}
        for feature in features:
            if (number := self._numbers.get(feature.key)) is not None:
                first.setdefault(number, feature)
        if len(first) < FEWEST_FEATURES:
            return {}
        spans = [slice(self._starts[number], self._starts[number + 1]) for number in first]
        holders = np.concatenate([self._holders[span] for span in spans])
        weights = np.concatenate([self._weights[span] for span in spans])
        counts = np.bincount(holders)
        sums = np.bincount(holders, weights)
        likely = np.flatnonzero((counts >= FEWEST_FEATURES) & (sums >= enough)).tolist()
        if not likely:
            return {}
        origins = np.repeat(np.arange(len(spans)), [span.stop - span.start for span in spans])
        found = list(first.values())
        return {
            index: {
                found[origins[at]].key: (float(weights[at]), found[origins[at]])
                for at in np.flatnonzero(holders == index).tolist()
            }
            for index in likely
        }

    def _described(
        self,
        index: int,
        score: float,
        matched: Shared,
    ) -> Described:
        heaviest = apart(matched.values())
        shown = sorted({(each.start, each.end) for _, each in heaviest[:_MOST_SHOWN]})
        confidence = min(_MOST_CONFIDENCE, _LEAST_CONFIDENCE * score)
        return Described(
            self.profiles.owners[index],
            shown[0][0],
            max(end for _, end in shown),
            round(confidence, 2),
            tuple(shown),
        )


def profiles_of(subjects: Iterable[Subject]) -> Profiles:
    """Weigh the traits and descriptions of subjects, one profile for each language."""
    return Profiles.of(
        (subject.id, weights)
        for subject in subjects
        for weights in _weights_by_language(subject).values()
    )


def _weights_by_language(subject: Subject) -> dict[str, dict[str, float]]:
    """Collect the weights of a subject's features, by primary language tag."""
    languages: dict[str, dict[str, float]] = defaultdict(dict)
    told = [(trait.lang, trait.text) for trait in subject.traits]
    told += [(description.lang, description.text) for description in subject.descriptions]
    for lang, text in told:
        weights = languages[lang.split("-", 1)[0].lower()]
        for feature in features_of(fold(text).text):
            weights[feature.key] = max(weights.get(feature.key, 0.0), feature.weight)
    return languages

"""
Subjects that a prompt describes and does not name.

The registry's traits and descriptions are taken apart into features: word stems and pairs of them
in spaced scripts, runs and pairs of characters in Chinese and Japanese. A feature weighs the more,
the rarer its word is in the language and the fewer subjects have it. A prompt that has enough of a
subject's weight, in features of several kinds, describes it: a hint to ask about, no more.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from licensing.reading.normalise import fold
from licensing.reading.profiles import Profiles
from licensing.reading.vocabulary import FUNCTION_WORDS, KINDS, Kind, stem
from licensing.reading.words import tiers
from licensing.registry.subjects import Subject

WINDOW_CHARS: Final = 900
_STEP_CHARS: Final = 450
_FEWEST_FEATURES: Final = 3
_FEWEST_KINDS: Final = 2
_MOST_SHOWN: Final = 6
_ENOUGH: Final[dict[str, float]] = {"spaced": 1.6, "unspaced": 1.2}
# A runner-up this close to the best is described as well.
_CLOSE: Final = 0.9
_LEAST_CONFIDENCE: Final = 0.3
_MOST_CONFIDENCE: Final = 0.75

THRESHOLDS: Final = {
    "described.fewest_features": _FEWEST_FEATURES,
    "described.fewest_kinds": _FEWEST_KINDS,
    **{f"described.enough_{script}": each for script, each in _ENOUGH.items()},
    "described.least_confidence": _LEAST_CONFIDENCE,
    "described.most_confidence": _MOST_CONFIDENCE,
}

_WEIGHTS: Final[dict[int | None, float]] = {10: 1.0, 20: 2.0, 35: 3.0, 50: 4.0, None: 4.0}
_BY_KIND: Final[dict[Kind, float]] = {
    "being": 1.0,
    "body": 1.0,
    "clothes": 1.0,
    "colour": 0.5,
    "setting": 0.25,
    "mood": 0.15,
    "other": 0.7,
}
_TELLING: Final = frozenset({"being", "body", "clothes", "other"})
# Places and moods, however many, count no more than this.
_SCENERY: Final = frozenset({"setting", "mood"})
_MOST_SCENERY: Final = 0.3
# A prompt that speaks of a character means somebody rather than anybody.
_FICTION: Final = re.compile(
    r"\b(?:characters?|cartoons?|superhero(?:es)?|anthropomorphic|fictional|fairy tale|mascot|"
    r"comic|video games?|anime|vigilante|protagonist|heroine)\b|キャラ|アニメ|主人公|角色|动画",
)
_FICTION_WEIGHT: Final = 1.3
_PAIR_WEIGHT: Final = 1.2
_KANJI_WEIGHT: Final = 0.7
_KANJI_PAIR_WEIGHT: Final = 2.5
# Characters of grammar, number, colour and place that stand in every caption.
_KANJI_COMMON: Final = frozenset(
    "的一个個只是在了有着上下里裡中和与與它他她这這那不很从從把被用为為到出来來去会會能都就也"
    "人男女子物时時年日色红紅黑黒白赤青緑绿黄蓝藍大小高長长前後后左右間内外入手立持見着行座置"
    "两両二三十数何方部面様付使",
)
_KATAKANA_WEIGHT: Final = 3.0
_HIRAGANA_WEIGHT: Final = 0.8

_SPACED: Final = re.compile(r"[^\W\d_一-鿿ぁ-ヺー]+")
_RUN: Final = re.compile(r"[一-鿿々]+|[ァ-ヺー]{2,}|[ぁ-ゖー]{3,}")
_HIRAGANA_FUNCTION: Final = re.compile(
    "(?:して|した|する|いる|ある|ない|なる|れる|られ|よう|そう|こと|もの|ため|など|だけ|たち|その|この|あの|という|として|"
    "によ|につ|てい|って|った|ました|ます|です|でした|され|なが|たり|だり|へと|には|では|とは|にも|でも|ので|のに|"
    "また|そし|つけた|つけて|かけて|みたい|っぽい|ふうの|から|まで|より|ところ|ている|ていた|ります|しま|をし)",
)
_HIRAGANA_LENGTHS: Final = (3, 4)


@dataclass(frozen=True, slots=True)
class Feature:
    """A piece of a text that may be a piece of a description too."""

    key: str
    start: int
    end: int
    weight: float
    kind: Kind


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
        rarity = np.array([1 + math.log(max(1, count)) for count in holders.tolist()])
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
        matched = self._matched(features, min(_ENOUGH.values()) / fiction)
        scored: list[tuple[float, int]] = []
        for index, found in matched.items():
            spaced = all(map(_SPACED.match, found))
            enough = _ENOUGH["spaced" if spaced else "unspaced"] / fiction
            if len(found) < _FEWEST_FEATURES or sum(each[0] for each in found.values()) < enough:
                continue
            heaviest = _apart(found.values())
            kinds = {each.kind for _, each in heaviest if each.kind in _TELLING}
            if len(heaviest) < _FEWEST_FEATURES or len(kinds) < _FEWEST_KINDS:
                continue
            scenery = sum(weight for weight, each in heaviest if each.kind in _SCENERY)
            score = sum(weight for weight, each in heaviest if each.kind not in _SCENERY)
            score += min(scenery, _MOST_SCENERY)
            scored.append((score / enough, index))
        if not scored:
            return []
        scored.sort(key=lambda each: (-each[0], each[1]))
        least = max(1.0, scored[0][0] * _CLOSE)
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
        if len(first) < _FEWEST_FEATURES:
            return {}
        spans = [slice(self._starts[number], self._starts[number + 1]) for number in first]
        holders = np.concatenate([self._holders[span] for span in spans])
        weights = np.concatenate([self._weights[span] for span in spans])
        counts = np.bincount(holders)
        sums = np.bincount(holders, weights)
        likely = np.flatnonzero((counts >= _FEWEST_FEATURES) & (sums >= enough)).tolist()
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
        matched: Mapping[str, tuple[float, Feature]],
    ) -> Described:
        heaviest = _apart(matched.values())
        shown = sorted({(each.start, each.end) for _, each in heaviest[:_MOST_SHOWN]})
        confidence = min(_MOST_CONFIDENCE, _LEAST_CONFIDENCE * score)
        return Described(
            self.profiles.owners[index],
            shown[0][0],
            max(end for _, end in shown),
            round(confidence, 2),
            tuple(shown),
        )


def _apart(found: Iterable[tuple[float, Feature]]) -> list[tuple[float, Feature]]:
    """Keep the heaviest features that do not overlap: `teddy bear` counts once."""
    kept: list[tuple[float, Feature]] = []
    taken: set[int] = set()
    for weight, feature in sorted(found, key=lambda each: (-each[0], each[1].start)):
        span = range(feature.start, feature.end)
        if not taken.intersection(span):
            taken.update(span)
            kept.append((weight, feature))
    return kept


def features_of(text: str) -> Iterator[Feature]:
    """Take a folded text apart, in its order."""
    found = [*_spaced_features(text), *_unspaced_features(text)]
    found.sort(key=lambda feature: (feature.start, feature.end))
    yield from found


def _spaced_features(text: str) -> Iterator[Feature]:
    before: Feature | None = None
    for match in _SPACED.finditer(text):
        word = match[0]
        if word in FUNCTION_WORDS:
            before = None
            continue
        stemmed, kind, weight = _weigh(word)
        feature = Feature(stemmed, match.start(), match.end(), weight, kind)
        yield feature
        if before is not None:
            yield Feature(
                f"{before.key} {stemmed}",
                before.start,
                match.end(),
                _PAIR_WEIGHT * (before.weight + weight),
                kind,
            )
        before = feature


@lru_cache(maxsize=16384)
def _weigh(word: str) -> tuple[str, Kind, float]:
    """Give the stem of a word, its kind, and what it weighs alone."""
    stemmed = stem(word)
    kind = KINDS.get(stemmed, "other")
    known = tiers()
    return stemmed, kind, _WEIGHTS[known.get(word, known.get(stemmed))] * _BY_KIND[kind]


def _unspaced_features(text: str) -> Iterator[Feature]:
    """Yield features of Chinese and Japanese; their kinds are told by script, for want of words."""
    for match in _RUN.finditer(text):
        run, start = match[0], match.start()
        if "ァ" <= run[0] <= "ヺ" or run[0] == "ー":
            yield Feature(run, start, match.end(), _KATAKANA_WEIGHT, "clothes")
        elif "ぁ" <= run[0] <= "ゖ":
            for size in _HIRAGANA_LENGTHS:
                for at in range(len(run) - size + 1):
                    piece = run[at : at + size]
                    if not _HIRAGANA_FUNCTION.search(piece):
                        weight = _HIRAGANA_WEIGHT * (size - 1)
                        yield Feature(piece, start + at, start + at + size, weight, "other")
        else:
            for at in range(len(run)):
                if run[at] not in _KANJI_COMMON:
                    yield Feature(run[at], start + at, start + at + 1, _KANJI_WEIGHT, "body")
                pair = run[at : at + 2]
                if len(pair) > 1 and not _KANJI_COMMON.issuperset(pair):
                    yield Feature(pair, start + at, start + at + 2, _KANJI_PAIR_WEIGHT, "being")


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

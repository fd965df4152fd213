"""
Features: the pieces of a text that may be pieces of a description, each with its kind and weight.

In spaced scripts they are word stems and pairs of them, in Chinese and Japanese runs and pairs of
characters. A word weighs the more, the rarer it is in the language, and by what it speaks of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from licensing.reading.vocabulary import FUNCTION_WORDS, KINDS, Kind, stem
from licensing.reading.words import tiers

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

SPACED: Final = re.compile(r"[^\W\d_一-鿿ぁ-ヺー]+")
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


def features_of(text: str) -> Iterator[Feature]:
    """Take a folded text apart, in its order."""
    found = [*_spaced_features(text), *_unspaced_features(text)]
    found.sort(key=lambda feature: (feature.start, feature.end))
    yield from found


def _spaced_features(text: str) -> Iterator[Feature]:
    before: Feature | None = None
    for match in SPACED.finditer(text):
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

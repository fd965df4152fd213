"""
The skeleton of a text: its letters and digits alone, each by its canonical character.

One automaton over skeletons finds a name however it is spaced, dotted, accented, or written with
look-alikes; `disguise` then judges from the text itself whether the place is that name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from licensing.reading.lookalikes import (
    FOREIGN,
    LEET,
    LEET_SIGNS,
    SEPARATOR,
    Canon,
    canonical,
    latin_lookalike,
)
from licensing.reading.normalise import Folded

_CANON: Final = Canon()
_LEET_SIGNS_PRESENT: Final = re.compile("[$€£!|@+¡]")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile("[a-z]")
_RUNS: Final = re.compile(f"[^{SEPARATOR}]+")
LENGTH_MARK: Final = "ー"
_SPELT: Final = str.maketrans(LEET)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Canonical characters, and where in the folded text each of them stands."""

    text: str
    places: Sequence[int]


def has_signs(folded: Folded) -> bool:
    """Whether a text has signs that may stand for letters, or part them: `$onic`, `P|k|a`."""
    return bool(_LEET_SIGNS_PRESENT.search(folded.text) and LEET_SIGNS.search(folded.text))


def skeleton(folded: Folded, original: str, *, signs_spell: bool = True) -> Skeleton:
    """
    Take the skeleton of a folded text; `original` is what it was folded from.

    `signs_spell` reads signs such as `$` beside letters as letters; otherwise they part them.
    """
    runs: list[str] = []
    places: list[int] = []
    for match in _RUNS.finditer(_canonical(folded, original, signs_spell=signs_spell)):
        runs.append(match[0])
        places.extend(range(match.start(), match.end()))
    return Skeleton("".join(runs), places)


def _canonical(folded: Folded, original: str, *, signs_spell: bool) -> str:
    """Map every folded character to its canonical one, place by place."""
    text = folded.text
    if signs_spell and _LEET_SIGNS_PRESENT.search(text):
        text = LEET_SIGNS.sub(lambda match: match[0].translate(_SPELT), text)
    mapped = text.translate(_CANON)
    if not FOREIGN.search(text):
        return mapped
    # A word that mixes scripts is read by the look of its capitals: Н is an H, though н is no h.
    characters = list(mapped)
    for word in _LETTERS.finditer(text):
        if not _LATIN.search(word[0]):
            continue
        for letter in FOREIGN.finditer(text, word.start(), word.end()):
            shown = original[folded.offsets[letter.start()]]
            if (latin := latin_lookalike(shown)) is not None:
                characters[letter.start()] = canonical(latin)
    return "".join(characters)


@dataclass(frozen=True, slots=True)
class Gaps:
    """
    What stands between the characters of a skeleton.

    `between` maps the number of characters before a gap to its text without length marks; `marks`
    are the numbers where a kana length mark stands, which is one of them at the very end too.
    """

    between: dict[int, str]
    marks: frozenset[int]


def gaps_of(text: str, places: Sequence[int]) -> Gaps:
    """Collect the gaps inside a name or a place of a text."""
    between: dict[int, str] = {}
    marks: set[int] = set()
    for count in range(1, len(places)):
        start, end = places[count - 1] + 1, places[count]
        if start == end:
            continue
        gap = text[start:end]
        if LENGTH_MARK in gap:
            marks.add(count)
            gap = gap.replace(LENGTH_MARK, "")
        if gap:
            between[count] = gap
    return Gaps(between, frozenset(marks))

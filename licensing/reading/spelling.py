"""
Names with one spelling mistake: a letter too many, too few, another one, or two swapped.

A mistake leaves the first or the second half of a name as it is, so that two entries a name are
enough to nominate it, and a text costs a few look-ups a word. Ordinary words are never taken for
misspelt names.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from licensing.reading.words import is_inflected

FEWEST_LETTERS: Final = 6
_MOST_WORDS: Final = 5
_MOST_NOMINEES: Final = 64
_MOST_STRANGE: Final = 200
_FEW_STRANGE: Final = 8
_END_CHARS: Final = 3

_WORD: Final = re.compile("[a-z\u00df-\u024f]+")
_GAP: Final = re.compile(r"[ \-_'.・:]{1,2}")
_SENTENCE_END: Final = re.compile(r"(?<!\bmr)(?<!\bdr)(?<!\bst)(?<!\bms)(?<!\bjr)(?<!\bmrs)[.:] ")


@dataclass(frozen=True, slots=True)
class Spelling:
    """The names that may be misspelt: (place in the lexicon, letters, number of words)."""

    names: tuple[tuple[int, str, int], ...]
    _ends: frozenset[str] = field(repr=False)
    _halves: Mapping[tuple[int, str], list[int]] = field(repr=False)
    _word_counts: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, names: Iterable[tuple[int, str, int]]) -> "Spelling":
        """Index names of at least `FEWEST_LETTERS` letters, spaces counted."""
        kept = tuple(
            (place, letters, words)
            for place, letters, words in names
            if len(letters) + words > FEWEST_LETTERS
            and words <= _MOST_WORDS
            and _WORD.fullmatch(letters)
        )
        halves: dict[tuple[int, str], list[int]] = {}
        for index, (_, letters, _) in enumerate(kept):
            for key in _keys(letters, len(letters))[:2]:
                halves.setdefault(key, []).append(index)
        ends = frozenset(end for _, letters, _ in kept for end in _name_ends(letters))
        return cls(kept, ends, halves, tuple(sorted({words for _, _, words in kept})))

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, place) for every misspelt name in a folded text."""
        words = [match.span() for match in _WORD.finditer(text)]
        strange = [index for index, (start, end) in enumerate(words) if _strange(text[start:end])]
        # Where most words are strange, the language is not English, and nothing is sure: see single
        # words only.
        foreign = len(strange) > _FEW_STRANGE and 2 * len(strange) > len(words)
        counts = (1,) if foreign else self._word_counts
        seen: set[tuple[int, int]] = set()
        for index in strange[:_MOST_STRANGE]:
            for count in counts:
                for first in range(max(0, index - count + 1), index + 1):
                    if first + count > len(words) or (first, count) in seen:
                        continue
                    seen.add((first, count))
                    if not self._may_begin_or_end(text, words[first], words[first + count - 1]):
                        continue
                    yield from self._nominees(text, words[first : first + count])

    def _may_begin_or_end(self, text: str, head: tuple[int, int], tail: tuple[int, int]) -> bool:
        """Whether a name begins like the first word or ends like the last: most do neither."""
        first, last = text[slice(*head)], text[slice(*tail)]
        if len(first) < _END_CHARS or len(last) < _END_CHARS:
            return True
        beginning, short, _ = _ends(first)
        return not self._ends.isdisjoint((beginning, short, _ends(last)[2]))

    def _nominees(
        self,
        text: str,
        words: list[tuple[int, int]],
    ) -> Iterator[tuple[int, int, int]]:
        """Look up words in a row as one name."""
        for (_, end), (start, _) in pairwise(words):
            if not _GAP.fullmatch(text, end, start) or _SENTENCE_END.match(text, end):
                return
        letters = "".join(text[start:end] for start, end in words)
        if len(letters) < FEWEST_LETTERS - 2:
            return
        if self._ends.isdisjoint(_ends(letters)):
            return
        indexes: dict[int, None] = {}
        for length in range(len(letters) - 1, len(letters) + 2):
            for key in _keys(letters, length):
                indexes.update(dict.fromkeys(self._halves.get(key, ())[:_MOST_NOMINEES]))
        for index in indexes:
            place, name, count = self.names[index]
            if len(words) <= count <= len(words) + 1 and one_mistake(letters, name):
                yield words[0][0], words[-1][1], place


def one_mistake(written: str, meant: str) -> bool:
    """Whether `written` is `meant` with one letter added, dropped, replaced, or two swapped."""
    if written == meant:
        return False
    first = 0
    while first < min(len(written), len(meant)) and written[first] == meant[first]:
        first += 1
    last = 0
    most = min(len(written), len(meant)) - first
    while last < most and written[-1 - last] == meant[-1 - last]:
        last += 1
    rest, wanted = written[first : len(written) - last], meant[first : len(meant) - last]
    if len(rest) <= 1 and len(wanted) <= 1:
        return True
    return len(rest) == len(wanted) == 2 and rest == wanted[::-1]  # noqa: PLR2004


def _keys(letters: str, length: int) -> tuple[tuple[int, str], ...]:
    """
    Give the halves by which a name of `length` letters is found from `letters`.

    The last one is there for two letters swapped across the middle.
    """
    half = length // 2
    swapped = letters[: half - 1] + letters[half : half + 1]
    return (length, letters[:half]), (-length, letters[half - length :]), (length, swapped)


def _ends(letters: str) -> tuple[str, str, str]:
    """Give the ends of a text, one of which a name with one mistake has left."""
    return f"{letters[:3]}-", f"{letters[:2]}-", f"-{letters[-3:]}"


def _name_ends(letters: str) -> tuple[str, ...]:
    """Give the ends by which a name can be nominated; short names share two letters only."""
    half = len(letters) // 2
    swapped = letters[: half - 1] + letters[half]
    first, short, last = _ends(letters)
    return first if half >= _END_CHARS else short, f"{swapped[:_END_CHARS]}-", last


def _strange(word: str) -> bool:
    return len(word) > 1 and not is_inflected(word)

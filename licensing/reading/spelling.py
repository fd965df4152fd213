"""
Names with one spelling mistake: a letter too many, too few, another one, or two swapped.

A mistake leaves the first or the second half of a name as it is, so that two entries a name are
enough to nominate it, and a text costs a few look-ups a word. Ordinary words are never taken for
misspelt names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Final
from zlib import crc32

from licensing.reading.columns import Buffer, Columns, Rows, Strings, numbers, packed
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


class Spelling:
    """
    The names that may be misspelt, found by the halves that one mistake leaves as they are.

        spelling.letters, spelling.entry, spelling.words   of each name, in the order of letters
        spelling.names   the names in a bucket of hashed halves, in that order too
        spelling.ends    by which most words of a text are turned down at once
    """

    __slots__ = ("_counts", "_ends", "_entries", "_letters", "_names")

    def __init__(self, columns: Columns) -> None:
        self._letters = Strings(columns, "spelling.letters")
        self._entries = numbers(columns["spelling.entry"])
        self._counts = columns["spelling.words"]
        self._names = Rows(columns, "spelling.names")
        self._ends = frozenset(str(columns["spelling.ends"], "utf-8").split())

    @staticmethod
    def columns(names: Iterable[tuple[int, str, int]]) -> dict[str, Buffer]:
        """
        Index names, given as (entry, letters, number of words).

        Those of fewer than `FEWEST_LETTERS` letters, spaces counted, are left out.
        """
        kept = [
            (entry, letters, words)
            for entry, letters, words in names
            if len(letters) + words > FEWEST_LETTERS
            and words <= _MOST_WORDS
            and _WORD.fullmatch(letters)
        ]
        kept.sort(key=lambda name: name[1])
        buckets: list[list[int]] = [[] for _ in range(1 << (2 * len(kept)).bit_length())]
        for index, (_, letters, _) in enumerate(kept):
            for key in _keys(letters, len(letters))[:2]:
                buckets[_hashed(key) % len(buckets)].append(index)
        ends = {end for _, letters, _ in kept for end in _name_ends(letters)}
        return {
            **Strings.written("spelling.letters", (letters for _, letters, _ in kept)),
            "spelling.entry": packed(entry for entry, _, _ in kept),
            "spelling.words": bytes(words for _, _, words in kept),
            **Rows.written("spelling.names", buckets),
            "spelling.ends": " ".join(sorted(ends)).encode(),
        }

    @property
    def ends(self) -> frozenset[str]:
        """The ends of names, one of which a name with one mistake has left."""
        return self._ends

    @property
    def word_counts(self) -> frozenset[int]:
        """How many words a name with one mistake can stand in: a space may be what is missing."""
        counts = set(bytes(self._counts))
        return frozenset(counts | {count - 1 for count in counts if count > 1})

    def having(self, key: tuple[int, str]) -> Iterator[tuple[int, str]]:
        """Yield (index, letters) of the names that have a half, in their order."""
        length, piece = key
        for index in self._names[_hashed(key) % len(self._names)]:
            letters = self._letters[index]
            if len(letters) == abs(length) and (
                letters.startswith(piece) if length > 0 else letters.endswith(piece)
            ):
                yield index, letters

    def entry(self, index: int) -> int:
        """Tell the number of a name's entry."""
        return self._entries[index]

    def count(self, index: int) -> int:
        """Tell the number of a name's words."""
        return self._counts[index]


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A place in a folded text that is a name but for one mistake: which index, which entry."""

    start: int
    end: int
    index: int
    entry: int


@dataclass(frozen=True, slots=True)
class Spellings:
    """Several indexes searched as one; `live` says of each whether an entry still counts."""

    indexes: tuple[Spelling, ...]
    live: tuple[Callable[[int], bool], ...]
    _ends: frozenset[str] = field(repr=False)
    _word_counts: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, *indexes: tuple[Spelling, Callable[[int], bool]]) -> "Spellings":
        """Join indexes."""
        spellings = tuple(spelling for spelling, _ in indexes)
        return cls(
            spellings,
            tuple(live for _, live in indexes),
            frozenset().union(*(spelling.ends for spelling in spellings)),
            tuple(sorted(frozenset().union(*(each.word_counts for each in spellings)))),
        )

    def find(self, text: str) -> Iterator[Misspelt]:
        """Yield every misspelt name in a folded text."""
        if not self._ends:
            return
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

    def _nominees(self, text: str, words: list[tuple[int, int]]) -> Iterator[Misspelt]:
        """Look up words in a row as one name."""
        for (_, end), (start, _) in pairwise(words):
            if not _GAP.fullmatch(text, end, start) or _SENTENCE_END.match(text, end):
                return
        letters = "".join(text[start:end] for start, end in words)
        if len(letters) < FEWEST_LETTERS - 2:
            return
        if self._ends.isdisjoint(_ends(letters)):
            return
        nominees: dict[tuple[int, int], str] = {}
        for length in range(len(letters) - 1, len(letters) + 2):
            for key in _keys(letters, length):
                nominees.update(self._having(key))
        for (at, index), name in nominees.items():
            spelling = self.indexes[at]
            if len(words) <= spelling.count(index) <= len(words) + 1 and one_mistake(letters, name):
                yield Misspelt(words[0][0], words[-1][1], at, spelling.entry(index))

    def _having(self, key: tuple[int, str]) -> Iterable[tuple[tuple[int, int], str]]:
        """List the first names that have a half, as if all of them were in one index."""
        found = [
            ((at, index), letters)
            for at, spelling in enumerate(self.indexes)
            for index, letters in islice(self._live(at, spelling, key), _MOST_NOMINEES)
        ]
        if len(found) > _MOST_NOMINEES:
            found.sort(key=lambda each: each[1])
        return found[:_MOST_NOMINEES]

    def _live(self, at: int, spelling: Spelling, key: tuple[int, str]) -> Iterator[tuple[int, str]]:
        live = self.live[at]
        return (each for each in spelling.having(key) if live(spelling.entry(each[0])))


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


def _hashed(key: tuple[int, str]) -> int:
    """Hash a half in the same way in every process."""
    return crc32(f"{key[0]}{key[1]}".encode())


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

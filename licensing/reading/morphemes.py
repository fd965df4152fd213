"""
What kinds of words a Japanese text is made of, told by SudachiPy with its small dictionary.

Only asked where letters alone cannot tell: hiragana that may be a name or the ends of two words.
Only the clause around the place is cut: a prompt of 500 characters would take a millisecond.
The dictionary (35 to 60 MB of memory, a fifth of a second) is loaded at the first such place.
Names need not be words of it (鬼滅の刃風 is cut as 鬼|滅|の|刃風, ホグワーツ is a common noun), so
what is written plainly never depends on it.
"""

import threading
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sudachipy import Tokenizer

_KEPT_TEXTS: Final = 64
_CLAUSE_ENDS: Final = frozenset("。、,.!?:;()「」『』〈〉《》【】…\n ")
_FUNCTION: Final = frozenset({"助詞", "助動詞", "接尾辞", "接頭辞", "補助記号", "空白"})
_TOKENIZER_IN_USE: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Morpheme:
    """One word as the dictionary cuts it: its place, and the first two of its parts of speech."""

    start: int
    end: int
    part: str
    sort: str

    @property
    def is_function_word(self) -> bool:
        """Whether it only joins or bends other words."""
        return self.part in _FUNCTION or self.sort == "非自立可能"


def covering(text: str, start: int, end: int) -> tuple[Morpheme, ...]:
    """Give the morphemes that have a part of `[start:end]`, in the order of the text."""
    first, last = start, end
    while first and text[first - 1] not in _CLAUSE_ENDS:
        first -= 1
    while last < len(text) and text[last] not in _CLAUSE_ENDS:
        last += 1
    words = _morphemes(text[first:last])
    low = bisect_right(words, start - first, key=lambda word: word.end)
    high = bisect_left(words, end - first, key=lambda word: word.start)
    return tuple(
        replace(word, start=word.start + first, end=word.end + first) for word in words[low:high]
    )


@lru_cache(maxsize=_KEPT_TEXTS)
def _morphemes(text: str) -> tuple[Morpheme, ...]:
    # A tokenizer serves one thread at a time.
    with _TOKENIZER_IN_USE:
        return tuple(
            Morpheme(
                each.begin(),
                each.end(),
                each.part_of_speech()[0],
                each.part_of_speech()[1],
            )
            for each in _tokenizer().tokenize(text)
        )


@lru_cache(maxsize=1)
def _tokenizer() -> "Tokenizer":
    from sudachipy import Dictionary, SplitMode  # noqa: PLC0415 - most readings never need it

    return Dictionary(dict="small").tokenizer(SplitMode.C)

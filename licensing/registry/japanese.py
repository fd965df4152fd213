"""
What a Japanese text is when nobody names anything with it: a word, a person, or strange.

SudachiPy's small dictionary (Apache-2.0) tells; it is loaded at the first question.
"""

import re
from functools import cache
from typing import Final, Literal

from sudachipy import Dictionary, Morpheme

_KANJI: Final = re.compile("[㐀-鿿々]")

JapaneseKind = Literal["word", "words", "person", "place", "strange"]

# A part of speech and its subdivision, as the dictionary writes them.
_PROPER: Final = "固有名詞"
_KINDS: Final[dict[str, JapaneseKind]] = {"人名": "person", "地名": "place"}


def kind_of(text: str) -> JapaneseKind:
    """
    Tell what a text is to somebody who knows no franchise.

    `words` are several ordinary ones; a text with one unknown or proper part is strange, and so is
    a row of single kanji, each of which is a word of its own.
    """
    # A tokenizer is cheap, and must not be used by two threads at once.
    found = list(_dictionary().tokenizer().tokenize(text))
    kinds = {_kind_of(each) for each in found}
    if len(found) == 1:
        return kinds.pop()
    apart = all(_KANJI.fullmatch(each.surface()) for each in found)
    return "words" if kinds == {"word"} and not apart else "strange"


def _kind_of(morpheme: Morpheme) -> JapaneseKind:
    part = morpheme.part_of_speech()
    if part[1] == _PROPER:
        return _KINDS.get(part[2], "strange")
    return "strange" if morpheme.is_oov() else "word"


@cache
def _dictionary() -> Dictionary:
    return Dictionary(dict="small")

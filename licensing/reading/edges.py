"""
Where a name can begin and end at all, told for every character of a text at once.

Most places whose skeleton is a name's lie inside words: the end of one word and the beginning of
the next. Arithmetic on whole texts as one large number turns them down without looking at each.
"""

import re
from typing import Final

from licensing.reading.entries import Text

TAG_CHARS: Final = 40

_SMALL: Final = bytes(ord("a") <= code <= ord("z") for code in range(256))
_CAPITALS: Final = bytes(ord("A") <= code <= ord("Z") for code in range(256))
_ASCII: Final = bytes(map(max, _SMALL, _CAPITALS))
_E: Final = bytes(code == ord("e") for code in range(256))
_S: Final = bytes(code == ord("s") for code in range(256))
_TAG: Final = re.compile(rf"#\w{{0,{TAG_CHARS - 1}}}")
_TWINS: Final = re.compile(r"([a-z])(?=\1)")


def edges(text: Text) -> tuple[bytearray, bytearray]:
    """
    Tell by place of the folded text where a name may begin, and where its last character may stand.

    A zero is final; anything else asks for a closer look (see `joining.joined`).
    """
    folded, shown = text.folded.text, text.shown_text
    letters = _flags(folded, _SMALL)
    if shown.isascii():
        capitals, plain = _flags(shown, _CAPITALS), letters
    else:
        capitals = int.from_bytes(map(str.isupper, shown), "little")
        # What is shown otherwise than in ASCII is left to the closer look.
        plain = letters & _flags(shown, _ASCII)
    every = int.from_bytes(b"\1" * len(folded), "little")
    inside = letters & (letters << 8) & ~capitals
    begins = bytearray((every & ~inside).to_bytes(len(folded), "little"))
    ends = bytearray((every & ~_goes_on(folded, plain, capitals)).to_bytes(len(folded), "little"))
    for match in _TWINS.finditer(folded):
        ends[match.start()] = 1
    # A hashtag joins words without a sign between them.
    for match in _TAG.finditer(folded):
        first, last = match.start() + 1, min(match.end() + 1, len(folded))
        begins[first:last] = b"\1" * (last - first)
    if (tag := folded.find("#")) >= 0:
        ends[tag:] = b"\1" * (len(folded) - tag)
    return begins, ends


def _goes_on(folded: str, letters: int, capitals: int) -> int:
    """Flag where a word goes on with no hump and with no ending of the plural."""
    humps = (capitals >> 8) & ~capitals
    s = _flags(folded, _S)
    plurals = (s >> 8) | ((_flags(folded, _E) >> 8) & (s >> 16))
    return letters & (letters >> 8) & ~humps & ~plurals


def _flags(text: str, table: bytes) -> int:
    """Translate every character to one byte, the first the lowest; beyond Latin-1 it is `?`'s."""
    return int.from_bytes(text.encode("latin-1", "replace").translate(table), "little")

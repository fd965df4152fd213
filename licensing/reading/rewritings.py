"""
Other ways to write a text, read as what they stand for: letters drawn out, encoded characters.

A prompt that went through a web form may hold `&#80;`, one that shouts `Pikaaachu`. Each rewriting
is read as a text of its own, and what is found in a rewritten place leads back to the original.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from licensing.reading.rules import Rule

# Three letters in a row stand in hardly any word; two stand in many.
_DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&#(?:x([0-9a-f]{2,6})|([0-9]{2,7}));", re.IGNORECASE)
_PERCENT: Final = re.compile(r"(?:%[0-9a-f]{2})+", re.IGNORECASE)
_LAST_CODE: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """
    A text as it may be meant.

    `places[i]` is where the character `text[i]` came from in the original; one more holds the
    original's length. `changed` are the starts of the rewritten places in `text`, in their order.
    """

    text: str
    places: Sequence[int]
    changed: Sequence[int]
    rule: Rule

    def touches(self, start: int, end: int) -> bool:
        """Whether anything within `[start:end]` of the text was rewritten."""
        first = bisect_left(self.changed, start)
        return first < len(self.changed) and self.changed[first] < end


def rewritings(text: str) -> Iterator[Rewriting]:
    """Yield the other readings of a text; an ordinary one has none."""
    if "&#" in text and _ENTITY.search(text):
        yield _rewritten(text, _ENTITY, _decoded, "name.encoded")
    if "%" in text and _PERCENT.search(text):
        yield _rewritten(text, _PERCENT, _unquoted, "name.encoded")
    if _DRAWN_OUT.search(text):
        yield _rewritten(text, _DRAWN_OUT, lambda match: match[0][:1], "name.drawn_out")
        yield _rewritten(text, _DRAWN_OUT, lambda match: match[0][:2], "name.drawn_out")


def _rewritten(
    text: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], rule: Rule
) -> Rewriting:
    parts: list[str] = []
    places: list[int] = []
    changed: list[int] = []
    end = 0
    for match in pattern.finditer(text):
        parts.append(text[end : match.start()])
        places.extend(range(end, match.start()))
        changed.append(len(places))
        written = replace(match)
        parts.append(written)
        places.extend([match.start()] * len(written))
        end = match.end()
    parts.append(text[end:])
    places.extend(range(end, len(text) + 1))
    return Rewriting(text="".join(parts), places=places, changed=changed, rule=rule)


def _decoded(entity: re.Match[str]) -> str:
    """Give the character of a numeric entity; one that is none stays as it is."""
    code = int(entity[1], 16) if entity[1] else int(entity[2])
    return entity[0] if code > _LAST_CODE or code in _SURROGATES else chr(code)


def _unquoted(octets: re.Match[str]) -> str:
    return unquote(octets[0], errors="replace")

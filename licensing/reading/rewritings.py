"""
Other ways to write a text, read as what they stand for: drawn out, doubled, encoded, turned round.

A prompt that went through a web form may hold `&#80;`, one that shouts `Pikaaachu`, and after the
character U+202E the screen shows letters from right to left. Each rewriting is read as a text of
its own, and what is found in a rewritten place leads back to the original.
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
# Each letter twice, four times in a row at least.
_DOUBLED: Final = re.compile(r"(?:([^\W\d_])\1){4,}", re.IGNORECASE)
# From a right-to-left override to the character that ends it.
_TURNED: Final = re.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n]+)[\u202c\u2069]?")
_ENTITY: Final = re.compile(r"&#(?:x([0-9a-f]{2,6})|([0-9]{2,7}));", re.IGNORECASE)
_PERCENT: Final = re.compile(r"(?:%[0-9a-f]{2})+", re.IGNORECASE)
_LAST_CODE: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """
    A text as it may be meant.

    `starts[i]` and `ends[i]` are where in the original the character `text[i]` came from; what was
    rewritten as a whole comes from all of it. `changed` are the starts of such places in `text`, in
    their order.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    changed: Sequence[int]
    rule: Rule

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Lead a non-empty span of the text back to the original."""
        return self.starts[start], self.ends[end - 1]

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
    if "\u202e" in text:
        yield _rewritten(text, _TURNED, lambda match: match[1][::-1], "name.turned")
    if _DOUBLED.search(text):
        yield _rewritten(text, _DOUBLED, lambda match: match[0][::2], "name.drawn_out")
    if _DRAWN_OUT.search(text):
        yield _rewritten(text, _DRAWN_OUT, lambda match: match[0][:1], "name.drawn_out")
        yield _rewritten(text, _DRAWN_OUT, lambda match: match[0][:2], "name.drawn_out")


def _rewritten(
    text: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], rule: Rule
) -> Rewriting:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    changed: list[int] = []
    end = 0
    for match in pattern.finditer(text):
        parts.append(text[end : match.start()])
        starts.extend(range(end, match.start()))
        ends.extend(range(end + 1, match.start() + 1))
        changed.append(len(starts))
        written = replace(match)
        parts.append(written)
        starts.extend([match.start()] * len(written))
        ends.extend([match.end()] * len(written))
        end = match.end()
    parts.append(text[end:])
    starts.extend(range(end, len(text)))
    ends.extend(range(end + 1, len(text) + 1))
    return Rewriting(text="".join(parts), starts=starts, ends=ends, changed=changed, rule=rule)


def _decoded(entity: re.Match[str]) -> str:
    """Give the character of a numeric entity; one that is none stays as it is."""
    code = int(entity[1], 16) if entity[1] else int(entity[2])
    return entity[0] if code > _LAST_CODE or code in _SURROGATES else chr(code)


def _unquoted(octets: re.Match[str]) -> str:
    return unquote(octets[0], errors="replace")

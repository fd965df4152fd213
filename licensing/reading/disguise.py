"""
Whether a place whose skeleton is a name's is that name, written differently.

A name may be split, joined, dotted, or spelt with look-alikes, digits and other kana. What must not
count is ordinary text that happens to hold the letters in a row: `blue sky` is not Bluesky.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from licensing.reading.boundaries import word_script
from licensing.reading.kana import stands_free
from licensing.reading.lookalikes import Change, is_hiragana, is_kana, resembles
from licensing.reading.normalise import Folded
from licensing.reading.skeleton import LENGTH_MARK, Gaps, gaps_of
from licensing.reading.words import is_ordinary

# Punctuation that ends a part of a sentence: no name goes on behind it.
_SENTENCE: Final = re.compile(r"[.!?,;:]\s|[\"“”«»()\[\]{}]")
# What may stand between the characters of a name in a script without spaces.
_TAME: Final = re.compile(r"[^\w、。,!?「」『』()\[\]{}<>:;\"…]{1,5}")

# What parts the words of a name, and may be any other of its kind.
_LOOSE: Final = re.compile(r"[ \-_・:,.'/&]")
# The last parts of ordinary compounds.
_COMPOUNDING_LIST: Final = (
    "free like less based made style looking up down in out off on over by to and age old new "
    "born ball man men woman day night time work line side back way set proof wide long high "
    "low red "
    "eyed haired faced colored coloured shaped sized tone ready friendly minded foot hand head "
    "house room top end light dark filled lit soaked covered driven powered inspired themed"
)
_COMPOUNDING: Final = frozenset(_COMPOUNDING_LIST.split())

# The fewest characters of a name for a disguise to be worth believing.
_FEWEST_SPACED: Final = 3
_FEWEST_CHANGED: Final = 4
_FEWEST_JOINED: Final = 5
_FEWEST_SPLIT: Final = 6
_LONG_PART: Final = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """
    How a name is written: the characters that make its skeleton, and what stands between them.

    `core` are those characters, folded. `lead` counts the characters before the first of them.
    `spaced` tells how its script parts words.
    """

    core: str
    gaps: Gaps
    lead: int
    ends_long: bool
    spaced: bool
    hangul: bool

    @classmethod
    def of(cls, text: str, places: Sequence[int]) -> "Shape":
        """Describe a folded name by the places of its skeleton."""
        core = "".join(text[place] for place in places)
        scripts = {word_script(character) for character in core}
        return cls(
            core=core,
            gaps=gaps_of(text, places),
            lead=places[0],
            ends_long=text.startswith(LENGTH_MARK, places[-1] + 1),
            spaced=None not in scripts and "HANGUL" not in scripts,
            hangul="HANGUL" in scripts,
        )


@dataclass(frozen=True, slots=True)
class Disguise:
    """Where a disguised name ends in the folded text, and how it differs from the name."""

    end: int
    changes: frozenset[Change]


def disguise(
    shape: Shape,
    folded: Folded,
    original: str,
    places: Sequence[int],
) -> Disguise | None:
    """Judge the place whose skeleton is the name's; None when it is not the name."""
    letters = _letter_changes(shape, folded, original, places)
    if letters is None:
        return None
    changes: set[Change] = letters
    text = folded.text
    gaps = gaps_of(text, places)
    end = _end(shape, text, places[-1] + 1, spaced=bool(gaps.between))
    if gaps.marks != shape.gaps.marks or (text[end - 1] == LENGTH_MARK) != shape.ends_long:
        changes.add("length")
    how = _parted(shape, text, places, gaps)
    if how is None:
        return None
    if how or gaps.between != shape.gaps.between:
        changes.add("separator")
    if not _worth_believing(shape, changes, text, places[0], end):
        return None
    return Disguise(end, frozenset(changes))


def _letter_changes(
    shape: Shape,
    folded: Folded,
    original: str,
    places: Sequence[int],
) -> set[Change] | None:
    """Compare character by character; None when one does not stand for the name's."""
    changes: set[Change] = set()
    plain = 0
    for place, meant in zip(places, shape.core, strict=True):
        written = folded.text[place]
        if written == meant:
            plain += 1
            continue
        change = resembles(written, meant, original[folded.offsets[place]])
        if change is None:
            return None
        changes.add(change)
    # `1337` is a number, whatever it spells.
    return None if "digit" in changes and plain == 0 else changes


def _end(shape: Shape, text: str, end: int, *, spaced: bool) -> int:
    """Take the length marks behind a kana name with it, over a separator in a spaced-out name."""
    if not is_kana(shape.core[-1]):
        return end
    if spaced and shape.ends_long and text[end : end + 1] != LENGTH_MARK:
        match = _TAME.match(text, end)
        if match and text.startswith(LENGTH_MARK, match.end()):
            end = match.end()
    while text.startswith(LENGTH_MARK, end):
        end += 1
    return end


def _parted(shape: Shape, text: str, places: Sequence[int], gaps: Gaps) -> bool | None:
    """Whether the gaps differ in place from the name's; None when they rule the name out."""
    if not gaps.between and not shape.gaps.between:
        return False
    tame: Callable[[str], object] = (
        (lambda gap: not _SENTENCE.search(gap)) if shape.spaced else _TAME.fullmatch
    )
    parts = _parts(text, places, gaps)
    if gaps.between.keys() == shape.gaps.between.keys():
        same = all(
            gap == shape.gaps.between[count] or tame(gap) for count, gap in gaps.between.items()
        )
        return False if same and not _said_plainly(shape, parts, gaps) else None
    if _spelt_out(parts):
        return True if shape.spaced or all(map(_TAME.fullmatch, gaps.between.values())) else None
    if not all(map(tame, gaps.between.values())):
        return None
    if gaps.between.keys() <= shape.gaps.between.keys():
        fewest = _FEWEST_JOINED if shape.spaced else _FEWEST_SPACED
        joined = len(shape.core) >= fewest and not (len(parts) == 1 and is_ordinary(parts[0]))
        return True if joined else None
    split = _split_word(shape, parts, gaps) if shape.spaced else _split_run(shape, gaps)
    return True if split else None


def _parts(text: str, places: Sequence[int], gaps: Gaps) -> list[str]:
    cuts = [0, *sorted(gaps.between), len(places)]
    return [text[places[first] : places[last - 1] + 1] for first, last in pairwise(cuts)]


def _spelt_out(parts: Sequence[str]) -> bool:
    """Whether a name is written character by character: `P i k a`, `ピ・カ`."""
    single = sum(len(part.rstrip(LENGTH_MARK)) == 1 for part in parts)
    return len(parts) >= _FEWEST_SPACED and single >= len(parts) - 1


def _said_plainly(shape: Shape, parts: Sequence[str], gaps: Gaps) -> bool:
    """Whether ordinary words stand where the name joins them by a sign: `starry sky`."""
    spread = any(
        " " in gap and not _LOOSE.search(shape.gaps.between[count])
        for count, gap in gaps.between.items()
    )
    return spread and all(map(is_ordinary, parts))


def _split_word(shape: Shape, parts: Sequence[str], gaps: Gaps) -> bool:
    """Whether a word cut in parts is still the name: not when each part is an ordinary word."""
    if len(shape.core) < _FEWEST_SPLIT or is_ordinary(shape.core):
        return False
    if any(" " in gap for gap in gaps.between.values()):
        return any(not is_ordinary(part) and len(part) >= _LONG_PART for part in parts)
    # Nobody hyphenates `wee-zing`, though both are words; `butter-free` and the like are usual.
    return not all(map(is_ordinary, parts)) or parts[-1] not in _COMPOUNDING


def _split_run(shape: Shape, gaps: Gaps) -> bool:
    """Whether a run of kana, Han or Hangul with a gap in it is still the name."""
    blank = any(" " in gap for gap in gaps.between.values())
    # A middle dot and a slash part the items of a list, too; a hyphen or a dot never does.
    loose = blank or any(gap in "・/" for gap in gaps.between.values())
    fewest = _FEWEST_SPACED + (1 if loose else 0) + (1 if blank else 0)
    return len(shape.core) >= fewest and not (blank and shape.hangul)


def _worth_believing(
    shape: Shape,
    changes: set[Change],
    text: str,
    start: int,
    end: int,
) -> bool:
    """Whether a name of this length can carry these changes, at this place in a run of kana."""
    length = len(shape.core)
    if "digit" in changes and length < _FEWEST_CHANGED:
        return False
    if "lookalike" in changes and length < _FEWEST_SPACED:
        return False
    if not changes & {"kana", "length"}:
        return True
    hiragana = any(map(is_hiragana, text[start:end])) and not any(map(is_hiragana, shape.core))
    if hiragana:
        length = end - start  # Length marks are rare among hiragana: どーどー is hardly a word.
    return length >= _FEWEST_SPACED and stands_free(text, start, end, hiragana=hiragana)

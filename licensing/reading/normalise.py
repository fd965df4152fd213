"""
Folding: one form for the many ways to write the same text, with the way back to the original.

A folded text is NFKC and casefolded, so that width, ligatures, styled letters, halfwidth kana and
case no longer matter. Format characters (zero-width ones, variation selectors, bidirectional
controls, fillers) and combining strokes are gone, typographic quotes and dashes are plain, and
white space is single spaces. Hiragana stays apart from katakana: folding them together reads
されて as the name レテ. Letters are never dropped, so `change` does not become `chang'e`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Unicode's Stream-Safe Text Format allows 30 marks on a base. Longer stacks are cut, so that
# putting the marks of a hostile prompt in order takes linear time.
MAX_CHUNK_CHARS: Final = 32

# Characters that NFKC and case folding leave alone, apart from ASCII capitals.
_TOKENS = re.compile(
    r"(?P<plain>[!-~、。「-』ぁ-ゖァ-ヺ・ー一-鿿가-힣]+)|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)

# ASCII that needs more than lower case: a run of white space, or a control character.
_ODD_ASCII = re.compile(r"\s\s|[\x00-\x08\x0e-\x1f\x7f]")
_ASCII_SPACES = str.maketrans("\t\n\v\f\r", "     ")

# Default-ignorable code points of Unicode 15 outside the categories Cf and Cc.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]",
)

# Marks of no script of their own, among them the strokes that strike a text through, and the kana
# voicing marks: whatever of them does not compose with its base is ornament.
_ORNAMENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]",
)

# Hangul vowels and final consonants: they join the syllable before them.
_JOINING_JAMO = re.compile("[\u1161-\u11ff\ud7b0-\ud7fb]")

# Spacing marks that NFKC would tear into a space and a mark: the voicing marks join the kana before
# them, like their combining twins; the acute accent stands in for an apostrophe.
_SPACING: dict[str, str] = {"゛": "\u3099", "゜": "\u309a", "´": "'", "\u1ffd": "'"}

# Letters in black circles and squares, and the halves of flags, which NFKC leaves alone.
_STYLED = {
    first + place: chr(ord("a") + place)
    for first in (0x1F150, 0x1F170, 0x1F1E6)
    for place in range(26)
}

# Invisible letters: a copy of ASCII meant for tagging, which a model can read all the same. Those
# behind a black flag only say which flag it is.
_TAG_LETTERS = {0xE0000 + code: chr(code) for code in range(0x20, 0x7F)}
_TAGS = re.compile("[\U000e0020-\U000e007e]")
_FLAG_TAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")
_NO_TAGS = re.compile("[^\U000e0020-\U000e007e]")

_SPACES = re.compile(r"\s+")
# The kanji for one, drawn like the length mark, between katakana: パルデ一ル.
_LENGTH_KANJI = re.compile("(?<=[ァ-ヺー])一(?=[ァ-ヺー])")
_SURROGATES = re.compile("[\ud800-\udfff]")

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‛′ʼ", "'"),
        **dict.fromkeys("“”„‟", '"'),
        **dict.fromkeys("‐‒–—―−", "-"),
        **dict.fromkeys("〜∼", "~"),
        **dict.fromkeys("·•‧∙⋅", "・"),
    },
)


@dataclass(frozen=True, slots=True)
class Folded:
    """
    A folded text; `offsets` leads back to the original, in code points.

    `offsets[i]` is where the characters that made `text[i]` begin in the original; one more entry
    holds the original's length. It never decreases; characters that vanished belong to the one
    before them.
    """

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Lead a non-empty span of the folded text back to whole characters of the original."""
        last = self.offsets[end - 1]
        while self.offsets[end] == last:  # One character, such as ㌔, can fold into several.
            end += 1
        return self.offsets[start], self.offsets[end]


def fold(text: str) -> Folded:
    """
    Fold a text. A lone surrogate becomes U+FFFD, so that the result can always be encoded.

    Folding twice changes nothing, and canonically equivalent texts fold alike.
    """
    if text.isascii() and not _ODD_ASCII.search(text):
        return Folded(text.lower().translate(_ASCII_SPACES), range(len(text) + 1))
    return _fold_pieces(text)


def hidden_text(text: str) -> str | None:
    """
    Uncover what a text says in invisible tag characters, each at its own place; None if nothing.

    Everything else is blank, so that places are those of the text itself.
    """
    if not _TAGS.search(text):
        return None
    without_flags = _FLAG_TAGS.sub(lambda match: " " * len(match[0]), text)
    return _NO_TAGS.sub(" ", without_flags).translate(_TAG_LETTERS)


def _fold_pieces(text: str) -> Folded:
    """Fold piece by piece: plain runs at once, any other character with what attaches to it."""
    folded: list[str] = []
    offsets: list[int] = []
    after_space = False
    for start, end, plain in _pieces(text):
        if plain:
            folded.append(text[start:end].lower())
            offsets.extend(range(start, end))
            after_space = False
            continue
        chunk = _fold_chunk(text[start : min(end, start + MAX_CHUNK_CHARS)])
        if after_space:
            chunk = chunk.removeprefix(" ")
        if chunk:
            folded.append(chunk)
            offsets.extend([start] * len(chunk))
            after_space = chunk.endswith(" ")
    offsets.append(len(text))
    whole = "".join(folded)
    return Folded(_LENGTH_KANJI.sub("ー", whole) if "一" in whole else whole, offsets)


def _pieces(text: str) -> list[tuple[int, int, bool]]:
    """Cut a text into (start, end, plain): plain runs, and chunks to be folded as a whole."""
    pieces: list[tuple[int, int, bool]] = []
    for match in _TOKENS.finditer(text):
        start, end = match.span()
        if match.lastgroup != "other" or not pieces or not _attaches(text[start]):
            pieces.append((start, end, match.lastgroup == "plain"))
            continue
        base_start, base_end, base_plain = pieces.pop()
        if base_plain and base_end - base_start > 1:
            pieces.append((base_start, base_end - 1, True))
            base_start = base_end - 1
        pieces.append((base_start, end, False))
    return pieces


@lru_cache(maxsize=8192)
def _attaches(character: str) -> bool:
    """Whether a character continues the one before it: a mark, a Hangul vowel, a zero width."""
    if character in "゛゜" or _vanishes(character):
        return True
    first = unicodedata.normalize("NFKC", character)[0]
    return unicodedata.category(first)[0] == "M" or bool(_JOINING_JAMO.match(first))


@lru_cache(maxsize=8192)
def _fold_chunk(chunk: str) -> str:
    visible = "".join(_SPACING.get(each, each) for each in chunk if not _vanishes(each))
    visible = visible.translate(_STYLED)
    folded = unicodedata.normalize("NFKC", visible).casefold()
    folded = unicodedata.normalize("NFKC", folded)  # Case folding can decompose: ΐ.
    folded = _ORNAMENTS.sub("", folded).translate(_TYPOGRAPHY)
    return _SURROGATES.sub("\ufffd", _SPACES.sub(" ", folded))


def _vanishes(character: str) -> bool:
    """Whether a character shows nothing: format and control characters, fillers, selectors."""
    category = unicodedata.category(character)
    if category == "Cc":
        return not character.isspace()
    return category == "Cf" or bool(_IGNORABLE.match(character))

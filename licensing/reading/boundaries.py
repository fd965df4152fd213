"""
Where a word ends, in scripts that put spaces between words.

A name in Latin, Cyrillic, Greek and the like must not be part of a longer word: `Up` is not in
`Upper`. Korean writes particles onto the end of a word, so a Hangul name is bounded on its left
only. Scripts without spaces (Han, kana, Thai) know no such boundary.
"""

import unicodedata
from functools import lru_cache
from typing import Final, Literal

Side = Literal["left", "right"]

# Names of scripts as they begin the character names of the Unicode database.
_SPACED: Final = frozenset(
    {
        *("LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC"),
        *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "TAMIL", "TELUGU", "KANNADA"),
        *("MALAYALAM", "SINHALA", "ETHIOPIC", "CHEROKEE", "MONGOLIAN", "HANGUL"),
    },
)
_DIGIT: Final = "DIGIT"

# They fold to the letters tm and sm, yet stand behind a name without joining it.
_TRADE_MARKS: Final = "™℠"


@lru_cache(maxsize=8192)
def word_script(character: str) -> str | None:
    """
    Name the spaced script whose words `character` can continue; `DIGIT` for a decimal digit.

    None for punctuation, spaces, symbols, numerals such as ², and scripts without spaces.
    """
    if character in _TRADE_MARKS or unicodedata.category(character) == "No":
        return None
    plain = unicodedata.normalize("NFKC", character)[0]
    if plain.isdecimal():
        return _DIGIT
    if not plain.isalpha():
        return None
    script = unicodedata.name(plain, "").split(" ", 1)[0]
    return script if script in _SPACED else None


def joins(script: str | None, neighbour: str, *, side: Side) -> bool:
    """
    Whether the character next to a name makes it part of a longer word.

    `script` is the word script of the name's own outermost character on that `side`; `neighbour`
    is the character beyond it in the original text.
    """
    if script is None or (script == "HANGUL" and side == "right"):
        return False
    outer = word_script(neighbour)
    if outer is None:
        return False
    # Letters and digits join one another (`R2D2`), except in Korean, which counts `2피카츄`. Two
    # scripts side by side (`Pikachu가`, `日本Pikachu`) are two words.
    pair = {script, outer}
    return len(pair) == 1 or (_DIGIT in pair and "HANGUL" not in pair)

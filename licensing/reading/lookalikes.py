"""
Which character stands for which: letters that look like Latin ones, digits for letters, kana.

Every folded character has one canonical character. The map is coarse on purpose (`i`, `l` and `1`
share one), because it only nominates places; `resembles` then says whether one character may stand
for another, and how.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

Change = Literal["accent", "lookalike", "digit", "kana", "separator", "length", "ending", "joined"]

SEPARATOR: Final = "\x00"

# Digits and signs written for letters, as in `p1k4chu` and `$onic`.
LEET: Final = dict(zip("0123456789@$€£+!|¡", "oizeasgtbgaseitiii", strict=True))
LEET_SIGNS: Final = re.compile(
    r"[$€£!|¡@+]+(?=[^\W_])|(?<=[^\W_])(?:[$€£!|¡@+]+(?=[^\W_])|[$€£!|¡@+]*[$€£@+])",
)

# Letters of other scripts by the Latin letter that they look like. Case matters: В looks like B and
# в like a small one, but Н is an H and η an n. Lower case is also what folded text is read by.
_CYRILLIC: Final = dict(
    zip(
        "авсдегһіјкӏмнпоԛрѕтиѵԝхузьяшщцчбёїйґўԁꙅ",
        "abcaerhijkimhnoqpstnvwxyebrwwu4beijryd5",
        strict=True,
    ),
)
_GREEK: Final = dict(zip("αβϲδεϝγικλμηοπρστυνωχζθφϳ", "abcdefyikaunonpotuvwxzooj", strict=True))
_GREEK_CAPITALS: Final = dict(
    zip("ΑΒϹΔΕϜΓΗΙͿΚΛΜΝΟΠΡΣΤΥΧΖΘΦΩ", "abcaefrhijkamnonpetyxzooo", strict=True),
)
_ARMENIAN: Final = dict(zip("ագցհիյոսրքօտզւվև", "wqghhjnunpomqiuu", strict=True))
_CHEROKEE: Final = dict(
    zip("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎩᏃᏂᏒ", "abcdeghijkimprstvwyzhr", strict=True),
)
# Kanji that are drawn like katakana; none of them is common as a whole word between katakana.
_KANJI: Final = dict(zip("力二口八工夕卜千三", "カニロハエタトチミ", strict=True))

_SMALL_KANA: Final = dict(
    zip(
        "ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ",
        "アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ",
        strict=True,
    ),
)
_OTHERS: Final = dict(
    zip("ʊəŋɩƛɑɡᑭᗩᑕᗪᗴᖴᕼᒍᒪᗰᑎᖇᔕᑌᐯᗯ᙭", "ueniaagpacdefhjlmnrsuvwx", strict=True),
)
_LATIN_NAME: Final = re.compile(
    r"(?:MODIFIER LETTER |LATIN (?:SMALL |CAPITAL )?LETTER )"
    r"(?:SMALL CAPITAL |SMALL |CAPITAL )?(?:DOTLESS |OPEN |SCRIPT |LONG |TURNED |REVERSED "
    r"|BARRED |INSULAR |CLOSED )*([A-Z])(?: WITH .+)?",
)
_KEPT: Final = frozenset("LMN")
# Letters that Latin ones are swapped for; where a word mixes them in, their case counts.
FOREIGN: Final = re.compile("[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff\uab70-\uabbf]")


def latin_lookalike(character: str) -> str | None:
    """Name the Latin letter that an unfolded letter of another script looks like."""
    capital = _GREEK_CAPITALS.get(character) or _CHEROKEE.get(character.upper())
    if capital:
        return capital
    small = character.lower()
    return _OTHERS.get(small) or _CYRILLIC.get(small) or _GREEK.get(small) or _ARMENIAN.get(small)


@lru_cache(maxsize=16384)
def canonical(character: str) -> str:
    """
    Give the one character that a folded character nominates; `SEPARATOR` for what may be left out.

    Separators are everything but letters, marks and numbers, and the kana length mark.
    """
    if unicodedata.category(character)[0] not in _KEPT or character == "ー":
        return LEET.get(character, SEPARATOR) if character in "€£" else SEPARATOR
    plain = letter_of(character)
    return "i" if plain == "l" else LEET.get(plain, plain)


@lru_cache(maxsize=16384)
def letter_of(character: str) -> str:
    """Strip a folded letter to its plainest look: `é` to `e`, `я` to `r`, `ぴ` to `ピ`."""
    if character.isascii():
        return character
    if is_hiragana(character):
        character = chr(ord(character) + 0x60)
    plain = _SMALL_KANA.get(character) or _KANJI.get(character) or latin_lookalike(character)
    if plain is not None:
        return plain
    base = unicodedata.normalize("NFKD", character)[0]
    if base.isascii() and base.isalnum():
        return base
    return latin_lookalike(base) or _by_name(character)


def _by_name(character: str) -> str:
    """Find a letter's look by its name: `CYRILLIC SMALL LETTER EN WITH HOOK` looks like an EN."""
    name = unicodedata.name(character, "")
    if match := _LATIN_NAME.fullmatch(name):
        return match[1].lower()
    return latin_lookalike(_named_letter(name.partition(" WITH ")[0])) or character


def _named_letter(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return ""


class Canon(dict[int, str]):
    """`canonical` as a table for `str.translate`, filled as characters are met."""

    _MOST: Final = 16384

    def __missing__(self, code: int) -> str:
        """Look a character up once; a hostile text cannot fill the memory with rare ones."""
        found = canonical(chr(code))
        if len(self) < self._MOST:
            self[code] = found
        return found


def resembles(written: str, meant: str, original: str) -> Change | None:
    """
    Say how the folded character `written` stands for `meant`, or None when it does not.

    Both have the same canonical character. `original` is what the text itself shows: a capital I
    passes for a small l.
    """
    plain, wanted = letter_of(written), letter_of(meant)
    if plain == wanted:
        if is_kana(written) and is_kana(meant):
            return "kana"
        accented = written.isascii() or unicodedata.normalize("NFKD", written)[0] == plain
        return "accent" if accented else "lookalike"
    if FOREIGN.match(written) or FOREIGN.match(meant):
        return "lookalike"
    if not wanted.isalpha():
        return "digit" if plain in "oil" else None
    if not plain.isalpha():
        return "digit"
    return "lookalike" if original in "Il" and wanted in "li" else None


def is_kana(character: str) -> bool:
    """Whether a folded character is hiragana or katakana, the length mark included."""
    return "ぁ" <= character <= "ヺ" or character == "ー"


def is_katakana(character: str) -> bool:
    """Whether a folded character is katakana, the length mark included."""
    return "ァ" <= character <= "ヺ" or character == "ー"


def is_hiragana(character: str) -> bool:
    """Whether a folded character is hiragana."""
    return "ぁ" <= character <= "ゖ"

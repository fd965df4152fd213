"""
Kana and Hangul in Latin letters, by the rules of their romanisations.

Japanese: Hepburn, as passports and fans write it, and the official system (Kunrei, ISO 3602), each
with long vowels dropped, doubled, or written as in kana. Korean: the Revised Romanization of 2000,
letter by letter and with the changes of sound that its section 3.1 asks for in nouns.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

KANA: Final = re.compile("[ァ-ヴヮー・ ]*[ァ-ヴヮ][ァ-ヴヮー・ ]*")
HANGUL: Final = re.compile("[가-힣 ]*[가-힣][가-힣 ]*")

_VOWELS: Final = "aiueo"
_ROWS: Final = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "g": "ガギグゲゴ",
    "s": "サシスセソ",
    "z": "ザジズゼゾ",
    "t": "タチツテト",
    "d": "ダヂヅデド",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "b": "バビブベボ",
    "p": "パピプペポ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "y": "ヤ ユ ヨ",
    "w": "ワヰ ヱヲ",
}
_SMALL: Final = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_SMALL_Y: Final = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}
_OFFICIAL: Final = {
    **{
        kana: consonant + vowel
        for consonant, row in _ROWS.items()
        for kana, vowel in zip(row, _VOWELS, strict=False)
        if kana != " "
    },
    "ヰ": "i",
    "ヱ": "e",
    "ヲ": "o",
    "ヴ": "vu",
    "ヂ": "zi",
    "ヅ": "zu",
}
_HEPBURN: Final = _OFFICIAL | {
    "シ": "shi",
    "ジ": "ji",
    "チ": "chi",
    "ツ": "tsu",
    "ヂ": "ji",
    "フ": "fu",
}
# Small vowels after these stand for sounds that Japanese borrowed: ファ, ティ, ヴァ.
_STEMS: Final = {"フ": "f", "テ": "t", "デ": "d", "ト": "t", "ド": "d", "ヴ": "v", "ツ": "ts"}
_STEMS_BEFORE_E: Final = {"シ": "sh", "ジ": "j", "チ": "ch"}
_LONG_AFTER: Final = {"o": "u", "u": "u"}
_LONG_O: Final = re.compile("oo|ou(?![aeiou])")

# Letters of the Unicode syllable block in their order; ㅇ is silent at the beginning.
_INITIALS_LIST: Final = "g kk n d tt r m b pp s ss  j jj ch k t p h"
_MEDIALS_LIST: Final = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"
_FINALS_LIST: Final = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t"
# What a final consonant becomes before a vowel, where its letters move over: 각 + 이 is gagi.
_LINKED_LIST: Final = " g kk ks n nj n d r lg lm lb ls lt lp r m b ps s ss ng j ch k t p "
_INITIALS: Final = _INITIALS_LIST.split(" ")
_MEDIALS: Final = _MEDIALS_LIST.split(" ")
_FINALS: Final = _FINALS_LIST.split(" ")
_LINKED: Final = _LINKED_LIST.split(" ")
_SILENT: Final = _INITIALS.index("")
# How a final consonant and the initial after it change each other: 백마 is baengma, 신라 silla.
_ASSIMILATED: Final[dict[tuple[str, str], tuple[str, str]]] = {
    **{
        (stop, initial): (nasal, "n" if initial == "r" else initial)
        for stop, nasal in {"k": "ng", "t": "n", "p": "m"}.items()
        for initial in ("n", "m", "r")
    },
    ("n", "r"): ("l", "l"),
    ("l", "n"): ("l", "l"),
    ("l", "r"): ("l", "l"),
    ("m", "r"): ("m", "n"),
    ("ng", "r"): ("ng", "n"),
}


def romanisations(kana: str) -> Iterator[str]:
    """Spell katakana in Latin letters, Hepburn first; spellings may be yielded twice."""
    for hepburn in (True, False):
        written = "".join(_syllables(kana, hepburn=hepburn))
        yield written.replace("-", "")
        yield re.sub("(.)-", r"\1\1", written)
        yield re.sub("([ou])-", lambda match: match[1] + _LONG_AFTER[match[1]], written).replace(
            "-", ""
        )
        short = re.sub("ou|oo|uu", lambda match: match[0][0], written.replace("-", ""))
        yield short
        if hepburn:
            # Passports write a long o as oh (Ohtani), m before labials, and c for a doubled ch.
            yield _LONG_O.sub("oh", written.replace("o-", "oo").replace("-", ""))
            yield re.sub("n(?=[bmp])", "m", short)
            yield short.replace("tch", "cch")


def _syllables(kana: str, *, hepburn: bool) -> list[str]:
    """Romanise kana one by one; a length mark is written `-`."""
    table = _HEPBURN if hepburn else _OFFICIAL
    syllables: list[str] = []
    doubled = False
    for place, each in enumerate(kana):
        before = kana[place - 1 : place]
        if each == "ッ":
            doubled = True
            continue
        if each in _SMALL_Y and syllables:
            syllables[-1] = _glided(syllables[-1], _SMALL_Y[each])
            continue
        if each in _SMALL and syllables:
            stem = _STEMS.get(before) or (_STEMS_BEFORE_E.get(before) if each == "ェ" else None)
            head = stem or ("w" if before == "ウ" else syllables[-1])
            doubling = _doubling(syllables[-1])
            syllables[-1] = f"{doubling}{head}{_SMALL[each]}"
            continue
        sound = _sound(each, table)
        if doubled and sound[:1].isalpha() and sound[0] not in _VOWELS:
            sound = f"t{sound}" if sound.startswith("ch") else f"{sound[0]}{sound}"
        doubled = False
        syllables.append(sound)
    return syllables


def _sound(kana: str, table: dict[str, str]) -> str:
    fixed = {"ー": "-", "・": " ", " ": " ", "ン": "n"}
    small = _SMALL_Y.get(kana) or _SMALL.get(kana) or ("wa" if kana == "ヮ" else "")
    return fixed.get(kana) or table.get(kana) or small


def _doubling(syllable: str) -> str:
    """Give the letter that a small ッ put before a syllable."""
    return syllable[0] if len(syllable) > 1 and syllable[0] == syllable[1] else ""


def _glided(syllable: str, glide: str) -> str:
    """Join a small ャ, ュ or ョ to the syllable before it: `shi` and `ya` make `sha`."""
    if syllable.endswith(("shi", "chi", "ji")):
        return syllable[:-1] + glide[1:]
    return syllable[:-1] + glide if syllable.endswith(("i", "e", "u")) else syllable + glide


def korean_romanisations(hangul: str) -> Iterator[str]:
    """Spell Hangul in Latin letters: as it sounds, then letter by letter."""
    syllables = [_letters(each) for each in unicodedata.normalize("NFC", hangul)]
    yield "".join(_spoken(syllables))
    yield "".join(
        " " if each is None else _INITIALS[each[0]] + _MEDIALS[each[1]] + _FINALS[each[2]]
        for each in syllables
    )


def _letters(syllable: str) -> tuple[int, int, int] | None:
    """Take a syllable apart into the places of its three letters; None for a space."""
    if syllable == " ":
        return None
    rest, final = divmod(ord(syllable) - ord("가"), len(_FINALS))
    return (*divmod(rest, len(_MEDIALS)), final)


def _spoken(syllables: list[tuple[int, int, int] | None]) -> Iterator[str]:
    """Yield the sounds of syllables, each final consonant as the next initial makes it."""
    onset: str | None = None
    for place, each in enumerate(syllables):
        if each is None:
            yield " "
            continue
        initial, medial, final = each
        following = syllables[place + 1] if place + 1 < len(syllables) else None
        coda, next_onset = _joined(final, following)
        yield (_INITIALS[initial] if onset is None else onset) + _MEDIALS[medial] + coda
        onset = next_onset


def _joined(final: int, following: tuple[int, int, int] | None) -> tuple[str, str | None]:
    """Give the sound of a final consonant, and the next initial when it changes."""
    coda = _FINALS[final]
    if following is None or not final:
        return coda, None
    if following[0] == _SILENT:
        return _LINKED[final], ""
    return _ASSIMILATED.get((coda, _INITIALS[following[0]]), (coda, None))

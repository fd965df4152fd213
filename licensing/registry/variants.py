"""
Other spellings of a name, generated when it enters the registry, never guessed while reading.

Kana and Hangul are spelt by rule, so their romanisations follow from them: Hepburn and the
official Japanese one, with long vowels marked or not, and the Revised Romanization of Korean.
Kanji and Han have readings that no rule gives; they get none.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from licensing.reading.normalise import fold
from licensing.reading.words import is_ordinary
from licensing.registry.subjects import Ambiguity, Name, Subject

# A romanisation shorter than this says as little as an ordinary word.
_FEWEST_SURE_LETTERS: Final = 5
_FEWEST_LETTERS: Final = 3
_LATIN: Final = re.compile(r"[a-z][a-z' -]*")

_KANA: Final = re.compile("[ァ-ヴー・ ]+")
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
    "w": "ワ   ヲ",
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
    "ヴ": "vu",
}
_HEPBURN: Final = _OFFICIAL | {
    "シ": "shi",
    "ジ": "ji",
    "チ": "chi",
    "ツ": "tsu",
    "ヂ": "ji",
    "ヅ": "zu",
    "フ": "fu",
    "ヲ": "o",
}
# Small vowels after these stand for sounds that Japanese borrowed: ファ, ティ, ヴァ.
_STEMS: Final = {"フ": "f", "テ": "t", "デ": "d", "ト": "t", "ド": "d", "ヴ": "v", "ツ": "ts"}
_STEMS_BEFORE_E: Final = {"シ": "sh", "ジ": "j", "チ": "ch"}
_LONG_AFTER: Final = {"o": "u", "u": "u"}

_INITIALS_LIST: Final = "g kk n d tt r m b pp s ss  j jj ch k t p h"
_MEDIALS_LIST: Final = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"
_FINALS_LIST: Final = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t"
_INITIALS: Final = _INITIALS_LIST.split(" ")
_MEDIALS: Final = _MEDIALS_LIST.split(" ")
_FINALS: Final = _FINALS_LIST.split(" ")
_HANGUL: Final = re.compile("[가-힣 ]+")


def with_variants(subject: Subject) -> Subject:
    """Add the generated names that a subject does not have yet, behind its own."""
    known = {fold(name.text).text for name in subject.names}
    added: list[Name] = []
    for name in subject.names:
        for variant in variants(name):
            folded = fold(variant.text).text
            if folded not in known:
                known.add(folded)
                added.append(variant)
    return replace(subject, names=(*subject.names, *added)) if added else subject


def variants(name: Name) -> tuple[Name, ...]:
    """Spell a name in other ways; a generated name gives none of its own."""
    if name.kind == "generated":
        return ()
    text = fold(name.text).text
    if _HANGUL.fullmatch(text):
        spellings = [(_korean(text), "ko-Latn")]
    else:
        kana = _katakana(text)
        if not _KANA.fullmatch(kana):
            return ()
        spellings = [(spelling, name.lang) for spelling in _other_kana(kana)]
        spellings += [(spelling, "ja-Latn") for spelling in _romanisations(kana)]
    found = dict.fromkeys(
        (spelling, lang) for spelling, lang in spellings if len(spelling) >= _FEWEST_LETTERS
    )
    return tuple(
        replace(
            name,
            text=spelling,
            lang=lang,
            kind="generated",
            ambiguity=_ambiguity(spelling, name.ambiguity),
        )
        for spelling, lang in found
    )


def _ambiguity(spelling: str, original: Ambiguity) -> Ambiguity:
    """Trust a spelling no more than its name, and less when it is short or an ordinary word."""
    if original != "unique" or not _LATIN.fullmatch(spelling):
        return original
    if is_ordinary(spelling) or is_ordinary(spelling.replace(" ", "")):
        return "common"
    return "unique" if len(spelling) >= _FEWEST_SURE_LETTERS else "name"


def _katakana(text: str) -> str:
    return "".join(chr(ord(each) + 0x60) if "ぁ" <= each <= "ゖ" else each for each in text)


def _other_kana(kana: str) -> Iterator[str]:
    """Yield the kana spellings that people mix up: チュウ and チュー, ヴァ and バ."""
    marked = re.sub(
        "(?<=[オコゴソゾトドノホボポモヨロョウクグスズツヌフブプムユルュ])ウ", "ー", kana
    )
    if marked != kana:
        yield marked
    plain = kana
    for written, spoken in zip("ァィェォ", "バビベボ", strict=True):
        plain = plain.replace(f"ヴ{written}", spoken)
    plain = plain.replace("ヴ", "ブ")
    if plain != kana:
        yield plain


def _romanisations(kana: str) -> Iterator[str]:
    """Yield Hepburn first, then the official system, each with and without long vowels."""
    for hepburn in (True, False):
        syllables = _syllables(kana, hepburn=hepburn)
        written = "".join(syllables)
        yield written.replace("-", "")
        yield re.sub("(.)-", r"\1\1", written)
        yield re.sub("([ou])-", lambda match: match[1] + _LONG_AFTER[match[1]], written).replace(
            "-",
            "",
        )
        yield re.sub("ou|oo|uu", lambda match: match[0][0], written.replace("-", ""))


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


def _korean(text: str) -> str:
    """Romanise Hangul syllable by syllable, without the changes of sound between them."""
    letters: list[str] = []
    for each in unicodedata.normalize("NFC", text):
        if each == " ":
            letters.append(" ")
            continue
        rest, final = divmod(ord(each) - ord("가"), len(_FINALS))
        initial, medial = divmod(rest, len(_MEDIALS))
        letters.append(_INITIALS[initial] + _MEDIALS[medial] + _FINALS[final])
    return "".join(letters)

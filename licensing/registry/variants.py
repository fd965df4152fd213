"""
Other spellings of a name, generated when it enters the registry, never guessed while reading.

What follows from a rule is spelt: kana and Hangul in Latin letters, the kana that people mix up,
Chinese in the other script, a romanised person with the names in the other order, `and` for `&`.
Kanji have readings that no rule gives: they are spelt only from a name's `reading`. Spaces,
hyphens, accents and hiragana for katakana need no spelling of their own, for reading sees past
them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from licensing.reading.normalise import fold
from licensing.reading.words import is_ordinary
from licensing.registry.han import in_other_script
from licensing.registry.romanise import HANGUL, KANA, korean_romanisations, romanisations
from licensing.registry.subjects import Ambiguity, Name, Subject

# A romanisation shorter than this says as little as an ordinary word.
_FEWEST_SURE_LETTERS: Final = 5
_FEWEST_LETTERS: Final = 3
_FEWEST_HAN: Final = 2
_MOST_SPELLINGS: Final = 16
_LATIN: Final = re.compile(r"[a-z][a-z' &-]*")
_KATAKANA_ONLY: Final = re.compile("[ァ-ヺー・=＝ ]+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_AND: Final = re.compile(r"\s*&\s*|\s+and\s+", re.IGNORECASE)
_LONG_VOWELS: Final = {
    "ō": ("oo", "ou", "oh"),
    "ū": ("uu",),
    "ā": ("aa",),
    "ē": ("ee", "ei"),
    "ī": ("ii",),
}
_PARTS_OF_A_PERSON: Final = 2
_VOICED_TWINS: Final = str.maketrans("ヂヅ", "ジズ")


def with_variants(subject: Subject) -> Subject:
    """Add the generated names that a subject does not have yet, behind its own."""
    known = {fold(name.text).text for name in subject.names}
    added: list[Name] = []
    for name in subject.names:
        for variant in variants(name, of_a_person=_is_a_person(subject, name)):
            folded = fold(variant.text).text
            if folded not in known:
                known.add(folded)
                added.append(variant)
    return replace(subject, names=(*subject.names, *added)) if added else subject


def without_variants(subject: Subject) -> Subject:
    """Take the generated names away again: what is left is what somebody wrote."""
    written = tuple(name for name in subject.names if name.origin == "given")
    return subject if len(written) == len(subject.names) else replace(subject, names=written)


def variants(name: Name, *, of_a_person: bool = False) -> tuple[Name, ...]:
    """
    Spell a name in other ways; a generated name gives none of its own.

    `of_a_person` says that its two words are a family name and a given one, in either order.
    """
    if name.kind == "generated":
        return ()
    found: dict[str, str] = {}
    for spelling, lang in _spellings(name, of_a_person=of_a_person):
        fewest = _FEWEST_HAN if lang.startswith("zh-Han") else _FEWEST_LETTERS
        if len(spelling) >= fewest and spelling != name.text and len(found) < _MOST_SPELLINGS:
            found.setdefault(spelling, lang)
    return tuple(
        replace(
            name,
            text=spelling,
            lang=lang,
            kind="generated",
            ambiguity=_ambiguity(spelling, name.ambiguity),
            reading=None,
            source=name.text,
        )
        for spelling, lang in found.items()
    )


def _spellings(name: Name, *, of_a_person: bool) -> Iterator[tuple[str, str]]:
    """Yield (spelling, language), the likeliest first."""
    text = fold(name.text).text
    if HANGUL.fullmatch(text):
        for spelling in korean_romanisations(text):
            yield spelling, "ko-Latn"
    elif KANA.fullmatch(kana := _katakana(text)):
        yield from _of_kana(kana, name.lang)
    else:
        yield from in_other_script(text, name.lang)
        yield from _of_latin(name, text, of_a_person=of_a_person)
    if name.reading is not None:
        yield from _of_reading(fold(name.reading).text, name.lang)


def _of_kana(kana: str, lang: str) -> Iterator[tuple[str, str]]:
    """Spell kana in other kana and in Latin letters."""
    others = [each for each in dict.fromkeys(_other_kana(kana)) if each != kana]
    for spelling in others:
        yield spelling, lang
    for spelt in (kana, *others):
        for spelling in romanisations(spelt):
            yield spelling, "ja-Latn"


def _of_reading(reading: str, lang: str) -> Iterator[tuple[str, str]]:
    """Spell out how a name is pronounced: in both kana and in Latin letters."""
    kana = _katakana(reading)
    if KANA.fullmatch(kana):
        yield _hiragana(kana), lang
        yield kana, lang
        yield from _of_kana(kana, lang)
    else:
        decomposed = unicodedata.normalize("NFD", reading)
        plain = "".join(each for each in decomposed if not unicodedata.combining(each))
        yield re.sub(r"(?<=[a-z])[1-5]", "", plain), f"{lang.split('-', 1)[0]}-Latn"


def _of_latin(name: Name, text: str, *, of_a_person: bool) -> Iterator[tuple[str, str]]:
    """Spell a name in Latin letters with its words, vowels and signs written otherwise."""
    if _HUMP.search(name.text):
        yield fold(_HUMP.sub(" ", name.text)).text, name.lang
    if _AND.search(text):
        joiner = "and" if "&" in text else "&"
        yield _AND.sub(f" {joiner} ", text), name.lang
    for vowel, written in _LONG_VOWELS.items():
        if vowel in text:
            for each in written:
                yield text.replace(vowel, each), name.lang
    if of_a_person:
        first, last = text.split(" ")
        yield f"{last} {first}", name.lang


def _is_a_person(subject: Subject, name: Name) -> bool:
    """
    Whether a name is a person's whose family name can stand first or last.

    So it is in romanisations, and in English for a character with a name that is not only katakana:
    that one is not from a language where the given name comes first.
    """
    words = fold(name.text).text.split(" ")
    if subject.kind != "character" or len(words) != _PARTS_OF_A_PERSON:
        return False
    if not all(_LATIN.fullmatch(word) and not is_ordinary(word) for word in words):
        return False
    if "latn" in name.lang.casefold().split("-"):
        return True
    return name.lang.split("-", 1)[0] == "en" and any(
        other.lang == "ja" and not _KATAKANA_ONLY.fullmatch(other.text) and "・" not in other.text
        for other in subject.names
    )


def _ambiguity(spelling: str, original: Ambiguity) -> Ambiguity:
    """Trust a spelling no more than its name, and less when it is short or ordinary words."""
    if original != "unique" or not _LATIN.fullmatch(spelling):
        return original
    if is_ordinary(spelling.replace(" ", "")) or all(map(is_ordinary, spelling.split())):
        return "common"
    return "unique" if len(spelling) >= _FEWEST_SURE_LETTERS else "name"


def _katakana(text: str) -> str:
    return "".join(chr(ord(each) + 0x60) if "ぁ" <= each <= "ゖ" else each for each in text)


def _hiragana(text: str) -> str:
    return "".join(chr(ord(each) - 0x60) if "ァ" <= each <= "ヶ" else each for each in text)


def _other_kana(kana: str) -> Iterable[str]:
    """Give the kana spellings that people mix up: チュウ and チュー, ヴァ and バ, ヅ and ズ."""
    yield re.sub("(?<=[オコゴソゾトドノホボポモヨロョウクグスズツヌフブプムユルュ])ウ", "ー", kana)
    yield re.sub("(?<=[エケゲセゼテデネヘベペメレェ])イ", "ー", kana)
    plain = kana
    for written, spoken in zip("ァィェォ", "バビベボ", strict=True):
        plain = plain.replace(f"ヴ{written}", spoken)
    yield plain.replace("ヴ", "ブ")
    yield kana.translate(_VOICED_TWINS)

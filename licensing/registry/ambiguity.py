"""
How far the text of a name can be believed, proposed from what else it means. A person decides.

Word frequency cannot tell *mario* from *frozen*, so each proposal carries the evidence that it
rests on, and nothing is ever changed by it.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from licensing.reading.normalise import fold
from licensing.reading.words import is_inflected, tiers
from licensing.registry.han import simplified
from licensing.registry.japanese import JapaneseKind, kind_of
from licensing.registry.subjects import Ambiguity, Name
from licensing.registry.wordlists import WORDS_OF, word_list

Clue = Literal[
    "one_character",
    "very_short",
    "short",
    "commonest_word",
    "ordinary_word",
    "ordinary_words",
    "persons_name",
    "place_name",
    "year_or_number",
    "hits",
    "strange",
]
"""What a proposal rests on; pages and commands have a sentence for each."""

# From the most to the least believable.
LOOSER: Final[dict[Ambiguity, int]] = {"unique": 0, "name": 1, "common": 2, "generic": 3}

_FEWEST_LATIN: Final = 3
_FEWEST_SURE_LATIN: Final = 4
_FEWEST_SURE_KANA: Final = 3
_FEWEST_SURE_HAN: Final = 3
_FEWEST_SURE_HANGUL: Final = 3
_COMMONEST_TIER: Final = 10
_COMMONEST_CHARS: Final = 3
# Two or three ordinary words in a row turn up by themselves; a longer row is a title.
_MOST_ORDINARY_WORDS: Final = 2
_MOST_ORDINARY_CHARS: Final = 4
_WORDS: Final = re.compile(r"(?:[^\W_]|ー)+(?:'[^\W_]+)?")
_HAN: Final = re.compile("[㐀-鿿々]+")
_KANA: Final = re.compile("[ぁ-ゖァ-ヺー]+")
_JAPANESE: Final = re.compile("[ぁ-ゖァ-ヺー㐀-鿿々]+")
_HANGUL: Final = re.compile("[가-힣]+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A class for a name, and the clue that it rests on with the word that shows it."""

    ambiguity: Ambiguity
    clue: Clue
    word: str

    def to_json(self) -> dict[str, Any]:
        """Give the proposal as commands and the API show it."""
        return {"ambiguity": self.ambiguity, "clue": self.clue, "word": self.word}


def propose(name: Name) -> Proposal:
    """Propose how far a name can be believed, by its text and language alone."""
    text = fold(name.text).text
    bare = "".join(_WORDS.findall(text)) or text
    primary = name.lang.split("-", 1)[0].lower()
    if len(bare) == 1:
        return Proposal("generic", "one_character", text)
    if bare.isdecimal():
        return Proposal("generic", "year_or_number", text)
    if _HANGUL.fullmatch(bare):
        return _korean(text, bare)
    if primary == "zh" and _HAN.fullmatch(bare):
        return _chinese(text, bare)
    if _JAPANESE.fullmatch(bare):
        return _japanese(text, bare)
    return _latin(text, primary)


def is_looser(proposed: Ambiguity, given: Ambiguity) -> bool:
    """Whether a proposal trusts a name less than the class that it was given."""
    return LOOSER[proposed] > LOOSER[given]


def _latin(text: str, primary: str) -> Proposal:
    words = _WORDS.findall(text)
    letters = "".join(words)
    if letters.isascii() and len(letters) < _FEWEST_LATIN:
        return Proposal("generic", "very_short", text)
    if len(words) == 1:
        return _latin_word(words[0], primary)
    strange = [word for word in words if not _is_a_word(word, primary)]
    if strange or len(words) > _MOST_ORDINARY_WORDS:
        return Proposal("unique", "strange", strange[0] if strange else text)
    return Proposal("name", "ordinary_words", text)


def _latin_word(word: str, primary: str) -> Proposal:
    if tiers().get(word) == _COMMONEST_TIER and len(word) <= _COMMONEST_CHARS:
        return Proposal("generic", "commonest_word", word)
    if _is_a_word(word, primary):
        return Proposal("common", "ordinary_word", word)
    if word in word_list("given-names") or word in word_list("family-names"):
        return Proposal("name", "persons_name", word)
    if len(word) < _FEWEST_SURE_LATIN:
        return Proposal("name", "short", word)
    return Proposal("unique", "strange", word)


def _is_a_word(word: str, primary: str) -> bool:
    listed = WORDS_OF.get(primary)
    return (word.isascii() and is_inflected(word)) or (
        listed is not None and word in word_list(listed)
    )


def _japanese(text: str, bare: str) -> Proposal:
    kind = kind_of(bare)
    if kind != "strange":
        return _japanese_words(text, bare, kind)
    if _HAN.fullmatch(bare) and simplified(bare) in word_list("chinese-words"):
        return Proposal("common", "ordinary_word", text)
    fewest = _FEWEST_SURE_KANA if _KANA.fullmatch(bare) else _FEWEST_SURE_HAN
    if len(bare) < fewest:
        return Proposal("name", "short", text)
    return Proposal("unique", "strange", text)


def _japanese_words(text: str, bare: str, kind: JapaneseKind) -> Proposal:
    if kind == "person":
        return Proposal("name", "persons_name", text)
    if kind == "place":
        return Proposal("name", "place_name", text)
    if kind == "word":
        return Proposal("common", "ordinary_word", text)
    if len(bare) <= _MOST_ORDINARY_CHARS:
        return Proposal("common", "ordinary_words", text)
    return Proposal("unique", "strange", text)


def _chinese(text: str, bare: str) -> Proposal:
    plain = simplified(bare)
    if plain in word_list("chinese-words"):
        return Proposal("common", "ordinary_word", text)
    if plain in word_list("chinese-names"):
        return Proposal("name", "persons_name", text)
    if len(plain) <= _MOST_ORDINARY_CHARS and _splits(plain, word_list("chinese-words")):
        return Proposal("common", "ordinary_words", text)
    if len(plain) < _FEWEST_SURE_HAN:
        return Proposal("name", "short", text)
    return Proposal("unique", "strange", text)


def _korean(text: str, bare: str) -> Proposal:
    words = word_list("korean-words")
    if bare in words:
        return Proposal("common", "ordinary_word", text)
    if _splits(bare, words):
        return Proposal("common", "ordinary_words", text)
    if len(bare) < _FEWEST_SURE_HANGUL:
        return Proposal("name", "short", text)
    return Proposal("unique", "strange", text)


def _splits(text: str, words: frozenset[str]) -> bool:
    """Whether a text is two ordinary words in a row."""
    return any(text[:at] in words and text[at:] in words for at in range(1, len(text)))

"""
Ordinary words and people's names, to propose how far a name can be believed.

README.md beside this file says where the lists come from, and COPYRIGHT.txt on what terms.
"""

from functools import cache
from importlib.resources import files
from typing import Final, Literal

WordList = Literal[
    "chinese-words",
    "chinese-names",
    "family-names",
    "french-words",
    "german-words",
    "given-names",
    "korean-words",
    "spanish-words",
]

WORDS_OF: Final[dict[str, WordList]] = {
    "de": "german-words",
    "es": "spanish-words",
    "fr": "french-words",
    "ko": "korean-words",
}
"""The list of ordinary words of a primary language tag; English and Japanese have their own."""


@cache
def word_list(name: WordList) -> frozenset[str]:
    """Read a list of folded words, once."""
    return frozenset(files(__package__).joinpath(f"{name}.txt").read_text("utf-8").split())

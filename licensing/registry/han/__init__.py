"""
Chinese names in the other script: simplified for traditional, and the way back.

The tables are OpenCC's; README.md beside this file says which, and COPYRIGHT.txt on what terms.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import islice, product
from typing import Final

# One simplified character can stand for several (发 for 發 and 髮); of a name's spellings the
# likeliest are enough.
_MOST_SPELLINGS: Final = 3
_TRADITIONAL_TAGS: Final = ("hant", "tw", "hk", "mo")
_SIMPLIFIED_TAGS: Final = ("hans", "cn", "sg", "my")


def in_other_script(text: str, lang: str) -> Iterator[tuple[str, str]]:
    """
    Spell a Chinese text in the other script, as (spelling, language).

    `lang` is a BCP 47 tag; where it names neither a script nor a country that has one, both are
    tried. Nothing is yielded that is the text itself.
    """
    subtags = lang.casefold().split("-")
    if subtags[0] not in {"zh", "yue"}:
        return
    traditional = any(tag in subtags for tag in _TRADITIONAL_TAGS)
    simplified = any(tag in subtags for tag in _SIMPLIFIED_TAGS)
    if not traditional:
        for spelling in _spellings(text, _table("traditional")):
            yield spelling, "zh-Hant"
    if not simplified:
        for spelling in _spellings(text, _table("simplified")):
            yield spelling, "zh-Hans"


def _spellings(text: str, table: dict[str, str]) -> Iterator[str]:
    """Yield the likeliest spellings, the most frequent characters first."""
    choices = [table.get(each, each) for each in text]
    for spelling in islice(product(*choices), _MOST_SPELLINGS):
        if (written := "".join(spelling)) != text:
            yield written


@lru_cache(maxsize=2)
def _table(script: str) -> dict[str, str]:
    """Read a table: each character with those that it becomes in the other script."""
    lines = files(__package__).joinpath(f"{script}.txt").read_text("utf-8").split()
    return {line[0]: line[1:] for line in lines}


def simplified(text: str) -> str:
    """Write a text in simplified characters, whatever its script."""
    table = _table("simplified")
    return "".join(table.get(each, each) for each in text)

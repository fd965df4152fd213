"""
Ordinary English words by how common they are, so that ordinary text is not taken for a name.

The lists are SCOWL's; README.md beside this file says which, and COPYRIGHT.txt on what terms.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Final

TIERS: Final = (10, 20, 35, 50)


@lru_cache(maxsize=1)
def tiers() -> dict[str, int]:
    """Give every ordinary word with its tier; 10 is the most common, 50 the least."""
    folder = files(__package__)
    return {
        word: tier
        for tier in TIERS
        for word in folder.joinpath(f"english-{tier}.txt").read_text("ascii").split()
    }


def is_inflected(word: str) -> bool:
    """Whether a folded text is an ordinary word, or one with an ending of the plural or a verb."""
    return is_ordinary(word) or any(
        word.endswith(ending) and (word[: -len(ending)] in tiers() or word[: -len(drop)] in tiers())
        for ending, drop in (("s", "s"), ("es", "es"), ("ed", "d"), ("ing", "ing"), ("ly", "ly"))
    )


def is_ordinary(word: str) -> bool:
    """Whether a folded text is an ordinary word, a single letter or a number."""
    return len(word) == 1 or word.isdecimal() or word in tiers()

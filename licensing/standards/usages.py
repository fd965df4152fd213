"""
What a rights expression can speak of, in one vocabulary for all standards.

`depict` is this service's business: to make a video that shows the subject. The others are about
training and reading. A usage lies inside broader ones; a prohibition of the broader one covers it,
a permission does not: whoever permits "all AI uses" of a page has not licensed a character.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Usage = Literal[
    "all",
    "ai-all",
    "data-mining",
    "ai-train",
    "gen-ai-train",
    "ai-input",
    "ai-index",
    "search",
    "depict",
]
USAGES: Final[tuple[Usage, ...]] = get_args(Usage)

_WITHIN: Final[Mapping[Usage, tuple[Usage, ...]]] = {
    "all": (),
    "ai-all": ("all",),
    "data-mining": ("all",),
    "ai-train": ("ai-all", "data-mining"),
    "gen-ai-train": ("ai-train",),
    "ai-input": ("ai-all", "data-mining"),
    "ai-index": ("ai-all",),
    "search": ("all",),
    "depict": ("ai-all",),
}


def broader(usage: Usage) -> frozenset[Usage]:
    """List the usage and everything it lies in: whoever prohibits one of them prohibits it."""
    found = {usage}
    for outer in _WITHIN[usage]:
        found |= broader(outer)
    return frozenset(found)

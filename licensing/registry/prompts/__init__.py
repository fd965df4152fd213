"""
Ordinary prompts in four languages: what a name hits when nobody means it.

README.md beside this file says where they come from, and COPYRIGHT.txt on what terms.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_FILES: Final = (
    ("en", "en"),
    ("en", "en-public"),
    ("ja", "ja"),
    ("zh", "zh"),
    ("zh", "zh-public"),
    ("ko", "ko"),
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt, and its language as a BCP 47 tag."""

    lang: str
    text: str


@cache
def ordinary_prompts() -> tuple[Prompt, ...]:
    """Read the prompts that come with the program, once."""
    folder = files(__package__)
    return tuple(
        Prompt(lang, line)
        for lang, name in _FILES
        for line in folder.joinpath(f"{name}.txt").read_text("utf-8").splitlines()
    )

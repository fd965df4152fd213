"""
The short pages behind `/problems/<code>`: what happened, what was not changed, what to do next.

Sources are `problems/<language>/<code>.md` beside this file: a `# title`, paragraphs, and `## `
headings with paragraphs. Only `code spans` are marked up.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from service.pages.language import Language

_CODE_PATTERN: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, set as code or as prose."""

    text: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (none for the first section) and its paragraphs."""

    heading: str | None
    paragraphs: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """The page of one error code in one language."""

    code: str
    title: str
    sections: tuple[Section, ...]


def problem_codes() -> list[str]:
    """Every code that has a page."""
    folder = files("service.pages").joinpath("problems", "en")
    return sorted(page.name.removesuffix(".md") for page in folder.iterdir())


@cache
def problem_page(code: str, language: Language) -> ProblemPage | None:
    """Read the page of a code; None when there is none."""
    # The code comes from an address: it must never walk out of the folder.
    if not _CODE_PATTERN.fullmatch(code):
        return None
    source = files("service.pages").joinpath("problems", language, f"{code}.md")
    if not source.is_file():
        return None
    return _parse(code, source.read_text("utf-8"))


def _parse(code: str, text: str) -> ProblemPage:
    title = ""
    sections: list[tuple[str | None, list[str]]] = [(None, [])]
    for block in text.strip().split("\n\n"):
        if block.startswith("# "):
            title = block[2:]
        elif block.startswith("## "):
            sections.append((block[3:], []))
        else:
            sections[-1][1].append(block.replace("\n", " "))
    return ProblemPage(
        code,
        title,
        tuple(
            Section(heading, tuple(_pieces(paragraph) for paragraph in paragraphs))
            for heading, paragraphs in sections
            if paragraphs
        ),
    )


def _pieces(paragraph: str) -> tuple[Piece, ...]:
    """Split at backticks: every second piece is code."""
    return tuple(
        Piece(text, is_code=position % 2 == 1)
        for position, text in enumerate(paragraph.split("`"))
        if text
    )

"""Which language a page speaks, and its words."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, get_args

from markupsafe import Markup, escape

Language = Literal["en", "ja"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT_LANGUAGE: Final[Language] = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language, by key. A missing key is a defect and raises `KeyError`."""

    language: Language
    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Say a sentence as plain text; the template escapes it."""
        return self.sentences[key].format(**values)

    def marked(self, key: str, **values: object) -> Markup:
        """Say a sentence whose values came from outside."""
        return isolated(self.sentences[key], **values)

    def has(self, key: str) -> bool:
        """Whether there is a sentence for this key."""
        return key in self.sentences


def isolated(sentence: str, **values: object) -> Markup:
    """
    Fill a sentence with values from outside, each escaped and isolated in `<bdi>`.

    Without the isolation, a name in a right-to-left script would reorder the sentence.
    """
    kept = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
    return escape(sentence).format(**kept)


@cache
def words_of(language: Language) -> Words:
    """Read the sentences of a language from the package, once."""
    text = files("service.pages").joinpath("locales", f"{language}.json").read_text("utf-8")
    return Words(language, json.loads(text))


def choose_language(asked: str | None, accept_language: str | None) -> Language:
    """Take `?lang=` when it names a language we speak, else the browser's first that we do."""
    for language in LANGUAGES:
        if asked == language:
            return language
    ranked = sorted(
        (_weight(part), -position, part.split(";", 1)[0].strip().lower())
        for position, part in enumerate((accept_language or "").split(",")[:20])
    )
    for weight, _, tag in reversed(ranked):
        for language in LANGUAGES:
            if weight > 0 and tag.split("-", 1)[0] == language:
                return language
    return DEFAULT_LANGUAGE


def language_of_environment() -> Language:
    """Japanese when the terminal speaks it, else English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    return "ja" if (spoken or "").startswith("ja") else "en"


def _weight(part: str) -> float:
    """Read the q-value of one Accept-Language part; a malformed one counts as unwanted."""
    _, _, parameter = part.partition(";")
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name == "q" else 0.0
    except ValueError:
        return 0.0

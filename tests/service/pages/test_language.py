"""Which language a page speaks."""

import re
import string
from importlib.resources import files

import pytest

from service.pages.language import LANGUAGES, Language, choose_language, isolated, words_of
from service.pages.verdict_view import TONES


@pytest.mark.parametrize(
    ("asked", "header", "chosen"),
    [
        pytest.param("ja", "en", "ja", id="the query wins"),
        pytest.param("xx", "ja", "ja", id="an unknown query is ignored"),
        pytest.param(None, None, "en", id="nothing said"),
        pytest.param(None, "ja-JP,ja;q=0.9,en;q=0.8", "ja", id="a Japanese browser"),
        pytest.param(None, "fr, ja;q=0.2, en;q=0.7", "en", id="weights count"),
        pytest.param(None, "en;q=0, ja;q=0.1", "ja", id="zero is unwanted"),
        pytest.param(None, "ja;q=x, en;q=0.1", "en", id="a broken weight"),
        pytest.param(None, "en, ja", "en", id="the first of equals"),
        pytest.param(None, ";;;,,,", "en", id="garbage"),
    ],
)
def test_the_reader_chooses_the_language(
    asked: str | None, header: str | None, chosen: str
) -> None:
    assert choose_language(asked, header) == chosen


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, japanese = (words_of(language).sentences for language in LANGUAGES)

    assert list(english) == list(japanese)
    for key, sentence in english.items():
        assert places(sentence) == places(japanese[key]), key


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("verdict", TONES)
def test_every_verdict_has_a_word(verdict: str) -> None:
    for language in LANGUAGES:
        assert words_of(language).has(f"result.{verdict}")


def test_values_from_outside_are_isolated_and_escaped() -> None:
    sentence = isolated("Signed by {signer}.", signer="<b>Mallory</b>")

    assert "<bdi>&lt;b&gt;Mallory&lt;/b&gt;</bdi>" in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_a_template_names_exists(language: Language) -> None:
    words = words_of(language)
    for template in files("service.pages").joinpath("templates").iterdir():
        for key in re.findall(r't\("([a-z_.]+[a-z])"[,)]', template.read_text("utf-8")):
            assert words.has(key), (template.name, key)

"""Word boundaries: only where a script has them."""

import pytest

from licensing.reading.boundaries import Side, joins, word_script


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        pytest.param("a", "LATIN", id="Latin"),
        pytest.param("Ａ", "LATIN", id="full width"),
        pytest.param("𝓐", "LATIN", id="styled"),
        pytest.param("я", "CYRILLIC", id="Cyrillic"),
        pytest.param("ω", "GREEK", id="Greek"),
        pytest.param("피", "HANGUL", id="Hangul"),
        pytest.param("7", "DIGIT", id="digit"),
        pytest.param("７", "DIGIT", id="full-width digit"),
        pytest.param("²", None, id="superscript"),
        pytest.param("™", None, id="trade mark"),
        pytest.param("_", None, id="underscore"),
        pytest.param(" ", None, id="space"),
        pytest.param("ピ", None, id="katakana"),
        pytest.param("龙", None, id="Han"),
        pytest.param("ก", None, id="Thai"),
        pytest.param("👩", None, id="emoji"),
        pytest.param("\ud800", None, id="lone surrogate"),
    ],
)
def test_a_character_continues_words_of_its_script(character: str, expected: str | None) -> None:
    assert word_script(character) == expected


@pytest.mark.parametrize(
    ("script", "neighbour", "side", "expected"),
    [
        pytest.param("LATIN", "s", "right", True, id="a longer word"),
        pytest.param("LATIN", "é", "left", True, id="an accented letter"),
        pytest.param("LATIN", "2", "right", True, id="a digit behind letters"),
        pytest.param("DIGIT", "a", "right", True, id="a letter behind digits"),
        pytest.param("DIGIT", "3", "left", True, id="a longer number"),
        pytest.param("LATIN", "が", "right", False, id="a particle in another script"),
        pytest.param("LATIN", "가", "right", False, id="Hangul after Latin"),
        pytest.param("HANGUL", "가", "left", True, id="Hangul inside a word"),
        pytest.param("HANGUL", "는", "right", False, id="a Korean particle"),
        pytest.param("HANGUL", "2", "left", False, id="a Korean count"),
        pytest.param(None, "ピ", "left", False, id="no boundary in kana"),
        pytest.param("LATIN", "'", "right", False, id="punctuation"),
    ],
)
def test_a_neighbour_joins_a_name_or_not(
    script: str | None,
    neighbour: str,
    side: Side,
    *,
    expected: bool,
) -> None:
    assert joins(script, neighbour, side=side) is expected

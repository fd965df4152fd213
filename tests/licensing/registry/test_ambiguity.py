"""Proposed classes: what a name's text also means, in seven languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.registry.ambiguity import Clue, propose
from licensing.registry.subjects import Ambiguity, Name


@pytest.mark.parametrize(
    ("text", "lang", "ambiguity", "clue"),
    [
        pytest.param("L", "en", "generic", "one_character", id="a letter"),
        pytest.param("It", "en", "generic", "very_short", id="two letters"),
        pytest.param("1984", "en", "generic", "year_or_number", id="a number"),
        pytest.param("Her", "en", "generic", "commonest_word", id="one of the commonest words"),
        pytest.param("Frozen", "en", "common", "ordinary_word", id="an English word"),
        pytest.param("Link", "en", "common", "ordinary_word", id="a word that is a hero"),
        pytest.param("Cars", "en", "common", "ordinary_word", id="a plural"),
        pytest.param("Sarah", "en", "name", "persons_name", id="a given name"),
        pytest.param("Kowalski", "en", "name", "persons_name", id="a family name"),
        pytest.param("Muk", "en", "name", "short", id="three letters"),
        pytest.param("Wild Journey", "en", "name", "ordinary_words", id="two ordinary words"),
        pytest.param("The Long Way Home", "en", "unique", "strange", id="a whole title"),
        pytest.param("Team Pikachu", "en", "unique", "strange", id="a word and a strange one"),
        pytest.param("Pikachu", "en", "unique", "strange", id="no word"),
        pytest.param("Sand", "de", "common", "ordinary_word", id="a German word"),
        pytest.param("Tonnerre", "fr", "common", "ordinary_word", id="a French word"),
        pytest.param("Estrella", "es", "common", "ordinary_word", id="a Spanish word"),
        pytest.param("猫", "ja", "generic", "one_character", id="one kanji"),
        pytest.param("リンク", "ja", "common", "ordinary_word", id="a katakana word"),
        pytest.param("きりん", "ja", "common", "ordinary_word", id="a hiragana word"),
        pytest.param("死神", "ja", "common", "ordinary_word", id="a kanji word"),
        pytest.param("赤い猫", "ja", "common", "ordinary_words", id="a short phrase"),
        pytest.param("君の名は", "ja", "common", "ordinary_words", id="four characters of words"),
        pytest.param("進撃の巨人", "ja", "unique", "strange", id="a longer title"),
        pytest.param("花子", "ja", "name", "persons_name", id="a Japanese given name"),
        pytest.param("東京", "ja", "name", "place_name", id="a Japanese place"),
        pytest.param("咒丑", "ja", "name", "short", id="two strange kanji"),
        pytest.param("ゼニガメ", "ja", "unique", "strange", id="no Japanese word"),
        pytest.param("飞机", "ja", "common", "ordinary_word", id="a Chinese word among Japanese"),
        pytest.param("风筝", "zh-Hans", "common", "ordinary_word", id="a Chinese word"),
        pytest.param("風箏", "zh-Hant", "common", "ordinary_word", id="in the other script"),
        pytest.param("北京", "zh-Hans", "name", "persons_name", id="a Chinese name"),
        pytest.param("疯狂动物", "zh-Hans", "common", "ordinary_words", id="two Chinese words"),
        pytest.param("伊布", "zh-Hans", "name", "short", id="two strange characters"),
        pytest.param("皮卡丘", "zh-Hans", "unique", "strange", id="no Chinese word"),
        pytest.param("기린", "ko", "common", "ordinary_word", id="a Korean word"),
        pytest.param("눈사람마을", "ko", "common", "ordinary_words", id="two Korean words"),
        pytest.param("루피", "ko", "name", "short", id="two syllables"),
        pytest.param("피카츄", "ko", "unique", "strange", id="no Korean word"),
        pytest.param("월-E", "ko", "unique", "strange", id="two scripts"),
        pytest.param("競女!!!", "zh-Hant", "name", "short", id="signs do not count"),
        pytest.param("☆", "ja", "generic", "one_character", id="a sign alone"),
    ],
)
def test_a_class_is_proposed_with_its_clue(
    text: str, lang: str, ambiguity: Ambiguity, clue: Clue
) -> None:
    proposal = propose(Name(text, lang, "official"))

    assert (proposal.ambiguity, proposal.clue) == (ambiguity, clue)


@settings(max_examples=100)
@given(st.text(min_size=1, max_size=12), st.sampled_from(["en", "ja", "zh", "ko", "de"]))
def test_any_text_gets_a_proposal(text: str, lang: str) -> None:
    assert propose(Name(text, lang, "alias")).ambiguity in {"unique", "name", "common", "generic"}

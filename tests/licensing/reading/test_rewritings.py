"""Texts that stand for other texts: drawn out, encoded, parted by signs; and ordinary ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.reading.rewritings import rewritings
from licensing.registry.subjects import Name, Subject

LEXICON = Lexicon.build(
    [
        Subject("pika", "character", None, (Name("Pikachu", "en", "official"),)),
        Subject("ferro", "character", None, (Name("Ferroseed", "en", "official"),)),
        Subject("arbo", "character", None, (Name("Arboliva", "en", "official"),)),
        Subject("parde", "character", None, (Name("パルデール", "ja", "official"),)),
        Subject("tai", "character", None, (Name("タイカイデン", "ja", "official"),)),
        Subject("wu", "character", None, (Name("乌贼王", "zh-Hans", "official"),)),
        Subject("frozen", "work", None, (Name("Frozen", "en", "official", "common"),)),
    ],
)


def found(text: str) -> list[tuple[str, str]]:
    mentions = read(text, LEXICON, registry_version=1).mentions
    return [(each.subject_id, each.surface) for each in mentions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a Pikaaaachu!", ("pika", "Pikaaaachu"), id="a letter drawn out"),
        pytest.param("a PIKAaachu!", ("pika", "PIKAaachu"), id="in any case"),
        pytest.param("Ferrrrroseed", ("ferro", "Ferrrrroseed"), id="a double letter drawn out"),
        pytest.param("P|i|k|a|c|h|u", ("pika", "P|i|k|a|c|h|u"), id="bars between"),
        pytest.param("P!i!k!a!c!h!u", ("pika", "P!i!k!a!c!h!u"), id="exclamations between"),
        pytest.param("Ar8o1!v@ naps", ("arbo", "Ar8o1!v@"), id="a sign at the end"),
        pytest.param("@rbol!v@", ("arbo", "@rbol!v@"), id="a sign at the beginning"),
        pytest.param("team@Pikachu", ("pika", "Pikachu"), id="a sign that is none"),
        pytest.param("Pikachu+friend", ("pika", "Pikachu"), id="a plus that adds"),
        pytest.param("Pi&#107;achu", ("pika", "Pi&#107;achu"), id="one entity"),
        pytest.param(
            "&#x50;&#x49;kachu &amp; co", ("pika", "&#x50;&#x49;kachu"), id="a hexadecimal one"
        ),
        pytest.param("%50%69kachu", ("pika", "%50%69kachu"), id="percent signs"),
        pytest.param(
            "%50%69%6B%61%63%68%75%21", ("pika", "%50%69%6B%61%63%68%75%21"), id="all of it"
        ),
        pytest.param("PPiikkaacchhuu", ("pika", "PPiikkaacchhuu"), id="every letter doubled"),
        pytest.param(
            "a \u202euhcakiP\u202c toy", ("pika", "\u202euhcakiP\u202c"), id="turned round twice"
        ),
        pytest.param("ᏢᎥᏦᎪᏟᎻU", ("pika", "ᏢᎥᏦᎪᏟᎻU"), id="Cherokee letters"),
        pytest.param("Pikachʊ", ("pika", "Pikachʊ"), id="a phonetic letter"),
        pytest.param("パルデールッ!", ("parde", "パルデール"), id="a cry behind it"),
        pytest.param("パルデ一ルと海", ("parde", "パルデ一ル"), id="the kanji for one"),
        pytest.param(
            "タ✨イ✨カ✨イ✨デ✨ン", ("tai", "タ✨イ✨カ✨イ✨デ✨ン"), id="emoji between kana"
        ),
        pytest.param("タ☆イ☆カ☆イ☆デ☆ン", ("tai", "タ☆イ☆カ☆イ☆デ☆ン"), id="stars between kana"),
        pytest.param("乌🔥贼🔥王", ("wu", "乌🔥贼🔥王"), id="emoji between Han"),
    ],
)
def test_a_name_is_found_in_what_the_text_stands_for(text: str, expected: tuple[str, str]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hmmm, www.example.com/%20", id="nothing in it"),
        pytest.param("100% of the brrrr", id="a percentage"),
        pytest.param("&#1114112;&#xd800;", id="codes of no character"),
        pytest.param("タイ、カイデン", id="a comma between kana"),
        pytest.param("ドア一枚", id="one door"),
    ],
)
def test_an_ordinary_text_stands_for_itself(text: str) -> None:
    assert found(text) == []


def test_a_name_is_told_once_and_with_the_rule() -> None:
    (mention,) = read("Piiikachu", LEXICON, registry_version=1).mentions

    assert mention.rules == ("name.drawn_out", "name.exact", "sure.unique")
    assert (mention.evidence, mention.confidence) == ("skeleton", 0.95)
    assert found("Pikachu, hmmm, Pikachu") == [("pika", "Pikachu")] * 2
    assert found("Pikachuuu") == [("pika", "Pikachu")]


def test_a_refusal_holds_in_another_reading_too() -> None:
    (mention,) = read("no Pikaaachu", LEXICON, registry_version=1).mentions

    assert mention.polarity == "negated"


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                "Pikachu",
                "aaa",
                "uhcakiP",
                "\u202e",
                "\u202c",
                "%50%69%6B%61%63%68%75%21",
                "&#80;",
                "%50",
                "ikachu",
                "$",
                "|",
                " ",
                "é",
                "一",
                "カ",
            ]
        ),
        max_size=8,
    ).map("".join)
)
def test_every_place_of_a_rewriting_leads_back(text: str) -> None:
    for other in rewritings(text):
        assert len(other.starts) == len(other.ends) == len(other.text)
        assert all(start < end for start, end in zip(other.starts, other.ends, strict=True))
        assert list(other.starts) == sorted(other.starts)
    for mention in read(text, LEXICON, registry_version=1).mentions:
        assert text[mention.start : mention.end] == mention.surface
        assert mention.start < mention.end

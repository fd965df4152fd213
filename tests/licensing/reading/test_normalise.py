"""Folding: many ways to write a text, one form, and the way back."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from licensing.reading.normalise import MAX_CHUNK_CHARS, fold

# Draw often from what makes folding hard: marks, jamo, format characters, expansions, surrogates.
difficult = st.text(
    st.sampled_from(
        "aZé éßﬁﷺ㌔ſİΐς'’—″  \t\n\x00\x1c\u3000\u00a0\u0301\u0338\u0345\u20dd\u3099゛゜´¨"
        "かガｶﾞﾟピ・〜가ᄀ\u1161\u11a8ㅏㄳㅤ\uffa0\u200b\u200d\ufe0f\U000e0101👩🚀٣א\u05b0\ufc5eﱞ\ud800",
    )
    | st.characters(),
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("Sonic THE Hedgehog", "sonic the hedgehog", id="case"),
        pytest.param("Ｐｉｋａｃｈｕ", "pikachu", id="full width"),
        pytest.param("ﾋﾟｶﾁｭｳ", "ピカチュウ", id="halfwidth kana, marks composed"),
        pytest.param("ピカチュウ", "ピカチュウ", id="combining voicing marks"),
        pytest.param("カ゛ンタ゛ム", "ガンダム", id="spacing voicing marks"),
        pytest.param("ぴかちゅう", "ぴかちゅう", id="hiragana stays hiragana"),
        pytest.param("Pi\u200bka\u00adc\u2060hu\ufe0f", "pikachu", id="zero width, soft hyphen"),
        pytest.param("P\u0336i\u0336k\u0336a\u0336", "pika", id="struck through"),
        pytest.param("𝓟𝓲𝓴𝓪 ⓅⒾ", "pika pi", id="styled letters"),
        pytest.param("Pokémon Pokémon", "pokémon pokémon", id="composed and decomposed"),
        pytest.param("Straße ﬁn", "strasse fin", id="letters that become two"),
        pytest.param("피카츄", "피카츄", id="decomposed Hangul"),
        pytest.param("Howl’s “Spider–Man” 〜x·y", 'howl\'s "spider-man" ~x・y', id="typography"),
        pytest.param("Pikachu´s", "pikachu's", id="an accent for an apostrophe"),
        pytest.param("Super\u3000 \t\nMario\r\n", "super mario ", id="white space"),
        pytest.param("a\tb", "a b", id="a single tab"),
        pytest.param("a\x00b", "ab", id="a control character in ASCII"),
        pytest.param("a\ud800b", "a\ufffdb", id="a lone surrogate"),
        pytest.param("\u200b\u0301a", "a", id="marks on nothing"),
        pytest.param("change", "change", id="no letter or apostrophe is invented"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_variants_fold_to_one_form(written: str, expected: str) -> None:
    assert fold(written).text == expected


@pytest.mark.parametrize(
    ("written", "part", "expected"),
    [
        pytest.param("A Pikachu", "pikachu", "Pikachu", id="ASCII"),
        pytest.param("大ﾋﾟｶ小", "ピカ", "ﾋﾟｶ", id="a composed pair"),
        pytest.param("a ㌔ b", "ロ", "㌔", id="a part of one character is the whole character"),
        pytest.param(
            "x Pi\u200bka\u200b y", "pika", "Pi\u200bka\u200b", id="zero width inside and after"
        ),
        pytest.param(
            "<P\u0336i\u0336>", "pi", "P\u0336i\u0336", id="strokes belong to their letter"
        ),
        pytest.param("Super \n Mario!", "super mario", "Super \n Mario", id="a run of white space"),
        pytest.param("x¨y", "x y", "x¨y", id="a mark that becomes a space"),
        pytest.param("x ¨y", "x y", "x ¨y", id="a second space is dropped"),
        pytest.param("👩\u200d🚀 Tora", "tora", "Tora", id="beyond the basic plane"),
    ],
)
def test_a_span_leads_back_to_the_original(written: str, part: str, expected: str) -> None:
    folded = fold(written)
    at = folded.text.index(part)

    start, end = folded.span(at, at + len(part))

    assert written[start:end] == expected


def test_a_tower_of_marks_is_cut() -> None:
    # Hebrew points are letters' own marks, and are kept.
    tower = "a" + "\u05b0" * 100_000 + "b"

    folded = fold(tower)

    assert folded.text == "a" + "\u05b0" * (MAX_CHUNK_CHARS - 1) + "b"
    assert folded.span(len(folded.text) - 1, len(folded.text)) == (100_001, 100_002)


@settings(max_examples=300, deadline=None)
@given(difficult)
@example("\u3164\u0345")
def test_offsets_lead_back_in_order(text: str) -> None:
    folded = fold(text)

    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert folded.offsets[-1] == len(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


@settings(max_examples=300, deadline=None)
@given(difficult)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text

    assert fold(once).text == once


@settings(max_examples=300, deadline=None)
@given(difficult)
def test_canonically_equivalent_texts_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)).text == fold(text).text


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_agrees_with_the_long_one(text: str) -> None:
    # An accented letter at the end sends the same text the long way.
    assert fold(text + "xé").text == fold(text + "x").text + "é"

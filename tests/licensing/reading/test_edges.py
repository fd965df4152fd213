"""Where a name can begin and end at all: what is turned down early would be turned down later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.reading.edges import edges
from licensing.reading.entries import Entry, Text
from licensing.reading.joining import in_tag, joined


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        pytest.param("up upper", "10110000", "01101001", id="words; a double letter may trail on"),
        pytest.param("TeamUp", "100010", "000101", id="a hump"),
        pytest.param("ones axes", "100011000", "011110111", id="plurals"),
        pytest.param("a #xyz", "111111", "111111", id="a hashtag"),
        pytest.param("ピカ", "11", "11", id="a script without spaces"),
        pytest.param("ＡＢｃ", "110", "111", id="what is shown in full width is looked at closely"),
        pytest.param("", "", "", id="nothing"),
    ],
)
def test_edges_are_told_for_every_character(text: str, begins: str, ends: str) -> None:
    found = edges(Text.of(text))

    assert tuple("".join(map(str, flags)) for flags in found) == (begins, ends)


@given(st.text("abes #A1_éＡ🅰ーピ™ﬁ\u0301", max_size=12))
def test_only_places_inside_words_are_turned_down(original: str) -> None:
    text = Text.of(original)
    folded = text.folded.text

    begins, ends = edges(text)

    for place in range(1, len(folded)):
        inside = "a" <= folded[place - 1] <= "z" and "a" <= folded[place] <= "z"
        plainly = inside and not text.shown(place).isupper() and not in_tag(text, place)
        assert begins[place] == (not plainly)
    for last in (place for place, flag in enumerate(ends) if not flag):
        for start in range(last + 1):
            name = folded[start : last + 1]
            assert joined(text, start, last + 1, Entry(name, (), "abcdef")) is None

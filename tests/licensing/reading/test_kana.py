"""Hiragana that stands for katakana: what is turned down at once would be turned down later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.reading.kana import rules_katakana_out, stands_free


@given(st.text("されてがアー、", min_size=1, max_size=8), st.data())
def test_only_what_does_not_stand_free_is_turned_down(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first, len(text) - 1))
    end = last + 1
    while text.startswith("ー", end):
        end += 1

    out = rules_katakana_out(text, first, last)

    hiragana = {text[first], text[last]} & set("されてが")
    believable = last + 1 - first >= 3 and stands_free(text, first, end, hiragana=True)
    assert not (out and (believable or not hiragana))


@pytest.mark.parametrize(
    ("text", "place", "out"),
    [
        pytest.param("がりの", (0, 2), False, id="a whole text"),
        pytest.param("すがりの", (1, 3), True, id="behind another word"),
        pytest.param("のがりの", (1, 3), False, id="behind a particle"),
        pytest.param("がりのす", (0, 2), True, id="before another word"),
        pytest.param("がりのが", (0, 2), False, id="before a particle"),
        pytest.param("すがりのす", (1, 3), True, id="amid a word"),
        pytest.param("すがりがりす", (1, 4), True, id="four characters before another word"),
        pytest.param("すがりがりがす", (1, 5), False, id="five characters anywhere"),
        pytest.param("がりの", (0, 1), True, id="two characters"),
        pytest.param("ぬおー", (0, 1), False, id="two characters and a length mark"),
        pytest.param("がりのー", (0, 2), False, id="a length mark behind"),
        pytest.param("ガリノ", (0, 2), False, id="katakana"),
        pytest.param("ガりの", (0, 2), False, id="mixed"),
    ],
)
def test_most_hiragana_is_no_katakana_name(text: str, place: tuple[int, int], *, out: bool) -> None:
    assert rules_katakana_out(text, *place) is out

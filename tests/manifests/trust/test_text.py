"""Names that strangers chose cannot hide or reorder what stands beside them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.trust.text import HIDDEN_CATEGORIES, JOINERS, NAME_LENGTH_LIMIT, display_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("落款スタジオ", "落款スタジオ", id="plain Japanese"),
        pytest.param("Studio\u202egnp.exe", "Studiognp.exe", id="right-to-left override"),
        pytest.param("two\nlines\tand tabs", "twolinesand tabs", id="controls"),
        pytest.param("  wide   gaps  ", "wide gaps", id="gaps"),
        pytest.param("<b>bold</b>", "<b>bold</b>", id="markup stays data"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="joiner that spelling needs"),
        pytest.param("\u200d\u200c", "", id="nothing but joiners"),
        pytest.param("", "", id="empty"),
        pytest.param("x" * 500, "x" * 119 + "…", id="too long"),
    ],
)
def test_a_name_is_made_safe_to_show(name: str, shown: str) -> None:
    assert display_name(name) == shown


@given(st.text())
def test_no_name_keeps_anything_hidden_or_grows(name: str) -> None:
    shown = display_name(name)

    hidden = {c for c in shown if unicodedata.category(c) in HIDDEN_CATEGORIES} - JOINERS
    assert not hidden
    assert len(shown) <= NAME_LENGTH_LIMIT
    assert display_name(shown) == shown

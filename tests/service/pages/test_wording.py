"""Dates, lengths and sizes in both languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pages.language import Language, words_of
from service.pages.wording import MAX_SHOWN_CHARS, clean, shown_size, shown_span, shown_time


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Studio\u202eoiduts", "Studiooiduts", id="bidirectional override"),
        pytest.param("a\x00b\x1b[31mc", "ab[31mc", id="control characters"),
        pytest.param("line\nbreak\t!", "line break !", id="white space"),
        pytest.param("zero\u200bwidth", "zerowidth", id="zero width"),
        pytest.param("青山文庫", "青山文庫", id="Japanese stays"),
        pytest.param(42, "42", id="a number"),
        pytest.param("x" * 999, "x" * (MAX_SHOWN_CHARS - 1) + "…", id="too long"),
    ],
)
def test_strings_from_outside_are_made_safe_to_look_at(text: object, shown: str) -> None:
    assert clean(text) == shown


@settings(max_examples=60)
@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert len(once) <= MAX_SHOWN_CHARS


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        pytest.param("2026-11-22T09:05:00Z", "en", "22 November 2026, 09:05 UTC", id="English"),
        pytest.param(
            "2026-11-22T18:05:00+09:00", "ja", "2026年11月22日 09:05（UTC）", id="Japanese"
        ),
        pytest.param("yesterday", "en", None, id="no time"),
        pytest.param("2026-11-22T09:05:00", "en", None, id="no zone"),
        pytest.param(None, "en", None, id="nothing"),
    ],
)
def test_times_name_their_zone(value: object, language: Language, shown: str | None) -> None:
    assert shown_time(value, language) == shown


def test_spans_are_clock_times() -> None:
    assert shown_span(5.2, 80) == "0:05 – 1:20"


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(2 * 1024**3, "2 GiB"), (200 * 1024**2, "200 MiB"), (1000, "1,000 bytes")],
)
def test_sizes_have_units(size_bytes: int, shown: str) -> None:
    assert shown_size(size_bytes, words_of("en")) == shown

"""Byte ranges as RFC 9110 writes them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.byte_ranges import RangeUnsatisfiable, cut, parse_range


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        pytest.param(None, None, id="no header"),
        pytest.param("bytes=0-3", range(4), id="first four"),
        pytest.param("bytes=8-", range(8, 10), id="from eight"),
        pytest.param("bytes=-3", range(7, 10), id="last three"),
        pytest.param("bytes=-30", range(10), id="more than there is"),
        pytest.param("bytes=5-99", range(5, 10), id="beyond the end"),
        pytest.param("bytes=-", None, id="empty"),
        pytest.param("bytes=5-3", None, id="backwards"),
        pytest.param("bytes=0-1,4-5", None, id="several"),
        pytest.param("pages=1-2", None, id="other unit"),
    ],
)
def test_a_range_header_names_bytes(header: str | None, wanted: range | None) -> None:
    assert parse_range(header, 10) == wanted


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=-0"])
def test_a_range_behind_the_last_byte_cannot_be_served(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable):
        parse_range(header, 10)


@settings(max_examples=60)
@given(chunks=st.lists(st.binary(max_size=8)), start=st.integers(0, 40), length=st.integers(0, 40))
def test_cutting_chunks_is_slicing_the_whole(chunks: list[bytes], start: int, length: int) -> None:
    part = range(start, start + length)

    assert b"".join(cut(chunks, part)) == b"".join(chunks)[part.start : part.stop]

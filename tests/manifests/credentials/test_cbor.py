"""CBOR of strangers: what an assertion needs is read, and nothing makes the reader stumble."""

from contextlib import suppress

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifests.credentials.cbor import ITEMS_LIMIT, decode

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.binary(max_size=20)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@settings(max_examples=60)
@given(values)
def test_what_another_writer_wrote_is_read_back(value: object) -> None:
    assert decode(cbor2.dumps(value)) == value


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ValueError):
        decode(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param("5f42010243030405ff", b"\1\2\3\4\5", id="bytes in chunks"),
        pytest.param("7f657374726561646d696e67ff", "streaming", id="text in chunks"),
        pytest.param("9f0102ff", [1, 2], id="a list without a length"),
        pytest.param("bf6161f5ff", {"a": True}, id="a map without a length"),
        pytest.param(
            "c074323031332d30332d32315432303a30343a30305a", "2013-03-21T20:04:00Z", id="tag"
        ),
        pytest.param("a10102", {"1": 2}, id="a number for a name"),
        pytest.param("f7", None, id="undefined"),
        pytest.param("f93c00", 1.0, id="half a float"),
        pytest.param("0100", 1, id="something behind it"),
    ],
)
def test_forms_that_others_use_are_read(data: str, value: object) -> None:
    assert decode(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x41", id="bytes that are missing"),
        pytest.param(b"\x9a\xff\xff\xff\xff", id="four billion items"),
        pytest.param(b"\xba\xff\xff\xff\xff", id="four billion members"),
        pytest.param(b"\x5b" + b"\xff" * 8, id="more bytes than there can be"),
        pytest.param(b"\x61\xff", id="no text"),
        pytest.param(b"\x1c", id="a reserved length"),
        pytest.param(b"\xf8\x20", id="an unassigned value"),
        pytest.param(b"\x1f\xff", id="a number without a length"),
        pytest.param(b"\x9f\x01", id="a list without an end"),
        pytest.param(b"\x81" * 100, id="too deep"),
        pytest.param(b"\x9f" + b"\x00" * (ITEMS_LIMIT + 1), id="too many"),
        pytest.param(b"\xa1\x80", id="half a member"),
    ],
)
def test_what_is_not_well_formed_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"CBOR|utf-8"):
        decode(data)

"""The artefact's frame: what it says of itself is read back, and everything else is refused."""

from collections.abc import Callable

import pytest

from licensing.reading.artefact import Header, body, header_bytes, read_header
from licensing.reading.refusal import ArtefactRefused

COLUMNS = {"names": b"Kumo", "empty": b"", "numbers": bytes(16)}
SIGNATURE = b"s" * 64


def header() -> Header:
    return Header.of(COLUMNS, registry_version=7, rules_sha256="rules", subjects=1)


def signed(text: bytes) -> bytes:
    assert text.startswith(b"RAKKLEX1")
    return SIGNATURE


def read(head: bytes, *, rules: str = "rules", trusted: bool = True) -> Header:
    def verify(signature: bytes, text: bytes) -> bool:
        return trusted and signature == SIGNATURE and head == text + signature

    return read_header(head, verify=verify, rules_sha256=rules)


def test_a_header_is_read_back_and_cuts_the_columns_out() -> None:
    head = header().signed(signed)

    found = read(head)

    assert found == header()
    assert len(head) % 8 == 0
    whole = b"".join(bytes(piece) for piece in body(COLUMNS))
    assert {name: bytes(each) for name, each in found.columns(memoryview(whole)).items()} == COLUMNS
    assert found.body_bytes == len(whole) == 24


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(lambda head: head[:10], "does not begin like one", id="a beginning"),
        pytest.param(lambda head: b"PK" + head[2:], "does not begin like one", id="another file"),
        pytest.param(lambda head: head[:-1], "cut short", id="a signature cut short"),
        pytest.param(lambda head: head[:12] + b"\x01" + head[13:], "too long", id="a huge length"),
        pytest.param(lambda head: head[:-1] + b"x", "signature", id="another signature"),
    ],
)
def test_what_is_no_artefact_is_refused(spoil: Callable[[bytes], bytes], reason: str) -> None:
    with pytest.raises(ArtefactRefused, match=reason):
        read(spoil(header().signed(signed)))


def test_an_artefact_of_another_key_or_program_is_refused() -> None:
    head = header().signed(signed)

    with pytest.raises(ArtefactRefused, match="signature"):
        read(head, trusted=False)
    with pytest.raises(ArtefactRefused, match="another version of this program"):
        read(head, rules="other rules")


def test_the_length_of_the_header_is_told_by_its_first_bytes() -> None:
    head = header().signed(signed)

    assert header_bytes(head[:16]) == len(head) - 64

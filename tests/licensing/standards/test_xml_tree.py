"""XML of strangers: bombs, documents without end, and what is no XML at all."""

import pytest

from licensing.standards.errors import DeclarationMalformed, DeclarationTooLarge, DeclarationUnsafe
from licensing.standards.xml_tree import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, parse_xml

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(
            f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]><r>&l9;</r>', id="a billion laughs"
        ),
        pytest.param(f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]><r>{"&a;" * 9}</r>', id="blowup"),
        pytest.param(
            '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', id="a local file"
        ),
        pytest.param(
            '<!DOCTYPE r SYSTEM "http://169.254.169.254/x.dtd"><r/>', id="an outside document type"
        ),
        pytest.param('<!DOCTYPE r [<!ENTITY % p SYSTEM "http://x/">%p;]><r/>', id="parameter"),
        pytest.param("<!DOCTYPE html><html/>", id="any document type"),
    ],
)
def test_a_document_type_is_never_read(document: str) -> None:
    with pytest.raises(DeclarationUnsafe):
        parse_xml(document.encode())


@pytest.mark.parametrize(
    ("document", "limit"),
    [
        pytest.param(b"<r>" + b" " * 10_000_000 + b"</r>", MAX_BYTES, id="ten megabytes"),
        pytest.param(b"<r>" * (MAX_DEPTH + 1), MAX_DEPTH, id="deep"),
        pytest.param(b"<r>" * 200_000, MAX_DEPTH, id="deep beyond any stack"),
        pytest.param(b"<r>" + b"<a/>" * MAX_ELEMENTS + b"</r>", MAX_ELEMENTS, id="wide"),
    ],
)
def test_a_document_beyond_the_bounds_is_refused(document: bytes, limit: int) -> None:
    with pytest.raises(DeclarationTooLarge) as refused:
        parse_xml(document)

    assert refused.value.limit == limit


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<r>", id="broken off"),
        pytest.param(b"<r></s>", id="crossed"),
        pytest.param(b"<r>&unknown;</r>", id="an entity nobody declared"),
        pytest.param(b'<?xml version="1.0" encoding="utf-7"?><r/>', id="an old encoding"),
        pytest.param(b'<?xml version="1.0" encoding="nonsense"?><r/>', id="no encoding"),
        pytest.param(b"<r>\xff\xfe</r>", id="not UTF-8"),
        pytest.param(b"<r>\x00</r>", id="a zero byte"),
        pytest.param(b"<r/><r/>", id="two roots"),
        pytest.param(b"\x89PNG\r\n", id="a picture"),
    ],
)
def test_what_is_no_xml_is_told_so(document: bytes) -> None:
    with pytest.raises(DeclarationMalformed):
        parse_xml(document)


def test_a_tree_keeps_namespaces_texts_and_order() -> None:
    root = parse_xml('<r xmlns="urn:a" b="1">x<c>é</c><c xmlns="urn:b"/>y</r>'.encode("utf-16"))

    assert (root.namespace, root.name, root.attributes, root.text) == (
        "urn:a",
        "r",
        {"b": "1"},
        "xy",
    )
    assert [child.text for child in root.all("c")] == ["é"]

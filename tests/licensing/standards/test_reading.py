"""Any document: what it is, which part of it is about a subject, how long it is believed."""

import hashlib
import json
from datetime import timedelta

import pytest

from licensing.standards.errors import (
    DeclarationMalformed,
    PartUnclear,
    StandardSwitchedOff,
    StandardUnknown,
)
from licensing.standards.odrl_words import CONTEXT
from licensing.standards.reading import part_about, read_document

RSL = b"""<?xml version="1.0"?>
<rsl xmlns="https://rslstandard.org/rsl" max-age="7">
  <content url="/works/*"><license><prohibits type="usage">ai-all</prohibits></license></content>
  <content url="/works/press/*"><license><permits type="usage">search</permits></license></content>
</rsl>"""
RIGHT = (
    '<media:right subject="character" registry-id="{id}" isrd="{id}-1" status="{status}"><license>'
    '<{kind} type="usage">media:ai-generate</{kind}></license></media:right>'
)


def rights(*written: str) -> bytes:
    spaces = 'xmlns="https://rslstandard.org/rsl" xmlns:media="https://rslmedia.org/media"'
    return f"<rsl {spaces}>{''.join(written)}</rsl>".encode()


def right(id: str = "mio", status: str = "active", kind: str = "permits") -> str:  # noqa: A002
    return RIGHT.format(id=id, status=status, kind=kind)


ODRL = json.dumps(
    {
        "@context": CONTEXT,
        "uid": "urn:p",
        "prohibition": [
            {"target": "https://a.example/subjects/mio", "action": "use"},
            {"target": "https://a.example/subjects/leo", "action": "index"},
        ],
    }
).encode()
TDM = (
    b'[{"location": "/works/*", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0},'
    b'{"location": "/works/*", "tdm-reservation": 1}]'
)
CAWG = b'{"entries": {"cawg.ai_training": {"use": "notAllowed"}, "x.y": {"use": "allowed"}}}'
PAGE = b'<html><meta name="tdm-reservation" content="1"></html>'


@pytest.mark.parametrize(
    ("data", "standard", "expected", "parts"),
    [
        pytest.param(RSL, None, "rsl-1.0", ["/works/*", "/works/press/*"], id="RSL"),
        pytest.param(b"\xef\xbb\xbf" + RSL, None, "rsl-1.0", None, id="RSL with a mark"),
        pytest.param(
            RSL.decode().replace("?xml version", "?xml version").encode("utf-16"),
            None,
            "rsl-1.0",
            None,
            id="RSL in UTF-16",
        ),
        pytest.param(rights(right()), None, "rsl-media-1.0-draft-2026-06", ["mio"], id="media"),
        pytest.param(ODRL, None, "odrl-2.2", None, id="ODRL"),
        pytest.param(b"[" + ODRL + b"]", None, "odrl-2.2", None, id="a list of policies"),
        pytest.param(TDM, None, "tdmrep", ["/works/*", "/"], id="TDMRep"),
        pytest.param(PAGE, "tdmrep", "tdmrep", ["page"], id="a page"),
        pytest.param(CAWG, None, "cawg-tdm-1.1", ["file"], id="CAWG"),
    ],
)
def test_a_document_shows_what_it_is(
    data: bytes, standard: str | None, expected: str, parts: list[str] | None
) -> None:
    document = read_document(data, standard=standard, media_draft=True)

    assert document.standard == expected
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert parts is None or [part.name for part in document.parts] == parts
    assert document.max_age == timedelta(days=7 if expected == "rsl-1.0" else 30)


@pytest.mark.parametrize("data", [b"{}", b"[]", b"7", b"[1]", PAGE.replace(b"1", b"")])
def test_anything_else_is_told_so(data: bytes) -> None:
    with pytest.raises(DeclarationMalformed):
        read_document(data)


def test_a_page_without_a_reservation_is_told_so() -> None:
    with pytest.raises(DeclarationMalformed):
        read_document(b"<html></html>", standard="tdmrep")


def test_an_unknown_standard_is_told_what_is_known() -> None:
    with pytest.raises(StandardUnknown) as refused:
        read_document(RSL, standard="dublin-core")

    assert "rsl-1.0" in refused.value.known


def test_the_draft_is_read_only_when_it_is_switched_on() -> None:
    with pytest.raises(StandardSwitchedOff):
        read_document(rights(right()))


@pytest.mark.parametrize(
    ("data", "subject", "part", "usages"),
    [
        pytest.param(RSL, "mio", "/works/*", ["ai-all"], id="by its pattern"),
        pytest.param(RSL, "mio", "https://a.example/works/mio", ["ai-all"], id="by an address"),
        pytest.param(RSL, "mio", "/works/press/1", ["search"], id="the most specific counts"),
        pytest.param(ODRL, "mio", None, ["all"], id="by the end of its address"),
        pytest.param(ODRL, "x", "https://a.example/subjects/leo", ["ai-index"], id="by its target"),
        pytest.param(TDM, "mio", "/works/*", ["data-mining"] * 2, id="a location twice"),
        pytest.param(CAWG, "mio", None, ["ai-train"], id="the only part"),
        pytest.param(
            rights(right(), right("leo")), "x", "leo-1", ["depict"], id="by a public number"
        ),
    ],
)
def test_the_part_about_a_subject_is_found(
    data: bytes, subject: str, part: str | None, usages: list[str]
) -> None:
    document = read_document(data, media_draft=True)

    found = part_about(document, subject, part=part)

    assert [statement.usage for statement in found.statements] == usages


@pytest.mark.parametrize(
    ("data", "part"),
    [
        pytest.param(RSL, None, id="several, none named"),
        pytest.param(RSL, "/press/1", id="no pattern speaks of it"),
        pytest.param(CAWG, "elsewhere", id="a name nobody has"),
        pytest.param(ODRL, "https://b.example/", id="a target nobody has"),
        pytest.param(
            b'[{"location": "/%s", "tdm-reservation": 1}' % (b"x" * 20)
            + b"".join(b',{"location": "/%d", "tdm-reservation": 1}' % n for n in range(20))
            + b"]",
            None,
            id="more than can be listed",
        ),
    ],
)
def test_a_part_that_is_unclear_is_asked_for(data: bytes, part: str | None) -> None:
    with pytest.raises(PartUnclear) as refused:
        part_about(read_document(data), "mio", part=part)

    assert 1 <= len(refused.value.parts) <= 10


@pytest.mark.parametrize(
    ("written", "status", "effects"),
    [
        pytest.param([right(status="withdrawn")], "withdrawn", ["permits"], id="withdrawn"),
        pytest.param(
            [right(status="withdrawn"), right(kind="prohibits")],
            "active",
            ["prohibits"],
            id="withdrawn, and another came instead",
        ),
        pytest.param(
            [right(), right(kind="prohibits")],
            "active",
            ["permits", "prohibits"],
            id="two rights in force",
        ),
        pytest.param(
            [right(status="superseded"), right(status="withdrawn")],
            "superseded",
            ["permits"],
            id="none in force",
        ),
    ],
)
def test_rights_in_force_count_before_others(
    written: list[str], status: str, effects: list[str]
) -> None:
    part = part_about(read_document(rights(*written), media_draft=True), "mio")

    assert part.status == status
    assert [statement.effect for statement in part.statements] == effects

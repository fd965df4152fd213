"""RSL 1.0 and the media draft: what is read, what is refused, and that writing reads back."""

from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.clearance.codes import TERRITORIES
from licensing.standards.errors import DeclarationMalformed
from licensing.standards.rsl import read_licence, read_rsl
from licensing.standards.rsl_document import (
    MEDIA_SUBJECTS,
    PAYMENT_KINDS,
    STATUSES,
    USER_CLASSES,
    MediaRight,
    Payment,
    RslContent,
    RslDocument,
    RslLicence,
    SchemaNote,
    Scope,
)
from licensing.standards.rsl_writing import write_licence, write_rsl

Words: TypeAlias = list[Any]

SITE = """<?xml version="1.0" encoding="UTF-8"?>
<rsl xmlns="https://rslstandard.org/rsl" max-age="7">
  <content url="/works/moonlit-courier/*" server="https://rakkan.example/olp" lastmod="2026-11-20T09:00:00Z">
    <schema type="application/ld+json">{"@type":"CreativeWorkSeries","name":"Moonlit Courier"}</schema>
    <copyright type="organization" contactEmail="licensing@studio.example">Studio Example</copyright>
    <terms>https://rakkan.example/terms/tv_01JD#sha256=2f0c</terms>
    <license>
      <permits type="usage">search,ai-index</permits>
      <permits type="user">commercial,personal</permits>
      <permits type="geo">JP,US,FR</permits>
      <prohibits type="usage">ai-train</prohibits>
      <payment type="use"><custom>https://rakkan.example/l/moonlit-courier</custom><amount currency="JPY">50.00</amount></payment>
      <legal type="warranty">ownership,authority</legal>
      <legal type="contact">mailto:licensing@studio.example</legal>
    </license>
  </content>
</rsl>"""  # noqa: E501 - a document as it is served

CHARACTER = """<rsl xmlns="https://rslstandard.org/rsl" xmlns:media="https://rslmedia.org/media">
  <media:right isrd="RSL-0000-0107-3" issued="2026-11-20T09:00:00Z" registry="https://rakkan.example"
      registry-id="mio" subject="character" status="active" server="https://rakkan.example/olp">
    <license>
      <permits type="usage">media:ai-generate</permits>
      <permits type="geo">JP,US</permits>
      <prohibits type="usage">media:ai-train</prohibits>
      <payment><custom>https://rakkan.example/l/mio</custom></payment>
      <legal type="attestation">true</legal>
    </license>
  </media:right>
</rsl>"""


def site(inside: str, *, attributes: str = 'url="/"', root: str = "") -> bytes:
    licence = inside if "<license" in inside else f"<license>{inside}</license>"
    space = root or 'xmlns="https://rslstandard.org/rsl"'
    return f"<rsl {space}><content {attributes}>{licence}</content></rsl>".encode()


def said(data: bytes) -> list[tuple[str, str, Any, Any]]:
    (content,) = read_rsl(data).document.contents
    return [
        (each.effect, each.usage, each.territories, each.users)
        for licence in content.licences
        for each in licence.statements(content.server, terms=content.terms)
    ]


def test_a_site_is_read_whole() -> None:
    reading = read_rsl(SITE.encode())

    (content,) = reading.document.contents
    (licence,) = content.licences
    assert reading.notes == ()
    assert reading.document.max_age_days == 7
    assert content.copyright == (*("Studio Example", "organization", "licensing@studio.example"),)
    assert content.lastmod == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert licence.permits.territories == {"JP", "US", "FR"}
    assert licence.payments[0].said == "use 50 JPY"
    assert [each.conditions.contact for each in licence.statements(content.server)] == [
        *["mailto:licensing@studio.example"] * 3,
    ]


def test_a_character_is_read_whole() -> None:
    (right,) = read_rsl(CHARACTER.encode()).document.rights

    assert (right.subject, right.status, right.name) == ("character", "active", "mio")
    prohibition, permission = right.statements()
    assert (prohibition.usage, prohibition.effect) == ("ai-train", "prohibits")
    assert (permission.usage, permission.territories) == ("depict", {"JP", "US"})
    assert permission.conditions.server_url == "https://rakkan.example/olp"
    assert permission.conditions.payments == ("unstated",)


def test_a_permission_to_show_a_person_counts_for_nothing() -> None:
    document = CHARACTER.replace('subject="character"', 'subject="identity"')

    (right,) = read_rsl(document.encode()).document.rights

    assert [each.effect for each in right.statements()] == ["prohibits"]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param(
            '<permits type="usage">train-ai, ai-index</permits>',
            [("permits", "ai-index", None, None), ("permits", "ai-train", None, None)],
            id="words of an older draft beside today's",
        ),
        pytest.param(
            '<prohibits type="usage">train-genai,ai-use,ai-summarize</prohibits>',
            [("prohibits", "ai-input", None, None), ("prohibits", "gen-ai-train", None, None)],
            id="words of an older draft alone",
        ),
        pytest.param(
            '<permits type="usage">search</permits><prohibits type="geo">FR</prohibits>',
            [("permits", "search", TERRITORIES - {"FR"}, None)],
            id="everywhere but one territory",
        ),
        pytest.param(
            '<permits type="usage">search</permits><permits type="geo">FR,JP</permits>'
            '<prohibits type="geo">FR</prohibits>',
            [("permits", "search", {"JP"}, None)],
            id="prohibited beats permitted",
        ),
        pytest.param(
            '<permits type="usage">search</permits>'
            '<prohibits type="user">non-commercial</prohibits>',
            [("permits", "search", None, {"commercial", "education", "government"})],
            id="no users without profit are no persons either",
        ),
        pytest.param(
            '<permits type="usage">search</permits><prohibits type="user">commercial</prohibits>',
            [("permits", "search", None, set(USER_CLASSES) - {"commercial"})],
            id="no companies",
        ),
        pytest.param(
            '<prohibits type="geo">FR</prohibits><prohibits type="user">commercial</prohibits>',
            [
                ("prohibits", "all", {"FR"}, None),
                ("prohibits", "all", None, {"commercial"}),
            ],
            id="nothing is permitted, and it is prohibited somewhere",
        ),
        pytest.param('<legal type="disclaimer">as-is</legal>', [], id="no usage at all"),
        pytest.param(
            '<permits type="usage">search</permits><permits type="medium">print</permits>',
            [],
            id="a permission within unknown limits",
        ),
        pytest.param(
            '<permits type="usage">search</permits><unless>raining</unless>',
            [],
            id="a permission under an unknown condition",
        ),
        pytest.param(
            '<permits type="usage">dance,search</permits><permits type="geo">JP,EU</permits>',
            [("permits", "search", {"JP"}, None)],
            id="unknown words permit nothing",
        ),
    ],
)
def test_a_licence_says(inside: str, expected: list[tuple[Any, ...]]) -> None:
    assert said(site(inside)) == expected


@pytest.mark.parametrize(
    ("data", "where"),
    [
        pytest.param(site("", root='xmlns="http://rsl.example"'), "root", id="wrong namespace"),
        pytest.param(site("", root="a=''"), "root", id="no namespace"),
        pytest.param(b"<html/>", "root", id="a page"),
        pytest.param(b'<rsl xmlns="https://rslstandard.org/rsl"/>', "root", id="nothing"),
        pytest.param(site("<license/>", attributes=""), "content[0]", id="no url"),
        pytest.param(site("").replace(b"license", b"licence"), "content[0]", id="no licence"),
        pytest.param(
            site("<license/>", attributes='url="/" server="javascript:alert(1)"'),
            "content[0].server",
            id="a server that is a script",
        ),
        pytest.param(
            site("<license/>", attributes='url="/" server="http://[x"'),
            "content[0].server",
            id="a server that is no address",
        ),
        pytest.param(
            site("<license/>", attributes='url="/" encrypted="perhaps"'),
            "content[0].encrypted",
            id="neither true nor false",
        ),
        pytest.param(
            site("<license/>", attributes='url="/" lastmod="2026-02-30T00:00:00Z"'),
            "content[0].lastmod",
            id="a 30th of February",
        ),
        pytest.param(
            site("<license/>", attributes='url="/" lastmod="yesterday"'),
            "content[0].lastmod",
            id="no moment",
        ),
        pytest.param(
            site('<prohibits type="usage">dance</prohibits>'),
            "content[0].license[0].prohibits",
            id="an unknown prohibition",
        ),
        pytest.param(
            site('<prohibits type="weather">rain</prohibits>'),
            "content[0].license[0].prohibits",
            id="an unknown kind of prohibition",
        ),
        pytest.param(
            site('<prohibits type="geo">EU</prohibits>'),
            "content[0].license[0].prohibits",
            id="an unknown territory is prohibited",
        ),
        pytest.param(
            site('<permits type="geo">EU</permits>'),
            "content[0].license[0].permits",
            id="only unknown territories are permitted",
        ),
        pytest.param(
            site('<permits type="usage"> , </permits>'),
            "content[0].license[0].permits",
            id="an empty list",
        ),
        pytest.param(
            site('<payment type="use"><amount currency="JPY">1e9</amount></payment>'),
            "content[0].license[0].payment[0].amount",
            id="no decimal amount",
        ),
        pytest.param(
            site('<payment type="use"><amount currency="XXX">1</amount></payment>'),
            "content[0].license[0].payment[0].amount.currency",
            id="no currency",
        ),
        pytest.param(
            site("<payment><amount currency='JPY'>1</amount><amount>2</amount></payment>"),
            "content[0].license[0].payment[0]",
            id="two amounts",
        ),
        pytest.param(
            site("<legal>x</legal>"), "content[0].license[0].legal.type", id="legal without type"
        ),
        pytest.param(
            site('<legal type="contact">\u202ex</legal>'),
            "content[0].license[0].legal",
            id="text that runs backwards",
        ),
        pytest.param(
            site(f'<legal type="contact">{"x" * 2001}</legal>'),
            "content[0].license[0].legal",
            id="a text without end",
        ),
        pytest.param(
            site("").replace(b"<rsl ", b'<rsl max-age="-1" '), "rsl.max-age", id="negative age"
        ),
        pytest.param(
            site("").replace(b"<rsl ", b'<rsl max-age="99999" '), "rsl.max-age", id="no end of age"
        ),
        pytest.param(
            CHARACTER.replace("character", "minister").encode(), "right[0].subject", id="subject"
        ),
        pytest.param(
            CHARACTER.replace('status="active"', 'status="maybe"').encode(),
            "right[0].status",
            id="status",
        ),
    ],
)
def test_what_cannot_be_obeyed_is_refused(data: bytes, where: str) -> None:
    with pytest.raises(DeclarationMalformed) as refused:
        read_rsl(data)

    assert refused.value.where == where


def test_what_is_not_understood_is_named() -> None:
    data = site(
        '<license><permits type="usage">search,train-ai,dance</permits></license><extra/>',
        attributes='url="/" colour="red"',
    ).replace(b"</rsl>", b"<more/></rsl>")

    notes = read_rsl(data).notes

    assert notes == (
        "content[0]: attribute 'colour'",
        "content[0]: element 'extra'",
        "content[0].license[0].permits: train-ai is a word of an older draft, read as ai-train",
        "content[0].license[0].permits: usage 'dance' is not known and permits nothing",
        "rsl: element 'more'",
    )


@pytest.mark.parametrize(
    "space", ['xmlns="https://rslstandard.org/rsl"', ""], ids=["with its namespace", "cut out"]
)
def test_a_licence_stands_alone(space: str) -> None:
    data = f'<license {space}><permits type="usage">media:ai-generate</permits></license>'

    assert read_licence(data.encode()).permits == Scope(usages=frozenset({"depict"}))


@pytest.mark.parametrize("data", [b"<licence/>", b'<license xmlns="urn:x"/>'])
def test_another_element_is_no_licence(data: bytes) -> None:
    with pytest.raises(DeclarationMalformed):
        read_licence(data)


TEXTS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=["C", "Z"]),
    min_size=1,
    max_size=12,
)
ADDRESSES = st.sampled_from(["https://a.example/x?y=1&z=<2>", "http://b.example"])
MOMENTS = st.datetimes(timezones=st.just(UTC))
SITE_USAGES: Words = ["all", "ai-all", "ai-train", "gen-ai-train", "ai-input", "ai-index", "search"]
MEDIA_USAGES: Words = ["all", "ai-all", "ai-train", "ai-input", "ai-index", "search", "depict"]


def scopes(usages: Words) -> st.SearchStrategy[Scope]:
    return st.builds(
        Scope,
        usages=st.frozensets(st.sampled_from(usages)),
        users=st.frozensets(st.sampled_from(USER_CLASSES)),
        territories=st.frozensets(st.sampled_from(sorted(TERRITORIES)), max_size=4),
    )


PRICED = st.sampled_from(["50", "0.7", "12.000001"]).flatmap(
    lambda amount: st.builds(
        Payment,
        kind=st.sampled_from(PAYMENT_KINDS),
        amount=st.just(amount),
        currency=st.just("JPY"),
    )
)
UNPRICED = st.builds(
    Payment,
    kind=st.none() | st.sampled_from(PAYMENT_KINDS),
    standards=st.tuples(ADDRESSES),
    customs=st.tuples(ADDRESSES, ADDRESSES),
)


def licences(usages: Words) -> st.SearchStrategy[RslLicence]:
    return st.builds(
        RslLicence,
        permits=scopes(usages),
        prohibits=scopes(usages),
        payments=st.lists(PRICED | UNPRICED, max_size=2).map(tuple),
        legal=st.lists(
            st.tuples(st.sampled_from(["warranty", "disclaimer", "contact"]), TEXTS), max_size=2
        ).map(tuple),
    )


SCHEMAS = st.none() | st.builds(SchemaNote, media_type=TEXTS, text=TEXTS)
CONTENTS = st.builds(
    RslContent,
    url=TEXTS,
    server=st.none() | ADDRESSES,
    encrypted=st.booleans(),
    lastmod=st.none() | MOMENTS,
    schema=SCHEMAS,
    copyright=st.none() | st.tuples(TEXTS, st.none() | TEXTS, st.none() | TEXTS),
    terms=st.none() | TEXTS,
    licences=st.lists(licences(SITE_USAGES), min_size=1, max_size=2).map(tuple),
)
RIGHTS = st.builds(
    MediaRight,
    subject=st.sampled_from(MEDIA_SUBJECTS),
    status=st.sampled_from(STATUSES),
    isrd=st.none() | TEXTS,
    issued=st.none() | MOMENTS,
    registry=st.none() | ADDRESSES,
    registry_id=st.none() | TEXTS,
    server=st.none() | ADDRESSES,
    schema=SCHEMAS,
    licences=st.lists(licences(MEDIA_USAGES), min_size=1, max_size=2).map(tuple),
)
DOCUMENTS = st.builds(
    RslDocument,
    max_age_days=st.integers(0, 3650),
    contents=st.lists(CONTENTS, min_size=1, max_size=2).map(tuple),
    rights=st.lists(RIGHTS, max_size=2).map(tuple),
)


@settings(max_examples=25)
@given(DOCUMENTS)
def test_what_is_written_reads_back_the_same(document: RslDocument) -> None:
    written = write_rsl(document)

    reading = read_rsl(written)

    assert reading.document == document
    assert write_rsl(reading.document) == written


@settings(max_examples=25)
@given(licences(MEDIA_USAGES))
def test_a_licence_alone_reads_back_the_same(licence: RslLicence) -> None:
    assert read_licence(write_licence(licence, media=True)) == licence

"""TDMRep and CAWG: what is read and refused, and that writing reads back."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.standards.cawg import (
    KEYS,
    PERMISSIONS,
    Entry,
    read_assertion,
    read_cawg,
    write_assertion,
)
from licensing.standards.errors import DeclarationMalformed, DeclarationTooLarge
from licensing.standards.json_tree import MAX_BYTES, parse_json
from licensing.standards.tdmrep import (
    MAX_ENTRIES,
    Reservation,
    read_headers,
    read_html,
    read_tdmrep,
    write_headers,
    write_tdmrep,
)

SITE = b"""[
  {"location": "/works/moonlit-courier/*", "tdm-reservation": 1,
   "tdm-policy": "https://rakkan.example/l/moonlit-courier/tdm-policy.json"},
  {"location": "/press/*", "tdm-reservation": 0}
]"""

ASSERTION = b"""{
  "entries": {
    "cawg.ai_generative_training": {"use": "notAllowed"},
    "cawg.ai_training": {"use": "constrained"},
    "cawg.ai_inference": {"use": "allowed"},
    "cawg.data_mining": {"use": "constrained", "constraint_info": "ask licensing@studio.example"}
  },
  "metadata": {}
}"""


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff{}", id="not UTF-8"),
        pytest.param(b'{"a": NaN}', id="no number"),
        pytest.param(b'{"a": 1, "a": 2}', id="a member twice"),
        pytest.param(b"[" + b"9" * 5000 + b"]", id="a number without end"),
    ],
)
def test_what_is_no_json_is_told_so(data: bytes) -> None:
    with pytest.raises(DeclarationMalformed):
        parse_json(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b" " * (MAX_BYTES + 1), id="large"),
        pytest.param(b"[" * 40 + b"1" + b"]" * 40, id="deep"),
        pytest.param(b'{"a":' * 40 + b"1" + b"}" * 40, id="deep objects"),
        pytest.param(b"[" * 500_000, id="deep beyond any stack"),
    ],
)
def test_json_beyond_the_bounds_is_refused(data: bytes) -> None:
    with pytest.raises(DeclarationTooLarge):
        parse_json(data)


def test_a_site_reserves_mining() -> None:
    reading = read_tdmrep(SITE)

    reserved, open_to_all = reading.reservations
    assert reading.notes == ()
    assert [(each.usage, each.effect) for each in reserved.statements()] == [
        ("data-mining", "prohibits")
    ]
    assert reserved.statements()[0].conditions.licence_urls == (reserved.policy_url,)
    assert [(each.usage, each.effect) for each in open_to_all.statements()] == [
        ("data-mining", "permits")
    ]


@pytest.mark.parametrize(
    ("document", "where"),
    [
        pytest.param({}, "document", id="no list"),
        pytest.param([], "document", id="an empty list"),
        pytest.param([{}] * (MAX_ENTRIES + 1), "document", id="a list without end"),
        pytest.param(["/"], "[0]", id="no object"),
        pytest.param(
            [{"location": "/", "tdm-reservation": True}], "[0].tdm-reservation", id="true is not 1"
        ),
        pytest.param(
            [{"location": "/", "tdm-reservation": "1"}], "[0].tdm-reservation", id="a text is not 1"
        ),
        pytest.param(
            [{"location": "/", "tdm-reservation": [1]}], "[0].tdm-reservation", id="a list"
        ),
        pytest.param([{"location": "", "tdm-reservation": 1}], "[0].location", id="no location"),
        pytest.param(
            [{"location": "/", "tdm-reservation": 1, "tdm-policy": "file:///etc/passwd"}],
            "[0].tdm-policy",
            id="a policy on this machine",
        ),
    ],
)
def test_a_broken_reservation_is_refused(document: object, where: str) -> None:
    with pytest.raises(DeclarationMalformed) as refused:
        read_tdmrep(json.dumps(document).encode())

    assert refused.value.where == where


def test_an_unknown_member_of_a_reservation_is_named() -> None:
    data = b'[{"location": "/", "tdm-reservation": 1, "tdm-agent": "x"}]'

    assert read_tdmrep(data).notes == ("[0]: member 'tdm-agent'",)


def test_headers_and_pages_say_the_same() -> None:
    reservation = Reservation(location="/", is_reserved=True, policy_url="https://a.example/p")
    page = (
        "<html><head><link rel=x><meta charset=utf-8><META NAME='TDM-Reservation' content=' 1 '>"
        "<meta name=tdm-policy content=https://a.example/p><meta name=tdm-reservation content=0>"
    )

    assert read_headers({"TDM-Reservation": "1", "TDM-Policy": "https://a.example/p"}, "/") == (
        reservation
    )
    assert read_html(page, "/") == reservation
    assert read_headers({"Content-Type": "text/html"}, "/") is None
    assert read_html("<p>tdm-reservation</p>", "/") is None


def test_a_header_that_is_neither_0_nor_1_is_refused() -> None:
    with pytest.raises(DeclarationMalformed):
        read_headers({"tdm-reservation": "yes"}, "/")


@settings(max_examples=30)
@given(
    st.lists(
        st.builds(
            Reservation,
            location=st.sampled_from(["/", "/works/*", "/漫画/$"]),
            is_reserved=st.booleans(),
            policy_url=st.none() | st.just("https://a.example/p?x=1"),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple)
)
def test_reservations_read_back_the_same(reservations: tuple[Reservation, ...]) -> None:
    assert read_tdmrep(write_tdmrep(reservations)).reservations == reservations
    for each in reservations:
        assert read_headers(write_headers(each), each.location) == each


def test_an_assertion_speaks_of_the_file() -> None:
    entries = read_cawg(ASSERTION).entries

    said = [entry.statement() for entry in entries]
    assert [(each.usage, each.effect) for each in said if each is not None] == [
        ("gen-ai-train", "prohibits"),
        ("ai-input", "permits"),
        ("ai-train", "prohibits"),
        ("data-mining", "permits"),
    ]
    assert said[3] is not None
    assert said[3].conditions.others == ("ask licensing@studio.example",)


def test_older_and_foreign_keys_are_named() -> None:
    data = (
        b'{"entries": {"c2pa.ai_training": {"use": "constrained", "constraints_info": "ask"}, '
        b'"com.example.dance": {"use": "allowed", "more": 1}}, "extra": 1}'
    )

    reading = read_cawg(data)

    assert [entry.key for entry in reading.entries] == ["cawg.ai_training", "com.example.dance"]
    assert reading.entries[0].constraint == "ask"
    assert reading.entries[1].statement() is None
    assert reading.notes == (
        "member 'extra'",
        "entries.c2pa.ai_training: c2pa.ai_training is an older key, read as cawg.ai_training",
        "entries.com.example.dance: the key is not known",
        "entries.com.example.dance: member 'more'",
    )


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([], id="no object"),
        pytest.param({"entries": []}, id="entries are no object"),
        pytest.param({"entries": {}}, id="no entries"),
        pytest.param({"entries": {"cawg.ai_training": "notAllowed"}}, id="an entry is no object"),
        pytest.param({"entries": {"cawg.ai_training": {"use": "sometimes"}}}, id="unknown use"),
        pytest.param({"entries": {" ": {"use": "allowed"}}}, id="a key of spaces"),
        pytest.param(
            {"entries": {"cawg.ai_training": {"use": "constrained", "constraint_info": 1}}},
            id="a constraint that is no text",
        ),
    ],
)
def test_a_broken_assertion_is_refused(document: object) -> None:
    with pytest.raises(DeclarationMalformed):
        read_assertion(document)


@settings(max_examples=30)
@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        st.tuples(st.sampled_from(PERMISSIONS), st.none() | st.just("ask first")),
        min_size=1,
    )
)
def test_assertions_read_back_the_same(said: dict[str, tuple[object, str | None]]) -> None:
    entries = tuple(
        Entry(key=key, permission=permission, constraint=constraint)  # type: ignore[arg-type]
        for key, (permission, constraint) in sorted(said.items())
    )

    assert read_assertion(write_assertion(entries)).entries == entries

"""Terms in other standards: what survives the way there and back, and what is named as missing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.clearance.codes import (
    AUDIENCE_RATINGS,
    CONTENT_CATEGORIES,
    MEDIA,
    PURPOSES,
    USER_CLASSES,
)
from licensing.clearance.use import Use
from licensing.registry.subjects import Name, Subject
from licensing.registry.terms import Terms
from licensing.standards.cawg import Entry, read_assertion, write_assertion
from licensing.standards.errors import DeclarationMalformed
from licensing.standards.odrl_offer import (
    EXPRESSED,
    not_expressed,
    offer_document,
    read_offer,
    write_offer,
)
from licensing.standards.odrl_profile import LEFT_OPERANDS, PROPERTIES, profile_document
from licensing.standards.publishing import (
    media_document,
    reserved_entries,
    rsl_document,
    site_reservations,
)
from licensing.standards.reading import part_about, read_document
from licensing.standards.rsl_writing import write_rsl
from licensing.standards.tdmrep import read_tdmrep, write_tdmrep

URL = "https://rakkan.example"
TERMS: dict[str, Any] = {
    "id": "tv_01JD",
    "subject": "mio",
    "licensor": "studio-example",
    "version": 3,
    "territories": ["FR", "JP", "US"],
    "purposes": ["personal", "commercial"],
    "max_duration_s": 30,
    "audience_ratings": ["all", "teen"],
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": "2027-04-01T00:00:00Z",
    "price": {"kind": "flat", "amount": "50", "currency": "JPY"},
    "approval_required": False,
}
MIO = Subject(
    "mio", "character", None, (Name("Mio", "en", "official"), Name("ミオ", "ja", "official"))
)


def terms(**changes: object) -> Terms:
    return Terms.from_document({**TERMS, **changes})


def some(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.sets(st.sampled_from(words), min_size=1).map(
        lambda chosen: [word for word in words if word in chosen]
    )


PRICES = st.one_of(
    st.just({"kind": "free"}),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["flat", "per_second"]),
            "amount": st.sampled_from(["50", "0.7", "12.000001"]),
            "currency": st.sampled_from(["JPY", "EUR", "KWD"]),
        }
    ),
)
SUPPORTED = st.fixed_dictionaries(
    {
        "territories": st.sets(st.sampled_from(["JP", "US", "FR"]), min_size=1).map(sorted),
        "purposes": some(PURPOSES),
        "max_duration_s": st.integers(1, 3600),
        "audience_ratings": some(AUDIENCE_RATINGS),
        "valid_until": st.sampled_from([None, "2027-04-01T00:00:00Z"]),
        "price": PRICES,
        "approval_required": st.booleans(),
        "version": st.integers(1, 1000),
    },
    optional={
        "channels": st.just(["youtube.com", "自社サイト"]),
        "user_classes": some(USER_CLASSES),
        "media": some(MEDIA),
        "max_lines": st.integers(144, 4320),
        "forbidden_content": some(CONTENT_CATEGORIES),
    },
)


@settings(max_examples=60)
@given(SUPPORTED)
def test_terms_survive_the_way_to_odrl_and_back(changes: dict[str, object]) -> None:
    offered = terms(**changes)

    written = write_offer(offered, public_url=URL)
    reading = read_offer(written)

    assert (reading.not_expressed, reading.notes) == ((), ())
    assert Terms.from_document(reading.document) == offered
    assert write_offer(Terms.from_document(reading.document), public_url=URL) == written


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        pytest.param({"embargo_until": "2026-06-01T00:00:00Z"}, ("embargo_until",), id="embargo"),
        pytest.param(
            {"price": {"kind": "per_view", "amount": "1", "currency": "JPY"}},
            ("price",),
            id="a price for each view",
        ),
        pytest.param(
            {"guidelines": [{"lang": "en", "text": "Be kind."}]}, ("guidelines",), id="guidelines"
        ),
    ],
)
def test_what_an_offer_cannot_say_is_named_and_stops_other_readers(
    changes: dict[str, object], missing: tuple[str, ...]
) -> None:
    written = write_offer(terms(**changes), public_url=URL)

    declared = part_about(read_document(written), "mio")

    assert not_expressed(terms(**changes)) == missing
    assert read_offer(written).not_expressed == missing
    # Who cannot weigh the further terms hears no permission.
    assert declared.statements == ()


def test_an_offer_that_says_everything_is_heard_as_a_permission() -> None:
    declared = part_about(read_document(write_offer(terms(), public_url=URL)), "mio")

    (statement,) = declared.statements
    assert (statement.usage, statement.effect) == ("depict", "permits")
    assert statement.territories == {"FR", "JP", "US"}
    assert statement.max_duration_ms == 30_000


def test_every_word_of_an_offer_is_in_the_profile() -> None:
    offer = json.dumps(
        offer_document(
            terms(
                channels=["a"],
                user_classes=["press"],
                media=["online"],
                max_lines=1080,
                forbidden_content=["gore"],
                price={"kind": "per_second", "amount": "1", "currency": "JPY"},
                embargo_until="2026-06-01T00:00:00Z",
            ),
            public_url=URL,
        )
    )
    written = profile_document(public_url=URL)

    known = {each["@id"] for each in written["@graph"]}
    used = {word for word in (*LEFT_OPERANDS, *PROPERTIES, "depict") if f"rk:{word}" in offer}
    assert used == {*LEFT_OPERANDS, *PROPERTIES, "depict"}
    assert {f"rk:{word}" for word in used} <= known
    assert set(TERMS) <= EXPRESSED


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda offer: offer.update({"@type": "Set"}), id="no offer"),
        pytest.param(lambda offer: offer.pop("assigner"), id="nobody offers"),
        pytest.param(lambda offer: offer.update({"rk:version": "3"}), id="a version in words"),
        pytest.param(lambda offer: offer.update({"rk:notExpressed": "price"}), id="no list"),
        pytest.param(lambda offer: offer["permission"].append(offer["permission"][0]), id="two"),
        pytest.param(
            lambda offer: offer["permission"][0].update(action="play"), id="another action"
        ),
        pytest.param(
            lambda offer: offer["permission"][0].update(
                constraint={
                    "leftOperand": "rk:outputSeconds",
                    "operator": "lteq",
                    "rightOperand": "2.5",
                }
            ),
            id="half a second",
        ),
        pytest.param(
            lambda offer: offer["permission"][0]["duty"][0]["action"][0]["refinement"][0].update(
                operator="gteq"
            ),
            id="at least so much",
        ),
    ],
)
def test_what_is_no_offer_of_ours_is_refused(change: Any) -> None:  # noqa: ANN401
    offer = offer_document(terms(), public_url=URL)
    change(offer)

    with pytest.raises(DeclarationMalformed):
        read_offer(json.dumps(offer).encode())


def test_what_others_add_to_an_offer_is_named() -> None:
    offer = offer_document(terms(), public_url=URL)
    (permission,) = offer["permission"]
    permission["constraint"].append(
        {"leftOperand": "count", "operator": "lteq", "rightOperand": "5"}
    )
    permission["duty"].append({"action": "attribute"})

    reading = read_offer(json.dumps(offer).encode())

    assert reading.notes == (
        "constraint count lteq",
        "duty http://www.w3.org/ns/odrl/2/attribute",
    )


def test_a_site_lets_itself_be_found_and_leads_to_the_licence_server() -> None:
    document = rsl_document([(MIO, (terms(),))], public_url=URL)

    read = read_document(write_rsl(document))
    listed = part_about(read, "mio", part=f"{URL}/subjects/mio")
    rest = part_about(read, "leo", part=f"{URL}/subjects/leo")

    assert [(each.effect, each.usage) for each in listed.statements] == [
        ("prohibits", "ai-input"),
        ("prohibits", "ai-train"),
        ("permits", "search"),
    ]
    assert listed.statements[2].conditions.server_url == f"{URL}/olp"
    assert listed.statements[2].conditions.payments == ("use 50 JPY",)
    assert f"{URL}/terms/tv_01JD" in listed.statements[2].conditions.licence_urls
    assert rest.statements[2].territories is None


@pytest.mark.parametrize(
    ("price", "payment"),
    [
        ({"kind": "free"}, "free"),
        ({"kind": "flat", "amount": "0.7", "currency": "USD"}, "use 0.7 USD"),
        ({"kind": "per_second", "amount": "1", "currency": "JPY"}, "use"),
    ],
)
def test_a_right_says_the_price_where_the_draft_can(price: object, payment: str) -> None:
    document = media_document([(MIO, (terms(price=price),))], public_url=URL)

    read = read_document(write_rsl(document), media_draft=True)
    part = part_about(read, "mio")

    permission = part.statements[-1]
    use = Use(territory="JP", purpose="commercial", duration_ms=8000)
    assert permission.conditions.payments == (payment,)
    assert permission.covers("depict", use, at=terms().validity.starts_at)


def test_an_owner_who_licenses_nothing_prohibits() -> None:
    owl = Subject("owl", "object", None, (Name("Owl", "en", "official"),), licensed=False)
    silent = Subject("cat", "place", None, (Name("Cat", "en", "official"),))

    document = media_document([(owl, ()), (silent, ())], public_url=URL)

    (right,) = document.rights
    assert right.subject == "work"
    assert {each.usage for each in right.statements()} == {"depict", "ai-train"}


def test_a_file_of_ours_reserves_every_use_of_it() -> None:
    assertion = write_assertion(reserved_entries())

    entries = read_assertion(assertion).entries
    assert entries == reserved_entries()
    assert {each.effect for each in map(Entry.statement, entries) if each} == {"prohibits"}


def test_a_site_reserves_mining_as_a_whole() -> None:
    reservations = site_reservations(public_url=URL)

    assert read_tdmrep(write_tdmrep(reservations)).reservations == reservations
    assert reservations[0].is_reserved

"""Registry documents: read strictly, written so that they read back."""

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.errors import RegistryMalformed
from licensing.registry.document import RegistryDocument, export_document, parse_document
from licensing.registry.owners import Licensor, Share
from licensing.registry.subjects import Description, Name, Subject, Trait

DEVELOPMENT_REGISTRY = (
    Path(__file__).resolve().parents[3] / ".." / "shared/data/prompts/registry-dev.json"
)

TERMS = {
    "id": "kumo-jp",
    "subject": "kumo",
    "licensor": "hoshi",
    "version": 1,
    "territories": ["JP"],
    "purposes": ["personal", "commercial"],
    "max_duration_s": 30,
    "audience_ratings": ["all", "teen"],
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": None,
    "price": {"kind": "per_second", "amount": "0.7", "currency": "JPY"},
    "approval_required": False,
}


def document(**changes: object) -> dict[str, Any]:
    """A small valid registry with some members replaced."""
    return {
        "format": "rakkan-registry/1",
        "subjects": [subject("kumo", kind="franchise"), subject("tora", parent="kumo")],
        "licensors": [{"id": "hoshi", "name": "Hoshi Pictures"}, {"id": "yama", "name": "Yama"}],
        "ownership": [share("kumo", "hoshi", "2/3"), share("kumo", "yama", "1/3")],
        "terms": [TERMS],
        **changes,
    }


def subject(subject_id: str, **changes: object) -> dict[str, Any]:
    return {"id": subject_id, "kind": "character", "names": [name(subject_id)], **changes}


def name(text: object, **changes: object) -> dict[str, Any]:
    return {"text": text, "lang": "en", "kind": "official", **changes}


def share(subject_id: str, licensor_id: str, part: object) -> dict[str, Any]:
    return {"subject": subject_id, "licensor": licensor_id, "share": part}


def test_a_document_becomes_values() -> None:
    tora = subject(
        "tora",
        parent="kumo",
        names=[
            name("Tora", ambiguity="name", requires_any=["Kumo"], excludes_any=["tora bora"]),
            name("トラ", lang="ja"),
        ],
        descriptions=[{"lang": "en", "text": "A small tiger in a blue scarf."}],
        traits=[
            {"lang": "en", "text": "blue scarf", "kind": "clothing"},
            {"lang": "ja", "text": "虎"},
        ],
        licensed=False,
    )
    data = json.dumps(document(subjects=[subject("kumo", kind="franchise"), tora]))

    parsed = parse_document(data.encode())

    assert parsed.subjects == (
        Subject("kumo", "franchise", None, (Name("kumo", "en", "official"),)),
        Subject(
            id="tora",
            kind="character",
            parent_id="kumo",
            names=(
                Name("Tora", "en", "official", "name", ("Kumo",), ("tora bora",)),
                Name("トラ", "ja", "official"),
            ),
            descriptions=(Description("en", "A small tiger in a blue scarf."),),
            traits=(Trait("en", "blue scarf", "clothing"), Trait("ja", "虎")),
            licensed=False,
        ),
    )
    assert parsed.licensors == (Licensor("hoshi", "Hoshi Pictures"), Licensor("yama", "Yama"))
    assert parsed.ownership[0] == Share("kumo", "hoshi", Fraction(2, 3))
    assert [terms.to_document() for terms in parsed.terms] == [TERMS]
    assert parse_document(export_document(parsed)) == parsed


def test_subjects_alone_are_a_registry() -> None:
    parsed = parse_document('\ufeff{"format":"rakkan-registry/1","subjects":[]}'.encode())

    assert parsed == RegistryDocument(subjects=())
    assert export_document(parsed) == '{"format":"rakkan-registry/1","subjects":[\n\n]}\n'


def test_an_export_has_one_subject_a_line() -> None:
    exported = export_document(parse_document(json.dumps(document())))

    assert exported.splitlines()[1].startswith('{"id":"kumo","kind":"franchise","parent":null,')
    assert exported.splitlines()[2].startswith('{"id":"tora","kind":"character","parent":"kumo",')


@pytest.mark.parametrize(
    ("data", "where", "problem"),
    [
        pytest.param(b"", "line 1, column 1", "is not JSON", id="empty"),
        pytest.param(b'{"format"', "line 1, column 10", "is not JSON", id="cut off"),
        pytest.param(b"\xff{}", "document", "is not UTF-8 at byte 0", id="not UTF-8"),
        pytest.param(b"[]", "document", "must be an object", id="a list"),
        pytest.param(b"[" * 100_000, "document", "is nested too deeply", id="a tower"),
        pytest.param(
            b"9" * 5000, "document", "holds a number that is too long", id="a long number"
        ),
        pytest.param(b'{"format":NaN}', "document", "NaN is not JSON", id="NaN"),
        pytest.param(
            b'{"a":1,"b":2,"b":3}', "document", "the member 'b' twice", id="a member twice"
        ),
        pytest.param(b'{"format":"rakkan-registry/1"}', "document", "'subjects'", id="no subjects"),
    ],
)
def test_what_is_no_json_object_is_refused(data: bytes, where: str, problem: str) -> None:
    with pytest.raises(RegistryMalformed) as refused:
        parse_document(data)

    assert refused.value.where == where
    assert problem in refused.value.problem


@pytest.mark.parametrize(
    ("changes", "where", "problem"),
    [
        pytest.param({"format": "other/1"}, "format", "must be", id="another format"),
        pytest.param({"x": 1}, "document", "'x' is not a known member", id="unknown member"),
        pytest.param({"subjects": {}}, "subjects", "must be a list", id="subjects not listed"),
        pytest.param({"subjects": ["kumo"]}, "subjects[0]", "must be an object", id="a bare id"),
        pytest.param(
            {"subjects": [subject("a", licenced=False)]},
            "subjects[0]",
            "'licenced' is not a known member",
            id="a misspelt member",
        ),
        pytest.param(
            {"subjects": [subject("a", licensed="no")]},
            "subjects[0].licensed",
            "must be true or false",
            id="licensed is a word",
        ),
        pytest.param({"subjects": [{"id": "a"}]}, "subjects[0]", "needs the member", id="no kind"),
        pytest.param(
            {"subjects": [subject("a", kind="planet")]},
            "subjects[0].kind",
            "must be one of franchise, work",
            id="unknown kind",
        ),
        pytest.param({"subjects": [subject("")]}, "subjects[0].names[0].text", "empty", id="empty"),
        pytest.param(
            {"subjects": [subject("a", names=[])]},
            "subjects[0].names",
            "must not be empty",
            id="no name",
        ),
        pytest.param(
            {"subjects": [subject("a", id="a" * 201)]},
            "subjects[0].id",
            "must not be longer than 200 characters",
            id="a long id",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name(7)])]},
            "subjects[0].names[0].text",
            "must be a string",
            id="a number for a name",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("Tora "), name("b")])]},
            "subjects[0].names[0].text",
            "must not begin or end with a space",
            id="a padded name",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("To\nra")])]},
            "subjects[0].names[0].text",
            "contains the control character U+000A",
            id="a line break in a name",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("a"), name("Tora\u202egnp.")])]},
            "subjects[0].names[1].text",
            "contains the control character U+202E",
            id="a name that shows as another",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("To\ud800ra")])]},
            "subjects[0].names[0].text",
            "contains the control character U+D800",
            id="a lone surrogate",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("\u200b!?\u200b")])]},
            "subjects[0].names[0].text",
            "needs at least one letter, number or symbol",
            id="nothing but punctuation",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("Tora", lang="japanese language")])]},
            "subjects[0].names[0].lang",
            "must be a BCP 47 language tag",
            id="a language by its name",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("Tora", ambiguity="rare")])]},
            "subjects[0].names[0].ambiguity",
            "must be one of unique, name, common, generic",
            id="unknown ambiguity",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("虎", lang="ja", reading="虎")])]},
            "subjects[0].names[0].reading",
            "must be written in kana, or in Latin letters",
            id="a reading that itself needs one",
        ),
        pytest.param(
            {"subjects": [subject("a", names=[name("Tora", requires_any=["b", ""])])]},
            "subjects[0].names[0].requires_any[1]",
            "must not be empty",
            id="an empty context word",
        ),
        pytest.param(
            {"subjects": [subject("a"), subject("a")]},
            "subjects[1].id",
            "'a' is used twice",
            id="an id twice",
        ),
        pytest.param(
            {"subjects": [subject("a"), subject("b", parent="c")]},
            "subjects[1].parent",
            "no subject of this document has the id 'c'",
            id="unknown parent",
        ),
        pytest.param(
            {"subjects": [subject("a"), subject("b", parent="c"), subject("c", parent="b")]},
            "subjects[1].parent",
            "the parents of 'b' form a circle",
            id="parents in a circle",
        ),
        pytest.param(
            {"licensors": [{"id": "hoshi", "name": "A"}, {"id": "hoshi", "name": "B"}]},
            "licensors[1].id",
            "is used twice",
            id="a licensor twice",
        ),
        pytest.param({"terms": [TERMS, TERMS]}, "terms[1].id", "is used twice", id="terms twice"),
        pytest.param(
            {"terms": [{**TERMS, "subject": "sora"}]},
            "terms[0].subject",
            "no subject of this document has the id 'sora'",
            id="terms for nothing",
        ),
        pytest.param(
            {"ownership": [share("kumo", "sora", "1/2")]},
            "ownership[0].licensor",
            "no licensor of this document has the id 'sora'",
            id="an unknown owner",
        ),
        pytest.param(
            {"ownership": [share("kumo", "hoshi", "1/2"), share("kumo", "hoshi", "1/2")]},
            "ownership[1]",
            "'hoshi' already has a share of 'kumo'",
            id="an owner twice",
        ),
        pytest.param(
            {"ownership": [share("kumo", "hoshi", "2/3"), share("kumo", "yama", "1/2")]},
            "ownership[1].share",
            "the shares of 'kumo' sum to 7/6, above the whole",
            id="more than the whole",
        ),
        pytest.param({"terms": [{**TERMS, "moon": 1}]}, "terms[0]", "moon", id="unknown condition"),
    ],
)
def test_a_fault_is_named_with_its_place(changes: dict[str, Any], where: str, problem: str) -> None:
    with pytest.raises(RegistryMalformed) as refused:
        parse_document(json.dumps(document(**changes)))

    assert refused.value.where.startswith(where)
    assert problem in str(refused.value)


@pytest.mark.parametrize("part", ["3/2", "0/1", "1/0", "-1/2", "1", "0.50", "１/２", 0.5, None])
def test_a_share_is_a_fraction_of_the_whole(part: object) -> None:
    with pytest.raises(RegistryMalformed, match="a fraction above 0 and at most 1"):
        parse_document(json.dumps(document(ownership=[share("kumo", "hoshi", part)])))


texts = st.text(st.sampled_from("abcé落款 ピ'\"\\-☆👩‍🚀"), min_size=1).filter(
    lambda text: text == text.strip() and any(character.isalnum() for character in text),
)
names = st.builds(
    Name,
    text=texts,
    lang=st.sampled_from(["en", "ja", "zh-Hans"]),
    kind=st.sampled_from(["official", "alias", "generated"]),
    ambiguity=st.sampled_from(["unique", "name", "common", "generic"]),
    requires_any=st.lists(texts, max_size=2).map(tuple),
    excludes_any=st.lists(texts, max_size=2).map(tuple),
)
subjects = st.builds(
    Subject,
    id=texts,
    kind=st.sampled_from(["franchise", "mark", "style"]),
    parent_id=st.none(),
    names=st.lists(names, min_size=1, max_size=3).map(tuple),
    descriptions=st.lists(st.builds(Description, lang=st.just("en"), text=texts), max_size=2).map(
        tuple,
    ),
    traits=st.lists(
        st.builds(Trait, lang=st.just("ja"), text=texts, kind=st.none() | texts),
        max_size=2,
    ).map(tuple),
    licensed=st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(subjects, max_size=4, unique_by=lambda subject: subject.id))
def test_an_export_reads_back_as_the_same_document(registry: list[Subject]) -> None:
    exported = export_document(RegistryDocument(tuple(registry)))

    assert parse_document(exported) == RegistryDocument(tuple(registry))


@pytest.mark.skipif(
    not DEVELOPMENT_REGISTRY.exists() and os.environ.get("CI") != "true",
    reason="the shared development registry is not beside this checkout",
)
def test_the_development_registry_reads_and_reads_back() -> None:
    parsed = parse_document(DEVELOPMENT_REGISTRY.read_bytes())

    assert len(parsed.subjects) == 3_642
    assert parse_document(export_document(parsed)) == parsed

"""Owners, mandates and what is known of subjects, as members of a registry document."""

import json
from typing import Any

import pytest

from licensing.clearance.codes import TERRITORIES
from licensing.errors import ExclusivityTaken, MandateInsufficient, RegistryMalformed
from licensing.registry.document import export_document, parse_document
from licensing.registry.publication import check_publication
from licensing.registry.snapshot import RegistrySnapshot

DIGEST = "ab" * 32
CITATION = {"document_sha256": DIGEST, "title": "Deed of 1998", "place": "page 4"}
SUBJECT: dict[str, Any] = {
    "id": "garden",
    "kind": "franchise",
    "parent": None,
    "names": [{"text": "Garden", "lang": "en", "kind": "official", "ambiguity": "unique"}],
}
TARO: dict[str, Any] = {
    **SUBJECT,
    "id": "taro",
    "kind": "person",
    "tags": ["actor", "cook"],
    "identity": {
        "real": True,
        "minor": False,
        "consents": [
            {
                "evidence": {"document_sha256": DIGEST, "title": "Release"},
                "given_at": "2026-01-01T00:00:00Z",
                "ends_at": "2027-01-01T00:00:00Z",
                "territories": ["JP"],
                "purposes": ["personal"],
            },
            {"evidence": CITATION, "given_at": "2026-01-01T00:00:00Z"},
        ],
    },
    "public_domain": ["FR", "JP"],
    "identifiers": [{"scheme": "wikidata", "value": "Q1"}],
    "references": [
        {
            "sha256": DIGEST,
            "media_type": "image/png",
            "citations": [CITATION],
            "iscc": "ISCC:KACT4EBWK27737D2",
        },
        {"sha256": DIGEST, "media_type": "video/mp4", "citations": [CITATION]},
    ],
}
MANDATE: dict[str, Any] = {
    "id": "m1",
    "agent": "agency",
    "holder": "aoyama",
    "powers": ["license", "collect"],
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": None,
}
TERMS: dict[str, Any] = {
    "id": "open",
    "subject": "garden",
    "licensor": "aoyama",
    "version": 1,
    "territories": ["JP"],
    "purposes": ["personal"],
    "max_duration_s": 30,
    "audience_ratings": ["all"],
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": None,
    "price": {"kind": "free"},
    "approval_required": False,
}
DOCUMENT: dict[str, Any] = {
    "format": "rakkan-registry/1",
    "subjects": [
        SUBJECT,
        TARO,
        {**SUBJECT, "id": "momotaro", "public_domain": "everywhere"},
        {**SUBJECT, "id": "mio", "parent": "garden", "identity": {"real": False, "minor": True}},
    ],
    "licensors": [
        {"id": "aoyama", "name": "Aoyama"},
        {
            "id": "agency",
            "name": "Agency",
            "form": "agency",
            "identifiers": [{"scheme": "isni", "value": "000000012150090X"}],
        },
        {"id": "kagerou", "name": "Kagerou"},
    ],
    "ownership": [
        {"subject": "garden", "licensor": "aoyama", "share": "1/2", "territories": ["JP", "TW"]},
        {"subject": "garden", "licensor": "kagerou", "share": "1/2", "territories": ["JP"]},
        {"subject": "garden", "licensor": "kagerou", "share": "1/1", "territories": ["US"]},
        {
            "subject": "garden",
            "licensor": "kagerou",
            "share": "1/2",
            "purposes": ["commercial"],
            "territories": ["TW"],
        },
    ],
    "mandates": [
        MANDATE,
        {
            **MANDATE,
            "id": "m2",
            "powers": ["enforce"],
            "valid_until": "2027-01-01T00:00:00Z",
            "subjects": ["garden"],
            "territories": ["JP"],
            "evidence": [CITATION],
        },
    ],
}


def changed(member: str, number: int, **changes: object) -> dict[str, Any]:
    entries = list(DOCUMENT[member])
    entries[number] = {**entries[number], **changes}
    return {**DOCUMENT, member: entries}


def test_everything_known_of_owners_and_subjects_comes_back() -> None:
    document = parse_document(json.dumps(DOCUMENT))

    assert json.loads(export_document(document)) == DOCUMENT
    assert parse_document(export_document(document)) == document
    assert document.subjects[2].public_domain == TERRITORIES


@pytest.mark.parametrize(
    ("document", "where"),
    [
        pytest.param(changed("subjects", 1, tags=["a", "a"]), "subjects[1].tags", id="tag twice"),
        pytest.param(
            changed("subjects", 1, tags=[f"t{n}" for n in range(101)]),
            "subjects[1].tags",
            id="too many tags",
        ),
        pytest.param(
            changed("subjects", 1, identity={"real": True}), "subjects[1].identity", id="how old"
        ),
        pytest.param(
            changed(
                "subjects",
                1,
                identity={
                    "real": True,
                    "minor": False,
                    "consents": [
                        {
                            "evidence": CITATION,
                            "given_at": "2026-01-01T00:00:00Z",
                            "ends_at": "2026-01-01T00:00:00Z",
                        }
                    ],
                },
            ),
            "subjects[1].identity.consents[0].ends_at",
            id="a consent to nothing",
        ),
        pytest.param(
            changed("subjects", 1, public_domain=["XX"]),
            "subjects[1].public_domain[0]",
            id="nowhere",
        ),
        pytest.param(
            changed(
                "subjects",
                1,
                references=[{"sha256": "AB", "media_type": "image/png", "citations": [CITATION]}],
            ),
            "subjects[1].references[0].sha256",
            id="no digest",
        ),
        pytest.param(
            changed(
                "subjects",
                1,
                references=[{"sha256": DIGEST, "media_type": "text/html", "citations": [CITATION]}],
            ),
            "subjects[1].references[0].media_type",
            id="no picture",
        ),
        pytest.param(
            changed(
                "subjects",
                1,
                references=[{"sha256": DIGEST, "media_type": "image/png", "citations": []}],
            ),
            "subjects[1].references[0].citations",
            id="no proof",
        ),
        pytest.param(changed("licensors", 1, form="club"), "licensors[1].form", id="a club"),
        pytest.param(
            changed("ownership", 0, territories=[]), "ownership[0].territories", id="no place"
        ),
        pytest.param(
            changed("ownership", 1, share="2/3"), "ownership[1].share", id="too much in Japan"
        ),
        pytest.param(
            changed("ownership", 2, territories=["JP"]), "ownership[2]", id="two shares in Japan"
        ),
        pytest.param(changed("mandates", 1, id="m1"), "mandates[1].id", id="the same mandate"),
        pytest.param(changed("mandates", 0, agent="nobody"), "mandates[0].agent", id="no agent"),
        pytest.param(changed("mandates", 0, holder="agency"), "mandates[0].agent", id="oneself"),
        pytest.param(changed("mandates", 0, holder="nobody"), "mandates[0].holder", id="no holder"),
        pytest.param(changed("mandates", 0, powers=[]), "mandates[0].powers", id="no power"),
        pytest.param(
            changed("mandates", 0, subjects=["moon"]), "mandates[0].subjects", id="of nothing"
        ),
        pytest.param(
            changed("mandates", 0, valid_until="2026-01-01T00:00:00Z"),
            "mandates[0].valid_until",
            id="never valid",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(document: dict[str, Any], where: str) -> None:
    with pytest.raises(RegistryMalformed) as refused:
        parse_document(json.dumps(document))

    assert refused.value.where == where


def snapshot(**changes: object) -> RegistrySnapshot:
    return RegistrySnapshot.of(parse_document(json.dumps({**DOCUMENT, **changes})), version=1)


def publish(registry: RegistrySnapshot, *terms: dict[str, Any]) -> None:
    new = parse_document(json.dumps({**DOCUMENT, "terms": list(terms)})).terms
    check_publication(new, registry)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(TERMS, id="an owner"),
        pytest.param({**TERMS, "licensor": "agency"}, id="an agent"),
        pytest.param(
            {**TERMS, "licensor": "agency", "subject": "mio"}, id="for what belongs to it"
        ),
        pytest.param({**TERMS, "subject": "momotaro", "licensor": "agency"}, id="of nobody's"),
    ],
)
def test_owners_and_agents_who_may_license_publish_terms(terms: dict[str, Any]) -> None:
    publish(snapshot(), terms)


@pytest.mark.parametrize(
    "mandates",
    [
        pytest.param([], id="no mandate"),
        pytest.param([{**MANDATE, "powers": ["enforce", "collect"]}], id="without the power"),
        pytest.param([{**MANDATE, "subjects": ["taro"]}], id="for another subject"),
        pytest.param([{**MANDATE, "holder": "agency", "agent": "aoyama"}], id="the other way"),
    ],
)
def test_an_agent_who_may_not_license_publishes_nothing(mandates: list[dict[str, Any]]) -> None:
    with pytest.raises(MandateInsufficient) as refused:
        publish(snapshot(mandates=mandates), {**TERMS, "licensor": "agency"})

    assert refused.value.licensor_id == "agency"


EXCLUSIVE = {**TERMS, "exclusive": True, "licensees": ["kirin"]}
OTHER = {**EXCLUSIVE, "id": "other", "subject": "mio", "licensees": ["other"]}


def test_nothing_is_promised_to_two_platforms() -> None:
    registry = snapshot(terms=[EXCLUSIVE])

    publish(registry, {**OTHER, "territories": ["TW"]})
    with pytest.raises(ExclusivityTaken) as refused:
        publish(registry, OTHER)

    assert (refused.value.terms_id, refused.value.taken_by) == ("other", "open")


def test_two_promises_in_one_document_must_not_meet_either() -> None:
    with pytest.raises(ExclusivityTaken):
        publish(snapshot(), EXCLUSIVE, OTHER)


def test_old_promises_that_meet_stand_in_nobodys_way() -> None:
    registry = snapshot(terms=[EXCLUSIVE, OTHER])

    publish(registry, {**EXCLUSIVE, "id": "third", "subject": "taro", "licensees": ["third"]})

"""Licensors, shares and mandates as JSON: members of a registry document."""

from typing import Any, Final, cast

from licensing.clearance.codes import PURPOSES, TERRITORIES
from licensing.registry.facts_document import citation_from_document, citation_to_document
from licensing.registry.identifiers import identifier_to_json, parse_identifier
from licensing.registry.nodes import Node
from licensing.registry.owners import PARTY_FORMS, POWERS, Licensor, Mandate, PartyForm, Share
from licensing.registry.terms import Validity
from licensing.registry.terms_nodes import (
    fraction,
    fraction_text,
    instant,
    instant_text,
    texts,
    word,
    words,
)

MAX_ID_CHARS: Final = 200


def licensor_from_document(node: Node) -> Licensor:
    """Read a member of `licensors`. Raises `RegistryMalformed`."""
    members = node.members(required=("id", "name"), optional=("form", "identifiers"))
    identifiers = members["identifiers"].items() if "identifiers" in members else []
    form = word(members["form"], PARTY_FORMS) if "form" in members else "company"
    return Licensor(
        id=members["id"].text(max_chars=MAX_ID_CHARS),
        name=members["name"].text(),
        form=cast("PartyForm", form),
        identifiers=tuple(parse_identifier(item) for item in identifiers),
    )


def licensor_to_document(licensor: Licensor) -> dict[str, Any]:
    """Write a licensor; `licensor_from_document` reads it."""
    document: dict[str, Any] = {"id": licensor.id, "name": licensor.name}
    if licensor.form != "company":
        document["form"] = licensor.form
    if licensor.identifiers:
        document["identifiers"] = [identifier_to_json(each) for each in licensor.identifiers]
    return document


def share_from_document(node: Node) -> Share:
    """Read a member of `ownership`. Raises `RegistryMalformed`."""
    members = node.members(
        required=("subject", "licensor", "share"), optional=("territories", "purposes")
    )
    territories, purposes = members.get("territories"), members.get("purposes")
    return Share(
        subject_id=members["subject"].text(max_chars=MAX_ID_CHARS),
        licensor_id=members["licensor"].text(max_chars=MAX_ID_CHARS),
        share=fraction(members["share"]),
        territories=None if territories is None else words(territories, TERRITORIES),
        purposes=None if purposes is None else words(purposes, PURPOSES),
    )


def share_to_document(share: Share) -> dict[str, Any]:
    """Write a share; `share_from_document` reads it."""
    document: dict[str, Any] = {
        "subject": share.subject_id,
        "licensor": share.licensor_id,
        "share": fraction_text(share.share),
    }
    if share.territories is not None:
        document["territories"] = sorted(share.territories)
    if share.purposes is not None:
        document["purposes"] = [word for word in PURPOSES if word in share.purposes]
    return document


def mandate_from_document(node: Node) -> Mandate:
    """Read a member of `mandates`. Raises `RegistryMalformed`."""
    members = node.members(
        required=("id", "agent", "holder", "powers", "valid_from", "valid_until"),
        optional=("subjects", "territories", "evidence"),
    )
    starts_at = instant(members["valid_from"])
    until = members["valid_until"]
    ends_at = instant(until) if until.value is not None else None
    if ends_at is not None and ends_at <= starts_at:
        until.fail("must be later than valid_from")
    agent_id = members["agent"].text(max_chars=MAX_ID_CHARS)
    holder_id = members["holder"].text(max_chars=MAX_ID_CHARS)
    if agent_id == holder_id:
        members["agent"].fail("must be another party than the holder")
    subjects, territories = members.get("subjects"), members.get("territories")
    evidence = members["evidence"].items() if "evidence" in members else []
    return Mandate(
        id=members["id"].text(max_chars=MAX_ID_CHARS),
        agent_id=agent_id,
        holder_id=holder_id,
        powers=words(members["powers"], POWERS),
        validity=Validity(starts_at=starts_at, ends_at=ends_at),
        subjects=None if subjects is None else texts(subjects),
        territories=None if territories is None else words(territories, TERRITORIES),
        evidence=tuple(citation_from_document(item) for item in evidence),
    )


def mandate_to_document(mandate: Mandate) -> dict[str, Any]:
    """Write a mandate; `mandate_from_document` reads it."""
    ends_at = mandate.validity.ends_at
    document: dict[str, Any] = {
        "id": mandate.id,
        "agent": mandate.agent_id,
        "holder": mandate.holder_id,
        "powers": [power for power in POWERS if power in mandate.powers],
        "valid_from": instant_text(mandate.validity.starts_at),
        "valid_until": instant_text(ends_at) if ends_at is not None else None,
    }
    if mandate.subjects is not None:
        document["subjects"] = sorted(mandate.subjects)
    if mandate.territories is not None:
        document["territories"] = sorted(mandate.territories)
    if mandate.evidence:
        document["evidence"] = [citation_to_document(each) for each in mandate.evidence]
    return document

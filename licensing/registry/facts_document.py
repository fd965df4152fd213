"""What is known of a subject beside its names, as JSON: tags, identity, identifiers, references."""

import re
from collections.abc import Callable
from typing import Any, Final

from licensing.clearance.codes import PURPOSES, TERRITORIES
from licensing.registry.identifiers import Identifier, identifier_to_json, parse_identifier
from licensing.registry.identity import Consent, Identity
from licensing.registry.nodes import Node
from licensing.registry.references import Citation, ReferenceMedia
from licensing.registry.subjects import Subject
from licensing.registry.terms_nodes import instant, instant_text, texts, words

FACTS: Final = ("tags", "identity", "public_domain", "identifiers", "references")
"""The members of a subject that are read and written here."""

EVERYWHERE: Final = "everywhere"
MAX_ENTRIES: Final = 100
MAX_TAG_CHARS: Final = 64

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE: Final = re.compile(r"(image|video|audio)/[a-z0-9.+-]{1,64}", re.ASCII)


def facts_from_document(members: dict[str, Node]) -> dict[str, Any]:
    """Read the members in `FACTS` into fields of `Subject`. Raises `RegistryMalformed`."""
    readers: dict[str, Callable[[Node], object]] = {
        "tags": _tags,
        "identity": _identity,
        "public_domain": _public_domain,
        "identifiers": lambda node: tuple(parse_identifier(item) for item in _bounded(node)),
        "references": lambda node: tuple(_reference(item) for item in _bounded(node)),
    }
    return {name: read(members[name]) for name, read in readers.items() if name in members}


def facts_to_document(subject: Subject) -> dict[str, Any]:
    """Write the members in `FACTS`; what is at its default is left out."""
    document: dict[str, Any] = {}
    if subject.tags:
        document["tags"] = sorted(subject.tags)
    if subject.identity is not None:
        document["identity"] = _identity_json(subject.identity)
    if subject.public_domain is not None:
        everywhere = subject.public_domain == TERRITORIES
        document["public_domain"] = EVERYWHERE if everywhere else sorted(subject.public_domain)
    if subject.identifiers:
        document["identifiers"] = [identifier_to_json(each) for each in subject.identifiers]
    if subject.references:
        document["references"] = [_reference_json(each) for each in subject.references]
    return document


def citation_from_document(node: Node) -> Citation:
    """Read where a document of ownership says it."""
    members = node.members(required=("document_sha256", "title"), optional=("place",))
    return Citation(
        document_sha256=_sha256(members["document_sha256"]),
        title=members["title"].text(max_chars=500),
        place=members["place"].text(max_chars=500) if "place" in members else None,
    )


def citation_to_document(citation: Citation) -> dict[str, str]:
    """Write a citation; `citation_from_document` reads it."""
    place = {} if citation.place is None else {"place": citation.place}
    return {"document_sha256": citation.document_sha256, "title": citation.title, **place}


def _tags(node: Node) -> frozenset[str]:
    for item in _bounded(node):
        item.text(max_chars=MAX_TAG_CHARS)
    return texts(node)


def _identity(node: Node) -> Identity:
    members = node.members(required=("real", "minor"), optional=("consents",))
    consents = _bounded(members["consents"]) if "consents" in members else []
    return Identity(
        real=members["real"].flag(),
        minor=members["minor"].flag(),
        consents=tuple(_consent(item) for item in consents),
    )


def _consent(node: Node) -> Consent:
    members = node.members(
        required=("evidence", "given_at"), optional=("ends_at", "territories", "purposes")
    )
    given_at = instant(members["given_at"])
    ends_at = instant(members["ends_at"]) if "ends_at" in members else None
    if ends_at is not None and ends_at <= given_at:
        members["ends_at"].fail("must be later than given_at")
    territories, purposes = members.get("territories"), members.get("purposes")
    return Consent(
        evidence=citation_from_document(members["evidence"]),
        given_at=given_at,
        ends_at=ends_at,
        territories=None if territories is None else words(territories, TERRITORIES),
        purposes=None if purposes is None else words(purposes, PURPOSES),
    )


def _identity_json(identity: Identity) -> dict[str, Any]:
    document: dict[str, Any] = {"real": identity.real, "minor": identity.minor}
    if identity.consents:
        document["consents"] = [_consent_json(each) for each in identity.consents]
    return document


def _consent_json(consent: Consent) -> dict[str, Any]:
    document: dict[str, Any] = {
        "evidence": citation_to_document(consent.evidence),
        "given_at": instant_text(consent.given_at),
    }
    if consent.ends_at is not None:
        document["ends_at"] = instant_text(consent.ends_at)
    if consent.territories is not None:
        document["territories"] = sorted(consent.territories)
    if consent.purposes is not None:
        document["purposes"] = [word for word in PURPOSES if word in consent.purposes]
    return document


def _public_domain(node: Node) -> frozenset[str]:
    return TERRITORIES if node.value == EVERYWHERE else words(node, TERRITORIES)


def _reference(node: Node) -> ReferenceMedia:
    members = node.members(required=("sha256", "media_type", "citations"), optional=("iscc",))
    media_type = members["media_type"].text()
    if not _MEDIA_TYPE.fullmatch(media_type):
        members["media_type"].fail("must be an image, video or audio type, such as image/png")
    citations = _bounded(members["citations"])
    if not citations:
        members["citations"].fail("must not be empty")
    iscc = members.get("iscc")
    return ReferenceMedia(
        sha256=_sha256(members["sha256"]),
        media_type=media_type,
        citations=tuple(citation_from_document(item) for item in citations),
        iscc=None if iscc is None else _iscc(iscc),
    )


def _iscc(node: Node) -> Identifier:
    return parse_identifier(Node({"scheme": "iscc", "value": node.value}, node.where))


def _reference_json(reference: ReferenceMedia) -> dict[str, Any]:
    document: dict[str, Any] = {
        "sha256": reference.sha256,
        "media_type": reference.media_type,
        "citations": [citation_to_document(each) for each in reference.citations],
    }
    if reference.iscc is not None:
        document["iscc"] = reference.iscc.value
    return document


def _sha256(node: Node) -> str:
    text = node.text()
    if not _SHA256.fullmatch(text):
        node.fail("must be a SHA-256 of 64 lower-case hexadecimal digits")
    return text


def _bounded(node: Node) -> list[Node]:
    items = node.items()
    if len(items) > MAX_ENTRIES:
        node.fail(f"must not have more than {MAX_ENTRIES} entries")
    return items

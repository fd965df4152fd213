"""What this installation publishes of its registry in the standards of others."""

import json
from dataclasses import dataclass
from typing import Final

from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Subject
from licensing.registry.terms import Terms
from licensing.standards import rsl_document as rsl
from licensing.standards.cawg import write_assertion
from licensing.standards.declaration import CAWG, ODRL, RSL, RSL_MEDIA, TDMREP
from licensing.standards.errors import StandardSwitchedOff, StandardUnknown
from licensing.standards.odrl_offer import offer_document, write_offer
from licensing.standards.odrl_profile import profile_document
from licensing.standards.publishing import (
    media_document,
    reserved_entries,
    rsl_document,
    site_reservations,
)
from licensing.standards.rsl_writing import write_rsl
from licensing.standards.tdmrep import write_tdmrep
from service.errors import NotFound
from service.operations.declarations import media_draft
from service.runtime import Runtime

JSON_LD: Final = "application/ld+json"
WRITTEN: Final = (ODRL, RSL, RSL_MEDIA, TDMREP, CAWG)
"""The standards that can be written here."""

# A larger registry is listed up to here; each subject has its own address besides, and whatever is
# not listed falls under the last content of the document.
MOST_LISTED: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A document as it is served."""

    body: bytes
    media_type: str


def publish(runtime: Runtime, standard: str, *, subject_id: str | None = None) -> Published:
    """
    Write what is offered, of everything or of one subject, in another standard.

    A subject without terms of its own is offered under those of what it belongs to. Raises
    `UnknownSubject`, `StandardUnknown`, `StandardSwitchedOff`.
    """
    if standard not in WRITTEN:
        raise StandardUnknown(standard, WRITTEN)
    url = runtime.settings.public_url
    if standard == TDMREP:
        return Published(
            body=write_tdmrep(site_reservations(public_url=url)), media_type="application/json"
        )
    if standard == CAWG:
        assertion = write_assertion(reserved_entries())
        return Published(body=_json(assertion), media_type="application/json")
    if standard == RSL_MEDIA and not media_draft(runtime):
        raise StandardSwitchedOff(RSL_MEDIA)
    offers = _offers(runtime, subject_id)
    if standard == ODRL:
        written = [offer_document(each, public_url=url) for _, terms in offers for each in terms]
        return Published(body=_json(written), media_type=JSON_LD)
    write = media_document if standard == RSL_MEDIA else rsl_document
    return Published(body=write_rsl(write(offers, public_url=url)), media_type=rsl.MEDIA_TYPE)


def publish_terms(runtime: Runtime, terms_id: str) -> Published:
    """Write one version of terms as an ODRL offer. Raises `NotFound`."""
    for terms in _snapshot(runtime).terms.values():
        for offer in terms:
            if offer.id == terms_id and _is_public(offer):
                url = runtime.settings.public_url
                return Published(body=write_offer(offer, public_url=url), media_type=JSON_LD)
    raise NotFound(f"/terms/{terms_id}")


def publish_profile(runtime: Runtime) -> Published:
    """Write the words that this service adds to ODRL."""
    document = profile_document(public_url=runtime.settings.public_url)
    return Published(body=_json(document), media_type=JSON_LD)


def publish_robots(runtime: Runtime) -> Published:
    """Write robots.txt: where the licence of this site is, and what is no page."""
    lines = [
        "User-agent: *",
        "Disallow: /v1/",
        "Disallow: /olp/",
        "Allow: /",
        "",
        f"License: {runtime.settings.public_url}/rsl.xml",
        "",
    ]
    return Published(body="\n".join(lines).encode(), media_type="text/plain")


def public_offers(snapshot: RegistrySnapshot, subject_id: str) -> tuple[Terms, ...]:
    """List the offers to everyone that a subject is licensed under. Raises `UnknownSubject`."""
    for level in snapshot.ancestors(subject_id):
        if snapshot.terms.get(level.id):
            return tuple(offer for offer in snapshot.terms[level.id] if _is_public(offer))
    return ()


def _offers(runtime: Runtime, subject_id: str | None) -> list[tuple[Subject, tuple[Terms, ...]]]:
    snapshot = _snapshot(runtime)
    if subject_id is not None:
        offers = public_offers(snapshot, subject_id)
        return [(snapshot.subjects[subject_id], offers)]
    listed = sorted(
        {each for each, terms in snapshot.terms.items() if any(map(_is_public, terms))}
        | {each.id for each in snapshot.subjects.values() if not each.licensed},
    )
    return [
        (
            snapshot.subjects[each],
            tuple(offer for offer in snapshot.terms.get(each, ()) if _is_public(offer)),
        )
        for each in listed[:MOST_LISTED]
    ]


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _snapshot(runtime: Runtime) -> RegistrySnapshot:
    with runtime.transaction() as session:
        return runtime.snapshot(session)


def _is_public(offer: Terms) -> bool:
    """Whether it is made to everyone: what one platform was offered is between the two."""
    return offer.licensees is None

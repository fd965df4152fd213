"""
What an installation publishes of its registry, for readers of RSL, RSL-MEDIA and TDMRep.

These standards have no words for most of what terms say. Every licence therefore leads to the full
terms and to the licence server, so that a reader must ask; what is not granted stays reserved.
"""

import json
from collections.abc import Iterable
from typing import Final

from licensing.registry.subjects import Subject
from licensing.registry.terms import Flat, Terms
from licensing.registry.terms_nodes import decimal_text
from licensing.standards.cawg import KEYS, Entry
from licensing.standards.rsl_document import (
    MediaRight,
    MediaSubject,
    Payment,
    RslContent,
    RslDocument,
    RslLicence,
    SchemaNote,
    Scope,
)
from licensing.standards.tdmrep import Reservation
from licensing.standards.usages import Usage

# A week: terms that end sooner are refused by the licence server, which every licence leads to.
MAX_AGE_DAYS: Final = 7

# Training is nobody's to take: an owner who wants to license it says so elsewhere.
_RESERVED: Final[frozenset[Usage]] = frozenset({"ai-train", "ai-input"})

_MEDIA_SUBJECT: Final[dict[str, MediaSubject]] = {
    "character": "character",
    "mark": "mark",
}


def licence_of(terms: Terms, *, public_url: str, usage: Usage) -> RslLicence:
    """Write terms as a licence of RSL, `usage` being what is permitted under conditions."""
    return RslLicence(
        permits=Scope(
            usages=frozenset({usage}),
            users=frozenset(terms.purposes.allowed),
            territories=frozenset(terms.territories.allowed),
        ),
        prohibits=Scope(usages=_RESERVED if usage != "depict" else frozenset({"ai-train"})),
        payments=(_payment(terms, f"{public_url}/terms/{terms.id}"),),
    )


def rsl_document(
    offers: Iterable[tuple[Subject, tuple[Terms, ...]]], *, public_url: str
) -> RslDocument:
    """
    Write subjects with their terms as contents of this site.

    RSL 1.0 has no word for showing a subject: its licence lets the page be found, reserves
    training, and leads to the licence server for everything else. Whatever is not listed falls
    under the last content, which leads there as well.
    """
    contents = [
        RslContent(
            url=f"{public_url}/subjects/{subject.id}$",
            server=f"{public_url}/olp",
            schema=_schema(subject, public_url),
            terms=f"{public_url}/subjects/{subject.id}",
            licences=tuple(
                licence_of(offer, public_url=public_url, usage="search") for offer in terms
            ),
        )
        for subject, terms in offers
        if terms
    ]
    rest = RslContent(
        url=f"{public_url}/*",
        server=f"{public_url}/olp",
        licences=(
            RslLicence(
                permits=Scope(usages=frozenset({"search"})),
                prohibits=Scope(usages=_RESERVED),
                payments=(Payment(kind="use", customs=(f"{public_url}/rsl.xml",)),),
            ),
        ),
    )
    return RslDocument(max_age_days=MAX_AGE_DAYS, contents=(*contents, rest))


def media_document(
    offers: Iterable[tuple[Subject, tuple[Terms, ...]]], *, public_url: str
) -> RslDocument:
    """Write subjects with their terms as rights of the RSL-MEDIA draft; no licence prohibits."""
    rights = tuple(
        MediaRight(
            subject=_MEDIA_SUBJECT.get(subject.kind, "work"),
            registry=public_url,
            registry_id=subject.id,
            server=f"{public_url}/olp",
            schema=_schema(subject, public_url),
            licences=tuple(
                licence_of(offer, public_url=public_url, usage="depict") for offer in terms
            )
            if subject.licensed
            else (RslLicence(prohibits=Scope(usages=frozenset({"depict", "ai-train"}))),),
        )
        for subject, terms in offers
        if terms or not subject.licensed
    )
    return RslDocument(max_age_days=MAX_AGE_DAYS, rights=rights)


def site_reservations(*, public_url: str) -> tuple[Reservation, ...]:
    """Reserve text and data mining for the whole site; the policy says what can be asked for."""
    policy = f"{public_url}/rsl.xml"
    return (Reservation(location="/*", is_reserved=True, policy_url=policy),)


def reserved_entries() -> tuple[Entry, ...]:
    """Say of a file that nothing may be learnt from it, as `cawg.training-mining` does."""
    return tuple(Entry(key=key, permission="notAllowed") for key in sorted(KEYS))


def _payment(terms: Terms, link: str) -> Payment:
    """Say the price where RSL can: nothing, or one amount. The link leads to every other price."""
    if terms.price is None:
        return Payment(kind="free", customs=(link,))
    if isinstance(terms.price, Flat):
        fee = terms.price.fee
        amount = decimal_text(fee.amount_micros)
        return Payment(kind="use", customs=(link,), amount=amount, currency=fee.currency)
    return Payment(kind="use", customs=(link,))


def _schema(subject: Subject, public_url: str) -> SchemaNote:
    names = [name.text for name in subject.names]
    note = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "name": subject.display_name(),
        "alternateName": [name for name in dict.fromkeys(names) if name != subject.display_name()],
        "acquireLicensePage": f"{public_url}/subjects/{subject.id}",
    }
    return SchemaNote(
        media_type="application/ld+json",
        text=json.dumps(note, ensure_ascii=False, separators=(",", ":")),
    )

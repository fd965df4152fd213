"""Write RSL documents: the same values give the same bytes, and `read_rsl` reads them back."""

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from licensing.standards.rsl_document import (
    MEDIA_NAMESPACE,
    MEDIA_USAGE_OF,
    NAMESPACE,
    MediaRight,
    Payment,
    RslContent,
    RslDocument,
    RslLicence,
    SchemaNote,
    Scope,
)
from licensing.standards.words import moment_text

# What RSL itself has no word for is written in the word of the draft that has one.
_MEDIA_WORD_OF: Final = {usage: word for word, usage in MEDIA_USAGE_OF.items()}
_OLDER_WORD_OF: Final = {"gen-ai-train": "train-genai"}


def write_rsl(document: RslDocument) -> bytes:
    """Write a whole document as UTF-8."""
    spaces = f'xmlns="{NAMESPACE}"'
    if document.rights:
        spaces += f' xmlns:media="{MEDIA_NAMESPACE}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<rsl {spaces} max-age="{document.max_age_days}">',
        *(line for content in document.contents for line in _content(content)),
        *(line for right in document.rights for line in _right(right)),
        "</rsl>",
        "",
    ]
    return "\n".join(lines).encode()


def write_licence(licence: RslLicence, *, media: bool) -> bytes:
    """Write one `license` element standing alone, as a client of OLP sends it."""
    return "\n".join(_licence(licence, media=media, space=f' xmlns="{NAMESPACE}"')).encode()


def _content(content: RslContent) -> Iterable[str]:
    attributes = [("url", content.url), ("server", content.server)]
    if content.encrypted:
        attributes.append(("encrypted", "true"))
    if content.lastmod is not None:
        attributes.append(("lastmod", moment_text(content.lastmod)))
    yield f"  <content{_attributes(attributes)}>"
    yield from _schema(content.schema)
    if content.copyright is not None:
        owner, kind, email = content.copyright
        attributes = [("type", kind), ("contactEmail", email)]
        yield f"    <copyright{_attributes(attributes)}>{escape(owner)}</copyright>"
    if content.terms is not None:
        yield f"    <terms>{escape(content.terms)}</terms>"
    for licence in content.licences:
        yield from _indented(_licence(licence, media=False), 4)
    yield "  </content>"


def _right(right: MediaRight) -> Iterable[str]:
    attributes = [
        ("isrd", right.isrd),
        ("issued", moment_text(right.issued) if right.issued is not None else None),
        ("registry", right.registry),
        ("registry-id", right.registry_id),
        ("subject", right.subject),
        ("status", right.status),
        ("server", right.server),
    ]
    yield f"  <media:right{_attributes(attributes)}>"
    yield from _schema(right.schema)
    for licence in right.licences:
        yield from _indented(_licence(licence, media=True), 4)
    yield "  </media:right>"


def _schema(schema: SchemaNote | None) -> Iterable[str]:
    if schema is not None:
        yield f"    <schema type={quoteattr(schema.media_type)}>{escape(schema.text)}</schema>"


def _licence(licence: RslLicence, *, media: bool, space: str = "") -> Iterable[str]:
    yield f"<license{space}>"
    yield from _scope("permits", licence.permits, media=media)
    yield from _scope("prohibits", licence.prohibits, media=media)
    for payment in licence.payments:
        yield _payment(payment)
    for kind, text in licence.legal:
        yield f"  <legal type={quoteattr(kind)}>{escape(text)}</legal>"
    yield "</license>"


def _scope(name: str, scope: Scope, *, media: bool) -> Iterable[str]:
    words = {
        usage: (_MEDIA_WORD_OF.get(usage, usage) if media else _OLDER_WORD_OF.get(usage, usage))
        for usage in scope.usages
    }
    lists = {
        "usage": sorted(words.values()),
        "user": sorted(scope.users),
        "geo": sorted(scope.territories),
    }
    for kind, listed in lists.items():
        if listed:
            yield f'  <{name} type="{kind}">{",".join(listed)}</{name}>'


def _payment(payment: Payment) -> str:
    inside = "".join(f"<standard>{escape(url)}</standard>" for url in payment.standards)
    inside += "".join(f"<custom>{escape(url)}</custom>" for url in payment.customs)
    if payment.amount is not None:
        inside += f'<amount currency="{payment.currency}">{payment.amount}</amount>'
    return f"  <payment{_attributes([('type', payment.kind)])}>{inside}</payment>"


def _attributes(pairs: Iterable[tuple[str, str | None]]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in pairs if value is not None)


def _indented(lines: Iterable[str], spaces: int) -> Iterable[str]:
    return (" " * spaces + line for line in lines)

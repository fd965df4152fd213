"""
Read RSL: the recommendation 1.0, and the media draft of June 2026 where it is switched on.

Words of older RSL drafts are understood, also mixed with today's, and named in `notes`. What is
not understood is named as well: an unknown word in a permission permits nothing, an unknown word
in a prohibition stops the reading, because it may forbid what is asked for here.
"""

import re
from dataclasses import dataclass, field
from typing import Final, cast

from licensing.clearance.codes import CURRENCIES, TERRITORIES
from licensing.standards import rsl_document as rsl
from licensing.standards.declaration import Status
from licensing.standards.errors import DeclarationMalformed
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
from licensing.standards.usages import Usage
from licensing.standards.words import amount, kept_text, moment, shown, web_address
from licensing.standards.xml_tree import Element, parse_xml

_DAYS: Final = re.compile(r"[0-9]{1,5}", re.ASCII)
_KIND_WORD: Final = re.compile(r"[a-z][a-z-]{0,40}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RslReading:
    """A document, and by place what in it was not understood or is written in an older form."""

    document: RslDocument
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Reads one document; `notes` grows on the way."""

    notes: list[str] = field(default_factory=list)

    def document(self, root: Element) -> RslDocument:
        if root.name != "rsl" or root.namespace != rsl.NAMESPACE:
            problem = (
                f"is {shown(root.name)} in {shown(root.namespace)}, not rsl in {rsl.NAMESPACE}"
            )
            raise DeclarationMalformed("root", problem)
        contents: list[RslContent] = []
        rights: list[MediaRight] = []
        for child in root.children:
            match child.namespace, child.name:
                case rsl.NAMESPACE, "content":
                    contents.append(self._content(child, f"content[{len(contents)}]"))
                case rsl.MEDIA_NAMESPACE, "right":
                    rights.append(self._right(child, f"right[{len(rights)}]"))
                case _:
                    self._note("rsl", f"element {shown(child.name)}")
        if not contents and not rights:
            raise DeclarationMalformed("root", "declares nothing: it has no content and no right")
        return RslDocument(
            max_age_days=_max_age(root.attributes.get("max-age")),
            contents=tuple(contents),
            rights=tuple(rights),
        )

    def _content(self, element: Element, where: str) -> RslContent:
        attributes = element.attributes
        if "url" not in attributes:
            raise DeclarationMalformed(where, "needs the attribute url")
        server, lastmod = attributes.get("server"), attributes.get("lastmod")
        self._unknown_attributes(element, where, {"url", "server", "encrypted", "lastmod"})
        self._unknown_children(element, where, {"schema", "copyright", "terms", "license"})
        return RslContent(
            url=kept_text(f"{where}.url", attributes["url"]),
            server=None if server is None else web_address(f"{where}.server", server),
            encrypted=_flag(f"{where}.encrypted", attributes.get("encrypted", "false")),
            lastmod=None if lastmod is None else moment(f"{where}.lastmod", lastmod),
            schema=_schema(element, where),
            copyright=_copyright(element, where),
            terms=_optional_text(element, "terms", where),
            licences=self._licences(element, where, media=False),
        )

    def _right(self, element: Element, where: str) -> MediaRight:
        attributes = element.attributes
        known = {"isrd", "issued", "registry", "registry-id", "subject", "status", "server"}
        self._unknown_attributes(element, where, known)
        self._unknown_children(element, where, {"schema", "license"})
        subject = _word(f"{where}.subject", attributes.get("subject"), rsl.MEDIA_SUBJECTS)
        status = _word(f"{where}.status", attributes.get("status", "active"), rsl.STATUSES)
        issued, registry = attributes.get("issued"), attributes.get("registry")
        server = attributes.get("server")
        return MediaRight(
            subject=cast("MediaSubject", subject),
            status=cast("Status", status),
            isrd=_optional(f"{where}.isrd", attributes.get("isrd")),
            issued=None if issued is None else moment(f"{where}.issued", issued),
            registry=None if registry is None else web_address(f"{where}.registry", registry),
            registry_id=_optional(f"{where}.registry-id", attributes.get("registry-id")),
            server=None if server is None else web_address(f"{where}.server", server),
            schema=_schema(element, where),
            licences=self._licences(element, where, media=True),
        )

    def _licences(self, element: Element, where: str, *, media: bool) -> tuple[RslLicence, ...]:
        # A right is in the namespace of the draft, its licences are RSL's.
        found = [
            child
            for child in element.children
            if child.name == "license" and child.namespace == rsl.NAMESPACE
        ]
        if not found:
            raise DeclarationMalformed(where, "needs a license")
        return tuple(
            self.licence(child, f"{where}.license[{index}]", media=media)
            for index, child in enumerate(found)
        )

    def licence(self, element: Element, where: str, *, media: bool) -> RslLicence:
        permits = self._scope(element, "permits", where, media=media)
        if self._unknown_children(element, where, {"permits", "prohibits", "payment", "legal"}):
            # It may be a condition: what cannot be obeyed permits nothing.
            permits = Scope(users=permits.users, territories=permits.territories)
        return RslLicence(
            permits=permits,
            prohibits=self._scope(element, "prohibits", where, media=media),
            payments=tuple(
                self._payment(child, f"{where}.payment[{index}]")
                for index, child in enumerate(element.all("payment"))
            ),
            legal=tuple(
                (
                    _open_word(f"{where}.legal.type", child.attributes.get("type")),
                    kept_text(f"{where}.legal", child.text),
                )
                for child in element.all("legal")
            ),
        )

    def _scope(self, element: Element, kind: str, where: str, *, media: bool) -> Scope:
        usages: set[Usage] = set()
        users: set[str] = set()
        territories: set[str] = set()
        is_clear = True
        for child in element.all(kind):
            place = f"{where}.{kind}"
            words = [word.strip() for word in child.text.split(",") if word.strip()]
            if not words:
                raise DeclarationMalformed(place, "lists nothing")
            match child.attributes.get("type"):
                case "usage":
                    usages |= self._usages(words, place, kind, media=media)
                case "user":
                    users |= self._known(words, rsl.USER_CLASSES, place, kind, "class of users")
                case "geo":
                    codes = [word.upper() for word in words]
                    territories |= self._known(codes, TERRITORIES, place, kind, "territory")
                case other:
                    self._unclear(place, kind, f"type {shown(other)}")
                    is_clear = False
        return Scope(
            # A permission within limits that nobody here knows is none.
            usages=frozenset(usages) if is_clear else frozenset(),
            users=frozenset(users),
            territories=frozenset(territories),
        )

    def _usages(self, words: list[str], place: str, kind: str, *, media: bool) -> set[Usage]:
        found: set[Usage] = set()
        for word in words:
            usage = rsl.USAGE_OF.get(word)
            if media:
                usage = rsl.MEDIA_USAGE_OF.get(word, usage)
            if usage is None and word in rsl.OLDER_USAGE_OF:
                usage = rsl.OLDER_USAGE_OF[word]
                self._note(place, f"{word} is a word of an older draft, read as {usage}")
            if usage is None:
                self._unclear(place, kind, f"usage {shown(word)}")
            else:
                found.add(usage)
        return found

    def _known(
        self,
        words: list[str],
        allowed: "frozenset[str] | tuple[str, ...]",
        place: str,
        kind: str,
        what: str,
    ) -> set[str]:
        for word in words:
            if word not in allowed:
                self._unclear(place, kind, f"{what} {shown(word)}")
        found = {word for word in words if word in allowed}
        if not found:
            # Nothing that is left would mean: everywhere, for everyone.
            raise DeclarationMalformed(place, f"lists no {what} that is known")
        return found

    def _payment(self, element: Element, where: str) -> Payment:
        self._unknown_children(element, where, {"standard", "custom", "amount"})
        kind = element.attributes.get("type")
        amounts = list(element.all("amount"))
        if len(amounts) > 1:
            raise DeclarationMalformed(where, "has several amounts")
        said = currency = None
        if amounts:
            said = amount(f"{where}.amount", amounts[0].text)
            currency = amounts[0].attributes.get("currency")
            _word(f"{where}.amount.currency", currency, CURRENCIES)
        return Payment(
            kind=None if kind is None else _open_word(f"{where}.type", kind),
            standards=_addresses(element, "standard", where),
            customs=_addresses(element, "custom", where),
            amount=said,
            currency=currency,
        )

    def _unclear(self, place: str, kind: str, what: str) -> None:
        """Name what is not understood; inside a prohibition it cannot be passed over."""
        if kind == "prohibits":
            raise DeclarationMalformed(place, f"{what} is not known, and what it prohibits neither")
        self._note(place, f"{what} is not known and permits nothing")

    def _unknown_attributes(self, element: Element, where: str, known: set[str]) -> None:
        for name in element.attributes:
            if name not in known and not name.startswith("{"):
                self._note(where, f"attribute {shown(name)}")

    def _unknown_children(self, element: Element, where: str, known: set[str]) -> int:
        """Name the elements that are not understood; answers how many."""
        unknown = [
            child.name
            for child in element.children
            if child.name not in known or child.namespace != rsl.NAMESPACE
        ]
        for name in unknown:
            self._note(where, f"element {shown(name)}")
        return len(unknown)

    def _note(self, where: str, what: str) -> None:
        self.notes.append(f"{where}: {what}")


def read_rsl(data: bytes) -> RslReading:
    """
    Read a document.

    Raises `DeclarationTooLarge`, `DeclarationUnsafe`, and `DeclarationMalformed` with the place.
    """
    reader = _Reader()
    document = reader.document(parse_xml(data))
    return RslReading(document=document, notes=tuple(reader.notes))


def read_licence(data: bytes) -> RslLicence:
    """Read one `license` element standing alone, as a client of OLP sends it. Raises as above."""
    root = parse_xml(data)
    if root.name != "license" or root.namespace not in {rsl.NAMESPACE, ""}:
        raise DeclarationMalformed("license", "must be one license element of RSL")
    return _Reader().licence(_in_rsl(root), "license", media=True)


def _in_rsl(element: Element) -> Element:
    """Take an element whose namespace stayed behind, in the document it was cut from, as RSL's."""
    if element.namespace == rsl.NAMESPACE:
        return element
    children = [_in_rsl(child) for child in element.children]
    return Element(rsl.NAMESPACE, element.name, element.attributes, children, element.texts)


def _max_age(text: str | None) -> int:
    if text is None:
        return rsl.DEFAULT_MAX_AGE_DAYS
    if not _DAYS.fullmatch(text) or int(text) > rsl.MOST_MAX_AGE_DAYS:
        problem = f"{shown(text)} is not a number of days up to {rsl.MOST_MAX_AGE_DAYS}"
        raise DeclarationMalformed("rsl.max-age", problem)
    return int(text)


def _word(where: str, value: str | None, allowed: "frozenset[str] | tuple[str, ...]") -> str:
    if value is None or value not in allowed:
        raise DeclarationMalformed(where, f"{shown(value)} is not known")
    return value


def _open_word(where: str, value: str | None) -> str:
    """Take a word of a list that may grow: what is not known is kept, and weighs as a condition."""
    if value is None or not _KIND_WORD.fullmatch(value):
        raise DeclarationMalformed(where, f"{shown(value)} is not a word")
    return value


def _flag(where: str, text: str) -> bool:
    return _word(where, text, ("true", "false", "1", "0")) in {"true", "1"}


def _optional(where: str, value: str | None) -> str | None:
    return None if value is None else kept_text(where, value)


def _optional_text(element: Element, name: str, where: str) -> str | None:
    found = list(element.all(name))
    return kept_text(f"{where}.{name}", found[0].text) if found else None


def _addresses(element: Element, name: str, where: str) -> tuple[str, ...]:
    return tuple(web_address(f"{where}.{name}", child.text) for child in element.all(name))


def _schema(element: Element, where: str) -> SchemaNote | None:
    for child in element.children:
        if child.name == "schema" and child.namespace == rsl.NAMESPACE:
            return SchemaNote(
                media_type=kept_text(
                    f"{where}.schema.type", child.attributes.get("type", "application/ld+json")
                ),
                text=kept_text(f"{where}.schema", child.text),
            )
    return None


def _copyright(element: Element, where: str) -> tuple[str, str | None, str | None] | None:
    found = list(element.all("copyright"))
    if not found:
        return None
    attributes = found[0].attributes
    return (
        kept_text(f"{where}.copyright", found[0].text),
        _optional(f"{where}.copyright.type", attributes.get("type")),
        _optional(f"{where}.copyright.contactEmail", attributes.get("contactEmail")),
    )

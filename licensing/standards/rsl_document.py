"""
An RSL document as values: what is licensed, under which licences, in RSL's own words.

RSL 1.0 (Really Simple Licensing, recommendation of November 2025) licenses the contents of a site.
The media draft of June 2026 declares rights in works, characters, marks and persons inside the
same document; its words are kept apart by `MediaRight`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from licensing.clearance.codes import TERRITORIES
from licensing.standards.declaration import Conditions, Statement, Status
from licensing.standards.usages import Usage

NAMESPACE: Final = "https://rslstandard.org/rsl"
MEDIA_NAMESPACE: Final = "https://rslmedia.org/media"
MEDIA_TYPE: Final = "application/rsl+xml"

# Days; more than ten years is no promise that anyone could keep.
DEFAULT_MAX_AGE_DAYS: Final = 30
MOST_MAX_AGE_DAYS: Final = 3650

UserClass = Literal["commercial", "non-commercial", "education", "government", "personal"]
USER_CLASSES: Final[tuple[UserClass, ...]] = get_args(UserClass)

PAYMENT_KINDS: Final = (
    *("purchase", "subscription", "training", "crawl", "use", "contribution", "attribution"),
    "free",
)
LEGAL_KINDS: Final = ("warranty", "disclaimer", "attestation", "contact")

MediaSubject = Literal["work", "identity", "character", "mark"]
MEDIA_SUBJECTS: Final[tuple[MediaSubject, ...]] = get_args(MediaSubject)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)

# RSL's words for usages. The media draft has its own, under its prefix.
USAGE_OF: Final[Mapping[str, Usage]] = {
    "all": "all",
    "ai-all": "ai-all",
    "ai-train": "ai-train",
    "ai-input": "ai-input",
    "ai-index": "ai-index",
    "search": "search",
}
OLDER_USAGE_OF: Final[Mapping[str, Usage]] = {
    "train-ai": "ai-train",
    "train-genai": "gen-ai-train",
    "ai-use": "ai-input",
    "ai-summarize": "ai-input",
}
MEDIA_USAGE_OF: Final[Mapping[str, Usage]] = {
    "media:ai-train": "ai-train",
    "media:ai-generate": "depict",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What `permits` or `prohibits` elements list together; an empty set was not listed."""

    usages: frozenset[Usage] = frozenset()
    users: frozenset[str] = frozenset()
    territories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """
    One way to pay. `kind` None: the element does not say which.

    `amount` is a decimal text in its shortest form, `currency` its ISO 4217 code; the addresses
    lead to standard or custom terms.
    """

    kind: str | None = "use"
    standards: tuple[str, ...] = ()
    customs: tuple[str, ...] = ()
    amount: str | None = None
    currency: str | None = None

    @property
    def said(self) -> str:
        """Say it in one line, such as `use 50 JPY`."""
        price = f" {self.amount} {self.currency}" if self.amount is not None else ""
        return f"{self.kind or 'unstated'}{price}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RslLicence:
    """One `license` element. `legal` holds pairs of kind and text in their order."""

    permits: Scope = field(default_factory=Scope)
    prohibits: Scope = field(default_factory=Scope)
    payments: tuple[Payment, ...] = ()
    legal: tuple[tuple[str, str], ...] = ()

    def statements(self, server: str | None, *, terms: str | None = None) -> tuple[Statement, ...]:
        """
        Say it as statements. `server` and `terms` come from the element around it.

        A prohibited usage is prohibited everywhere. A prohibited territory or class of users is
        taken out of what this licence permits, since the next one may be made for it; where
        nothing is permitted it prohibits everything there.
        """
        conditions = self._conditions(server, terms)
        # A prohibition asks for nothing in return.
        to_ask = replace(conditions, payments=(), server_url=None)
        said = [
            Statement(usage=usage, effect="prohibits", conditions=to_ask)
            for usage in sorted(self.prohibits.usages)
        ]
        if self.permits.usages:
            said.extend(
                Statement(
                    usage=usage,
                    effect="permits",
                    territories=self._territories,
                    users=self._users,
                    conditions=conditions,
                )
                for usage in sorted(self.permits.usages)
            )
            return tuple(said)
        if self.prohibits.territories:
            said.append(
                Statement(usage="all", effect="prohibits", territories=self.prohibits.territories),
            )
        if self.prohibits.users:
            said.append(Statement(usage="all", effect="prohibits", users=self.prohibits.users))
        return tuple(said)

    @property
    def _territories(self) -> frozenset[str] | None:
        """Where it permits; None: everywhere."""
        if not self.permits.territories and not self.prohibits.territories:
            return None
        return (self.permits.territories or TERRITORIES) - self.prohibits.territories

    @property
    def _users(self) -> frozenset[str] | None:
        """To whom it permits; None: to everyone. Persons and those without profit go together."""
        if not self.permits.users and not self.prohibits.users:
            return None
        private = {"personal", "non-commercial"}
        prohibited = self.prohibits.users
        if not prohibited.isdisjoint(private):
            prohibited |= private
        return (self.permits.users or frozenset(USER_CLASSES)) - prohibited

    def _conditions(self, server: str | None, terms: str | None) -> Conditions:
        links = [
            link for payment in self.payments for link in (*payment.standards, *payment.customs)
        ]
        contacts = [text for kind, text in self.legal if kind == "contact"]
        return Conditions(
            payments=tuple(payment.said for payment in self.payments),
            server_url=server,
            licence_urls=tuple(dict.fromkeys([*links, *([terms] if terms else [])])),
            contact=contacts[0] if contacts else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaNote:
    """A `schema` element: metadata of the work, kept as it was written and never believed."""

    media_type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RslContent:
    """
    One `content` element: the addresses it is about, and their licences.

    `url` is a path or address in which `*` stands for anything and `$` for the end (RFC 9309).
    `terms` leads to the full terms, `copyright` is owner, kind and e-mail.
    """

    url: str
    server: str | None = None
    encrypted: bool = False
    lastmod: datetime | None = None
    schema: SchemaNote | None = None
    copyright: tuple[str, str | None, str | None] | None = None
    terms: str | None = None
    licences: tuple[RslLicence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRight:
    """
    One `media:right` element: a declared right in a work, identity, character or mark.

    `registry` and `registry_id` name it where it is registered; `isrd` is its public number, whose
    check digit is not published and not checked.
    """

    subject: MediaSubject
    status: Status = "active"
    isrd: str | None = None
    issued: datetime | None = None
    registry: str | None = None
    registry_id: str | None = None
    server: str | None = None
    schema: SchemaNote | None = None
    licences: tuple[RslLicence, ...] = ()

    @property
    def name(self) -> str:
        """How the document itself calls it: its id in a registry, else its number."""
        return self.registry_id or self.isrd or self.subject

    def statements(self) -> tuple[Statement, ...]:
        """
        Say its licences as statements.

        A permission to show a person counts for nothing here: consent is recorded, not declared,
        and for a minor the draft itself calls it inoperative.
        """
        said = (each for licence in self.licences for each in licence.statements(self.server))
        return tuple(
            each for each in said if not (self.subject == "identity" and each.effect == "permits")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RslDocument:
    """A whole document, with contents, media rights, or both."""

    max_age_days: int = DEFAULT_MAX_AGE_DAYS
    contents: tuple[RslContent, ...] = ()
    rights: tuple[MediaRight, ...] = ()

    @property
    def max_age(self) -> timedelta:
        """How long it is believed after it was fetched."""
        return timedelta(days=self.max_age_days)

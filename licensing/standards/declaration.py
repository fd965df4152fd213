"""
What a rights holder declared elsewhere, and what several declarations say together.

The rules are those of RSL-MEDIA (draft of June 2026), applied to all standards alike: a
declaration that is absent is no permission; inside one document a prohibition beats a permission;
two documents that disagree stay unresolved; one past its time is not believed until it is fetched
again; one that was withdrawn permits nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from licensing.clearance.use import Use
from licensing.standards.usages import Usage, broader

Standard = Literal["rsl-1.0", "rsl-media-1.0-draft-2026-06", "odrl-2.2", "tdmrep", "cawg-tdm-1.1"]
STANDARDS: Final[tuple[Standard, ...]] = (
    *("rsl-1.0", "rsl-media-1.0-draft-2026-06", "odrl-2.2", "tdmrep", "cawg-tdm-1.1"),
)
RSL: Final[Standard] = "rsl-1.0"
RSL_MEDIA: Final[Standard] = "rsl-media-1.0-draft-2026-06"
ODRL: Final[Standard] = "odrl-2.2"
TDMREP: Final[Standard] = "tdmrep"
CAWG: Final[Standard] = "cawg-tdm-1.1"

Effect = Literal["permits", "prohibits"]
Status = Literal["active", "withdrawn", "superseded"]

# What the meeting of all declarations says of one use, worst first. `silent`: no declaration speaks
# of this use. `absent`: one permits other uses than this one.
Verdict = Literal[
    "prohibited", "withdrawn", "absent", "conflicting", "stale", "permitted", "silent"
]

DEFAULT_MAX_AGE: Final = timedelta(days=30)

# RSL's classes of users, by the purpose that the user has. Only what is surely the same is listed.
_CLASSES_OF: Final[Mapping[str, frozenset[str]]] = {
    "personal": frozenset({"personal", "non-commercial"}),
    "commercial": frozenset({"commercial"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """
    What must be done, or kept, for a permission to hold.

    `payments` are written as `kind` or `kind amount currency`. `server_url` is where a licence is
    obtained, `licence_urls` where the full terms stand, `contact` how to reach the owner. `others`
    names conditions that are known to exist and cannot be weighed here: the permission then never
    stands alone.
    """

    payments: tuple[str, ...] = ()
    server_url: str | None = None
    licence_urls: tuple[str, ...] = ()
    contact: str | None = None
    others: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the conditions as JSON; `from_json` reads them back."""
        return {
            "payments": list(self.payments),
            "server_url": self.server_url,
            "licence_urls": list(self.licence_urls),
            "contact": self.contact,
            "others": list(self.others),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Conditions":
        """Rebuild what `to_json` wrote."""
        return cls(
            payments=tuple(document["payments"]),
            server_url=document["server_url"],
            licence_urls=tuple(document["licence_urls"]),
            contact=document["contact"],
            others=tuple(document["others"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    One thing that is permitted or prohibited.

    `territories` are ISO 3166-1 alpha-2 codes, None: everywhere. `users` are classes of users in
    RSL's words, None: everyone. `not_before` and `before` bound the time (aware), the others what
    is made; None: no bound. A permission holds inside all of its bounds, a prohibition likewise.
    `content` lists kinds of content: all that may be in the video, or any that must not.
    """

    usage: Usage
    effect: Effect
    territories: frozenset[str] | None = None
    users: frozenset[str] | None = None
    not_before: datetime | None = None
    before: datetime | None = None
    max_duration_ms: int | None = None
    audience_ratings: frozenset[str] | None = None
    content: frozenset[str] | None = None
    conditions: Conditions = field(default_factory=Conditions)

    def covers(self, usage: Usage, use: Use, *, at: datetime) -> bool:
        """Whether it speaks of this usage in this use, at this moment."""
        speaks = usage == self.usage or (
            self.effect == "prohibits" and self.usage in broader(usage)
        )
        return (
            speaks
            and (self.territories is None or use.territory in self.territories)
            and (self.users is None or not self.users.isdisjoint(_CLASSES_OF[use.purpose]))
            and (self.not_before is None or self.not_before <= at)
            and (self.before is None or at < self.before)
            and (self.max_duration_ms is None or use.duration_ms <= self.max_duration_ms)
            and (self.audience_ratings is None or use.audience_rating in self.audience_ratings)
            and (self.content is None or self._covers_content(self.content, use))
        )

    def _covers_content(self, content: frozenset[str], use: Use) -> bool:
        if self.effect == "permits":
            return content.issuperset(use.content)
        return not content.isdisjoint(use.content)

    def to_json(self) -> dict[str, Any]:
        """Give the statement as JSON; `from_json` reads it back."""
        return {
            "usage": self.usage,
            "effect": self.effect,
            "territories": None if self.territories is None else sorted(self.territories),
            "users": None if self.users is None else sorted(self.users),
            "not_before": _moment_text(self.not_before),
            "before": _moment_text(self.before),
            "max_duration_ms": self.max_duration_ms,
            "audience_ratings": (
                None if self.audience_ratings is None else sorted(self.audience_ratings)
            ),
            "content": None if self.content is None else sorted(self.content),
            "conditions": self.conditions.to_json(),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Statement":
        """Rebuild what `to_json` wrote."""
        return cls(
            usage=cast("Usage", document["usage"]),
            effect=cast("Effect", document["effect"]),
            territories=_word_set(document["territories"]),
            users=_word_set(document["users"]),
            not_before=_moment(document["not_before"]),
            before=_moment(document["before"]),
            max_duration_ms=document["max_duration_ms"],
            audience_ratings=_word_set(document["audience_ratings"]),
            content=_word_set(document["content"]),
            conditions=Conditions.from_json(document["conditions"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """
    What one document says of one subject, as it was fetched last.

    `source` is its address, or the name of the file it was read from; `sha256` the digest of its
    bytes. It is believed from `fetched_at` until just before `fresh_until` (both aware).
    """

    subject_id: str
    source: str
    standard: Standard
    sha256: str
    fetched_at: datetime
    fresh_until: datetime
    statements: tuple[Statement, ...]
    status: Status = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What all declarations on a subject say together, and which of them say it."""

    verdict: Verdict
    spoken_by: tuple[Declaration, ...] = ()


def meet(declarations: Iterable[Declaration], usage: Usage, use: Use, *, at: datetime) -> Meeting:
    """
    Hear every declaration on a subject about one usage; their order plays no part.

    A stale document counts as stale whatever it said, for nobody knows what it says today.
    """
    heard = sorted(declarations, key=lambda each: (each.source, each.sha256, each.subject_id))
    said: dict[Verdict, list[Declaration]] = {}
    for declaration in heard:
        said.setdefault(_verdict(declaration, usage, use, at), []).append(declaration)
    prohibiting, permitting = said.get("prohibited", []), said.get("permitted", [])
    if prohibiting and permitting:
        return Meeting(verdict="conflicting", spoken_by=(*prohibiting, *permitting))
    order: tuple[Verdict, ...] = ("prohibited", "withdrawn", "stale", "permitted", "absent")
    for verdict in order:
        if verdict in said:
            return Meeting(verdict=verdict, spoken_by=tuple(said[verdict]))
    return Meeting(verdict="silent")


def _verdict(declaration: Declaration, usage: Usage, use: Use, at: datetime) -> Verdict:
    """Hear one declaration alone."""
    if not any(_concerns(statement, usage) for statement in declaration.statements):
        return "silent"
    if at >= declaration.fresh_until:
        return "stale"
    if declaration.status != "active":
        return "withdrawn"
    covering = {each.effect for each in declaration.statements if each.covers(usage, use, at=at)}
    if "prohibits" in covering:
        return "prohibited"
    if "permits" in covering:
        return "permitted"
    # Who only prohibits some uses leaves the others to the terms; who permits some does not.
    permits_some = any(
        each.usage == usage and each.effect == "permits" for each in declaration.statements
    )
    return "absent" if permits_some else "silent"


def _concerns(statement: Statement, usage: Usage) -> bool:
    """Whether it could speak of this usage in some use."""
    return statement.usage in broader(usage)


def _word_set(words: list[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _moment_text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

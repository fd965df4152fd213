"""
Terms: what a licensor offers for a subject, as small values that answer a use with reasons.

Each condition says by itself why it refuses a use; `Terms` collects every refusal, so that the
licensee can mend all of them at once. Terms are immutable: their digest names one version of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from licensing.canonical import sha256_hex
from licensing.clearance.codes import AUDIENCE_RATINGS, MAX_DURATION_MS, PURPOSES, TERRITORIES
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.registry.nodes import Node
from licensing.registry.terms_nodes import (
    currency,
    decimal_micros,
    decimal_text,
    instant,
    instant_text,
    texts,
    whole_number,
    word,
    words,
)

RefusalCode = Literal[
    "terms.territory",
    "terms.purpose",
    "terms.duration",
    "terms.rating",
    "terms.window",
    "terms.channel",
]

# What the platform can mend by asking for another use; territory and window are the licensor's.
CHANGEABLE: Final[frozenset[str]] = frozenset(
    {"terms.purpose", "terms.duration", "terms.rating", "terms.channel"},
)


MAX_ID_CHARS: Final = 200
MAX_VERSION: Final = 1_000_000

_REQUIRED: Final = (
    *("id", "subject", "licensor", "version", "territories", "purposes", "max_duration_s"),
    *("audience_ratings", "valid_from", "valid_until", "price", "approval_required"),
)
_OPTIONAL: Final = ("channels",)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a use is not, or not yet, granted. `code` is from a closed list."""

    code: str
    message: str

    def to_json(self) -> dict[str, str]:
        """Give the reason as it stands in a decision."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class Territories:
    """Where the video may be shown, as ISO 3166-1 alpha-2 codes."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a territory outside the list."""
        if use.territory in self.allowed:
            return None
        return _refusal(
            "terms.territory",
            f"{use.territory} is not among {', '.join(sorted(self.allowed))}",
        )


@dataclass(frozen=True, slots=True)
class Purposes:
    """What the video may be made for."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a purpose outside the list."""
        if use.purpose in self.allowed:
            return None
        return _refusal(
            "terms.purpose",
            f"{use.purpose} use is not offered, only {', '.join(sorted(self.allowed))}",
        )


@dataclass(frozen=True, slots=True)
class MaxDuration:
    """How long the video may be at most, in whole seconds written as milliseconds."""

    limit_ms: int

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a longer video."""
        if use.duration_ms <= self.limit_ms:
            return None
        return _refusal(
            "terms.duration",
            f"{_seconds(use.duration_ms)} is longer than {_seconds(self.limit_ms)}",
        )


@dataclass(frozen=True, slots=True)
class AudienceRatings:
    """Which content the subject may appear in, by the audience it is fit for."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse content of another rating."""
        if use.audience_rating in self.allowed:
            return None
        offered = ", ".join(rating for rating in AUDIENCE_RATINGS if rating in self.allowed)
        return _refusal(
            "terms.rating",
            f"content rated {use.audience_rating} is not offered, only {offered}",
        )


@dataclass(frozen=True, slots=True)
class Channels:
    """Where the video may be published; a use that names no channel could be anywhere."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse channels outside the list, and a use that does not say its channels."""
        outside = sorted(set(use.channels) - self.allowed)
        if use.channels and not outside:
            return None
        return _refusal(
            "terms.channel",
            f"{', '.join(outside) or 'an unnamed channel'} is not among "
            f"{', '.join(sorted(self.allowed))}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """When the offer stands: from `starts_at` until just before `ends_at` (None: no end)."""

    starts_at: datetime
    ends_at: datetime | None

    def refuse(self, at: datetime) -> Refusal | None:
        """Refuse a moment outside the window."""
        if at < self.starts_at:
            return _refusal("terms.window", f"the offer begins at {instant_text(self.starts_at)}")
        if self.ends_at is not None and at >= self.ends_at:
            return _refusal("terms.window", f"the offer ended at {instant_text(self.ends_at)}")
        return None


@dataclass(frozen=True, slots=True)
class PerSecond:
    """A price for each second of video."""

    rate: Money


@dataclass(frozen=True, slots=True)
class Flat:
    """One price for a video of any length."""

    fee: Money


# None: free of charge.
Price = PerSecond | Flat | None


def fee_for(price: Price, duration_ms: int) -> Money | None:
    """
    Price a video of this length; None when it is free.

    What is finer than a micro is rounded up, so that what is reserved for a whole video covers
    every part of it.
    """
    if price is None:
        return None
    if isinstance(price, Flat):
        return price.fee
    return Money(-(-price.rate.amount_micros * duration_ms // 1000), price.rate.currency)


def price_to_document(price: Price) -> dict[str, str]:
    """Write the member `price` of a terms document; `price_from_document` reads it."""
    if price is None:
        return {"kind": "free"}
    money = price.rate if isinstance(price, PerSecond) else price.fee
    return {
        "kind": "per_second" if isinstance(price, PerSecond) else "flat",
        "amount": decimal_text(money.amount_micros),
        "currency": money.currency,
    }


def price_from_document(node: Node) -> Price:
    """Read the member `price`. Raises `RegistryMalformed`."""
    members = node.members(required=("kind",), optional=("amount", "currency"))
    kind = word(members["kind"], ("per_second", "flat", "free"))
    if kind == "free":
        node.members(required=("kind",))
        return None
    members = node.members(required=("kind", "amount", "currency"))
    money = Money(decimal_micros(members["amount"]), currency(members["currency"]))
    return PerSecond(money) if kind == "per_second" else Flat(money)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    One immutable version of a licensor's offer for a subject and everything that inherits from it.

    `channels` None allows every channel. `approval_required` makes a permitted use wait for the
    licensor.
    """

    id: str
    subject_id: str
    licensor_id: str
    version: int
    territories: Territories
    purposes: Purposes
    max_duration: MaxDuration
    ratings: AudienceRatings
    validity: Validity
    price: Price
    approval_required: bool
    channels: Channels | None = None

    def refusals(self, use: Use, at: datetime) -> tuple[Refusal, ...]:
        """Every reason why these terms do not permit `use` at the moment `at`; none: permitted."""
        answers = (
            self.territories.refuse(use),
            self.purposes.refuse(use),
            self.max_duration.refuse(use),
            self.ratings.refuse(use),
            self.channels.refuse(use) if self.channels is not None else None,
            self.validity.refuse(at),
        )
        return tuple(refusal for refusal in answers if refusal is not None)

    def fee(self, duration_ms: int) -> Money | None:
        """Price a video of this length, as `fee_for` does."""
        return fee_for(self.price, duration_ms)

    @property
    def sha256(self) -> str:
        """Digest of the terms document: the name of exactly this content."""
        return sha256_hex(self.to_document())

    def to_document(self) -> dict[str, Any]:
        """Write the member of `terms` in a registry document; `from_document` reads it."""
        ends_at = self.validity.ends_at
        document: dict[str, Any] = {
            "id": self.id,
            "subject": self.subject_id,
            "licensor": self.licensor_id,
            "version": self.version,
            "territories": sorted(self.territories.allowed),
            "purposes": [word for word in PURPOSES if word in self.purposes.allowed],
            "max_duration_s": self.max_duration.limit_ms // 1000,
            "audience_ratings": [word for word in AUDIENCE_RATINGS if word in self.ratings.allowed],
            "valid_from": instant_text(self.validity.starts_at),
            "valid_until": instant_text(ends_at) if ends_at is not None else None,
            "price": price_to_document(self.price),
            "approval_required": self.approval_required,
        }
        if self.channels is not None:
            document["channels"] = sorted(self.channels.allowed)
        return document

    @classmethod
    def from_document(cls, document: object, where: str = "terms") -> "Terms":
        """
        Read one member of `terms`.

        Raises `RegistryMalformed` with the place inside `where`. A key that is not known refuses
        the whole offer: it may hold a condition that would otherwise be ignored.
        """
        members = Node(document, where).members(required=_REQUIRED, optional=_OPTIONAL)
        starts_at = instant(members["valid_from"])
        ends_at = (
            instant(members["valid_until"]) if members["valid_until"].value is not None else None
        )
        if ends_at is not None and ends_at <= starts_at:
            members["valid_until"].fail("must be later than valid_from")
        limit_s = whole_number(members["max_duration_s"], most=MAX_DURATION_MS // 1000)
        return cls(
            id=members["id"].text(max_chars=MAX_ID_CHARS),
            subject_id=members["subject"].text(max_chars=MAX_ID_CHARS),
            licensor_id=members["licensor"].text(max_chars=MAX_ID_CHARS),
            version=whole_number(members["version"], most=MAX_VERSION),
            territories=Territories(words(members["territories"], TERRITORIES)),
            purposes=Purposes(words(members["purposes"], PURPOSES)),
            max_duration=MaxDuration(1000 * limit_s),
            ratings=AudienceRatings(words(members["audience_ratings"], AUDIENCE_RATINGS)),
            validity=Validity(starts_at=starts_at, ends_at=ends_at),
            price=price_from_document(members["price"]),
            approval_required=members["approval_required"].flag(),
            channels=Channels(texts(members["channels"])) if "channels" in members else None,
        )


def _refusal(code: RefusalCode, message: str) -> Refusal:
    return Refusal(code, message)


def _seconds(duration_ms: int) -> str:
    return f"{decimal_text(duration_ms * 1000)} s"

"""
One version of a licensor's offer: its conditions answer a use with every reason, and price it.

Terms are immutable. Their digest names exactly this content; another content is another version
under another id.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from licensing.canonical import sha256_hex
from licensing.clearance.reasons import Refusal, refuse
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.registry.terms import approval, revocation
from licensing.registry.terms.approval import Approval
from licensing.registry.terms.combinations import Combinations
from licensing.registry.terms.commitments import Advance, MinimumGuarantee
from licensing.registry.terms.conditions import (
    AudienceRatings,
    Channels,
    Content,
    Embargo,
    Guideline,
    MaxDuration,
    MaxLines,
    Media,
    Purposes,
    Sunset,
    Territories,
    UserClasses,
    Validity,
)
from licensing.registry.terms.document import terms_from_document, terms_to_document
from licensing.registry.terms.exclusivity import Exclusive
from licensing.registry.terms.pricing import Price, fee_for
from licensing.registry.terms.quotas import Quota
from licensing.registry.terms.revocation import Revocation


# Without slots: the digest is kept in the instance's dictionary once it is computed.
@dataclass(frozen=True, kw_only=True)
class Terms:
    """
    One immutable version of an offer for a subject and everything that inherits from it.

    A condition that is None does not limit the use. `approval_required` makes a permitted use wait
    for the licensor, as `approval` says. `licensees` are the platforms the offer is made to, None
    for all; with `exclusive` nobody else is granted what the offer covers. `stack_cap` is the most
    that a licensor's subjects cost in one video, if all of their terms have one. `guidelines` are
    the licensor's own words and decide nothing.
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
    user_classes: UserClasses | None = None
    media: Media | None = None
    max_lines: MaxLines | None = None
    content: Content | None = None
    embargo: Embargo | None = None
    sunset: Sunset | None = None
    quotas: tuple[Quota, ...] = ()
    combinations: Combinations | None = None
    licensees: frozenset[str] | None = None
    exclusive: bool = False
    stack_cap: Money | None = None
    guarantee: MinimumGuarantee | None = None
    advance: Advance | None = None
    approval: Approval = approval.UNSAID
    revocation: Revocation = revocation.UNSAID
    guidelines: tuple[Guideline, ...] = ()

    def refusals(self, use: Use, at: datetime) -> tuple[Refusal, ...]:
        """Every reason why these terms do not permit `use` at the moment `at`; none: permitted."""
        optional = (self.user_classes, self.media, self.channels, self.max_lines)
        answers = [
            self.territories.refuse(use),
            self.purposes.refuse(use),
            self.max_duration.refuse(use),
            self.ratings.refuse(use),
            *(condition.refuse(use) for condition in optional if condition is not None),
            *(quota.refuse(use) for quota in self.quotas),
            self.validity.refuse(at),
            self.embargo.refuse(at) if self.embargo is not None else None,
            self.sunset.refuse(at) if self.sunset is not None else None,
        ]
        content = self.content.refusals(use) if self.content is not None else ()
        return (*(refusal for refusal in answers if refusal is not None), *content)

    def refuse_licensee(self, platform_id: str | None) -> Refusal | None:
        """Refuse a platform that the offer is not made to."""
        if self.licensees is None or platform_id in self.licensees:
            return None
        return refuse("terms.licensee" if self.licensees else "terms.closed")

    def fee(self, duration_ms: int) -> Money | None:
        """Price a video of this length, as `fee_for` does."""
        return fee_for(self.price, duration_ms)

    def needs_approval(self, use: Use) -> bool:
        """Say whether somebody has to look at this use before it is made."""
        return self.approval_required and self.approval.needed(use, self.fee(use.duration_ms))

    @property
    def promise(self) -> Exclusive | None:
        """What nobody but the licensees is granted; None when the offer excludes nobody."""
        if not self.exclusive or self.licensees is None:
            return None
        return Exclusive(
            source=self.id,
            subject_id=self.subject_id,
            holders=self.licensees,
            territories=self.territories.allowed,
            purposes=self.purposes.allowed,
            user_classes=self.user_classes.allowed if self.user_classes is not None else None,
            validity=self.validity,
        )

    @cached_property
    def sha256(self) -> str:
        """Digest of the terms document: the name of exactly this content."""
        return sha256_hex(self.to_document())

    def to_document(self) -> dict[str, Any]:
        """Write the member of `terms` in a registry document; `from_document` reads it."""
        return terms_to_document(self)

    @classmethod
    def from_document(cls, document: object, where: str = "terms") -> "Terms":
        """
        Read one member of `terms`.

        Raises `RegistryMalformed` with the place inside `where`. A key that is not known refuses
        the whole offer: it may hold a condition that would otherwise be ignored.
        """
        return cls(**terms_from_document(document, where))

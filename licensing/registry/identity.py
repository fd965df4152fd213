"""Whom a subject shows: a real person, with the consents on record, or somebody under age."""

from dataclasses import dataclass
from datetime import datetime

from licensing.clearance.use import Use
from licensing.registry.references import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """
    A person's recorded consent to being shown.

    `territories` and `purposes` None are all. It counts from `given_at` until just before `ends_at`
    (None: until it is taken back, which removes it from the record).
    """

    evidence: Citation
    given_at: datetime
    ends_at: datetime | None = None
    territories: frozenset[str] | None = None
    purposes: frozenset[str] | None = None

    def covers(self, use: Use, at: datetime) -> bool:
        """Say whether the person consents to this use at this moment."""
        return (
            self.given_at <= at
            and (self.ends_at is None or at < self.ends_at)
            and (self.territories is None or use.territory in self.territories)
            and (self.purposes is None or use.purpose in self.purposes)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """
    `real` people are licensed only with their recorded consent; real minors never.

    A fictional `minor` is licensed like any character, but never in sexual content.
    """

    real: bool
    minor: bool
    consents: tuple[Consent, ...] = ()

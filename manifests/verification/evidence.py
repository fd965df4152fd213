"""What was found about a video. Evidence says what is; the verdict says what it means."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from manifests.credentials.report import CredentialsReport

LicenceStatus = Literal["active", "pending", "expired", "withdrawn", "none"]
Way = Literal["watermark", "fingerprint"]
Agreement = Literal["strong", "weak", "none"]
ForeignOutcome = Literal["match", "nothing", "doubtful", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceEvidence:
    """
    The licence as this service's own record has it today; grants are (subject, licensor).

    `granted_at` is when the video was licensed, which no revocation changes; `permitted_until` is
    the end of its permitted use, None without one.
    """

    licence_id: str
    status: LicenceStatus
    grants: tuple[tuple[str, str], ...] = ()
    granted_at: datetime | None = None
    permitted_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSegment:
    """Seconds of the video that carry the mark of one registered video."""

    start_s: float
    end_s: float
    manifest_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """
    A registered video that the pictures lead to, whatever the label says.

    `credentials` is its stored manifest, validated again today (its binding to bytes is not asked:
    a copy never matches it). `agreement` compares the pictures with the record's fingerprint, one
    to one: a mark is a pointer that anyone can copy onto other pictures, never proof by itself.
    """

    manifest_id: str
    ways: tuple[Way, ...]
    agreement: Agreement
    credentials: CredentialsReport
    segments: tuple[MarkedSegment, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Say whether mark, pictures and a trusted signature all name the same video."""
        return (
            self.ways == ("watermark", "fingerprint")
            and self.agreement == "strong"
            and self.credentials.signature_valid
            and self.credentials.signer_tier != "unknown"
            and not self.credentials.rule_failures
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignAnswer:
    """
    What the service of somebody else said of the video, named by its host.

    "match": it named a manifest, and that manifest's signature is valid and its signer on a list;
    `credentials` are that manifest's. "doubtful": what it named does not stand up to this check.
    "nothing": it knows no such video. "unavailable": it gave no usable answer, for a `problem`.
    That the pictures are the manifest's is this service's word alone: it never proves an origin.
    """

    service: str
    outcome: ForeignOutcome
    credentials: CredentialsReport | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    Everything a verdict is made from.

    `licence` is absent when this service has no record of the licence that the manifest names.
    `trust_list_date` is the date of the official lists that were asked. `recovery` is absent when
    the pictures lead nowhere, or nobody looked because the file itself left no question. `others`
    is absent when nobody agreed that other services are asked, and empty when nobody had to be.
    """

    credentials: CredentialsReport
    recovery: Recovery | None = None
    licence: LicenceEvidence | None = None
    trust_list_date: date | None = None
    others: tuple[ForeignAnswer, ...] | None = None

    @property
    def is_recovered(self) -> bool:
        """Say whether the story of the video is told by the record, not by the file."""
        return (
            self.recovery is not None
            and self.recovery.is_proven
            and (self.credentials.presence != "present" or not self.credentials.is_intact)
        )

    @property
    def is_settled(self) -> bool:
        """Say whether the file, or its pictures and a record of ours, leave no question."""
        return self.credentials.is_intact or self.is_recovered

    @property
    def known_elsewhere(self) -> ForeignAnswer | None:
        """Give the first answer of another service that names a manifest worth showing."""
        return next((each for each in self.others or () if each.outcome == "match"), None)

    @property
    def told_by(self) -> CredentialsReport:
        """Give the credentials that tell the story: the file's own, or the record's."""
        if self.recovery is not None and self.is_recovered:
            return self.recovery.credentials
        return self.credentials

    @property
    def manifest_id(self) -> str | None:
        """Give the manifest that tells the story, believed or not."""
        return self.told_by.manifest_id

    @property
    def licence_id(self) -> str | None:
        """Give the licence that the manifest names: a claim, until a record of ours agrees."""
        licence = self.told_by.licence
        return licence.licence_id if licence else None

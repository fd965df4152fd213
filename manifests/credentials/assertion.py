"""
The licence assertion `org.rakkan.licence`: under which grant a video was made.

It names the licence, never the prompt, the person or the price. What counts today is the live
status behind `status_url`; the assertion says what was granted when the video was stamped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from manifests.errors import LicenceMalformed

LABEL = "org.rakkan.licence"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceGrant:
    """One subject, who granted it, and the digest of the terms that applied."""

    subject_id: str
    subject_name: str
    licensor: str
    terms_sha256: str

    def to_data(self) -> dict[str, object]:
        """Give the grant as the manifest holds it."""
        return {
            "subject": {"id": self.subject_id, "name": self.subject_name},
            "licensor": self.licensor,
            "terms_sha256": self.terms_sha256,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceAssertion:
    """
    What the signer vouches for: this video was made under this licence.

    `territory` is an ISO 3166-1 alpha-2 code; `granted_at` is aware UTC; `decision_sha256` pins the
    clearance decision without telling its content.
    """

    licence_id: str
    grants: tuple[LicenceGrant, ...]
    territory: str
    purpose: str
    decision_sha256: str
    granted_at: datetime
    status_url: str

    def to_data(self) -> dict[str, object]:
        """Give the assertion's content as the manifest holds it."""
        return {
            "version": VERSION,
            "licence_id": self.licence_id,
            "grants": [grant.to_data() for grant in self.grants],
            "territory": self.territory,
            "purpose": self.purpose,
            "decision_sha256": self.decision_sha256,
            "granted_at": utc_text(self.granted_at),
            "status_url": self.status_url,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Self:
        """
        Read a manifest's content back.

        Raises `LicenceMalformed`: anyone can write an assertion with this label, so a damaged one
        is a finding about that file and not about this service.
        """
        if data.get("version") != VERSION:
            raise LicenceMalformed("version is not 1")
        grants = data.get("grants")
        if not isinstance(grants, list):
            raise LicenceMalformed("grants is not a list")
        return cls(
            licence_id=_text(data, "licence_id"),
            grants=tuple(_grant(grant) for grant in grants),
            territory=_text(data, "territory"),
            purpose=_text(data, "purpose"),
            decision_sha256=_text(data, "decision_sha256"),
            granted_at=_time(data, "granted_at"),
            status_url=_text(data, "status_url"),
        )


def utc_text(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, such as 2026-11-25T09:30:00Z."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def utc_time(text: str) -> datetime:
    """Read an RFC 3339 time as aware UTC. Raises `ValueError`, also for a time without a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)


def _grant(data: object) -> LicenceGrant:
    subject = data.get("subject") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(subject, dict):
        raise LicenceMalformed("a grant names no subject")
    return LicenceGrant(
        subject_id=_text(subject, "id"),
        subject_name=_text(subject, "name"),
        licensor=_text(data, "licensor"),
        terms_sha256=_text(data, "terms_sha256"),
    )


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise LicenceMalformed(f"{key} is not text")
    return value


def _time(data: Mapping[str, object], key: str) -> datetime:
    try:
        return utc_time(_text(data, key))
    except ValueError as problem:
        raise LicenceMalformed(f"{key} is not a time with a zone") from problem

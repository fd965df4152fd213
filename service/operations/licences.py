"""What anyone may know of a licence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from licensing.clearance import revocation_store
from licensing.clearance.revocation_store import PublicRevocation
from licensing.clearance.store import LicenceStatus
from service.errors import UnknownLicence
from service.runtime import PUBLIC, Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLicence:
    """
    The public part of a licence: no prompt, no price, no platform.

    `status` is what counts now; `granted_at` and `decision_sha256` are the proof that the video was
    licensed when it was made, which nothing changes any more. `permitted_until` is when it may no
    longer be shown, None without an end, and `revocations` say which terms were taken back.
    """

    id: str
    status: LicenceStatus
    grants: tuple[dict[str, Any], ...]
    territory: str
    purpose: str
    granted_at: datetime
    manifest_id: str
    decision_sha256: str
    permitted_until: datetime | None = None
    revocations: tuple[PublicRevocation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of a licence as the page shows it."""
        return {
            "licence_id": self.id,
            "status": self.status,
            "grants": list(self.grants),
            "territory": self.territory,
            "purpose": self.purpose,
            "granted_at": shown(self.granted_at),
            "manifest_id": self.manifest_id,
            "at_creation": {
                "status": "licensed",
                "granted_at": shown(self.granted_at),
                "decision_sha256": self.decision_sha256,
            },
            "now": {
                "status": self.status,
                "permitted_until": shown(self.permitted_until),
                "revocations": [
                    {
                        "terms_sha256": each.terms_sha256,
                        "effect": each.effect,
                        "revoked_at": shown(each.revoked_at),
                        "permitted_until": shown(each.distribution_ends),
                    }
                    for each in self.revocations
                ],
            },
        }


def public_licence(runtime: Runtime, licence_id: str) -> PublicLicence:
    """Read the licence a manifest names. Raises `UnknownLicence`."""
    with runtime.transaction(PUBLIC) as session:
        licence = find_public_licence(session, licence_id, at=runtime.now())
    if licence is None:
        raise UnknownLicence(licence_id)
    return licence


def find_public_licence(
    session: Session,
    licence_id: str,
    *,
    at: datetime,
) -> PublicLicence | None:
    """Read the views `public_licence` and `public_revocation`, and say what counts at a moment."""
    row = session.execute(
        text(
            "select id, status, grants, territory, purpose, granted_at, manifest_id, "
            "decision_sha256 from public_licence where id = :id",
        ),
        {"id": licence_id},
    ).one_or_none()
    if row is None:
        return None
    digests = {grant["terms_sha256"] for grant in row.grants if "terms_sha256" in grant}
    revocations = revocation_store.public_revocations(session, digests) if digests else []
    # Several owners: the earliest end is the end of the video.
    ends = min(
        (each.distribution_ends for each in revocations if each.distribution_ends), default=None
    )
    over = ends is not None and ends <= at
    return PublicLicence(
        id=row.id,
        status="withdrawn" if over else row.status,
        grants=tuple(row.grants),
        territory=row.territory,
        purpose=row.purpose,
        granted_at=row.granted_at,
        manifest_id=row.manifest_id,
        decision_sha256=row.decision_sha256,
        permitted_until=ends,
        revocations=tuple(revocations),
    )


def shown(at: datetime | None) -> str | None:
    """Write a moment as JSON says it: UTC, with a Z."""
    return at.isoformat().replace("+00:00", "Z") if at is not None else None

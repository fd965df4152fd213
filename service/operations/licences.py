"""What anyone may know of a licence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from licensing.clearance.store import LicenceStatus
from service.errors import UnknownLicence
from service.runtime import PUBLIC, Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLicence:
    """The public part of a licence: no prompt, no price, no platform."""

    id: str
    status: LicenceStatus
    grants: tuple[dict[str, Any], ...]
    territory: str
    purpose: str
    granted_at: datetime
    manifest_id: str

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of a licence as the page shows it."""
        return {
            "licence_id": self.id,
            "status": self.status,
            "grants": list(self.grants),
            "territory": self.territory,
            "purpose": self.purpose,
            "granted_at": self.granted_at.isoformat().replace("+00:00", "Z"),
            "manifest_id": self.manifest_id,
        }


def public_licence(runtime: Runtime, licence_id: str) -> PublicLicence:
    """Read the licence a manifest names. Raises `UnknownLicence`."""
    with runtime.transaction(PUBLIC) as session:
        licence = find_public_licence(session, licence_id)
    if licence is None:
        raise UnknownLicence(licence_id)
    return licence


def find_public_licence(session: Session, licence_id: str) -> PublicLicence | None:
    """Read the row of the view `public_licence`, which crosses row-level security on purpose."""
    row = session.execute(
        text(
            "select id, status, grants, territory, purpose, granted_at, manifest_id "
            "from public_licence where id = :id",
        ),
        {"id": licence_id},
    ).one_or_none()
    if row is None:
        return None
    return PublicLicence(
        id=row.id,
        status=row.status,
        grants=tuple(row.grants),
        territory=row.territory,
        purpose=row.purpose,
        granted_at=row.granted_at,
        manifest_id=row.manifest_id,
    )

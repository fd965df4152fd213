"""Revocations in the database. Rows go in and values come out; the caller commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, String, bindparam, insert, text, update
from sqlmodel import Session, col, select

from licensing.clearance.revocation_tables import RevocationRow

# Crosses row-level security on purpose: whoever may see a licence may see whether it still holds.
_PUBLIC = text(
    "select terms_sha256, effect, revoked_at, distribution_ends from public_revocation "
    "where terms_sha256 = any(:digests)",
).bindparams(bindparam("digests", type_=ARRAY(String)))

_OPEN_UNDER = text("""
    select id, platform_id from clearance
    where status in ('waiting', 'quoted', 'reserved') and (
        decision @> jsonb_build_object('findings', jsonb_build_array(
            jsonb_build_object('terms', jsonb_build_object('id', cast(:terms_id as text)))))
        or decision @> jsonb_build_object('findings', jsonb_build_array(
            jsonb_build_object('parents', jsonb_build_array(
                jsonb_build_object('id', cast(:terms_id as text))))))
    )
    order by id
""")

_PLATFORMS = text("select distinct platform_id from usage where terms_id = :terms_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedTerms:
    """
    One version of terms that was revoked.

    No clearance rests on them from `new_uses_end` on; videos that exist may be shown until
    `distribution_ends`, None without an end. `applied_at` is when all open clearances were seen to.
    """

    terms_id: str
    terms_sha256: str
    licensor_id: str
    effect: str
    reason: str
    revoked_at: datetime
    new_uses_end: datetime
    distribution_ends: datetime | None
    applied_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `POST /v1/revocations`."""
        return {
            "terms": self.terms_id,
            "licensor": self.licensor_id,
            "effect": self.effect,
            "reason": self.reason,
            "revoked_at": _shown(self.revoked_at),
            "new_uses_end": _shown(self.new_uses_end),
            "distribution_ends": _shown(self.distribution_ends),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRevocation:
    """What anyone may know: which terms, by digest, and until when videos may be shown."""

    terms_sha256: str
    effect: str
    revoked_at: datetime
    distribution_ends: datetime | None


def insert_revocation(session: Session, revoked: RevokedTerms) -> None:
    """Write a revocation down."""
    session.flush()
    row = {name: getattr(revoked, name) for name in RevokedTerms.__dataclass_fields__}
    session.connection().execute(insert(RevocationRow), row)


def mark_applied(session: Session, terms_id: str, at: datetime) -> bool:
    """Note that all open clearances were seen to; False when somebody did before."""
    session.flush()
    changed = session.connection().execute(
        update(RevocationRow)
        .where(col(RevocationRow.terms_id) == terms_id, col(RevocationRow.applied_at).is_(None))
        .values(applied_at=at),
    )
    return bool(changed.rowcount)


def get(session: Session, terms_id: str) -> RevokedTerms | None:
    """Find the revocation of some terms, as far as the tenant may see it."""
    row = session.exec(
        select(RevocationRow)
        .where(RevocationRow.terms_id == terms_id)
        .execution_options(populate_existing=True),
    ).one_or_none()
    return _revoked(row) if row is not None else None


def list_revocations(session: Session, *, limit: int) -> list[RevokedTerms]:
    """List the tenant's revocations, latest first."""
    latest = col(RevocationRow.revoked_at).desc()
    query = select(RevocationRow).order_by(latest, col(RevocationRow.terms_id)).limit(limit)
    return [_revoked(row) for row in session.exec(query)]


def public_revocations(session: Session, digests: Collection[str]) -> list[PublicRevocation]:
    """Find which of these terms, by digest, are revoked."""
    rows = session.execute(_PUBLIC, {"digests": sorted(digests)})
    return [
        PublicRevocation(
            terms_sha256=row.terms_sha256,
            effect=row.effect,
            revoked_at=row.revoked_at,
            distribution_ends=row.distribution_ends,
        )
        for row in rows
    ]


def open_clearances(session: Session, terms_id: str) -> list[tuple[str, str]]:
    """Give id and platform of what is quoted, waiting or reserved under these terms."""
    return [
        (row.id, row.platform_id) for row in session.execute(_OPEN_UNDER, {"terms_id": terms_id})
    ]


def platforms_that_used(session: Session, terms_id: str) -> set[str]:
    """Find the platforms with videos under these terms."""
    return {row.platform_id for row in session.execute(_PLATFORMS, {"terms_id": terms_id})}


def _revoked(row: RevocationRow) -> RevokedTerms:
    return RevokedTerms(**{name: getattr(row, name) for name in RevokedTerms.__dataclass_fields__})


def _shown(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at is not None else None

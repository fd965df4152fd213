"""The manifest repository: what this service signed, found again by its manifest id."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from manifests.verification.tables import ManifestRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredManifest:
    """
    One signed video, with the facts a public page may show.

    `store_blob` is the key of the manifest store among the blobs, `output_sha256` the digest of
    the whole signed file, `signed_at` the time in its time stamp.
    """

    id: str
    owner_id: str
    stamp_id: str
    store_blob: str
    output_sha256: str
    size_bytes: int
    duration_ms: int
    signer_name: str
    generator: str
    generator_version: str
    signed_at: datetime
    licence_id: str | None = None


def save_manifest(session: Session, manifest: StoredManifest) -> None:
    """Write a manifest down; a stamp has one, so a second one for it fails in the database."""
    session.add(
        ManifestRow(
            id=manifest.id,
            owner_id=manifest.owner_id,
            stamp_id=manifest.stamp_id,
            store_blob=manifest.store_blob,
            output_sha256=manifest.output_sha256,
            size_bytes=manifest.size_bytes,
            duration_ms=manifest.duration_ms,
            signer_name=manifest.signer_name,
            generator=manifest.generator,
            generator_version=manifest.generator_version,
            signed_at=manifest.signed_at,
            licence_id=manifest.licence_id,
        )
    )
    session.flush()


def find_manifest(session: Session, manifest_id: str) -> StoredManifest | None:
    """Find a manifest by its id, among those the session's tenant may see."""
    row = session.get(ManifestRow, manifest_id)
    if row is None:
        return None
    return StoredManifest(
        id=row.id,
        owner_id=row.owner_id,
        stamp_id=row.stamp_id,
        store_blob=row.store_blob,
        output_sha256=row.output_sha256,
        size_bytes=row.size_bytes,
        duration_ms=row.duration_ms,
        signer_name=row.signer_name,
        generator=row.generator,
        generator_version=row.generator_version,
        signed_at=row.signed_at,
        licence_id=row.licence_id,
    )

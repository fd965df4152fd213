"""
The manifest repository: manifest stores by manifest id, and the facts of those signed here.

A kept store (`manifest_store`) is public and may be withdrawn by its owner. What this service
signed stays on record (`manifest`), also when its store is withdrawn.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlmodel import Session

from manifests.verification.tables import ManifestRow, ManifestStoreRow

_FIND_PUBLIC: Final = text(
    "select manifest_id, blob, sha256, stored_at from public_manifest_store "
    "where manifest_id = :manifest_id",
)
_PUBLIC_IDS: Final = text(
    "select manifest_id from public_manifest_store where manifest_id = any(:manifest_ids)",
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStore:
    """
    A manifest store as anyone may fetch it: `blob` is its key among the blobs.

    `sha256` is absent for stores kept before digests were recorded.
    """

    manifest_id: str
    blob: str
    sha256: str | None
    stored_at: datetime


def save_manifest(
    session: Session, manifest: StoredManifest, *, store_sha256: str | None = None
) -> None:
    """
    Write down what was signed, and keep its store with the SHA-256 of it.

    A stamp has one manifest, so a second one for it fails in the database.
    """
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
    store = KeptStore(
        manifest_id=manifest.id,
        blob=manifest.store_blob,
        sha256=store_sha256,
        stored_at=manifest.signed_at,
    )
    keep_store(session, store, owner_id=manifest.owner_id)


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


def keep_store(session: Session, store: KeptStore, *, owner_id: str) -> None:
    """Keep a store; another one under its manifest id fails in the database."""
    session.add(
        ManifestStoreRow(
            manifest_id=store.manifest_id,
            owner_id=owner_id,
            blob=store.blob,
            sha256=store.sha256,
            stored_at=store.stored_at,
        )
    )
    session.flush()


def find_store(session: Session, manifest_id: str) -> KeptStore | None:
    """Find a kept store by its manifest id, whoever owns it."""
    row = session.execute(_FIND_PUBLIC, {"manifest_id": manifest_id}).one_or_none()
    if row is None:
        return None
    return KeptStore(
        manifest_id=row.manifest_id,
        blob=row.blob,
        sha256=row.sha256,
        stored_at=row.stored_at,
    )


def kept_ids(session: Session, manifest_ids: list[str]) -> frozenset[str]:
    """Tell which of these manifests have a store to fetch."""
    return frozenset(session.execute(_PUBLIC_IDS, {"manifest_ids": manifest_ids}).scalars())


def owns_store(session: Session, manifest_id: str) -> bool:
    """Tell whether the session's tenant owns the store of this manifest."""
    return session.get(ManifestStoreRow, manifest_id) is not None


def withdraw_store(session: Session, manifest_id: str) -> str | None:
    """
    Forget a store and its soft bindings; answers its blob, None when the tenant owns no such store.

    The facts of what was signed here stay on record.
    """
    row = session.get(ManifestStoreRow, manifest_id)
    if row is None:
        return None
    blob = row.blob
    session.delete(row)
    session.flush()
    return blob

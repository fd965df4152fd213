"""Take a manifest store into the repository, and take it out again."""

import hashlib
import re
import secrets
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from manifests.credentials.jumbf import require_whole_store
from manifests.verification.repository import (
    KeptStore,
    find_store,
    keep_store,
    owns_store,
    withdraw_store,
)
from service.resolution import MANIFEST_ID_LIMIT_CHARS, MANIFEST_ID_PATTERN
from service.resolution_errors import ManifestStoreMalformed, ManifestTaken, UnknownManifest
from service.runtime import Runtime

STORE_LIMIT_BYTES: Final = 16 * 1024**2

# Blobs below this prefix belong to the repository alone; those of stamps belong to the stamps.
_FOLDER: Final = "manifests/"


def keep_manifest(runtime: Runtime, tenant_id: str, store: bytes) -> str:
    """
    Keep a store under the label of its active manifest, which is the answer.

    The same store again changes nothing. The signature is not judged here: a repository gives back
    what it was given, and whoever fetches a store validates it. Raises `ManifestStoreMalformed`,
    and `ManifestTaken` for other bytes or another owner.
    """
    manifest_id = _manifest_id(store)
    sha256 = hashlib.sha256(store).hexdigest()
    with runtime.transaction(tenant_id) as session:
        if _is_kept(session, manifest_id, sha256):
            return manifest_id
    # A name of its own for each attempt: taking one deposit back never takes another's bytes.
    blob = runtime.blobs.put_bytes(f"{_FOLDER}{sha256}/{secrets.token_hex(8)}.c2pa", store)
    kept = KeptStore(manifest_id=manifest_id, blob=blob.key, sha256=sha256, stored_at=runtime.now())
    try:
        with runtime.transaction(tenant_id) as session:
            keep_store(session, kept, owner_id=tenant_id)
    except BaseException as error:
        runtime.blobs.delete(blob.key)
        if not isinstance(error, IntegrityError):
            raise
        # Somebody kept one under this id since we looked: the same request twice, or another.
        with runtime.transaction(tenant_id) as session:
            if not _is_kept(session, manifest_id, sha256):
                raise ManifestTaken(manifest_id) from error
    return manifest_id


def withdraw_manifest(runtime: Runtime, tenant_id: str, manifest_id: str) -> None:
    """
    Take a store and its soft bindings out of the repository.

    What was signed and licensed stays on record. Raises `UnknownManifest`, also for a store of
    another owner.
    """
    with runtime.transaction(tenant_id) as session:
        blob = withdraw_store(session, manifest_id)
    if blob is None:
        raise UnknownManifest(manifest_id)
    if blob.startswith(_FOLDER):
        runtime.blobs.delete(blob)


def _manifest_id(store: bytes) -> str:
    """Read the label of the active manifest. Raises `ManifestStoreMalformed`."""
    try:
        label = require_whole_store(store).label
    except ValueError as error:
        raise ManifestStoreMalformed(str(error)) from error
    if len(label) > MANIFEST_ID_LIMIT_CHARS or not re.fullmatch(MANIFEST_ID_PATTERN, label):
        raise ManifestStoreMalformed("the label of its active manifest is no identifier")
    return label


def _is_kept(session: Session, manifest_id: str, sha256: str) -> bool:
    """Tell whether the tenant keeps this very store. Raises `ManifestTaken`."""
    kept = find_store(session, manifest_id)
    if kept is None:
        return False
    if kept.sha256 == sha256 and owns_store(session, manifest_id):
        return True
    raise ManifestTaken(manifest_id)

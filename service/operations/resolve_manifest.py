"""Fetch a kept manifest store, and prove that it was taken in."""

import hashlib
from typing import Any

from manifests.credentials.jumbf import active_manifest_alone
from manifests.verification.receipts import Ingest
from manifests.verification.repository import KeptStore, find_store
from service.resolution import receipt_issuer
from service.resolution_errors import UnknownManifest
from service.runtime import PUBLIC, Runtime


def resolve_manifest(
    runtime: Runtime, manifest_id: str, *, active_manifest_only: bool = False
) -> bytes:
    """
    Give the manifest store, or a store of its active manifest alone. Anyone may ask.

    Raises `UnknownManifest`, also for one that its owner took back.
    """
    store = _bytes(runtime, _kept(runtime, manifest_id))
    return active_manifest_alone(store) if active_manifest_only else store


def require_manifest(runtime: Runtime, manifest_id: str) -> None:
    """Raise `UnknownManifest` unless the store is kept."""
    _kept(runtime, manifest_id)


def give_receipt(runtime: Runtime, manifest_id: str) -> dict[str, Any]:
    """Write the receipt of a kept store; it is the same at every time. Raises `UnknownManifest`."""
    return receipt_issuer(runtime).issue(_ingest(runtime, manifest_id))


def verify_receipt(runtime: Runtime, manifest_id: str, receipt: dict[str, Any]) -> dict[str, Any]:
    """
    Give the receipt back with `verified`, and with `error` when it proves nothing.

    Raises `UnknownManifest`.
    """
    problem = receipt_issuer(runtime).problem_with(receipt, _ingest(runtime, manifest_id))
    if problem is None:
        return {**receipt, "verified": True}
    return {**receipt, "verified": False, "error": problem}


def _ingest(runtime: Runtime, manifest_id: str) -> Ingest:
    kept = _kept(runtime, manifest_id)
    # Stores from before digests were recorded: their bytes are what is attested.
    sha256 = kept.sha256 or hashlib.sha256(_bytes(runtime, kept)).hexdigest()
    return receipt_issuer(runtime).ingest(
        manifest_id=kept.manifest_id, store_sha256=sha256, stored_at=kept.stored_at
    )


def _kept(runtime: Runtime, manifest_id: str) -> KeptStore:
    with runtime.transaction(PUBLIC) as session:
        kept = find_store(session, manifest_id)
    if kept is None:
        raise UnknownManifest(manifest_id)
    return kept


def _bytes(runtime: Runtime, kept: KeptStore) -> bytes:
    try:
        return runtime.blobs.get_bytes(kept.blob)
    except FileNotFoundError as error:
        # Its owner took it back between the look-up and the reading.
        raise UnknownManifest(kept.manifest_id) from error

"""Tie soft bindings to kept manifests: only to one's own, and never another owner's value."""

from dataclasses import dataclass

from sqlmodel import Session

from manifests.verification.repository import KeptStore, find_store, owns_store
from manifests.verification.soft_bindings import (
    SoftBinding,
    algorithms_of,
    bindings_in,
    find_manifest_ids,
    holds_pair,
    lock_pair,
    replace_bindings,
    save_binding,
)
from service.resolution_errors import BindingTaken, BindingUnclear, UnknownBinding, UnknownManifest
from service.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingRequest:
    """A value in base64, the manifest it shall lead to, and its algorithm if it is told."""

    value: str
    manifest_id: str
    alg: str | None = None


def add_binding(runtime: Runtime, tenant_id: str, request: BindingRequest) -> None:
    """
    Tie a value to a manifest of the tenant; again changes nothing.

    Raises `UnknownManifest`, also for a manifest of another owner, `BindingUnclear` when the
    algorithm is neither told nor found, and `BindingTaken` for another owner's value.
    """
    with runtime.transaction(tenant_id) as session:
        binding = _binding(runtime, session, tenant_id, request)
        lock_pair(session, binding.alg, binding.value)
        if not holds_pair(session, binding.alg, binding.value) and find_manifest_ids(
            session, binding.alg, binding.value, limit=1
        ):
            raise BindingTaken(binding.alg)
        save_binding(session, binding)


def move_binding(runtime: Runtime, tenant_id: str, request: BindingRequest) -> None:
    """
    Lead a value of the tenant to another manifest of the tenant, and to no other.

    Raises what `add_binding` raises, and `UnknownBinding` for a value that is not the tenant's.
    """
    with runtime.transaction(tenant_id) as session:
        binding = _binding(runtime, session, tenant_id, request)
        lock_pair(session, binding.alg, binding.value)
        if not replace_bindings(session, binding):
            raise UnknownBinding


def _binding(
    runtime: Runtime, session: Session, tenant_id: str, request: BindingRequest
) -> SoftBinding:
    kept = find_store(session, request.manifest_id)
    if kept is None or not owns_store(session, request.manifest_id):
        raise UnknownManifest(request.manifest_id)
    return SoftBinding(
        alg=request.alg or _algorithm(runtime, kept, request.value),
        value=request.value,
        manifest_id=request.manifest_id,
        owner_id=tenant_id,
        created_at=runtime.now(),
    )


def _algorithm(runtime: Runtime, kept: KeptStore, value: str) -> str:
    """Take the algorithm from the manifest's own assertion. Raises `BindingUnclear`."""
    found = algorithms_of(bindings_in(runtime.blobs.get_bytes(kept.blob)), value)
    if len(found) != 1:
        raise BindingUnclear(found)
    return found[0]

"""The one transaction in which a stamp comes to count: fee, licence, manifest, completion."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session

from licensing.clearance import quota_store
from licensing.clearance import store as clearance_store
from licensing.clearance.store import Clearance, Licence
from licensing.clearance.use import Use
from licensing.errors import ClearanceNotReserved, OwnershipUnclear
from licensing.registry.snapshot import RegistrySnapshot
from licensing.royalties.accrual import Charge
from licensing.royalties.usage import StampedUse, capture
from manifests.credentials.assertion import LicenceAssertion
from manifests.credentials.sign import SignedVideo
from manifests.marks import fingerprint_store
from manifests.verification import repository
from manifests.verification.repository import StoredManifest
from manifests.verification.soft_bindings import SoftBinding, save_binding
from service.errors import UnknownStamp
from service.operations import stamp_store
from service.operations.mark_video import MarkedVideo
from service.operations.stamp_store import Stamp
from service.runtime import Runtime
from service.webhooks.outbox import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What an attempt stored: the signed video and its manifest, which nothing names yet."""

    signed: SignedVideo
    marked: MarkedVideo
    licence: LicenceAssertion | None
    video_blob: str
    store_blob: str


def record(runtime: Runtime, stamp: Stamp, output: Output) -> Stamp:
    """
    Capture the fee, write licence and manifest down, complete the stamp: all of it or nothing.

    A stamp that another attempt ended first is returned as that attempt left it. Raises
    `ClearanceNotReserved` or `HoldExpired` when there is no reservation left to capture.
    """
    at = runtime.now()
    with runtime.transaction(stamp.tenant_id) as session:
        current = locked_stamp(session, stamp.id)
        if not current.is_open:
            return current
        if current.clearance_id is not None:
            _settle(runtime, session, current, output, at)
        licence_id = output.licence.licence_id if output.licence else None
        _keep(runtime, session, current, output, licence_id)
        stamp_store.change(
            session,
            stamp.id,
            at=at,
            status="completed",
            progress=1.0,
            upload_blob=None,
            output_blob=output.video_blob,
            output_media_type=output.marked.info.media_type,
            output_sha256=output.signed.sha256,
            output_size_bytes=output.signed.size_bytes,
            duration_ms=output.marked.info.duration_ms,
            manifest_id=output.signed.manifest_id,
            watermark_id=output.marked.mark_id,
            licence_id=licence_id,
        )
        publish(
            session,
            tenant_id=stamp.tenant_id,
            originator_id=stamp.tenant_id,
            event_type="stamp.completed",
            data={
                "stamp": stamp.id,
                "manifest": output.signed.manifest_id,
                "licence": licence_id,
                "clearance": current.clearance_id,
            },
            at=at,
        )
        return locked_stamp(session, stamp.id)


def locked_stamp(session: Session, stamp_id: str) -> Stamp:
    """Read the stamp, locked until the transaction ends. Raises `UnknownStamp`."""
    stamp = stamp_store.get(session, stamp_id, lock=True)
    if stamp is None:
        raise UnknownStamp(stamp_id)
    return stamp


def _keep(
    runtime: Runtime,
    session: Session,
    stamp: Stamp,
    output: Output,
    licence_id: str | None,
) -> None:
    """Write the manifest into the repository, with the ways that lead back to it."""
    manifest = _manifest(runtime, stamp, output, licence_id)
    sha256 = hashlib.sha256(output.signed.manifest_store).hexdigest()
    repository.save_manifest(session, manifest, store_sha256=sha256)
    for binding in output.marked.soft_bindings:
        save_binding(
            session,
            SoftBinding(
                alg=binding.alg,
                value=binding.value_text,
                manifest_id=manifest.id,
                owner_id=manifest.owner_id,
                created_at=manifest.signed_at,
            ),
        )
    fingerprint_store.save(
        session,
        output.marked.fingerprint,
        manifest_id=manifest.id,
        owner_id=manifest.owner_id,
        at=manifest.signed_at,
    )


def _manifest(
    runtime: Runtime,
    stamp: Stamp,
    output: Output,
    licence_id: str | None,
) -> StoredManifest:
    return StoredManifest(
        id=output.signed.manifest_id,
        owner_id=stamp.tenant_id,
        stamp_id=stamp.id,
        store_blob=output.store_blob,
        output_sha256=output.signed.sha256,
        size_bytes=output.signed.size_bytes,
        duration_ms=output.marked.info.duration_ms,
        signer_name=runtime.keys.signer_name,
        generator=stamp.generator,
        generator_version=stamp.generator_version,
        signed_at=output.signed.signed_at,
        licence_id=licence_id,
    )


def _settle(
    runtime: Runtime,
    session: Session,
    stamp: Stamp,
    output: Output,
    at: datetime,
) -> None:
    """Capture a cleared video's fee for its real length, and write its licence down."""
    clearance_id = stamp.clearance_id or ""
    clearance = clearance_store.get(session, stamp.tenant_id, clearance_id, lock=True)
    if clearance is None or clearance.status != "reserved":
        raise ClearanceNotReserved(clearance_id, clearance.status if clearance else "gone")
    clearance_store.settle(session, clearance.id, status="captured", at=at)
    if output.licence is None:
        return
    clearance_store.insert_licence(session, _licence(stamp, clearance, output, output.licence))
    duration_ms = min(output.marked.info.duration_ms, clearance.use.duration_ms)
    quota_store.settle(session, clearance.id, made_ms=duration_ms, at=at)
    capture(
        session,
        StampedUse(
            licence_id=output.licence.licence_id,
            platform_id=stamp.tenant_id,
            hold_id=clearance.hold_id,
            territory=clearance.use.territory,
            purpose=clearance.use.purpose,
            duration_ms=duration_ms,
            occurred_at=at,
            charges=_charges(runtime.snapshot(session), clearance, duration_ms),
        ),
    )


def _licence(
    stamp: Stamp,
    clearance: Clearance,
    output: Output,
    assertion: LicenceAssertion,
) -> Licence:
    """Give the record of what the manifest says; both stem from the same assertion."""
    return Licence(
        id=assertion.licence_id,
        platform_id=stamp.tenant_id,
        clearance_id=clearance.id,
        stamp_id=stamp.id,
        manifest_id=output.signed.manifest_id,
        grants=tuple(grant.to_data() for grant in assertion.grants),
        territory=assertion.territory,
        purpose=assertion.purpose,
        decision_sha256=assertion.decision_sha256,
        granted_at=assertion.granted_at,
        status="active",
    )


def _charges(
    snapshot: RegistrySnapshot,
    clearance: Clearance,
    duration_ms: int,
) -> tuple[Charge, ...]:
    """Price the real length under the terms of the decision, shared by who owns it now."""
    return tuple(
        Charge(
            terms_id=charge.id,
            subject_id=charge.subject_id,
            fee=charge.fee(duration_ms),
            shares=_shares(snapshot, charge.subject_id, clearance.use),
        )
        for charge in clearance.decision.charges
    )


def _shares(snapshot: RegistrySnapshot, subject_id: str, use: Use) -> dict[str, Fraction]:
    """List who is paid for a subject where it is used. Raises `OwnershipUnclear`."""
    owners = snapshot.owners_of(subject_id, territory=use.territory, purpose=use.purpose)
    shares = {share.licensor_id: share.share for share in owners}
    if sum(shares.values()) != 1:
        raise OwnershipUnclear(subject_id)
    return shares

"""
Stamp one video: the work of a job, safe to kill and repeat at any moment.

Foreign work comes first and only touches files and blobs: fetch, probe, normalise, thumbnail,
sign, store. One transaction comes last and does everything that counts: capture the fee, write
the licence and the manifest down, complete the stamp. Whoever repeats the job after a crash
either finds the stamp completed, or nothing of the first attempt but a blob that the sweep
removes.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog
from sqlmodel import Session

from licensing.clearance import store as clearance_store
from licensing.clearance.store import Clearance, Licence
from licensing.errors import ClearanceNotReserved, LicensingError, LongerThanCleared
from licensing.registry import store as registry_store
from licensing.royalties.usage import Capture, Fee, capture
from manifests.credentials.assertion import GrantEntry, LicenceAssertion
from manifests.credentials.build import StampFacts
from manifests.credentials.sign import SignedVideo, sign_video
from manifests.errors import ManifestsError
from manifests.media.normalise import normalise
from manifests.media.probe import MediaInfo, probe
from manifests.media.thumbnail import thumbnail
from manifests.verification import repository
from manifests.verification.repository import StoredManifest
from service.errors import UnknownStamp
from service.operations import stamp_store
from service.operations.clearances import release
from service.operations.stamp_store import Stamp
from service.runtime import Runtime

Step = Literal["fetch", "probe", "normalise", "sign", "store", "record", "done"]
OnStep = Callable[[Step, float], None]

# A container rounds its length up to whole frames and audio packets; a quarter of a second over
# the cleared length is that rounding, not a longer video.
LENGTH_TOLERANCE_MS = 250

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A video on this machine, ready to be signed."""

    path: Path
    info: MediaInfo
    picture: bytes | None


def run_stamp(
    runtime: Runtime,
    tenant_id: str,
    stamp_id: str,
    on_step: OnStep = lambda _step, _progress: None,
) -> Stamp:
    """
    Bring one queued stamp to its end: `completed`, or `failed` with nothing captured.

    Raises what another attempt may cure (`TimestampUnavailable`, `DatabaseUnavailable`,
    `BlobStorageFull`, `DiskFull`); everything else is written into the stamp.
    """
    stamp, clearance = _begin(runtime, tenant_id, stamp_id)
    if not stamp.is_open:
        return stamp
    try:
        with tempfile.TemporaryDirectory(prefix="rakkan-stamp-") as folder:
            return _stamp(runtime, stamp, clearance, Path(folder), on_step)
    except (LicensingError, ManifestsError) as cause:
        if cause.code in runtime.retryable_codes:
            raise
        return fail_stamp(runtime, tenant_id, stamp_id, cause)


def fail_stamp(
    runtime: Runtime,
    tenant_id: str,
    stamp_id: str,
    cause: LicensingError | ManifestsError,
) -> Stamp:
    """End a stamp without a video: the reservation is voided and nothing is owed."""
    at = runtime.now()
    with runtime.transaction(tenant_id) as session:
        stamp = _locked(session, stamp_id)
        if not stamp.is_open:
            return stamp
        if stamp.clearance_id is not None:
            clearance = clearance_store.get(session, tenant_id, stamp.clearance_id, lock=True)
            if clearance is not None and clearance.status == "reserved":
                release(session, clearance, status="voided", at=at)
        stamp_store.change(
            session,
            stamp_id,
            at=at,
            status="failed",
            error_code=cause.code,
            error_detail=str(cause),
            upload_blob=None,
        )
        failed = _locked(session, stamp_id)
    log.warning("stamp_failed", stamp_id=stamp_id, code=cause.code)
    if stamp.upload_blob is not None:
        runtime.blobs.delete(stamp.upload_blob)
    return failed


def _begin(
    runtime: Runtime,
    tenant_id: str,
    stamp_id: str,
) -> tuple[Stamp, Clearance | None]:
    """Mark the stamp as running and read what it stands for."""
    with runtime.transaction(tenant_id) as session:
        stamp = _locked(session, stamp_id)
        clearance = None
        if stamp.clearance_id is not None:
            clearance = clearance_store.get(session, tenant_id, stamp.clearance_id)
        if stamp.is_open:
            stamp_store.change(session, stamp_id, at=runtime.now(), status="running")
    return stamp, clearance


def _stamp(
    runtime: Runtime,
    stamp: Stamp,
    clearance: Clearance | None,
    folder: Path,
    on_step: OnStep,
) -> Stamp:
    if stamp.upload_blob is None:
        raise UnknownStamp(stamp.id)
    original = folder / "original"
    on_step("fetch", 0.0)
    runtime.blobs.get_file(stamp.upload_blob, original)
    on_step("probe", 0.1)
    info = probe(original, runtime.limits)
    if clearance is not None:
        _check_length(info, clearance)
    on_step("normalise", 0.2)
    plain = folder / f"plain.{'mov' if info.media_type == 'video/quicktime' else 'mp4'}"
    normalised = normalise(original, plain, info=info, limits=runtime.limits)
    picture = thumbnail(plain, normalised, runtime.limits)
    on_step("sign", 0.6)
    signed = sign_video(
        plain,
        folder / f"signed{plain.suffix}",
        facts=_facts(runtime, stamp, clearance),
        keys=runtime.keys,
        timestamps=runtime.timestamps,
        thumbnail=picture,
        parent=original,
    )
    on_step("store", 0.9)
    blob = runtime.blobs.put_file(_output_key(stamp, signed, plain.suffix), signed.path)
    store_blob = runtime.blobs.put_bytes(
        _output_key(stamp, signed, ".c2pa"),
        signed.manifest_store,
    )
    on_step("record", 0.95)
    completed = _record(
        runtime,
        stamp,
        Prepared(signed.path, normalised, picture),
        signed,
        output_blob=blob.key,
        store_blob=store_blob.key,
    )
    on_step("done", 1.0)
    for key in {stamp.upload_blob, blob.key, store_blob.key} - {completed.output_blob}:
        # Another attempt completed the stamp first: what this one stored is nobody's.
        if key == store_blob.key and completed.manifest_id == signed.manifest_id:
            continue
        runtime.blobs.delete(key)
    return completed


def _check_length(info: MediaInfo, clearance: Clearance) -> None:
    cleared_ms = clearance.use.duration_ms
    if info.duration_ms > cleared_ms + LENGTH_TOLERANCE_MS:
        raise LongerThanCleared(duration_ms=info.duration_ms, cleared_ms=cleared_ms)


def _output_key(stamp: Stamp, signed: SignedVideo, suffix: str) -> str:
    return f"stamps/{stamp.id}/{signed.manifest_id.rsplit(':', 1)[-1]}{suffix}"


def _licence_id(stamp: Stamp) -> str:
    """The same at every attempt, because it stands in the manifest."""
    return f"lic_{stamp.id.removeprefix('stp_')}"


def _facts(runtime: Runtime, stamp: Stamp, clearance: Clearance | None) -> StampFacts:
    """What the manifest will say: the system, the time and the licence; no prompt, no price."""
    licence = None
    if clearance is not None and clearance.decision.terms:
        with runtime.transaction(stamp.tenant_id) as session:
            grants = _grants(runtime, session, clearance)
        licence_id = _licence_id(stamp)
        licence = LicenceAssertion(
            licence_id=licence_id,
            grants=grants,
            territory=clearance.use.territory,
            purpose=clearance.use.purpose,
            decision_sha256=clearance.decision_sha256,
            granted_at=clearance.created_at,
            status_url=f"{runtime.settings.public_url}/l/{licence_id}",
        )
    return StampFacts(
        title=f"{stamp.generator} {stamp.generated_at:%Y-%m-%d}",
        generator=stamp.generator,
        generator_version=stamp.generator_version,
        generated_at=stamp.generated_at,
        licence=licence,
    )


def _grants(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
) -> tuple[GrantEntry, ...]:
    """Which subjects whose owner licensed, by the names they carry."""
    snapshot = runtime.snapshot(session)
    licensed = [finding for finding in clearance.decision.findings if finding.terms is not None]
    names = registry_store.party_names(
        session,
        {finding.terms.licensor_id for finding in licensed if finding.terms},
    )
    return tuple(
        GrantEntry(
            subject_id=finding.subject_id,
            subject_name=snapshot.subjects[finding.subject_id].display_name(),
            licensor=names[finding.terms.licensor_id],
            terms_sha256=finding.terms.sha256,
        )
        for finding in licensed
        if finding.terms
    )


def _record(
    runtime: Runtime,
    stamp: Stamp,
    prepared: Prepared,
    signed: SignedVideo,
    *,
    output_blob: str,
    store_blob: str,
) -> Stamp:
    """The one transaction in which a stamp comes to count."""
    at = runtime.now()
    with runtime.transaction(stamp.tenant_id) as session:
        current = _locked(session, stamp.id)
        if not current.is_open:
            return current
        licence_id = None
        if current.clearance_id is not None:
            licence_id = _settle(runtime, session, current, prepared, signed, at)
        repository.save_manifest(
            session,
            StoredManifest(
                id=signed.manifest_id,
                owner_id=stamp.tenant_id,
                stamp_id=stamp.id,
                store_blob=store_blob,
                output_sha256=signed.sha256,
                size_bytes=signed.size_bytes,
                duration_ms=prepared.info.duration_ms,
                signer_name=runtime.keys.signer_name,
                generator=stamp.generator,
                generator_version=stamp.generator_version,
                signed_at=signed.signed_at,
                licence_id=licence_id,
            ),
        )
        stamp_store.change(
            session,
            stamp.id,
            at=at,
            status="completed",
            progress=1.0,
            upload_blob=None,
            output_blob=output_blob,
            output_media_type=prepared.info.media_type,
            output_sha256=signed.sha256,
            output_size_bytes=signed.size_bytes,
            duration_ms=prepared.info.duration_ms,
            manifest_id=signed.manifest_id,
            licence_id=licence_id,
        )
        return _locked(session, stamp.id)


def _settle(
    runtime: Runtime,
    session: Session,
    stamp: Stamp,
    prepared: Prepared,
    signed: SignedVideo,
    at: datetime,
) -> str | None:
    """Capture the fee of a cleared video for its real length, and write its licence down."""
    clearance = clearance_store.get(
        session,
        stamp.tenant_id,
        stamp.clearance_id or "",
        lock=True,
    )
    if clearance is None or clearance.status != "reserved":
        status = clearance.status if clearance else "gone"
        raise ClearanceNotReserved(stamp.clearance_id or "", status)
    clearance_store.settle(session, clearance.id, status="captured", at=at)
    if not clearance.decision.terms:
        return None
    licence_id = _licence_id(stamp)
    clearance_store.insert_licence(
        session,
        Licence(
            id=licence_id,
            platform_id=stamp.tenant_id,
            clearance_id=clearance.id,
            stamp_id=stamp.id,
            manifest_id=signed.manifest_id,
            grants=tuple(grant.to_json() for grant in _grants(runtime, session, clearance)),
            territory=clearance.use.territory,
            purpose=clearance.use.purpose,
            decision_sha256=clearance.decision_sha256,
            granted_at=clearance.created_at,
            status="active",
        ),
    )
    duration_ms = min(prepared.info.duration_ms, clearance.use.duration_ms)
    capture(
        session,
        Capture(
            licence_id=licence_id,
            platform_id=stamp.tenant_id,
            hold_id=clearance.hold_id,
            territory=clearance.use.territory,
            purpose=clearance.use.purpose,
            duration_ms=duration_ms,
            occurred_at=at,
            fees=tuple(
                Fee(
                    terms_id=terms.id,
                    subject_id=terms.subject_id,
                    amount=terms.fee(duration_ms),
                    shares={
                        share.licensor_id: share.share
                        for share in runtime.snapshot(session).owners_of(terms.subject_id)
                    },
                )
                for terms in clearance.decision.priced_terms(runtime.snapshot(session))
            ),
        ),
    )
    return licence_id


def _locked(session: Session, stamp_id: str) -> Stamp:
    stamp = stamp_store.get(session, stamp_id, lock=True)
    if stamp is None:
        raise UnknownStamp(stamp_id)
    return stamp

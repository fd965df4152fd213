"""
Stamp one video: the work of a job, safe to kill and repeat at any moment.

Foreign work comes first and only touches files and blobs: fetch, probe, mark, thumbnail, sign,
store. One transaction comes last and does everything that counts (`stamp_record.py`).
Whoever repeats the job after a crash either finds the stamp completed, or nothing of the first
attempt but a blob that nobody names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog
from sqlmodel import Session

from licensing.clearance import store as clearance_store
from licensing.clearance.store import Clearance
from licensing.errors import LicensingError, LongerThanCleared
from licensing.registry import store as registry_store
from manifests.credentials.assertion import LicenceAssertion, LicenceGrant
from manifests.credentials.build import StampFacts
from manifests.credentials.sign import sign_video
from manifests.errors import ManifestsError
from manifests.media.media_info import MediaInfo
from manifests.media.probe import probe
from manifests.media.thumbnail import thumbnail
from service.errors import ServiceError
from service.operations import stamp_store
from service.operations.mark_video import mark_video
from service.operations.reservations import release
from service.operations.scratch import fetch, scratch_folder
from service.operations.stamp_ingredients import fetch_ingredients
from service.operations.stamp_record import Output, locked_stamp, record
from service.operations.stamp_store import Stamp
from service.retrying import is_worth_retrying
from service.runtime import Runtime
from service.webhooks.outbox import publish

Step = Literal["fetch", "probe", "mark", "sign", "store", "record", "done"]
OnStep = Callable[[Step, float], None]

# A container rounds its length up to whole frames and audio packets; a quarter of a second over
# the cleared length is that rounding, not a longer video.
LENGTH_TOLERANCE_MS = 250

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One attempt at one stamp, in a folder of its own."""

    runtime: Runtime
    stamp: Stamp
    clearance: Clearance | None
    upload_blob: str
    folder: Path
    on_step: OnStep


def ignore_steps(_step: Step, _progress: float) -> None:
    """Tell nobody how far it is."""


def run_stamp(
    runtime: Runtime,
    tenant_id: str,
    stamp_id: str,
    on_step: OnStep = ignore_steps,
) -> Stamp:
    """
    Bring one queued stamp to its end: `completed`, or `failed` with nothing captured.

    Raises what another attempt may cure (`TimestampUnavailable`, `DatabaseUnavailable`,
    `BlobStorageFull`, `DiskFull`); everything else is written into the stamp.
    """
    stamp, clearance = _begin(runtime, tenant_id, stamp_id)
    if not stamp.is_open or stamp.upload_blob is None:
        return stamp
    try:
        with scratch_folder("rakkan-stamp-") as folder:
            output = _make(
                _Job(
                    runtime=runtime,
                    stamp=stamp,
                    clearance=clearance,
                    upload_blob=stamp.upload_blob,
                    folder=folder,
                    on_step=on_step,
                ),
            )
        on_step("record", 0.95)
        completed = record(runtime, stamp, output)
    except (LicensingError, ManifestsError) as cause:
        if is_worth_retrying(cause):
            raise
        return fail_stamp(runtime, tenant_id, stamp_id, cause)
    on_step("done", 1.0)
    _tidy(runtime, stamp, output, completed)
    return completed


def fail_stamp(
    runtime: Runtime,
    tenant_id: str,
    stamp_id: str,
    cause: LicensingError | ManifestsError | ServiceError,
) -> Stamp:
    """End a stamp without a video: the reservation is voided and nothing is owed."""
    at = runtime.now()
    with runtime.transaction(tenant_id) as session:
        stamp = locked_stamp(session, stamp_id)
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
        publish(
            session,
            tenant_id=tenant_id,
            originator_id=tenant_id,
            event_type="stamp.failed",
            data={"stamp": stamp_id, "error": cause.code, "clearance": stamp.clearance_id},
            at=at,
        )
        failed = locked_stamp(session, stamp_id)
    log.warning("stamp_failed", stamp_id=stamp_id, code=cause.code)
    for key in (stamp.upload_blob, *(each.blob for each in stamp.ingredients)):
        if key is not None:
            runtime.blobs.delete(key)
    return failed


def _begin(
    runtime: Runtime,
    tenant_id: str,
    stamp_id: str,
) -> tuple[Stamp, Clearance | None]:
    """Mark the stamp as running and read what it stands for."""
    with runtime.transaction(tenant_id) as session:
        stamp = locked_stamp(session, stamp_id)
        clearance = None
        if stamp.clearance_id is not None:
            clearance = clearance_store.get(session, tenant_id, stamp.clearance_id)
        if stamp.is_open and stamp.upload_blob is not None:
            stamp_store.change(session, stamp_id, at=runtime.now(), status="running")
    return stamp, clearance


def _make(job: _Job) -> Output:
    """Turn the upload into a signed video in the blob store; nothing counts yet."""
    runtime, stamp = job.runtime, job.stamp
    original = job.folder / "original"
    job.on_step("fetch", 0.0)
    fetch(runtime, job.upload_blob, original)
    job.on_step("probe", 0.1)
    info = probe(original, runtime.limits)
    if job.clearance is not None:
        _check_length(info, job.clearance)
    job.on_step("mark", 0.2)
    plain = job.folder / "plain"
    marked = mark_video(runtime, original, plain, info=info, strength=stamp.strength)
    picture = thumbnail(plain, marked.info, runtime.limits)
    job.on_step("sign", 0.6)
    licence = _licence(runtime, stamp, job.clearance)
    signed_path = job.folder / "signed"
    signed = sign_video(
        plain,
        signed_path,
        facts=StampFacts(
            title=f"{stamp.generator} {stamp.generated_at:%Y-%m-%d}",
            generator=stamp.generator,
            generator_version=stamp.generator_version,
            generated_at=stamp.generated_at,
            licence=licence,
            soft_bindings=marked.soft_bindings,
        ),
        keys=runtime.keys,
        timestamps=runtime.timestamps,
        thumbnail=picture,
        parent=original,
        inputs=tuple(fetch_ingredients(runtime, stamp, job.folder)),
    )
    job.on_step("store", 0.9)
    # A manifest is signed anew at every attempt, so its id keeps two attempts' blobs apart.
    name = f"stamps/{stamp.id}/{signed.manifest_id.rsplit(':', 1)[-1]}"
    suffix = "mov" if marked.info.media_type == "video/quicktime" else "mp4"
    return Output(
        signed=signed,
        marked=marked,
        licence=licence,
        video_blob=runtime.blobs.put_file(f"{name}.{suffix}", signed_path).key,
        store_blob=runtime.blobs.put_bytes(f"{name}.c2pa", signed.manifest_store).key,
    )


def _check_length(info: MediaInfo, clearance: Clearance) -> None:
    cleared_ms = clearance.use.duration_ms
    if info.duration_ms > cleared_ms + LENGTH_TOLERANCE_MS:
        raise LongerThanCleared(duration_ms=info.duration_ms, cleared_ms=cleared_ms)


def _licence(
    runtime: Runtime,
    stamp: Stamp,
    clearance: Clearance | None,
) -> LicenceAssertion | None:
    """Tell what the manifest will say of the licence: no prompt, no person, no price."""
    if clearance is None or not clearance.decision.charges:
        return None
    # The same id at every attempt, because it stands in the manifest.
    licence_id = f"lic_{stamp.id.removeprefix('stp_')}"
    with runtime.transaction(stamp.tenant_id) as session:
        grants = _grants(runtime, session, clearance)
    return LicenceAssertion(
        licence_id=licence_id,
        grants=grants,
        territory=clearance.use.territory,
        purpose=clearance.use.purpose,
        decision_sha256=clearance.decision_sha256,
        granted_at=clearance.created_at,
        status_url=f"{runtime.settings.public_url}/l/{licence_id}",
    )


def _grants(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
) -> tuple[LicenceGrant, ...]:
    """Which subjects whose owner licensed, by the names they carry."""
    subjects = runtime.snapshot(session).subjects
    licensed = [(f.subject_id, f.terms) for f in clearance.decision.findings if f.terms]
    names = registry_store.party_names(session, {terms.licensor_id for _, terms in licensed})
    return tuple(
        LicenceGrant(
            subject_id=subject_id,
            subject_name=subjects[subject_id].display_name(),
            licensor=names[terms.licensor_id],
            terms_sha256=terms.sha256,
        )
        for subject_id, terms in licensed
    )


def _tidy(runtime: Runtime, stamp: Stamp, output: Output, completed: Stamp) -> None:
    """Delete what was sent, and this attempt's blobs when another attempt completed the stamp."""
    unused = {stamp.upload_blob, *(each.blob for each in stamp.ingredients)}
    if completed.manifest_id != output.signed.manifest_id:
        unused |= {output.video_blob, output.store_blob}
    for key in unused:
        if key is not None:
            runtime.blobs.delete(key)

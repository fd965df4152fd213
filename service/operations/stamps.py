"""
Ask for a stamp, hand over the video, follow it, fetch it.

    request_stamp (the token is presented) → queue_upload (the bytes arrive) → a job runs
    `stamp_video.run_stamp` → open_content

One token stamps one video. Without a token a video gets its provenance only: no licence, no fee.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from licensing.clearance import store as clearance_store
from licensing.clearance.store import Clearance
from licensing.errors import ClearanceNotReserved, TokenInvalid, TokenUsed, UnknownClearance
from manifests.marks.mask import Strength
from service.blobs import StoredBlob
from service.errors import StampNotReady, UnknownStamp, UploadNotExpected
from service.ids import new_id
from service.jobs import defer
from service.operations import stamp_store
from service.operations.stamp_record import locked_stamp
from service.operations.stamp_store import Stamp
from service.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class StampSource:
    """
    The system that generated the video, and when: what California's SB 942 asks to disclose.

    `strength` is how much the mark in its pictures may show to survive more.
    """

    generator: str
    generator_version: str
    created_at: datetime
    strength: Strength = "balanced"


@dataclass(frozen=True, slots=True)
class StampView:
    """A stamp as its platform sees it."""

    stamp: Stamp
    public_url: str

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `GET /v1/stamps/{id}`."""
        stamp = self.stamp
        view: dict[str, Any] = {
            "id": stamp.id,
            "status": stamp.status,
            "progress": round(stamp.progress, 3),
            "manifest_id": stamp.manifest_id,
            "watermark_id": stamp.watermark_id,
            "clearance_id": stamp.clearance_id,
            "licence": None,
            "duration_ms": stamp.duration_ms,
            "strength": stamp.strength,
            "ingredients": [
                {"number": each.number, "media_type": each.media_type, "sha256": each.sha256}
                for each in stamp.ingredients
            ],
        }
        if stamp.licence_id is not None and stamp.status == "completed":
            view["licence"] = {
                "licence_id": stamp.licence_id,
                "status_url": f"{self.public_url}/l/{stamp.licence_id}",
            }
        if stamp.status == "completed":
            view["output"] = {
                "sha256": stamp.output_sha256,
                "size_bytes": stamp.output_size_bytes,
                "media_type": stamp.output_media_type,
                "content_url": f"/v1/stamps/{stamp.id}/content",
            }
        if stamp.error_code is not None:
            view["error"] = {"code": stamp.error_code, "detail": stamp.error_detail}
        return view


@dataclass(frozen=True, slots=True, kw_only=True)
class StampContent:
    """Where the finished bytes lie and how to serve them."""

    blob_key: str
    size_bytes: int
    media_type: str
    filename: str


def request_stamp(
    runtime: Runtime,
    platform_id: str,
    source: StampSource,
    *,
    clearance_token: str | None = None,
) -> StampView:
    """
    Open a stamp; a licence token is used up by it.

    Raises `TokenInvalid`, `TokenExpired`, `TokenUsed` or `ClearanceNotReserved`; then nothing was
    written and the reservation stands as it did.
    """
    at = runtime.now()
    if clearance_token is None:
        with runtime.transaction(platform_id) as session:
            return _open(runtime, session, platform_id, source, clearance_id=None, at=at)
    claims = runtime.token_issuer.read(clearance_token, audience=platform_id, at=at)
    with runtime.transaction(platform_id) as session:
        clearance = clearance_store.get(session, platform_id, claims.clearance_id, lock=True)
        if clearance is None or clearance.action_sha256 != claims.action_sha256:
            raise TokenInvalid("it belongs to no clearance of this platform")
        return present(runtime, session, clearance, source, at=at)


def present(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    source: StampSource,
    *,
    at: datetime,
) -> StampView:
    """Bind a locked clearance to a new stamp, and give the video its time to arrive."""
    # The lock on the clearance makes twenty presentations of one token queue up here; all but
    # the first find this stamp.
    used = stamp_store.of_clearance(session, clearance.id)
    if used is not None:
        raise TokenUsed(clearance.id, used.id)
    if clearance.status != "reserved":
        raise ClearanceNotReserved(clearance.id, clearance.status)
    clearance_store.extend(
        session,
        clearance.id,
        expires_at=at + runtime.settings.stamping_window,
    )
    return _open(runtime, session, clearance.platform_id, source, clearance_id=clearance.id, at=at)


def _open(
    runtime: Runtime,
    session: Session,
    platform_id: str,
    source: StampSource,
    *,
    clearance_id: str | None,
    at: datetime,
) -> StampView:
    stamp = Stamp(
        id=new_id("stp"),
        tenant_id=platform_id,
        clearance_id=clearance_id,
        status="awaiting_upload",
        progress=0.0,
        generator=source.generator,
        generator_version=source.generator_version,
        generated_at=source.created_at,
        strength=source.strength,
        created_at=at,
        updated_at=at,
    )
    stamp_store.insert(session, stamp)
    return StampView(stamp, runtime.settings.public_url)


def expect_upload(runtime: Runtime, platform_id: str, stamp_id: str) -> None:
    """
    Refuse a body that nobody waits for, before its first byte is read.

    Raises `UnknownStamp` or `UploadNotExpected`.
    """
    stamp = _get(runtime, platform_id, stamp_id)
    if not stamp.is_open:
        raise UploadNotExpected(stamp_id, stamp.status)


def queue_upload(
    runtime: Runtime,
    platform_id: str,
    stamp_id: str,
    blob: StoredBlob,
    *,
    with_job: bool = True,
) -> StampView:
    """
    Take the stored bytes for a stamp and queue its job, in one transaction.

    A caller who runs the stamp itself asks for no job.

    The same bytes again change nothing. Raises `UnknownStamp` or `UploadNotExpected`; the blob is
    then deleted.
    """
    try:
        with runtime.transaction(platform_id) as session:
            stamp = _take_upload(session, stamp_id, blob, at=runtime.now())
            if with_job and stamp.upload_blob == blob.key:
                defer(session, "run_stamp", {"tenant_id": platform_id, "stamp_id": stamp_id})
    except Exception:
        runtime.blobs.delete(blob.key)
        raise
    if stamp.upload_blob != blob.key:
        runtime.blobs.delete(blob.key)
    return StampView(stamp, runtime.settings.public_url)


def _take_upload(session: Session, stamp_id: str, blob: StoredBlob, *, at: datetime) -> Stamp:
    stamp = locked_stamp(session, stamp_id)
    if stamp.status == "awaiting_upload":
        stamp_store.change(
            session,
            stamp_id,
            at=at,
            status="queued",
            upload_blob=blob.key,
            upload_sha256=blob.sha256,
        )
        return locked_stamp(session, stamp_id)
    if stamp.upload_sha256 != blob.sha256:
        raise UploadNotExpected(stamp_id, stamp.status)
    return stamp


def get_stamp(runtime: Runtime, platform_id: str, stamp_id: str) -> StampView:
    """Read the stamp as it stands now. Raises `UnknownStamp`."""
    return StampView(_get(runtime, platform_id, stamp_id), runtime.settings.public_url)


def open_content(runtime: Runtime, platform_id: str, stamp_id: str) -> StampContent:
    """Where the stamped bytes are. Raises `UnknownStamp` or `StampNotReady`."""
    stamp = _get(runtime, platform_id, stamp_id)
    if stamp.output_blob is None or stamp.output_size_bytes is None:
        raise StampNotReady(stamp_id, stamp.status)
    media_type = stamp.output_media_type or "video/mp4"
    suffix = "mov" if media_type == "video/quicktime" else "mp4"
    return StampContent(
        blob_key=stamp.output_blob,
        size_bytes=stamp.output_size_bytes,
        media_type=media_type,
        filename=f"{stamp.id}.{suffix}",
    )


def stamp_of_clearance(
    runtime: Runtime,
    platform_id: str,
    clearance_id: str,
    source: StampSource,
) -> StampView:
    """
    Find the stamp of a reserved clearance, or open it: how the command line resumes.

    Raises `UnknownClearance` or `ClearanceNotReserved`.
    """
    at = runtime.now()
    with runtime.transaction(platform_id) as session:
        clearance = clearance_store.get(session, platform_id, clearance_id, lock=True)
        if clearance is None:
            raise UnknownClearance(clearance_id)
        known = stamp_store.of_clearance(session, clearance_id)
        if known is not None:
            return StampView(known, runtime.settings.public_url)
        return present(runtime, session, clearance, source, at=at)


def _get(runtime: Runtime, platform_id: str, stamp_id: str) -> Stamp:
    with runtime.transaction(platform_id) as session:
        stamp = stamp_store.get(session, stamp_id)
    if stamp is None:
        raise UnknownStamp(stamp_id)
    return stamp

"""Stamp a file of this machine: the command line's way, with the same steps as the API's."""

import hashlib
import secrets
from pathlib import Path

from licensing.clearance import store as clearance_store
from licensing.errors import TokenUsed, UnknownClearance
from service.errors import FileUnreadable, OutputExists
from service.operations import stamps
from service.operations.stamp_video import OnStep, run_stamp
from service.operations.stamps import StampSource, StampView
from service.operations.tenants import default_platform
from service.runtime import Runtime


def stamp_file(
    runtime: Runtime,
    source: Path,
    dest: Path,
    *,
    clearance_id: str | None = None,
    generator: StampSource | None = None,
    on_step: OnStep = lambda _step, _progress: None,
) -> StampView:
    """
    Write a stamped copy of `source` to `dest`, whole or not at all; `source` is never changed.

    With a clearance the copy carries its licence and the fee is captured. Running it again after
    a crash goes on with the same stamp; once completed it only writes the copy again. A stamp that
    failed is returned with its error, and nothing is written.

    Raises `FileUnreadable`, `OutputExists`, `UnknownClearance`, `TokenUsed` when the clearance
    stamps another video, and what `run_stamp` lets through.
    """
    _check_paths(source, dest)
    origin = generator or StampSource(
        generator="unknown",
        generator_version="unknown",
        created_at=runtime.now(),
    )
    if clearance_id is None:
        platform_id = default_platform(runtime)
        view = stamps.request_stamp(runtime, platform_id, origin)
    else:
        platform_id = _platform_of(runtime, clearance_id)
        view = stamps.stamp_of_clearance(runtime, platform_id, clearance_id, origin)
    view = _hand_over(runtime, platform_id, view, source)
    stamp = run_stamp(runtime, platform_id, view.stamp.id, on_step)
    if stamp.output_blob is not None:
        _write_whole(runtime, stamp.output_blob, dest)
    return StampView(stamp, runtime.settings.public_url)


def _check_paths(source: Path, dest: Path) -> None:
    if not source.is_file():
        raise FileUnreadable(str(source), "no such file")
    if dest.exists() and dest.samefile(source):
        raise OutputExists(str(dest))
    if not dest.parent.is_dir():
        raise FileUnreadable(str(dest.parent), "no such folder")


def _platform_of(runtime: Runtime, clearance_id: str) -> str:
    with runtime.transaction() as session:
        platform_id = clearance_store.platform_of(session, clearance_id)
    if platform_id is None:
        raise UnknownClearance(clearance_id)
    return platform_id


def _hand_over(
    runtime: Runtime,
    platform_id: str,
    view: StampView,
    source: Path,
) -> StampView:
    """Give the stamp its video, or see that it has this very one already."""
    stamp = view.stamp
    if stamp.status == "awaiting_upload":
        blob = runtime.blobs.put_file(f"uploads/{stamp.id}/{secrets.token_hex(8)}", source)
        return stamps.queue_upload(runtime, platform_id, stamp.id, blob, with_job=False)
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if stamp.upload_sha256 != digest:
        raise TokenUsed(stamp.clearance_id or "", stamp.id)
    return view


def _write_whole(runtime: Runtime, blob_key: str, dest: Path) -> None:
    part = dest.with_name(f".{dest.name}.{secrets.token_hex(6)}.part")
    try:
        runtime.blobs.get_file(blob_key, part)
        part.replace(dest)
    except OSError as cause:
        raise FileUnreadable(str(dest), cause.strerror or "cannot be written") from cause
    finally:
        part.unlink(missing_ok=True)

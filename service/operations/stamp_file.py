"""Stamp a file of this machine: the command line's way, with the same steps as the API's."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from licensing.clearance import store as clearance_store
from licensing.errors import TokenUsed, UnknownClearance
from manifests.credentials.picture import picture_type
from manifests.errors import DiskFull, ManifestsError
from service.errors import FileUnreadable, OutputExists, ServiceError, UploadTooLarge
from service.operations import stamps
from service.operations.scratch import NO_ROOM
from service.operations.stamp_ingredients import PICTURE_LIMIT_BYTES, add_ingredient
from service.operations.stamp_store import Stamp
from service.operations.stamp_video import OnStep, fail_stamp, run_stamp
from service.operations.stamps import StampSource, StampView
from service.operations.tenants import own_platform
from service.runtime import Runtime


def stamp_file(
    runtime: Runtime,
    source: Path,
    dest: Path,
    *,
    clearance_id: str | None = None,
    generator: StampSource | None = None,
    ingredients: Sequence[Path] = (),
    on_step: OnStep = lambda _step, _progress: None,
) -> StampView:
    """
    Write a stamped copy of `source` to `dest`, whole or not at all; `source` is never changed.

    With a clearance the copy carries its licence and the fee is captured. Running it again after
    a crash goes on with the same stamp; once completed it only writes the copy again. A stamp that
    failed is returned with its error, and nothing is written.

    `ingredients` are pictures that the video was made from. Raises `PictureUnsupported` for one
    that is none, `FileUnreadable`, `OutputExists` or `DiskFull` for `dest`, `UnknownClearance`,
    `TokenUsed` when the clearance stamps another video, and what `run_stamp` lets through.
    """
    _check_paths(source, dest)
    for picture in ingredients:
        _check_picture(picture)
    origin = generator or StampSource(
        generator="unknown",
        generator_version="unknown",
        created_at=runtime.now(),
    )
    if clearance_id is None:
        platform_id = own_platform(runtime)
        view = stamps.request_stamp(runtime, platform_id, origin)
    else:
        platform_id = _platform_of(runtime, clearance_id)
        view = stamps.stamp_of_clearance(runtime, platform_id, clearance_id, origin)
    if view.stamp.status == "awaiting_upload":
        for number, picture in enumerate(ingredients, 1):
            _add_picture(runtime, platform_id, view.stamp.id, number, picture)
    view = _hand_over(runtime, platform_id, view, source)
    stamp = _run(runtime, platform_id, view.stamp, on_step)
    if stamp.output_blob is not None:
        _write_whole(runtime, stamp.output_blob, dest)
    return StampView(stamp, runtime.settings.public_url)


def _check_paths(source: Path, dest: Path) -> None:
    """Refuse before anything costs money what could only fail afterwards."""
    if not source.is_file():
        raise FileUnreadable(str(source), "no such file")
    if dest.exists() and dest.samefile(source):
        raise OutputExists(str(dest))
    if not dest.parent.is_dir():
        raise FileUnreadable(str(dest.parent), "no such folder")
    if dest.exists() and not dest.is_file():
        # A device would be replaced by the video, which nobody means by /dev/null.
        raise FileUnreadable(str(dest), "no ordinary file")
    with _told_errors(dest):
        draft = _draft_of(dest)
        draft.touch(exist_ok=False)
        draft.unlink()
    # The copy's size is known only once it is made; less room than the source takes is too little.
    if shutil.disk_usage(dest.parent).free < source.stat().st_size:
        raise DiskFull(str(dest.parent))


def _check_picture(picture: Path) -> None:
    """Refuse a picture before anything is opened for it."""
    if not picture.is_file():
        raise FileUnreadable(str(picture), "no such file")
    if picture.stat().st_size > PICTURE_LIMIT_BYTES:
        raise UploadTooLarge(PICTURE_LIMIT_BYTES)
    picture_type(picture)


def _add_picture(
    runtime: Runtime, platform_id: str, stamp_id: str, number: int, picture: Path
) -> None:
    name = f"uploads/{stamp_id}/ingredient-{number}-{secrets.token_hex(8)}"
    blob = runtime.blobs.put_file(name, picture)
    add_ingredient(runtime, platform_id, stamp_id, number, blob)


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


def _run(runtime: Runtime, platform_id: str, stamp: Stamp, on_step: OnStep) -> Stamp:
    """Run the stamp; without a clearance nobody can find it again, so trouble ends it."""
    try:
        return run_stamp(runtime, platform_id, stamp.id, on_step)
    except (ManifestsError, ServiceError) as cause:
        if stamp.clearance_id is None:
            # Where PostgreSQL is what failed, it stays open: then the first trouble is told.
            with suppress(ServiceError):
                fail_stamp(runtime, platform_id, stamp.id, cause)
        raise


def _write_whole(runtime: Runtime, blob_key: str, dest: Path) -> None:
    """Write beside `dest`, with the rights a new file gets there, then put it in its place."""
    chunks = runtime.blobs.iter_chunks(blob_key)
    draft = _draft_of(dest)
    try:
        with _told_errors(dest):
            with draft.open("xb") as file:
                file.writelines(chunks)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(dest)
    finally:
        draft.unlink(missing_ok=True)


def _draft_of(dest: Path) -> Path:
    """Name a file beside `dest`; not after it, whose name may be as long as names can be."""
    return dest.with_name(f".rakkan-{secrets.token_hex(6)}.part")


@contextmanager
def _told_errors(dest: Path) -> Iterator[None]:
    """Say which file cannot be written, or which folder is full."""
    try:
        yield
    except OSError as cause:
        if cause.errno in NO_ROOM:
            raise DiskFull(str(dest.parent)) from cause
        raise FileUnreadable(str(dest), cause.strerror or "cannot be written") from cause

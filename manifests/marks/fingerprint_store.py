"""The fingerprints of registered videos: the truth that the index is built from."""

from datetime import datetime
from typing import Final, get_args

import numpy as np
from sqlalchemy import Row, TextClause, column, func, insert, select, table, text
from sqlmodel import Session

from manifests.errors import MalformedSignature
from manifests.marks.fingerprint import (
    QUALITY_MIN,
    WINDOW_S,
    StoredFingerprint,
    View,
    Window,
)
from manifests.marks.index import IndexedWindow, WindowIndex
from manifests.marks.pictures import Pictures
from manifests.marks.tables import FingerprintRow, FingerprintWindowRow

_WRITERS_LOCK: Final = 7_252_552_600_002
"""Any number will do, as long as nothing else in this database takes it."""
_BATCH: Final = 50_000
_VIEWS: Final[dict[str, View]] = {view: view for view in get_args(View)}

_RECORD: Final = table(
    "public_fingerprint",
    *map(column, ("manifest_id", "whole", "duration_ms", "frame_hashes", "pictures")),
)
_WINDOW: Final = table(
    "public_fingerprint_window",
    *map(column, ("number", "manifest_id", "view", "start_ms", "code", "quality")),
)


def save(
    session: Session,
    fingerprint: StoredFingerprint,
    *,
    manifest_id: str,
    owner_id: str,
    at: datetime,
) -> None:
    """
    Write down what the video of a manifest looks like.

    A manifest has one fingerprint; a second one fails in the database.
    """
    # Held until the commit: see `_settled_number`.
    session.connection().execute(_shared_lock())
    session.add(
        FingerprintRow(
            manifest_id=manifest_id,
            owner_id=owner_id,
            whole=fingerprint.whole,
            duration_ms=round(fingerprint.duration_s * 1000),
            frame_hashes=fingerprint.frame_hashes.astype(">u8").tobytes(),
            pictures=fingerprint.pictures.pack(),
            created_at=at,
        )
    )
    session.flush()
    rows = [
        {
            "manifest_id": manifest_id,
            "owner_id": owner_id,
            "view": view,
            "start_ms": round(window.start_s * 1000),
            "code": window.code,
            "quality": window.quality,
        }
        for view, windows in fingerprint.windows.items()
        for window in windows
    ]
    if rows:
        session.connection().execute(insert(FingerprintWindowRow), rows)


def find(session: Session, manifest_id: str) -> StoredFingerprint | None:
    """
    Find what the video of a manifest looks like, whoever owns it.

    Raises `MalformedSignature` when what was stored is damaged.
    """
    connection = session.connection()
    found = connection.execute(
        select(_RECORD).where(_RECORD.c.manifest_id == manifest_id)
    ).one_or_none()
    if found is None:
        return None
    windows: dict[View, list[Window]] = {}
    rows = select(_WINDOW).where(_WINDOW.c.manifest_id == manifest_id)
    duration_s = found.duration_ms / 1000
    for row in connection.execute(rows.order_by(_WINDOW.c.view, _WINDOW.c.start_ms)):
        windows.setdefault(_VIEWS[row.view], []).append(_window(row, duration_s))
    if len(found.frame_hashes) % 8:
        raise MalformedSignature("its frame hashes are cut off")
    return StoredFingerprint(
        whole=found.whole,
        windows={view: tuple(several) for view, several in windows.items()},
        frame_hashes=np.frombuffer(found.frame_hashes, ">u8").astype(np.uint64),
        pictures=Pictures.unpack(found.pictures),
        duration_s=duration_s,
    )


def bring_up_to_date(session: Session, index: WindowIndex) -> int:
    """
    Add to the index what was registered since; return how many windows are new.

    Reads in batches, each of which is safe in the index before the next is read. Flat windows stay
    out: all of them look alike.
    """
    last, until, added = index.last_number, _settled_number(session), 0
    while last < until:
        rows = session.connection().execute(
            select(_WINDOW)
            .where(_WINDOW.c.number > last, _WINDOW.c.number <= until)
            .where(_WINDOW.c.quality >= QUALITY_MIN)
            .order_by(_WINDOW.c.number)
            .limit(_BATCH)
        )
        batch = [_indexed(row) for row in rows]
        if not batch:
            break
        last = batch[-1].number
        added += index.append(batch)
    return added


def _settled_number(session: Session) -> int:
    """
    Tell the highest number below which no window can appear any more.

    Numbers are given out before their transactions commit, in any order. Whoever writes holds a
    lock together with the other writers; once this has had it alone, all numbers given out so far
    are committed or void. The savepoint gives the lock back at once.
    """
    savepoint = session.begin_nested()
    try:
        connection = session.connection()
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _WRITERS_LOCK})
        newest = select(func.coalesce(func.max(_WINDOW.c.number), 0))
        return int(connection.execute(newest).scalar_one())
    finally:
        savepoint.rollback()


def _shared_lock() -> TextClause:
    return text("select pg_advisory_xact_lock_shared(:lock)").bindparams(lock=_WRITERS_LOCK)


def _window(row: "Row[tuple[object, ...]]", duration_s: float) -> Window:
    start_s = row.start_ms / 1000
    return Window(
        start_s=start_s,
        end_s=max(start_s, min(start_s + WINDOW_S, duration_s)),
        code=row.code,
        quality=row.quality,
    )


def _indexed(row: "Row[tuple[object, ...]]") -> IndexedWindow:
    return IndexedWindow(
        number=row.number,
        manifest_id=row.manifest_id,
        view=row.view,
        start_s=row.start_ms / 1000,
        code=row.code,
    )

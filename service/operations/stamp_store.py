"""Stamps in PostgreSQL, as frozen values. The caller owns the session; nothing commits here."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from manifests.marks.mask import Strength
from service.tables import StampRow

OPEN_STATES = frozenset({"awaiting_upload", "queued", "running"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StampIngredient:
    """A picture that the video was made from; its blob is there while the stamp is open."""

    number: int
    blob: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One video on its way from the request to the finished file."""

    id: str
    tenant_id: str
    clearance_id: str | None
    status: str
    progress: float
    generator: str
    generator_version: str
    generated_at: datetime
    upload_blob: str | None = None
    upload_sha256: str | None = None
    output_blob: str | None = None
    output_media_type: str | None = None
    output_sha256: str | None = None
    output_size_bytes: int | None = None
    duration_ms: int | None = None
    manifest_id: str | None = None
    watermark_id: str | None = None
    strength: Strength = "balanced"
    licence_id: str | None = None
    ingredients: tuple[StampIngredient, ...] = ()
    error_code: str | None = None
    error_detail: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether the video can still be stamped."""
        return self.status in OPEN_STATES


def insert(session: Session, stamp: Stamp) -> None:
    """Write a new stamp down; a second one for the same clearance violates its unique key."""
    columns = {f.name: getattr(stamp, f.name) for f in fields(stamp)}
    columns["ingredients"] = [asdict(each) for each in stamp.ingredients]
    session.add(StampRow(**columns))
    session.flush()


def get(session: Session, stamp_id: str, *, lock: bool = False) -> Stamp | None:
    """Read the stamp, as far as the session's tenant may see it."""
    query = select(StampRow).where(StampRow.id == stamp_id)
    return _one(session, query, lock=lock)


def of_clearance(session: Session, clearance_id: str) -> Stamp | None:
    """Find the stamp that a clearance was presented for."""
    return _one(session, select(StampRow).where(StampRow.clearance_id == clearance_id), lock=False)


def change(session: Session, stamp_id: str, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401 - columns differ in type
    """Set columns of one stamp."""
    session.exec(
        update(StampRow).where(col(StampRow.id) == stamp_id).values(updated_at=at, **facts),
    )


def _one(session: Session, query: Any, *, lock: bool) -> Stamp | None:  # noqa: ANN401 - SQLModel's select type
    if lock:
        query = query.with_for_update()
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return None
    columns = {f.name: getattr(row, f.name) for f in fields(Stamp)}
    columns["ingredients"] = tuple(StampIngredient(**each) for each in row.ingredients)
    return Stamp(**columns)

"""Records of readings in the database: added with their clearance, kept unchanged for a time."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy import insert as insert_row
from sqlmodel import Session, col, select

from licensing.clearance.reading_record import ReadingRecord
from licensing.clearance.store import Clearance
from licensing.clearance.tables import ReadingRow


def insert(
    session: Session,
    clearance: Clearance,
    record: ReadingRecord,
    *,
    expires_at: datetime,
) -> None:
    """Write down how the prompt of a clearance was read, in the transaction that answers it."""
    session.connection().execute(
        insert_row(ReadingRow),
        {
            "clearance_id": clearance.id,
            "platform_id": clearance.platform_id,
            "registry_version": record.registry_version,
            "record": record.to_json(),
            "created_at": clearance.created_at,
            "expires_at": expires_at,
        },
    )


def get(session: Session, clearance_id: str) -> ReadingRecord | None:
    """Find the record of a clearance, as far as the tenant may see it."""
    found = session.exec(
        select(ReadingRow.record).where(ReadingRow.clearance_id == clearance_id),
    ).one_or_none()
    return ReadingRecord.from_json(found) if found is not None else None


def forget(session: Session, *, at: datetime, limit: int) -> int:
    """Delete records whose time is over, the oldest first; answers how many."""
    due = (
        select(ReadingRow.clearance_id)
        .where(col(ReadingRow.expires_at) <= at)
        .order_by(col(ReadingRow.expires_at))
        .limit(limit)
    )
    deleted = session.connection().execute(
        delete(ReadingRow).where(col(ReadingRow.clearance_id).in_(due)),
    )
    return deleted.rowcount

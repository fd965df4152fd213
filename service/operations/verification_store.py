"""Anonymous checks in PostgreSQL, as frozen values. The caller owns the session."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select, update

from service.tables import VerificationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """
    One check: its file while it waits, its result afterwards.

    `consent` is what its sender agreed to, as `UploadConsent` writes it; absent: to nothing.
    """

    id: str
    status: str
    progress: float
    upload_blob: str | None
    consent: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    error_code: str | None = None
    error_detail: str | None = None
    created_at: datetime
    expires_at: datetime


def insert(session: Session, verification: Verification) -> None:
    """Write a new check down."""
    session.add(
        VerificationRow(**{f.name: getattr(verification, f.name) for f in fields(verification)}),
    )
    session.flush()


def get(session: Session, verification_id: str, *, lock: bool = False) -> Verification | None:
    """Read the check, whoever asks: its id is the key to it."""
    query = select(VerificationRow).where(VerificationRow.id == verification_id)
    if lock:
        query = query.with_for_update()
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return None
    return Verification(**{f.name: getattr(row, f.name) for f in fields(Verification)})


def change(session: Session, verification_id: str, **facts: Any) -> None:  # noqa: ANN401 - columns differ in type
    """Set columns of one check."""
    session.exec(
        update(VerificationRow).where(col(VerificationRow.id) == verification_id).values(**facts),
    )


def delete_expired(session: Session, *, at: datetime) -> list[str]:
    """Forget every check whose time is over; answers the blobs that nobody needs any more."""
    gone = session.exec(
        delete(VerificationRow)
        .where(col(VerificationRow.expires_at) <= at)
        .returning(col(VerificationRow.upload_blob)),
    )
    return [blob for (blob,) in gone if blob is not None]

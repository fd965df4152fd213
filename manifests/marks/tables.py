"""Rows of the fingerprints. They stay inside `fingerprint_store.py`."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel


class FingerprintRow(SQLModel, table=True):
    """
    What a signed video looks like.

    `whole` is the 256-bit ISCC body of the clip, `frame_hashes` one 64-bit number after the other
    (big-endian, two a second), `pictures` small frames as `Pictures.pack` writes them.
    """

    __tablename__ = "fingerprint"
    __table_args__ = (
        CheckConstraint("octet_length(whole) = 32", name="fingerprint_whole"),
        CheckConstraint("octet_length(frame_hashes) % 8 = 0", name="fingerprint_frame_hashes"),
    )

    manifest_id: str = Field(primary_key=True, foreign_key="manifest.id")
    owner_id: str = Field(index=True)
    whole: bytes = Field(sa_type=LargeBinary)
    duration_ms: int = Field(sa_type=BigInteger)
    frame_hashes: bytes = Field(sa_type=LargeBinary)
    pictures: bytes = Field(sa_type=LargeBinary)
    created_at: datetime


class FingerprintWindowRow(SQLModel, table=True):
    """Two seconds of one view of a signed video; `number` grows, and the index reads on by it."""

    __tablename__ = "fingerprint_window"
    __table_args__ = (
        CheckConstraint("octet_length(code) = 32", name="fingerprint_window_code"),
        CheckConstraint("start_ms >= 0", name="fingerprint_window_start"),
        CheckConstraint("quality between 0 and 255", name="fingerprint_window_quality"),
        CheckConstraint(
            "view in ('full', 'crop90', 'crop80', 'mirror')", name="fingerprint_window_view"
        ),
        UniqueConstraint("manifest_id", "view", "start_ms"),
    )

    number: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    manifest_id: str = Field(foreign_key="fingerprint.manifest_id")
    owner_id: str = Field(index=True)
    view: str
    start_ms: int
    code: bytes = Field(sa_type=LargeBinary)
    quality: int = Field(sa_type=SmallInteger)

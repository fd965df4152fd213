"""Rows of imported declarations, only ever added. They stay inside `declaration_store.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class DeclarationRow(SQLModel, table=True):
    """
    What one document said of one subject when it was imported, with the bytes themselves.

    The newest row of an owner, subject, source and part counts. `ended` says that its owner took
    the source back: it then holds no statements.
    """

    __tablename__ = "declaration"
    __table_args__ = (
        CheckConstraint(
            "status in ('active', 'withdrawn', 'superseded')", name="declaration_status"
        ),
        Index(
            "ix_declaration_source",
            *("owner_id", "subject_id", "source", "part", "number"),
        ),
    )

    number: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, Identity(always=True), primary_key=True),
    )
    id: str = Field(unique=True)
    owner_id: str = Field(index=True)
    subject_id: str = Field(foreign_key="subject.id", index=True)
    source: str
    part: str
    standard: str
    sha256: str
    document: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    status: str
    statements: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    notes: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    imported_at: datetime
    ended: bool


class DeclarationCheckRow(SQLModel, table=True):
    """One look at the source of a declaration: it said the same still, or `problem`."""

    __tablename__ = "declaration_check"
    __table_args__ = (
        CheckConstraint(
            "(problem is null) = (fresh_until is not null)", name="declaration_check_outcome"
        ),
        Index("ix_declaration_check_declaration_id", "declaration_id", "number"),
    )

    number: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, Identity(always=True), primary_key=True),
    )
    declaration_id: str = Field(foreign_key="declaration.id")
    owner_id: str = Field(index=True)
    checked_at: datetime
    fresh_until: datetime | None = None
    problem: str | None = None

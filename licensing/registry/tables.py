"""Rows of the registry. They stay inside `store.py`; rules work on the values beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class PartyRow(SQLModel, table=True):
    """A tenant: one platform (licensee) or one licensor."""

    __tablename__ = "party"
    __table_args__ = (CheckConstraint("kind in ('platform', 'licensor')", name="party_kind"),)

    id: str = Field(primary_key=True)
    kind: str
    name: str
    created_at: datetime


class SubjectRow(SQLModel, table=True):
    """A franchise, work, character, object, place, mark or style."""

    __tablename__ = "subject"
    __table_args__ = (
        CheckConstraint(
            "kind in ('franchise', 'work', 'character', 'object', 'place', 'mark', 'style')",
            name="subject_kind",
        ),
    )

    id: str = Field(primary_key=True)
    kind: str
    parent_id: str | None = Field(default=None, foreign_key="subject.id", index=True)
    licensed: bool = True
    descriptions: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_column=Column(JSONB, nullable=False),
    )
    traits: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_column=Column(JSONB, nullable=False),
    )


class NameRow(SQLModel, table=True):
    """One name of a subject, in one language and script."""

    __tablename__ = "name"

    id: int | None = Field(default=None, primary_key=True)
    subject_id: str = Field(foreign_key="subject.id", index=True)
    text: str
    lang: str
    kind: str
    ambiguity: str
    requires_any: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Text), nullable=False),
    )
    excludes_any: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Text), nullable=False),
    )
    reading: str | None = None
    source: str | None = None


class OwnershipRow(SQLModel, table=True):
    """An exact share of a subject that one licensor owns."""

    __tablename__ = "ownership"
    __table_args__ = (
        CheckConstraint(
            "share_numerator > 0 and share_denominator >= share_numerator",
            name="ownership_share",
        ),
    )

    subject_id: str = Field(primary_key=True, foreign_key="subject.id")
    licensor_id: str = Field(primary_key=True, foreign_key="party.id", index=True)
    share_numerator: int
    share_denominator: int


class TermsRow(SQLModel, table=True):
    """One immutable version of an offer; only its status ever changes."""

    __tablename__ = "terms"
    __table_args__ = (CheckConstraint("status in ('active', 'withdrawn')", name="terms_status"),)

    id: str = Field(primary_key=True)
    subject_id: str = Field(foreign_key="subject.id", index=True)
    licensor_id: str = Field(foreign_key="party.id", index=True)
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    sha256: str
    status: str
    published_at: datetime
    withdrawn_at: datetime | None = None


class RegistryStateRow(SQLModel, table=True):
    """One row: the version that every change of subjects, owners or terms counts up."""

    __tablename__ = "registry_state"
    __table_args__ = (CheckConstraint("id = 1", name="registry_state_single"),)

    id: int = Field(primary_key=True, default=1)
    version: int
    changed_at: datetime

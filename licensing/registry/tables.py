"""Rows of the registry. They stay inside `store.py`; rules work on the values beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class PartyRow(SQLModel, table=True):
    """A tenant: one platform (licensee) or one licensor."""

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint("kind in ('platform', 'licensor')", name="party_kind"),
        CheckConstraint("form in ('company', 'person', 'agency', 'society')", name="party_form"),
        CheckConstraint(
            "standing is null or (kind = 'platform' and standing in ('suspended', 'sanctioned'))",
            name="party_standing",
        ),
    )

    id: str = Field(primary_key=True)
    kind: str
    name: str
    form: str = Field(default="company", sa_column_kwargs={"server_default": "company"})
    identifiers: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_column=Column(JSONB, nullable=False, server_default="[]"),
    )
    standing: str | None = None
    created_at: datetime


class SubjectRow(SQLModel, table=True):
    """A franchise, work, character, object, place, mark or style."""

    __tablename__ = "subject"
    __table_args__ = (
        CheckConstraint(
            "kind in ('franchise', 'work', 'character', 'object', 'place', 'mark', 'style',"
            " 'person')",
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
    facts: dict[str, Any] = Field(
        default_factory=dict,
        sa_column=Column(JSONB, nullable=False, server_default="{}"),
    )
    changed_in: int = Field(
        default=0,
        index=True,
        sa_column_kwargs={"server_default": "0"},
    )


class NameRow(SQLModel, table=True):
    """One name of a subject, in one language and script."""

    __tablename__ = "name"
    __table_args__ = (CheckConstraint("source is null or kind = 'generated'", name="name_source"),)

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
    """An exact share of a subject that one licensor owns, at some places, for some purposes."""

    __tablename__ = "ownership"
    __table_args__ = (
        CheckConstraint(
            "share_numerator > 0 and share_denominator >= share_numerator",
            name="ownership_share",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject_id: str = Field(foreign_key="subject.id", index=True)
    licensor_id: str = Field(foreign_key="party.id", index=True)
    share_numerator: int
    share_denominator: int
    territories: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    purposes: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))


class MandateRow(SQLModel, table=True):
    """What an agent may do in the name of an owner."""

    __tablename__ = "mandate"
    __table_args__ = (CheckConstraint("agent_id <> holder_id", name="mandate_parties"),)

    id: str = Field(primary_key=True)
    agent_id: str = Field(foreign_key="party.id", index=True)
    holder_id: str = Field(foreign_key="party.id", index=True)
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    changed_at: datetime


class TermsRow(SQLModel, table=True):
    """One immutable version of an offer; only its status ever changes."""

    __tablename__ = "terms"
    __table_args__ = (
        CheckConstraint(
            "status in ('draft', 'review', 'active', 'deprecated', 'withdrawn')",
            name="terms_status",
        ),
        CheckConstraint(
            "status not in ('active', 'deprecated') or published_at is not null",
            name="terms_published",
        ),
    )

    id: str = Field(primary_key=True)
    subject_id: str = Field(foreign_key="subject.id", index=True)
    licensor_id: str = Field(foreign_key="party.id", index=True)
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    sha256: str
    status: str
    created_at: datetime
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None


class RegistryStateRow(SQLModel, table=True):
    """One row: the version that every change of subjects, owners or terms counts up."""

    __tablename__ = "registry_state"
    __table_args__ = (CheckConstraint("id = 1", name="registry_state_single"),)

    id: int = Field(primary_key=True, default=1)
    version: int
    changed_at: datetime


class LexiconRow(SQLModel, table=True):
    """A compiled registry that is kept: of which version, where, and what its body must be."""

    __tablename__ = "lexicon"

    registry_version: int = Field(primary_key=True)
    blob: str
    body_sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    subjects: int
    built_at: datetime

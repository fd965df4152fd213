"""Which compiled registries are kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import class_mapper
from sqlmodel import Session, col

from licensing.registry.tables import LexiconRow

_KEPT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLexicon:
    """A compiled registry: its version, where its file is, and what the body's digest must be."""

    registry_version: int
    blob: str
    body_sha256: str
    size_bytes: int
    subjects: int
    built_at: datetime


def newest_lexicon(session: Session, *, at_most: int) -> KeptLexicon | None:
    """Find the newest compiled registry of this version or an earlier one."""
    row = session.execute(
        select(class_mapper(LexiconRow).local_table)
        .where(col(LexiconRow.registry_version) <= at_most)
        .order_by(col(LexiconRow.registry_version).desc())
        .limit(1),
    ).one_or_none()
    return None if row is None else KeptLexicon(**row._mapping)  # noqa: SLF001 - SQLAlchemy's name


def keep_lexicon(session: Session, kept: KeptLexicon) -> tuple[str, ...]:
    """Remember a compiled registry, forget all but the last two, and tell whose files may go."""
    values = {field: getattr(kept, field) for field in kept.__slots__}
    statement = insert(LexiconRow).values(values)
    session.execute(
        statement.on_conflict_do_update(index_elements=["registry_version"], set_=values),
    )
    versions = session.scalars(
        select(col(LexiconRow.registry_version)).order_by(col(LexiconRow.registry_version).desc()),
    ).all()
    gone = session.scalars(
        delete(LexiconRow)
        .where(col(LexiconRow.registry_version).in_(versions[_KEPT:]))
        .returning(col(LexiconRow.blob)),
    )
    return tuple(gone)

"""Subjects out of the database, with the spellings that were generated from their names."""

from collections.abc import Collection

from sqlalchemy import func, select, true
from sqlalchemy.orm import class_mapper
from sqlmodel import Session, col

from licensing.registry.records import name_of, subject_of
from licensing.registry.selecting import among
from licensing.registry.subjects import Name, Subject
from licensing.registry.tables import NameRow, SubjectRow

EVER = -1
"""Before the first version: everything changed since."""


def find_subject(session: Session, subject_id: str) -> Subject | None:
    """Find a subject by its id; its generated names stand behind those that somebody wrote."""
    found = load_subjects(session, ids=[subject_id])
    return found[0] if found else None


def load_subjects(
    session: Session,
    *,
    changed_since: int = EVER,
    ids: Collection[str] | None = None,
) -> tuple[Subject, ...]:
    """Read subjects that changed after a version, all or those of some ids, in the order of ids."""
    subjects, names = (class_mapper(row).local_table for row in (SubjectRow, NameRow))
    wanted = true() if ids is None else among(SubjectRow.id, ids)
    wanted = wanted & (subjects.c.changed_in > changed_since)
    named: dict[str, list[Name]] = {}
    for row in session.execute(
        select(names)
        .join(subjects, subjects.c.id == names.c.subject_id)
        .where(wanted)
        .order_by(names.c.id),
    ):
        named.setdefault(row.subject_id, []).append(name_of(row))
    rows = session.execute(select(subjects).where(wanted).order_by(subjects.c.id))
    return tuple(subject_of(row, named.get(row.id, [])) for row in rows)


def count_subjects(session: Session, *, changed_since: int = EVER) -> int:
    """Count the subjects that changed after a version."""
    condition = col(SubjectRow.changed_in) > changed_since
    return session.scalar(select(func.count()).where(condition)) or 0

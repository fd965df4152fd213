"""One subject out of the database, with the spellings that were generated from its names."""

from sqlalchemy import select
from sqlalchemy.orm import class_mapper
from sqlmodel import Session

from licensing.registry.records import name_of, subject_of
from licensing.registry.subjects import Subject
from licensing.registry.tables import NameRow, SubjectRow


def find_subject(session: Session, subject_id: str) -> Subject | None:
    """Find a subject by its id; its generated names stand behind those that somebody wrote."""
    subjects = class_mapper(SubjectRow).local_table
    names = class_mapper(NameRow).local_table
    row = session.execute(select(subjects).where(subjects.c.id == subject_id)).one_or_none()
    if row is None:
        return None
    named = session.execute(
        select(names).where(names.c.subject_id == subject_id).order_by(names.c.id)
    )
    return subject_of(row, [name_of(each) for each in named])

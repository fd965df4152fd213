"""Subjects between their values and their rows."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias, cast

from licensing.registry.facts_document import FACTS, facts_from_document, facts_to_document
from licensing.registry.nodes import Node
from licensing.registry.subjects import (
    Ambiguity,
    Description,
    Name,
    NameKind,
    Subject,
    SubjectKind,
    Trait,
)

# A row of the database, or anything with the attributes of one.
Record: TypeAlias = Any


def subject_of(row: Record, names: Sequence[Name]) -> Subject:
    """Build a subject of its row and its names in their order."""
    return Subject(
        id=row.id,
        kind=cast("SubjectKind", row.kind),
        parent_id=row.parent_id,
        names=tuple(names),
        descriptions=tuple(Description(**entry) for entry in row.descriptions),
        traits=tuple(Trait(**entry) for entry in row.traits),
        licensed=row.licensed,
        **facts_from_document(
            Node(row.facts, f"subject {row.id}").members(required=(), optional=FACTS)
        ),
    )


def name_of(row: Record) -> Name:
    """Build a name of its row."""
    return Name(
        text=row.text,
        lang=row.lang,
        kind=cast("NameKind", row.kind),
        ambiguity=cast("Ambiguity", row.ambiguity),
        requires_any=tuple(row.requires_any),
        excludes_any=tuple(row.excludes_any),
        reading=row.reading,
        source=row.source,
    )


def subject_record(subject: Subject) -> dict[str, Any]:
    """Write a subject as the JSON record of its row."""
    return {
        "id": subject.id,
        "kind": subject.kind,
        "parent_id": subject.parent_id,
        "licensed": subject.licensed,
        "descriptions": [{"lang": each.lang, "text": each.text} for each in subject.descriptions],
        "traits": [
            {"lang": each.lang, "text": each.text, "kind": each.kind} for each in subject.traits
        ],
        "facts": facts_to_document(subject),
    }


def name_records(subjects: Iterable[Subject]) -> list[dict[str, Any]]:
    """Write all names as the JSON records of their rows, numbered in their order."""
    named = ((subject.id, name) for subject in subjects for name in subject.names)
    return [
        {
            "position": position,
            "subject_id": subject_id,
            "text": name.text,
            "lang": name.lang,
            "kind": name.kind,
            "ambiguity": name.ambiguity,
            "requires_any": list(name.requires_any),
            "excludes_any": list(name.excludes_any),
            "reading": name.reading,
            "source": name.source,
        }
        for position, (subject_id, name) in enumerate(named)
    ]

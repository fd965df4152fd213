"""
Imported declarations in the database. Values go in and come out; the caller commits.

Rows are only ever added: a new version of a document is a new row, a look at an unchanged one a
row beside it that says how long it is believed from then on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import TableClause, column, select, table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import Session, col

from licensing.registry.declaration_tables import DeclarationCheckRow, DeclarationRow
from licensing.registry.tables import RegistryStateRow
from licensing.standards.declaration import Declaration, Standard, Statement, Status

# Declarations belong to whoever imported them. Through this view every tenant reads what they say,
# which is all that a decision needs.
_CURRENT: Final[TableClause] = table(
    "current_declaration",
    *(column(name) for name in ("subject_id", "source", "standard", "sha256", "status")),
    *(column(name) for name in ("fetched_at", "fresh_until")),
    column("statements", JSONB),
)

_KEPT: Final = text("""
    select newest.*, seen.checked_at as fetched_at, seen.fresh_until, failed.problem,
        failed.failures, failed.last_failed_at
    from (
        select distinct on (owner_id, subject_id, source, part) *
        from declaration
        order by owner_id, subject_id, source, part, number desc
    ) as newest
    join lateral (
        select number, checked_at, fresh_until from declaration_check
        where declaration_id = newest.id and problem is null
        order by number desc limit 1
    ) as seen on true
    left join lateral (
        select count(*) as failures, max(checked_at) as last_failed_at,
            (array_agg(problem order by number desc))[1] as problem
        from declaration_check
        where declaration_id = newest.id and problem is not null and number > seen.number
    ) as failed on true
    where not newest.ended
        and (cast(:subject_id as text) is null or newest.subject_id = :subject_id)
        and (cast(:id as text) is null or newest.id = :id)
    order by newest.subject_id, newest.owner_id, newest.source, newest.part
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDeclaration:
    """
    A declaration as its owner sees it: what it says, where it comes from, how it was looked after.

    `notes` names what in the document was not understood. `problem` is what went wrong at the last
    look, `failures` how often in a row.
    """

    id: str
    owner_id: str
    part: str
    declaration: Declaration
    notes: tuple[str, ...]
    imported_at: datetime
    problem: str | None = None
    failures: int = 0
    last_failed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeclaration:
    """What is to be kept: a declaration with the bytes it was read from."""

    id: str
    owner_id: str
    part: str
    declaration: Declaration
    document: bytes
    notes: tuple[str, ...]


def load_current(session: Session) -> dict[str, tuple[Declaration, ...]]:
    """Read what is declared today, by subject; the order is always the same."""
    found: dict[str, list[Declaration]] = {}
    for row in session.execute(
        select(_CURRENT).order_by(_CURRENT.c.subject_id, _CURRENT.c.source, _CURRENT.c.sha256),
    ):
        found.setdefault(row.subject_id, []).append(_declaration(row))
    return {subject_id: tuple(declarations) for subject_id, declarations in found.items()}


def list_kept(
    session: Session, *, subject_id: str | None = None, declaration_id: str | None = None
) -> list[KeptDeclaration]:
    """List the declarations of the tenant that count today."""
    rows = session.execute(_KEPT, {"subject_id": subject_id, "id": declaration_id})
    return [
        KeptDeclaration(
            id=row.id,
            owner_id=row.owner_id,
            part=row.part,
            declaration=_declaration(row),
            notes=tuple(row.notes),
            imported_at=row.imported_at,
            problem=row.problem,
            failures=row.failures,
            last_failed_at=row.last_failed_at,
        )
        for row in rows
    ]


def lock_registry(session: Session, at: datetime) -> int:
    """
    Keep other changes of the registry waiting, and count this one.

    What is declared, and how long it is believed, is part of what a decision reads.
    """
    row = upsert(RegistryStateRow).values(id=1, version=1, changed_at=at)
    version: int = session.execute(
        row.on_conflict_do_update(
            index_elements=["id"],
            set_={"version": RegistryStateRow.version + 1, "changed_at": at},
        ).returning(col(RegistryStateRow.version)),
    ).scalar_one()
    return version


def keep(session: Session, new: NewDeclaration) -> str:
    """
    Keep a declaration, and answer the id it is kept under.

    The same document from the same source only counts for longer: it keeps its id. Call
    `lock_registry` before.
    """
    newest = _newest(session, new)
    same = (
        newest is not None
        and not newest.ended
        and newest.sha256 == new.declaration.sha256
        and newest.statements == [each.to_json() for each in new.declaration.statements]
        and newest.status == new.declaration.status
    )
    kept_id = newest.id if newest is not None and same else new.id
    if not same:
        _insert(session, new)
    session.add(
        DeclarationCheckRow(
            declaration_id=kept_id,
            owner_id=new.owner_id,
            checked_at=new.declaration.fetched_at,
            fresh_until=new.declaration.fresh_until,
        ),
    )
    session.flush()
    return kept_id


def note_problem(session: Session, kept: KeptDeclaration, problem: str, *, at: datetime) -> None:
    """Write down that a look at the source failed; what it said stays, until it is too old."""
    session.add(
        DeclarationCheckRow(
            declaration_id=kept.id, owner_id=kept.owner_id, checked_at=at, problem=problem
        ),
    )
    session.flush()


def end(session: Session, kept: KeptDeclaration, *, new_id: str, at: datetime) -> None:
    """Take a source back: from now on it says nothing. Call `lock_registry` before."""
    session.add(
        DeclarationRow(
            id=new_id,
            owner_id=kept.owner_id,
            subject_id=kept.declaration.subject_id,
            source=kept.declaration.source,
            part=kept.part,
            standard=kept.declaration.standard,
            sha256=kept.declaration.sha256,
            document=b"",
            status=kept.declaration.status,
            statements=[],
            notes=[],
            imported_at=at,
            ended=True,
        ),
    )
    session.flush()


def _newest(session: Session, new: NewDeclaration) -> DeclarationRow | None:
    """Find the newest row of this owner, subject, source and part."""
    query = (
        select(DeclarationRow)
        .where(
            col(DeclarationRow.owner_id) == new.owner_id,
            col(DeclarationRow.subject_id) == new.declaration.subject_id,
            col(DeclarationRow.source) == new.declaration.source,
            col(DeclarationRow.part) == new.part,
        )
        .order_by(col(DeclarationRow.number).desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def _insert(session: Session, new: NewDeclaration) -> None:
    declaration = new.declaration
    session.add(
        DeclarationRow(
            id=new.id,
            owner_id=new.owner_id,
            subject_id=declaration.subject_id,
            source=declaration.source,
            part=new.part,
            standard=declaration.standard,
            sha256=declaration.sha256,
            document=new.document,
            status=declaration.status,
            statements=[each.to_json() for each in declaration.statements],
            notes=list(new.notes),
            imported_at=declaration.fetched_at,
            ended=False,
        ),
    )
    session.flush()


def _declaration(row: Any) -> Declaration:  # noqa: ANN401 - a row of one of two queries
    statements = cast("list[Mapping[str, Any]]", row.statements)
    return Declaration(
        subject_id=row.subject_id,
        source=row.source,
        standard=cast("Standard", row.standard),
        sha256=row.sha256,
        fetched_at=row.fetched_at,
        fresh_until=row.fresh_until,
        statements=tuple(Statement.from_json(each) for each in statements),
        status=cast("Status", row.status),
    )

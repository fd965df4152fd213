"""The version of the registry in the database: every change counts it up, one change at a time."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import Session, col

from licensing.registry.tables import RegistryStateRow


def registry_version(session: Session) -> int:
    """Count the changes of the registry so far; 0 for one that was never filled."""
    return session.scalar(select(col(RegistryStateRow.version))) or 0


def locked_version(session: Session, at: datetime) -> int:
    """Wait for other changes to end, keep new ones waiting, and read the version."""
    session.execute(
        upsert(RegistryStateRow).values(id=1, version=0, changed_at=at).on_conflict_do_nothing(),
    )
    version: int = session.execute(
        select(col(RegistryStateRow.version)).with_for_update(),
    ).scalar_one()
    return version


def next_version(session: Session, at: datetime) -> int:
    """Count a change; whoever holds a snapshot of an older version reads the registry again."""
    version: int = session.execute(
        update(RegistryStateRow)
        .values(version=col(RegistryStateRow.version) + 1, changed_at=at)
        .returning(col(RegistryStateRow.version)),
    ).scalar_one()
    return version

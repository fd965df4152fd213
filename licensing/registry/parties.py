"""Tenants in the database: platforms and licensors, and which platforms must not be served."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import Session, col

from licensing.errors import RegistryMalformed
from licensing.registry.identifiers import identifier_to_json, parse_identifier
from licensing.registry.nodes import Node
from licensing.registry.owners import Licensor, PartyForm, Standing
from licensing.registry.selecting import among
from licensing.registry.tables import PartyRow
from licensing.registry.versions import locked_version, next_version

PartyKind = Literal["platform", "licensor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A tenant: one platform (licensee) or one licensor."""

    id: str
    kind: PartyKind
    name: str


def add_party(session: Session, party_id: str, *, kind: PartyKind, name: str, at: datetime) -> None:
    """Add a tenant; an id that exists keeps what it has."""
    session.execute(
        upsert(PartyRow)
        .values(id=party_id, kind=kind, name=name, created_at=at)
        .on_conflict_do_nothing(),
    )


def find_party(session: Session, party_id: str) -> Party | None:
    """Find a tenant by its id."""
    parties = _parties(session, col(PartyRow.id) == party_id)
    return parties[0] if parties else None


def list_parties(session: Session, *, kind: PartyKind | None = None) -> list[Party]:
    """List all tenants, or those of one kind, by id."""
    return _parties(session, col(PartyRow.kind) == kind if kind is not None else true())


def party_name(session: Session, party_id: str) -> str | None:
    """Name a tenant."""
    party = find_party(session, party_id)
    return party.name if party is not None else None


def party_names(session: Session, party_ids: Collection[str]) -> dict[str, str]:
    """Name several tenants at once, by id."""
    parties = _parties(session, among(PartyRow.id, party_ids))
    return {party.id: party.name for party in parties}


def set_standing(
    session: Session, platform_id: str, standing: Standing | None, *, at: datetime
) -> bool:
    """
    Say that a platform must not be served, and why, or with None that it may be again.

    False when no platform has this id. It counts from the next version of the registry on.
    """
    locked_version(session, at)
    changed = session.execute(
        update(PartyRow)
        .where(col(PartyRow.id) == platform_id, col(PartyRow.kind) == "platform")
        .values(standing=standing)
        .returning(col(PartyRow.id)),
    ).all()
    if changed:
        next_version(session, at)
    return bool(changed)


def load_standings(session: Session) -> dict[str, Standing]:
    """Read which platforms must not be served, and why."""
    rows = session.execute(
        select(col(PartyRow.id), col(PartyRow.standing)).where(col(PartyRow.standing).is_not(None)),
    )
    return {row.id: cast("Standing", row.standing) for row in rows}


def load_licensors(session: Session) -> tuple[Licensor, ...]:
    """Read all licensors, by id."""
    columns = (col(PartyRow.id), col(PartyRow.name), col(PartyRow.form), col(PartyRow.identifiers))
    rows = session.execute(
        select(*columns).where(col(PartyRow.kind) == "licensor").order_by(col(PartyRow.id)),
    )
    return tuple(_licensor(row) for row in rows)


def save_licensors(session: Session, licensors: Collection[Licensor], at: datetime) -> None:
    """Add licensors, or replace what is known of them."""
    if not licensors:
        return
    statement = upsert(PartyRow)
    names = ("name", "form", "identifiers")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in names},
        ),
        [
            {
                "id": licensor.id,
                "kind": "licensor",
                "name": licensor.name,
                "form": licensor.form,
                "identifiers": [identifier_to_json(each) for each in licensor.identifiers],
                "created_at": at,
            }
            for licensor in licensors
        ],
    )


def refuse_platforms(session: Session, licensors: Collection[Licensor]) -> None:
    """Refuse a licensor with the id of a platform. Raises `RegistryMalformed`."""
    platforms = {party.id for party in list_parties(session, kind="platform")}
    for index, licensor in enumerate(licensors):
        if licensor.id in platforms:
            where = f"licensors[{index}].id"
            raise RegistryMalformed(where, f"{licensor.id!r} is a platform here")


def _licensor(row: Row[Any]) -> Licensor:
    identifiers = Node(row.identifiers, f"party {row.id}").items()
    return Licensor(
        id=row.id,
        name=row.name,
        form=cast("PartyForm", row.form),
        identifiers=tuple(parse_identifier(node) for node in identifiers),
    )


def _parties(session: Session, condition: ColumnElement[bool]) -> list[Party]:
    rows = session.execute(
        select(col(PartyRow.id), col(PartyRow.kind), col(PartyRow.name))
        .where(condition)
        .order_by(col(PartyRow.id)),
    )
    return [Party(id=row.id, kind=cast("PartyKind", row.kind), name=row.name) for row in rows]

"""Schema, connections and the errors they are told as."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from licensing.registry.tables import PartyRow, RegistryStateRow
from service.database import OPERATOR, PUBLIC, Database, _alembic_config, opened_database
from service.embedded_postgres import connect_directly, running_postgres, superuser_address
from service.errors import DatabaseUnavailable, SchemaOutdated
from service.migrations.metadata import all_tables
from service.runtime import Runtime
from service.settings import Settings

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


def count_parties(session: Session) -> int:
    return int(session.connection().execute(text("select count(*) from party")).scalar_one())


@pytest.fixture
def empty(postgres: URL) -> Iterator[URL]:
    """A database without any schema."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute("create database empty template template0 owner rakkan")
        yield postgres.set(database="empty")
        connection.execute("drop database empty with (force)")


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(database: Database) -> None:
    assert database.check() == []


def test_the_migrations_make_every_check_that_the_code_declares(
    database: Database, empty: URL
) -> None:
    """Alembic does not compare checks, so they are compared here, as PostgreSQL words them."""
    checks = text(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "where contype = 'c' and connamespace = 'public'::regnamespace "
        "and conrelid::regclass::text not like 'procrastinate%' order by 1, 2"
    )
    engine = create_engine(empty)
    with engine.begin() as declared, database.owner_connection() as migrated:
        all_tables().create_all(declared)
        expected = declared.execute(checks).all()

        assert migrated.execute(checks).all() == expected
        assert len(expected) > 20
    engine.dispose()


def test_a_difference_between_tables_and_code_is_told(database: Database) -> None:
    with connect_directly(database.owner_url) as connection:
        connection.execute("alter table party drop column name")

    (difference,) = database.check()

    assert "party" in difference
    assert "name" in difference


def test_two_upgrades_at_once_are_one(empty: URL) -> None:
    databases = [Database(empty) for _ in range(3)]
    threads = [threading.Thread(target=database.upgrade) for database in databases]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for database in databases:
        database.require_current_schema()
        assert database.check() == []
        database.close()


def test_an_external_database_is_not_upgraded_unasked(empty: URL, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url=empty.set(drivername="postgres").render_as_string(hide_password=False),
    )

    with pytest.raises(SchemaOutdated, match="revision none"), Runtime.open(settings):
        pass
    with opened_database(settings) as database:
        database.upgrade()
    with Runtime.open(settings) as runtime, runtime.transaction() as session:
        assert count_parties(session) == 0


def test_an_outdated_schema_is_told_with_both_revisions(database: Database) -> None:
    with connect_directly(database.owner_url) as connection:
        connection.execute("update alembic_version set version_num = '0003_clearances'")

    with pytest.raises(SchemaOutdated) as raised:
        database.require_current_schema()

    assert raised.value.found == "0003_clearances"


def test_an_embedded_database_is_made_on_the_way(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")

    with Runtime.open(settings) as runtime, runtime.transaction() as session:
        assert count_parties(session) == 0


def test_before_its_first_upgrade_a_server_does_not_know_the_role(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as url:
        database = Database(url)

        with pytest.raises(SchemaOutdated, match="revision none"):
            database.require_current_schema()

        database.close()


def test_the_service_may_log_in_as_another_role_than_the_owner(database: Database) -> None:
    address = superuser_address(database.url).set(database=database.url.database)
    with connect_directly(address) as connection:
        connection.execute("create role web login password 'web'")
    try:
        two = Database(database.url.set(username="web", password="web"), owner_url=database.url)  # noqa: S106
        with pytest.raises(DatabaseUnavailable), two.transaction(OPERATOR):
            pass

        two.upgrade()

        with two.transaction(OPERATOR) as session:
            assert count_parties(session) == 0
        two.close()
    finally:
        with connect_directly(address) as connection:
            connection.execute("drop role web")


def test_a_transaction_is_committed_at_its_end_and_not_when_it_fails(database: Database) -> None:
    with database.transaction(OPERATOR) as session:
        session.add(RegistryStateRow(version=1, changed_at=AT))

    def fail_halfway() -> None:
        with database.transaction(OPERATOR) as session:
            session.connection().execute(text("update registry_state set version = 2"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()

    with database.transaction(OPERATOR) as session:
        assert session.get_one(RegistryStateRow, 1).version == 1


def test_the_tenant_does_not_stay_with_the_connection(database: Database) -> None:
    with database.transaction(OPERATOR) as session:
        session.add(PartyRow(id="a", kind="platform", name="A", created_at=AT))
        pid = session.connection().execute(text("select pg_backend_pid()")).scalar_one()

    with database.transaction(PUBLIC) as session:
        assert session.connection().execute(text("select pg_backend_pid()")).scalar_one() == pid
        assert count_parties(session) == 0


def test_a_lost_connection_is_told_as_such_and_the_next_one_works(database: Database) -> None:
    def lose_connection() -> None:
        with database.transaction(OPERATOR) as session:
            pid = session.connection().execute(text("select pg_backend_pid()")).scalar_one()
            with connect_directly(database.url) as other:
                other.execute("select pg_terminate_backend(%s)", [pid])
            count_parties(session)

    with pytest.raises(DatabaseUnavailable):
        lose_connection()

    with database.transaction(OPERATOR) as session:
        assert count_parties(session) == 0


def test_a_connection_that_died_unused_is_not_noticed(database: Database) -> None:
    with database.transaction(OPERATOR) as session:
        pid = session.connection().execute(text("select pg_backend_pid()")).scalar_one()
    with connect_directly(database.url) as other:
        other.execute("select pg_terminate_backend(%s)", [pid])

    with database.transaction(OPERATOR) as session:
        assert count_parties(session) == 0


def test_a_server_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    database = Database(URL.create("postgresql+psycopg", query={"host": str(tmp_path)}))

    with pytest.raises(DatabaseUnavailable), database.transaction(OPERATOR):
        pass

    database.close()


def test_a_full_disk_is_told_as_an_unavailable_database(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as raised, database.transaction(OPERATOR) as session:
        session.connection().execute(
            text("do $$ begin raise exception 'no space left' using errcode = 'disk_full'; end $$")
        )

    cause = raised.value.__cause__
    assert isinstance(cause, DBAPIError)
    assert isinstance(cause.orig, psycopg.errors.DiskFull)


def test_a_broken_rule_of_the_schema_stays_what_it_is_and_quotes_no_values(
    database: Database,
) -> None:
    with pytest.raises(IntegrityError) as raised, database.transaction(OPERATOR) as session:
        session.add(PartyRow(id="p", kind="open sesame", name="P", created_at=AT))

    assert "party_kind" in str(raised.value)
    assert "sesame" not in str(raised.value)


_TERMS_OF_BEFORE = """
    insert into party (id, kind, name, created_at) values ('owner', 'licensor', 'O', now());
    insert into subject (id, kind, licensed, descriptions, traits)
        values ('s', 'work', true, '[]', '[]');
    insert into terms (id, subject_id, licensor_id, document, sha256, status, published_at)
        values ('t', 's', 'owner', '{}', '00', 'active', '2026-11-01T00:00Z')
"""


def test_an_upgrade_dates_the_terms_of_before(empty: URL) -> None:
    database = Database(empty)
    with database.owner_connection() as connection:
        command.upgrade(_alembic_config(connection), "0016_declarations")
        connection.commit()
    with connect_directly(superuser_address(empty).set(database="empty")) as direct:
        direct.execute(_TERMS_OF_BEFORE)

        database.upgrade()

        dated = direct.execute("select created_at = published_at from terms").fetchall()
        forced = "select relforcerowsecurity from pg_class where oid = 'terms'::regclass"
        assert dated == [(True,)]
        assert direct.execute(forced).fetchall() == [(True,)]
    database.close()

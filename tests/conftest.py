"""Real parts for the tests: one embedded PostgreSQL a session, one database a test that commits."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import URL
from sqlmodel import Session

from service.database import OPERATOR, Database, set_tenant
from service.embedded_postgres import connect_directly, running_postgres, superuser_address
from service.runtime import Runtime
from service.settings import Settings

# `make test` draws the same examples every time, so that a change alone can break it; `make soak`
# draws new ones, and ten times as many where a test names no number.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.register_profile("searching", max_examples=1_000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A server whose database `rakkan` has this version's schema and no rows: the template."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as url:
        with connect_directly(superuser_address(url)) as connection:
            # No test survives a power cut.
            connection.execute("alter system set fsync = off")
            connection.execute("alter system set synchronous_commit = off")
            connection.execute("select pg_reload_conf()")
        template = Database(url)
        template.upgrade()
        template.close()
        yield url


@pytest.fixture(scope="session")
def rollback_database(postgres: URL) -> Iterator[Database]:
    """The database in which no test commits."""
    with _copied_database(postgres) as database:
        yield database


@pytest.fixture
def session(rollback_database: Database) -> Iterator[Session]:
    """
    A session of the operator, rolled back after the test.

    `service.database.set_tenant(session, "…")` makes it another tenant's. It may commit and use
    savepoints; nothing is kept.
    """
    with rollback_database.engine.connect() as connection, connection.begin() as transaction:
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            set_tenant(session, OPERATOR)
            # Otherwise rolling back the session's first savepoint would forget the tenant.
            session.commit()
            yield session
        transaction.rollback()


@pytest.fixture
def database(postgres: URL) -> Iterator[Database]:
    """A database of this test's own: several connections may commit to it."""
    with _copied_database(postgres) as database:
        yield database


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Iterator[Runtime]:
    """Everything the operations need, on a database and a folder of this test's own."""
    settings = Settings(
        encoder_preset="ultrafast",
        data_dir=tmp_path / "var",
        database_url=database.url.render_as_string(hide_password=False),
    )
    with Runtime.open(settings) as runtime:
        yield runtime


@contextmanager
def _copied_database(template: URL) -> Iterator[Database]:
    name = f"test_{next(_numbers)}"
    with connect_directly(superuser_address(template)) as connection:
        connection.execute(f"create database {name} template {template.database} owner rakkan")
        database = Database(template.set(database=name), pool_size=20)
        try:
            yield database
        finally:
            database.close()
            connection.execute(f"drop database {name} with (force)")

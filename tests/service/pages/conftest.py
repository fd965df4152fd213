"""A browser without JavaScript in front of the real site; all tests of pages share a database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL
from starlette.testclient import TestClient

from service.embedded_postgres import connect_directly, superuser_address
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app


@pytest.fixture(scope="session")
def runtime(postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """One installation for all tests of pages."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database pages template {postgres.database} owner rakkan")
    settings = Settings(
        encoder_preset="ultrafast",
        data_dir=tmp_path_factory.mktemp("pages"),
        database_url=postgres.set(database="pages").render_as_string(hide_password=False),
    )
    with Runtime.open(settings) as runtime:
        yield runtime


@pytest.fixture
def browser(runtime: Runtime) -> TestClient:
    """Ask for pages and stay on redirects."""
    headers = {"Accept": "text/html,application/xhtml+xml"}
    return TestClient(create_app(runtime), follow_redirects=False, headers=headers)

"""
The site over a real runtime, two platforms with keys, and the registry of the demo.

Tests of the API change little and never the same rows, so they share one database; each test has
platforms of its own.
"""

from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import count

import pytest
from httpx2 import Response
from sqlalchemy import URL
from starlette.testclient import TestClient

from licensing.money import Money
from service.auth import SCOPES
from service.embedded_postgres import connect_directly, superuser_address
from service.operations.registry import import_registry
from service.operations.tenants import add_platform, create_api_key, credit_platform
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app

PROMPT = "星灯りの庭のミオが、夜の温室で小さなロボットに花をわたす。手描きアニメ、8秒"
USE = {"territory": "JP", "purpose": "personal", "duration_s": 8, "audience_rating": "all"}

_numbers = count(1)


@pytest.fixture(scope="session")
def runtime(postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """One installation for all tests of the API, with the fictional franchise of the demo."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database api template {postgres.database} owner rakkan")
    settings = Settings(
        encoder_preset="ultrafast",
        data_dir=tmp_path_factory.mktemp("api"),
        database_url=postgres.set(database="api").render_as_string(hide_password=False),
    )
    with Runtime.open(settings) as runtime:
        import_registry(runtime, files("service.demo").joinpath("registry.json").read_bytes())
        yield runtime


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    """Somebody without a key."""
    return TestClient(create_app(runtime), follow_redirects=False)


@pytest.fixture
def platform_a(runtime: Runtime) -> TestClient:
    """A platform with credit; its key is sent with every request."""
    return _platform(runtime)


@pytest.fixture
def platform_b(runtime: Runtime) -> TestClient:
    """Another platform."""
    return _platform(runtime)


@pytest.fixture
def clear() -> Callable[..., Response]:
    """Ask for a clearance; keyword arguments replace members of the request."""

    def ask(client: TestClient, *, key: str = "key-1", **changes: object) -> Response:
        body = {"prompt": PROMPT, "use": USE, **changes}
        return client.post("/v1/clearances", json=body, headers={"Idempotency-Key": key})

    return ask


def _platform(runtime: Runtime) -> TestClient:
    tenant = f"platform-{next(_numbers)}"
    add_platform(runtime, tenant, tenant)
    credit_platform(runtime, tenant, Money(1_000_000_000, "JPY"), reference="start")
    key = create_api_key(runtime, tenant, "tests", SCOPES)
    headers = {"Authorization": f"Bearer {key.secret}", "X-Tenant": tenant}
    return TestClient(create_app(runtime), follow_redirects=False, headers=headers)

"""The site over a real runtime, two platforms with keys, and the registry of the demo."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from licensing.money import Money
from service.auth import SCOPES
from service.operations.registry import import_registry
from service.operations.tenants import add_platform, create_api_key, credit_platform
from service.runtime import Runtime
from service.web import create_app

PROMPT = "星灯りの庭のミオが、夜の温室で小さなロボットに花をわたす。手描きアニメ、8秒"
USE = {"territory": "JP", "purpose": "personal", "duration_s": 8, "audience_rating": "all"}


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    """Somebody without a key."""
    with TestClient(create_app(runtime), follow_redirects=False) as client:
        yield client


@pytest.fixture
def registry(runtime: Runtime) -> None:
    """The fictional franchise of the demo."""
    import_registry(runtime, files("service.demo").joinpath("registry.json").read_bytes())


@pytest.fixture
def platform_a(runtime: Runtime, registry: None) -> Iterator[TestClient]:
    """A platform with credit; its key is sent with every request."""
    del registry
    with _platform(runtime, "platform-a") as client:
        yield client


@pytest.fixture
def platform_b(runtime: Runtime) -> Iterator[TestClient]:
    """Another platform."""
    with _platform(runtime, "platform-b") as client:
        yield client


@pytest.fixture
def clear() -> Callable[..., Response]:
    """Ask for a clearance; keyword arguments replace members of the request."""

    def ask(client: TestClient, *, key: str = "key-1", **changes: object) -> Response:
        body = {"prompt": PROMPT, "use": USE, **changes}
        return client.post("/v1/clearances", json=body, headers={"Idempotency-Key": key})

    return ask


@contextmanager
def _platform(runtime: Runtime, tenant: str) -> Iterator[TestClient]:
    add_platform(runtime, tenant, tenant)
    credit_platform(runtime, tenant, Money(1_000_000_000, "JPY"), reference="start")
    key = create_api_key(runtime, tenant, "tests", tuple(SCOPES))
    headers = {"Authorization": f"Bearer {key.secret}"}
    with TestClient(create_app(runtime), follow_redirects=False, headers=headers) as client:
        yield client

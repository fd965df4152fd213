"""A browser without JavaScript in front of the real site."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.runtime import Runtime
from service.web import create_app


@pytest.fixture
def browser(runtime: Runtime) -> Iterator[TestClient]:
    """Ask for pages and stay on redirects."""
    headers = {"Accept": "text/html,application/xhtml+xml"}
    with TestClient(create_app(runtime), follow_redirects=False, headers=headers) as client:
        yield client

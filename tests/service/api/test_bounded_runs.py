"""Costly work that runs while its asker waits is bounded."""

import pytest
from starlette.testclient import TestClient

from service.api.bounded_runs import BoundedRuns
from service.errors import ServiceBusy
from service.runtime import Runtime
from service.web import create_app


def test_so_many_run_at_once_and_the_next_comes_again_later() -> None:
    runs = BoundedRuns(2)

    with runs.one(), runs.one():
        with pytest.raises(ServiceBusy):
            runs.require_free()
        with pytest.raises(ServiceBusy), runs.one():
            pass

    runs.require_free()


def test_what_fails_gives_its_place_back() -> None:
    runs = BoundedRuns(1)

    with pytest.raises(ValueError, match="broken"), runs.one():
        raise ValueError("broken")

    runs.require_free()


def test_a_search_that_finds_no_place_is_told_when_to_come_again(runtime: Runtime) -> None:
    app = create_app(runtime)
    client = TestClient(app)
    searches: BoundedRuns = app.state.content_searches

    with searches.one(), searches.one():
        answer = client.post(
            "/v1/matches/byContent", content=b"film", headers={"Content-Type": "video/mp4"}
        )

    assert (answer.status_code, answer.json()["code"]) == (503, "service_busy")
    assert int(answer.headers["Retry-After"]) > 0

"""What every answer carries: request id, security headers, limits."""

import re
from pathlib import Path

import pytest
from sqlalchemy import URL
from starlette.testclient import TestClient

from service.database import Database
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/openapi.json", "/", "/verify", "/nowhere", "/v1/nowhere", "/static/rakkan.css"],
)
def test_every_answer_has_an_id_and_allows_nothing_it_does_not_need(
    client: TestClient, path: str
) -> None:
    response = client.get(path, headers={"Accept": "text/html"})

    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-Id"])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("trace-7.a_b", True), ("a b", False), ("x" * 65, False), ("é", False)],
)
def test_a_request_id_is_kept_when_it_is_one(client: TestClient, sent: str, *, kept: bool) -> None:
    response = client.get("/healthz", headers={b"X-Request-Id": sent.encode("latin-1")})

    assert (response.headers["X-Request-Id"] == sent) is kept


def test_a_crash_is_a_plain_500(runtime: Runtime) -> None:
    app = create_app(runtime)

    @app.get("/crash")
    def crash() -> None:
        raise RuntimeError("secret")

    with TestClient(app) as client:
        for_program = client.get("/crash", headers={"X-Request-Id": "here"})
        for_person = client.get("/crash", headers={"Accept": "text/html"})

    assert for_program.status_code == for_person.status_code == 500
    assert for_program.json()["code"] == "internal_error"
    assert for_program.headers["X-Request-Id"] == "here"
    assert "secret" not in for_program.text + for_person.text
    assert "default-src 'none'" in for_person.headers["Content-Security-Policy"]


def test_programs_get_problems_and_people_get_pages(client: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml"}

    for_program = client.get("/nowhere")
    for_person = client.get("/nowhere", headers=browser)
    api = client.get("/v1/nowhere", headers=browser)
    wrong_method = client.delete("/v1/readings")

    assert for_program.json()["code"] == api.json()["code"] == "not_found"
    assert for_person.status_code == 404
    assert "<h1>Nothing lives at this address.</h1>" in for_person.text
    assert (wrong_method.status_code, wrong_method.json()["code"]) == (405, "method_not_allowed")
    assert wrong_method.headers["Allow"] == "POST"


def test_health_readiness_and_public_keys(client: TestClient) -> None:
    ready = client.get("/readyz")
    keys = client.get("/.well-known/jwks.json").json()["keys"]

    assert client.get("/healthz").json() == {"status": "ok"}
    assert ready.json() == {"status": "ok", "checks": {"database": "ok", "keys": "ok"}}
    assert keys[0]["kty"] == "OKP"
    assert "d" not in keys[0]


def test_a_service_without_its_database_is_not_ready(runtime: Runtime, tmp_path: Path) -> None:
    away = Database(URL.create("postgresql+psycopg", host="127.0.0.1", port=1), pool_size=1)
    broken = Runtime(Settings(data_dir=tmp_path), database=away, blobs=runtime.blobs)
    client = TestClient(create_app(broken))

    ready = client.get("/readyz")
    page = client.get("/v/chk_x", headers={"Accept": "text/html"})
    away.close()

    assert ready.status_code == 503
    assert ready.json()["checks"]["database"] == "database_unavailable"
    assert client.get("/healthz").status_code == 200
    assert page.status_code == 503
    assert page.headers["Retry-After"]


def test_the_description_lists_every_problem_shape(client: TestClient) -> None:
    described = client.get("/openapi.json").json()

    assert described["info"]["title"] == "Rakkan"
    assert "ProblemOut" in described["components"]["schemas"]
    assert not any(path.startswith(("/verify", "/v/")) for path in described["paths"])

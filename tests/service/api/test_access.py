"""Keys and scopes: every closed route refuses whoever may not use it."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from service.operations.tenants import create_api_key, list_api_keys, revoke_api_key
from service.runtime import Runtime

Clear = Callable[..., Response]
NEEDS_KEY = [
    ("POST", "/v1/readings"),
    ("POST", "/v1/clearances"),
    ("GET", "/v1/clearances/clr_x"),
    ("POST", "/v1/clearances/clr_x/void"),
    ("POST", "/v1/clearances/clr_x/confirm"),
    ("GET", "/v1/clearances/clr_x/reading"),
    ("POST", "/v1/clearances/clr_x/reading/replay"),
    ("POST", "/v1/stamps"),
    ("PUT", "/v1/stamps/stp_x"),
    ("PUT", "/v1/stamps/stp_x/ingredients/1"),
    ("GET", "/v1/stamps/stp_x"),
    ("GET", "/v1/stamps/stp_x/content"),
    ("POST", "/v1/declarations"),
    ("GET", "/v1/declarations"),
    ("DELETE", "/v1/declarations/dec_x"),
    ("GET", "/v1/registry"),
    ("GET", "/v1/registry/subjects/sub_x"),
    ("POST", "/v1/registry/lints"),
    ("GET", "/v1/statements"),
    ("GET", "/v1/statements/2026-11.x.JPY"),
    ("GET", "/v1/statements/2026-11.x.JPY/csv"),
    ("GET", "/v1/payouts"),
    ("GET", "/v1/approvals"),
    ("GET", "/v1/approvals/apr_x"),
    ("POST", "/v1/approvals/apr_x/answer"),
    ("POST", "/v1/approvals/answers"),
    ("POST", "/v1/grants"),
    ("GET", "/v1/grants"),
    ("GET", "/v1/grants/grt_x"),
    ("POST", "/v1/grants/grt_x/accept"),
    ("POST", "/v1/grants/grt_x/decline"),
    ("POST", "/v1/grants/grt_x/end"),
    ("POST", "/v1/revocations"),
    ("GET", "/v1/revocations"),
    ("GET", "/v1/terms/templates"),
    ("POST", "/v1/terms"),
    ("GET", "/v1/terms"),
    ("GET", "/v1/terms/terms_x"),
    ("POST", "/v1/terms/terms_x/status"),
    ("POST", "/v1/webhooks"),
    ("GET", "/v1/webhooks"),
    ("GET", "/v1/webhooks/whk_x"),
    ("DELETE", "/v1/webhooks/whk_x"),
    ("POST", "/v1/webhooks/whk_x/rotate"),
    ("POST", "/v1/webhooks/whk_x/enable"),
    ("POST", "/v1/webhooks/whk_x/test"),
    ("GET", "/v1/webhooks/whk_x/deliveries"),
    ("POST", "/v1/webhooks/deliveries/dlv_x/replay"),
]
OPEN = {
    "/v1/verifications",
    "/v1/verifications/{verification_id}",
    "/healthz",
    "/readyz",
    "/.well-known/jwks.json",
    "/.well-known/rsl-media.xml",
    "/.well-known/tdmrep.json",
    "/rsl.xml",
    "/robots.txt",
    "/ns/odrl",
    "/terms/{terms_id}",
    "/subjects/{subject_id}",
    # The Open License Protocol authenticates its clients as OAuth does; see test_olp.py.
    "/olp/token",
    "/olp/introspect",
    "/olp/jwks",
}
# The resolution API has its own rules, and its own table in test_resolution_routes.py.
RESOLUTION = ("/v1/matches", "/v1/manifests", "/v1/bindings", "/v1/services", "/.well-known/c2pa")


def test_every_route_is_either_open_or_in_this_table(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]

    closed = {
        (method.upper(), path)
        for path, item in described.items()
        if path not in OPEN and not path.startswith(RESOLUTION)
        for method in item
    }

    assert {(method, _pattern(path)) for method, path in NEEDS_KEY} == closed


def _pattern(path: str) -> str:
    for example, pattern in (
        ("clr_x", "{clearance_id}"),
        ("stp_x", "{stamp_id}"),
        ("ingredients/1", "ingredients/{number}"),
        ("dec_x", "{declaration_id}"),
        ("sub_x", "{subject_id}"),
        ("apr_x", "{approval_id}"),
        ("grt_x", "{grant_id}"),
        ("whk_x", "{webhook_id}"),
        ("terms_x", "{terms_id}"),
        ("dlv_x", "{delivery_id}"),
        ("2026-11.x.JPY", "{statement_id}"),
    ):
        path = path.replace(example, pattern)
    return path


def test_no_route_answers_without_a_good_key(
    runtime: Runtime, client: TestClient, platform_a: TestClient
) -> None:
    tenant = platform_a.headers["X-Tenant"]
    weak = create_api_key(runtime, tenant, "weak", ()).secret
    gone = create_api_key(runtime, tenant, "gone", ("registry:read",))
    revoke_api_key(runtime, gone.key.id)
    keys = {
        "api_key_missing": (401, None),
        "api_key_invalid": (401, "Bearer rk_wrong"),
        "scope_missing": (403, f"Bearer {weak}"),
    }
    for method, path in NEEDS_KEY:
        for code, (status, authorization) in keys.items():
            headers = {"Authorization": authorization} if authorization else {}
            body = BODIES.get((method, path))
            response = client.request(method, path, headers=headers, json=body)

            assert (response.status_code, response.json()["code"]) == (status, code), path
    revoked = client.get("/v1/registry", headers={"Authorization": f"Bearer {gone.secret}"})
    assert revoked.json()["code"] == "api_key_invalid"
    assert len(list_api_keys(runtime, tenant)) == 3
    assert platform_a.get("/v1/registry").status_code == 200


BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/readings"): {"prompt": "x"},
    ("POST", "/v1/clearances"): {
        "prompt": "x",
        "use": {"territory": "JP", "purpose": "personal", "duration_s": 8},
    },
    ("POST", "/v1/stamps"): {
        "source": {
            "generator": "g",
            "generator_version": "1",
            "created_at": "2026-11-22T00:00:00Z",
        },
    },
}


@pytest.mark.parametrize("path", ["", "/content"])
def test_another_platform_finds_nothing_of_a_stamp(
    platform_a: TestClient, platform_b: TestClient, path: str
) -> None:
    stamp = platform_a.post("/v1/stamps", json=BODIES["POST", "/v1/stamps"]).json()
    address = f"/v1/stamps/{stamp['id']}"

    response = platform_b.get(address + path)
    sent = platform_b.put(address, content=b"video")

    assert (response.status_code, response.json()["code"]) == (404, "unknown_stamp")
    assert (sent.status_code, sent.json()["code"]) == (404, "unknown_stamp")
    assert platform_a.get(address).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/void"), ("POST", "/confirm")])
def test_another_platform_finds_nothing_of_a_clearance(
    platform_a: TestClient, platform_b: TestClient, method: str, path: str, clear: Clear
) -> None:
    clearance = clear(platform_a).json()
    address = f"/v1/clearances/{clearance['id']}"

    response = platform_b.request(method, address + path)

    assert (response.status_code, response.json()["code"]) == (404, "unknown_clearance")
    assert platform_a.get(address).json() == clearance


def test_another_platform_cannot_use_a_token(
    platform_a: TestClient, platform_b: TestClient, clear: Clear
) -> None:
    token = clear(platform_a).json()["token"]
    body = {**BODIES["POST", "/v1/stamps"], "clearance_token": token}

    stolen = platform_b.post("/v1/stamps", json=body)
    own = platform_a.post("/v1/stamps", json=body)
    again = platform_a.post("/v1/stamps", json=body)

    assert (stolen.status_code, stolen.json()["code"]) == (403, "token_invalid")
    assert own.status_code == 201
    assert (again.status_code, again.json()["code"]) == (409, "token_used")


def test_a_platform_sees_no_statement(platform_a: TestClient) -> None:
    one = platform_a.get("/v1/statements/2026-11.aoyama-bunko.JPY")

    assert platform_a.get("/v1/statements").json() == {"statements": []}
    assert platform_a.get("/v1/payouts").json() == {"payouts": []}
    assert (one.status_code, one.json()["code"]) == (404, "unknown_statement")

"""`/v1/webhooks` as a platform calls it."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from service.operations.tenants import add_platform, create_api_key
from service.outgoing import OutgoingClient
from service.runtime import Runtime

URL = "https://receiver.example/hook"


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name lead to a public address: this machine may have no resolver."""
    monkeypatch.setattr(
        OutgoingClient.__init__, "__kwdefaults__", {"resolve": _public, "tls": None}
    )


def _public(_host: str, _port: int, _limit_s: float) -> list[str]:
    return ["93.184.216.34"]


def test_a_platform_adds_lists_rotates_and_deletes_a_webhook(platform_a: TestClient) -> None:
    made = platform_a.post("/v1/webhooks", json={"url": URL, "events": ["clearance.granted"]})
    webhook = made.json()
    address = f"/v1/webhooks/{webhook['id']}"

    rotated = platform_a.post(f"{address}/rotate").json()
    shown = platform_a.get(address).json()
    listed = platform_a.get("/v1/webhooks").json()["webhooks"]
    tested = platform_a.post(f"{address}/test")
    log = platform_a.get(f"{address}/deliveries").json()
    enabled = platform_a.post(f"{address}/enable").json()
    gone = platform_a.delete(address)

    assert made.status_code == 201
    assert webhook["secret"].startswith("whsec_")
    assert rotated["secret"] != webhook["secret"]
    assert "secret" not in shown
    assert [each["id"] for each in listed] == [webhook["id"]]
    assert shown["previous_secret_until"].endswith("Z")
    assert (tested.status_code, tested.json()["event"][:4]) == (202, "evt_")
    assert log == {"deliveries": []}
    assert enabled["status"] == "active"
    assert gone.status_code == 204
    assert platform_a.get(address).json()["code"] == "unknown_webhook"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param({}, 422, "request_malformed", id="no address"),
        pytest.param({"url": URL, "evnts": []}, 422, "request_malformed", id="misspelt"),
        pytest.param({"url": URL, "events": ["no.such"]}, 422, "webhook_event_unknown", id="type"),
        pytest.param({"url": "http://receiver.example"}, 400, "address_refused", id="no TLS"),
        pytest.param({"url": "https://x/\u0000"}, 400, "address_refused", id="control character"),
    ],
)
def test_a_wrong_webhook_is_refused(
    platform_a: TestClient, body: dict[str, object], status: int, code: str
) -> None:
    answer = platform_a.post("/v1/webhooks", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda c, i: c.get(f"/v1/webhooks/{i}"), id="show"),
        pytest.param(lambda c, i: c.delete(f"/v1/webhooks/{i}"), id="delete"),
        pytest.param(lambda c, i: c.post(f"/v1/webhooks/{i}/rotate"), id="rotate"),
        pytest.param(lambda c, i: c.post(f"/v1/webhooks/{i}/enable"), id="enable"),
        pytest.param(lambda c, i: c.post(f"/v1/webhooks/{i}/test"), id="test"),
        pytest.param(lambda c, i: c.get(f"/v1/webhooks/{i}/deliveries"), id="log"),
    ],
)
def test_another_platform_finds_nothing(
    platform_a: TestClient, platform_b: TestClient, call: Callable[..., object]
) -> None:
    webhook_id = platform_a.post("/v1/webhooks", json={"url": URL}).json()["id"]

    assert call(platform_b, webhook_id).status_code == 404
    assert call(platform_a, webhook_id).status_code < 300


def test_a_key_without_the_scope_may_not(client: TestClient, runtime: Runtime) -> None:
    add_platform(runtime, "webhookless", "Webhookless")
    key = create_api_key(runtime, "webhookless", "reads", ("readings",)).secret

    answer = client.get("/v1/webhooks", headers={"Authorization": f"Bearer {key}"})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")

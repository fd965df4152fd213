"""The C2PA Soft Binding Resolution API over HTTP, as a conformance suite would look at it."""

import base64
import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from httpx2 import Response
from starlette.testclient import TestClient

from manifests.credentials.boxes import manifest_store
from manifests.credentials.jumbf import active_manifest_label
from manifests.verification.soft_bindings import FINGERPRINT_ALG, WATERMARK_ALG
from service.auth import SCOPES
from service.operations.stamp_video import run_stamp
from service.operations.tenants import add_platform, create_api_key
from service.runtime import Runtime
from service.web import create_app

ALG = "org.example.watermark.1"
GOLDEN = Path(__file__).resolve().parents[2] / "golden"
C2PA = {"Content-Type": "application/c2pa"}
_numbers = count(1)


@pytest.fixture(scope="module")
def client(runtime: Runtime) -> TestClient:
    """Somebody without a key, the same for the whole file."""
    return TestClient(create_app(runtime), follow_redirects=False)


@pytest.fixture(scope="module")
def platform_a(runtime: Runtime, client: TestClient) -> TestClient:
    """A platform; every test keeps manifests of its own."""
    return new_platform(runtime, client)


@pytest.fixture(scope="module")
def platform_b(runtime: Runtime, client: TestClient) -> TestClient:
    """Another platform."""
    return new_platform(runtime, client)


def new_platform(runtime: Runtime, client: TestClient) -> TestClient:
    tenant = f"keeper-{next(_numbers)}"
    add_platform(runtime, tenant, tenant)
    key = create_api_key(runtime, tenant, "tests", SCOPES).secret
    return keyed(client, key, tenant)


def keyed(client: TestClient, key: str, tenant: str = "") -> TestClient:
    headers = {"Authorization": f"Bearer {key}", "X-Tenant": tenant}
    return TestClient(client.app, follow_redirects=False, headers=headers)


@pytest.fixture
def searcher(runtime: Runtime) -> TestClient:
    """Somebody without a key who has not searched yet."""
    return TestClient(create_app(runtime))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def superbox(label: str, *children: bytes) -> bytes:
    description = bytes(16) + b"\x03" + label.encode() + b"\0"
    return box(b"jumb", box(b"jumd", description) + b"".join(children))


def manifest(label: str, *bindings: dict[str, Any]) -> bytes:
    assertions = [
        superbox(f"c2pa.soft-binding__{number}", box(b"cbor", cbor2.dumps(binding)))
        for number, binding in enumerate(bindings)
    ]
    return superbox(
        label,
        superbox("c2pa.assertions", *assertions),
        superbox("c2pa.claim.v2", box(b"cbor", b"\xa0")),
        superbox("c2pa.signature", box(b"cbor", b"\xa0")),
    )


def new_store(*bindings: dict[str, Any], label: str | None = None) -> bytes:
    ingredient = manifest("urn:c2pa:ingredient")
    return superbox("c2pa", ingredient, manifest(label or f"urn:c2pa:{uuid4()}", *bindings))


def new_value() -> str:
    return base64.b64encode(f"mark {next(_numbers)}".encode()).decode()


def code(response: Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def keep(platform: TestClient, store: bytes | None = None) -> str:
    response = platform.post("/v1/manifests", content=store or new_store(), headers=C2PA)
    assert response.status_code == 200, response.text
    return str(response.json()["manifestId"])


def bind(platform: TestClient, manifest_id: str, value: str, **more: str) -> Response:
    body = {"alg": ALG, "bindingValue": value, "manifestId": manifest_id, **more}
    return platform.post("/v1/bindings", json=body)


def search(client: TestClient, value: str, **parameters: str) -> list[dict[str, Any]]:
    response = client.get(
        "/v1/matches/byBinding", params={"alg": ALG, "value": value, **parameters}
    )
    assert response.status_code == 200, response.text
    matches: list[dict[str, Any]] = response.json()["matches"]
    return matches


# Keeping and fetching


def test_a_store_is_kept_fetched_and_taken_back(client: TestClient, platform_a: TestClient) -> None:
    store = new_store()

    manifest_id = keep(platform_a, store)
    fetched = client.get(f"/v1/manifests/{manifest_id}")
    deleted = platform_a.delete(f"/v1/manifests/{manifest_id}")
    gone = client.get(f"/v1/manifests/{manifest_id}")

    assert manifest_id == active_manifest_label(store)
    assert (fetched.content, fetched.headers["content-type"]) == (store, "application/c2pa")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert code(gone) == (404, "unknown_manifest")
    assert code(platform_a.delete(f"/v1/manifests/{manifest_id}")) == (404, "unknown_manifest")


def test_the_blob_of_a_store_goes_with_it(runtime: Runtime, platform_a: TestClient) -> None:
    store = new_store()
    folder = f"manifests/{hashlib.sha256(store).hexdigest()}"
    manifest_id = keep(platform_a, store)
    kept = runtime.blobs.list(folder)

    platform_a.delete(f"/v1/manifests/{manifest_id}")

    assert len(kept) == 1
    assert runtime.blobs.list(folder) == []


def test_the_active_manifest_can_be_had_alone(client: TestClient, platform_a: TestClient) -> None:
    label = f"urn:c2pa:{uuid4()}"
    manifest_id = keep(platform_a, new_store(label=label))

    alone = client.get(f"/v1/manifests/{manifest_id}", params={"returnActiveManifest": "true"})

    assert alone.content == superbox("c2pa", manifest(label))


def test_a_stamped_video_is_found_and_its_store_is_the_one_inside(
    runtime: Runtime, client: TestClient, platform_a: TestClient
) -> None:
    source = {"generator": "Kirin", "generator_version": "2", "created_at": "2026-11-22T00:00:00Z"}
    stamp = platform_a.post("/v1/stamps", json={"source": source}).json()
    clip = files("service.demo").joinpath("clip.mp4").read_bytes()
    platform_a.put(f"/v1/stamps/{stamp['id']}", content=clip)
    run_stamp(runtime, platform_a.headers["X-Tenant"], stamp["id"])
    stamped = platform_a.get(f"/v1/stamps/{stamp['id']}/content").content
    manifest_id = platform_a.get(f"/v1/stamps/{stamp['id']}").json()["manifest_id"]

    store = client.get(f"/v1/manifests/{manifest_id}").content
    found = [
        client.post(
            "/v1/matches/byContent",
            params=parameters,
            content=stamped,
            headers={"Content-Type": "video/mp4"},
        ).json()["matches"]
        for parameters in ({}, {"alg": WATERMARK_ALG}, {"alg": FINGERPRINT_ALG})
    ]
    receipt = client.get(f"/v1/manifests/{manifest_id}/receipts").json()

    assert store in stamped
    assert found == [[{"manifestId": manifest_id}]] * 3
    assert read_proof(client, receipt)["storeSha256"] == hashlib.sha256(store).hexdigest()


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"garbage", id="garbage"),
        pytest.param(new_store()[:-1], id="cut short"),
        pytest.param(new_store() + b"\0" * 8, id="something behind it"),
        pytest.param(superbox("c2pa"), id="no manifest"),
        pytest.param(superbox("other", manifest("urn:c2pa:1")), id="another store"),
        pytest.param(superbox("c2pa", superbox("urn:c2pa:1")), id="an empty manifest"),
        pytest.param(new_store(label="../etc"), id="a label that is no identifier"),
        pytest.param(new_store(label="a" * 600), id="a label that is too long"),
    ],
)
def test_only_a_whole_store_is_kept(platform_a: TestClient, store: bytes) -> None:
    response = platform_a.post("/v1/manifests", content=store, headers=C2PA)

    assert code(response) == (400, "manifest_store_malformed")


def test_a_store_is_sent_as_one(platform_a: TestClient) -> None:
    response = platform_a.post(
        "/v1/manifests", content=new_store(), headers={"Content-Type": "video/mp4"}
    )

    assert code(response) == (415, "media_type_refused")


def test_a_store_has_a_limit(platform_a: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(17):
            yield bytes(1024**2)

    response = platform_a.post("/v1/manifests", content=chunks(), headers=C2PA)

    assert code(response) == (413, "upload_too_large")


def test_the_same_store_again_changes_nothing_and_another_is_refused(
    platform_a: TestClient,
) -> None:
    label = f"urn:c2pa:{uuid4()}"
    store = new_store(label=label)
    keep(platform_a, store)

    again = keep(platform_a, store)
    other = platform_a.post(
        "/v1/manifests", content=new_store({"alg": "a"}, label=label), headers=C2PA
    )

    assert again == label
    assert code(other) == (409, "manifest_taken")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        pytest.param("text/html,application/xhtml+xml,*/*;q=0.8", 303, id="a browser"),
        pytest.param("text/html", 303, id="pages only"),
        pytest.param("*/*", 200, id="anything"),
        pytest.param("application/c2pa", 200, id="a store"),
        pytest.param("text/html, application/c2pa", 200, id="both alike"),
        pytest.param("text/html;q=0.5, application/*", 200, id="rather a store"),
        pytest.param("text/html;q=x", 200, id="a weight that is none"),
    ],
)
def test_a_browser_is_shown_the_page(
    client: TestClient, platform_a: TestClient, accept: str, status: int
) -> None:
    manifest_id = keep(platform_a)

    response = client.get(f"/v1/manifests/{manifest_id}", headers={"Accept": accept})

    assert response.status_code == status
    assert response.headers["Vary"] == "Accept"
    assert response.headers.get("Location", f"/m/{manifest_id}") == f"/m/{manifest_id}"


def test_a_browser_learns_of_a_missing_manifest_without_a_detour(client: TestClient) -> None:
    response = client.get("/v1/manifests/urn:c2pa:none", headers={"Accept": "text/html"})

    assert code(response) == (404, "unknown_manifest")


# Soft bindings


def test_a_binding_leads_to_its_manifest(client: TestClient, platform_a: TestClient) -> None:
    manifest_id, value = keep(platform_a), new_value()

    bound = bind(platform_a, manifest_id, value)
    again = bind(platform_a, manifest_id, value)
    posted = client.post("/v1/matches/byBinding", json={"alg": ALG, "value": value})

    assert (bound.status_code, again.status_code) == (204, 204)
    assert search(client, value) == [{"manifestId": manifest_id}]
    assert search(client, value.rstrip("=")) == [{"manifestId": manifest_id}]
    assert posted.json() == {"matches": [{"manifestId": manifest_id}]}
    assert search(client, value, alg="org.example.watermark.2") == []


def test_a_long_value_is_found_too(client: TestClient, platform_a: TestClient) -> None:
    manifest_id = keep(platform_a)
    value = base64.b64encode(manifest_id.encode() * 15_000).decode()

    bind(platform_a, manifest_id, value)
    found = client.post("/v1/matches/byBinding", json={"alg": ALG, "value": value})
    too_long = client.get("/v1/matches/byBinding", params={"alg": ALG, "value": value[:5000]})

    assert found.json() == {"matches": [{"manifestId": manifest_id}]}
    assert code(too_long) == (414, "query_too_long")


def test_no_match_is_an_empty_list(client: TestClient) -> None:
    assert search(client, new_value()) == []


def test_no_more_is_given_than_was_asked_for(client: TestClient, platform_a: TestClient) -> None:
    value = new_value()
    for _ in range(3):
        bind(platform_a, keep(platform_a), value)

    assert len(search(client, value)) == 3
    assert len(search(client, value, maxResults="2")) == 2


def test_a_binding_is_moved_to_another_manifest(client: TestClient, platform_a: TestClient) -> None:
    first, second, value = keep(platform_a), keep(platform_a), new_value()
    bind(platform_a, first, value)
    body = {"alg": ALG, "bindingValue": value, "manifestId": second}

    moved = platform_a.put("/v1/bindings", json=body)
    unknown = platform_a.put("/v1/bindings", json=body | {"bindingValue": new_value()})

    assert moved.status_code == 204
    assert search(client, value) == [{"manifestId": second}]
    assert code(unknown) == (404, "unknown_binding")


def test_bindings_go_with_their_manifest(client: TestClient, platform_a: TestClient) -> None:
    manifest_id, value = keep(platform_a), new_value()
    bind(platform_a, manifest_id, value)

    platform_a.delete(f"/v1/manifests/{manifest_id}")

    assert search(client, value) == []
    assert code(bind(platform_a, manifest_id, value)) == (404, "unknown_manifest")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(b"hello", id="bytes"),
        pytest.param(list(b"hello"), id="a list of bytes"),
        pytest.param("hello", id="text that stands for it"),
        pytest.param("aGVsbG8=", id="text in base64"),
    ],
)
def test_the_algorithm_is_taken_from_the_manifest(
    client: TestClient, platform_a: TestClient, written: object
) -> None:
    # Each case has an algorithm of its own, because all of them bind the same value.
    alg = f"org.example.mark{next(_numbers)}"
    blocks = [{"scope": {}, "value": written}]
    manifest_id = keep(platform_a, new_store({"alg": alg, "blocks": blocks}))

    bound = platform_a.post(
        "/v1/bindings", json={"bindingValue": "aGVsbG8=", "manifestId": manifest_id}
    )

    assert bound.status_code == 204
    assert search(client, "aGVsbG8=", alg=alg) == [{"manifestId": manifest_id}]


@pytest.mark.parametrize(
    "bindings",
    [
        pytest.param((), id="no assertion"),
        pytest.param(({"alg": ALG, "blocks": [{"value": b"other"}]},), id="another value"),
        pytest.param(({"alg": ALG, "blocks": [1, {"value": 5}]}, {"alg": ALG}, 7), id="nonsense"),
        pytest.param(
            tuple({"alg": f"{ALG}.{n}", "blocks": [{"value": b"hello"}]} for n in range(2)),
            id="two algorithms",
        ),
    ],
)
def test_an_algorithm_that_is_not_told_must_be_plain(
    platform_a: TestClient, bindings: tuple[dict[str, Any], ...]
) -> None:
    manifest_id = keep(platform_a, new_store(*bindings))

    response = platform_a.post(
        "/v1/bindings", json={"bindingValue": "aGVsbG8=", "manifestId": manifest_id}
    )

    assert code(response) == (400, "binding_unclear")


# Tenants and keys


def test_another_tenant_neither_deletes_nor_binds(
    client: TestClient, platform_a: TestClient, platform_b: TestClient
) -> None:
    store, value = new_store(), new_value()
    manifest_id = keep(platform_a, store)
    bind(platform_a, manifest_id, value)
    own = keep(platform_b)
    move = {"alg": ALG, "bindingValue": value, "manifestId": own}

    answers = {
        "delete": code(platform_b.delete(f"/v1/manifests/{manifest_id}")),
        "bind": code(bind(platform_b, manifest_id, new_value())),
        "take the value": code(bind(platform_b, own, value)),
        "move the value": code(platform_b.put("/v1/bindings", json=move)),
        "move to it": code(platform_b.put("/v1/bindings", json=move | {"manifestId": manifest_id})),
        "keep again": code(platform_b.post("/v1/manifests", content=store, headers=C2PA)),
    }

    assert answers == {
        "delete": (404, "unknown_manifest"),
        "bind": (404, "unknown_manifest"),
        "take the value": (409, "binding_taken"),
        "move the value": (404, "unknown_binding"),
        "move to it": (404, "unknown_manifest"),
        "keep again": (409, "manifest_taken"),
    }
    assert search(client, value) == [{"manifestId": manifest_id}]
    assert client.get(f"/v1/manifests/{manifest_id}").content == store


WRITING: dict[str, Callable[[TestClient], Response]] = {
    "keep": lambda who: who.post("/v1/manifests", content=new_store(), headers=C2PA),
    "delete": lambda who: who.delete("/v1/manifests/urn:c2pa:1"),
    "bind": lambda who: bind(who, "urn:c2pa:1", "aGVsbG8="),
    "move": lambda who: who.put(
        "/v1/bindings", json={"alg": ALG, "bindingValue": "aGVsbG8=", "manifestId": "urn:c2pa:1"}
    ),
}


@pytest.mark.parametrize("write", WRITING.values(), ids=WRITING)
def test_writing_needs_a_key_with_its_scope(
    runtime: Runtime,
    client: TestClient,
    platform_a: TestClient,
    write: Callable[[TestClient], Response],
) -> None:
    reading = create_api_key(runtime, platform_a.headers["X-Tenant"], "r", ("fetch:manifests",))
    garbage, reader = keyed(client, "garbage"), keyed(client, reading.secret)

    assert code(write(client)) == (401, "api_key_missing")
    assert code(write(garbage)) == (401, "api_key_invalid")
    assert code(write(reader)) == (403, "scope_missing")


def test_reading_needs_no_key_but_not_a_wrong_one(client: TestClient) -> None:
    wrong = keyed(client, "rk_wrong")

    assert client.get("/v1/services/supportedAlgorithms").status_code == 200
    assert code(wrong.get("/v1/services/supportedAlgorithms")) == (401, "api_key_invalid")
    assert wrong.get("/v1/services/status").status_code == 200


# Receipts


def read_proof(client: TestClient, receipt: dict[str, Any]) -> dict[str, Any]:
    """Check a receipt with nothing but the published key."""
    proof = receipt["anchor"]["proof"]
    keys = client.get("/.well-known/jwks.json").json()["keys"]
    key = next(each for each in keys if each["kid"] == proof["kid"])
    header, payload, signature = proof["value"].split(".")
    public_key = Ed25519PublicKey.from_public_bytes(decode(key["x"]))
    public_key.verify(decode(signature), f"{header}.{payload}".encode())
    assert json.loads(decode(header))["typ"] == "rakkan-receipt+jws"
    statement: dict[str, Any] = json.loads(decode(payload))
    assert statement["repository"] == receipt["repository"]["uri"]
    assert statement["manifestId"] == receipt["repository"]["manifestId"]
    return statement


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_receipt_verifies_offline(client: TestClient, platform_a: TestClient) -> None:
    store = new_store()
    kept = platform_a.post(
        "/v1/manifests", params={"returnReceipt": "true"}, content=store, headers=C2PA
    ).json()
    receipt = kept["receipt"]

    assert read_proof(client, receipt)["storeSha256"] == hashlib.sha256(store).hexdigest()
    other = receipt["anchor"]["proof"]["value"].replace(".", "A.", 1)
    receipt["anchor"]["proof"]["value"] = other
    with pytest.raises((InvalidSignature, ValueError)):
        read_proof(client, receipt)


def test_a_receipt_is_given_at_every_time_and_verified_here_too(
    client: TestClient, platform_a: TestClient
) -> None:
    kept = platform_a.post(
        "/v1/manifests", params={"returnReceipt": "true"}, content=new_store(), headers=C2PA
    ).json()
    address = f"/v1/manifests/{kept['manifestId']}/receipts"

    assert client.get(address).json() == kept["receipt"] | {"verified": True}
    assert client.post(address, json=kept["receipt"]).json() == kept["receipt"] | {"verified": True}


def test_a_receipt_that_proves_nothing_is_an_answer(
    client: TestClient, platform_a: TestClient
) -> None:
    first, second = keep(platform_a), keep(platform_a)
    receipt = client.get(f"/v1/manifests/{first}/receipts").json()
    del receipt["verified"]

    elsewhere = client.post(f"/v1/manifests/{second}/receipts", json=receipt)
    unknown = client.post("/v1/manifests/urn:c2pa:none/receipts", json=receipt)
    malformed = client.post(f"/v1/manifests/{first}/receipts", json=receipt | {"more": 1})

    assert elsewhere.status_code == 200
    assert elsewhere.json() == receipt | {
        "verified": False,
        "error": "It is the receipt of another manifest, or of another repository.",
    }
    assert code(unknown) == (404, "unknown_manifest")
    assert code(malformed) == (400, "request_malformed")


def test_a_receipt_ends_with_its_deposit(client: TestClient, platform_a: TestClient) -> None:
    store = new_store()
    manifest_id = keep(platform_a, store)
    receipt = client.get(f"/v1/manifests/{manifest_id}/receipts").json()
    del receipt["verified"]
    platform_a.delete(f"/v1/manifests/{manifest_id}")
    keep(platform_a, store)

    answer = client.post(f"/v1/manifests/{manifest_id}/receipts", json=receipt).json()

    assert (answer["verified"], "earlier deposit" in answer["error"]) == (False, True)


# Assets


def test_an_asset_is_found_by_the_credentials_it_carries(
    searcher: TestClient, platform_a: TestClient
) -> None:
    path = GOLDEN / "signed" / "intact.mp4"
    with path.open("rb") as file:
        store = manifest_store(file) or b""
    manifest_id = keep(platform_a, store)
    asset = {"content": path.read_bytes(), "headers": {"Content-Type": "video/mp4"}}

    found = searcher.post("/v1/matches/byContent", **asset)
    by_alg = searcher.post("/v1/matches/byContent", params={"alg": ALG}, **asset)
    platform_a.delete(f"/v1/manifests/{manifest_id}")
    gone = searcher.post("/v1/matches/byContent", **asset)

    assert found.json() == {"matches": [{"manifestId": manifest_id}]}
    assert by_alg.json() == {"matches": []}
    assert gone.json() == {"matches": []}


def test_a_hint_is_followed(searcher: TestClient, platform_a: TestClient) -> None:
    manifest_id, value = keep(platform_a), new_value()
    bind(platform_a, manifest_id, value)
    clip = (GOLDEN / "signed" / "intact.mp4").read_bytes()

    def found(**parameters: str) -> object:
        response = searcher.post(
            "/v1/matches/byContent",
            params=parameters,
            content=clip,
            headers={"Content-Type": "video/mp4"},
        )
        return response.json()["matches"]

    assert found(hintAlg=ALG, hintValue=value) == [{"manifestId": manifest_id}]
    assert found(hintAlg=ALG) == []
    assert found(hintAlg=ALG, hintValue=value, alg="org.example.other") == []


@pytest.mark.parametrize(
    ("media_type", "answer"),
    [
        pytest.param("multipart/form-data; boundary=x", (415, "media_type_refused"), id="a form"),
        pytest.param("", (415, "media_type_refused"), id="no type"),
    ],
)
def test_what_is_no_asset_is_refused(
    searcher: TestClient, media_type: str, answer: tuple[int, str]
) -> None:
    response = searcher.post(
        "/v1/matches/byContent", content=b"text", headers={"Content-Type": media_type}
    )

    assert code(response) == answer


@pytest.mark.parametrize(
    ("media_type", "kept_bytes"),
    [("video/mp4", 2000), ("video/mp4", 0), ("image/gif", 6), ("text/plain", 40)],
)
def test_an_asset_that_cannot_be_looked_into_leads_nowhere_but_its_hint_does(
    searcher: TestClient, platform_a: TestClient, media_type: str, kept_bytes: int
) -> None:
    clip = files("service.demo").joinpath("clip.mp4").read_bytes()
    manifest_id, value = keep(platform_a), new_value()
    bind(platform_a, manifest_id, value)

    plain, hinted = (
        searcher.post(
            "/v1/matches/byContent",
            params=parameters,
            content=clip[:kept_bytes],
            headers={"Content-Type": media_type},
        )
        for parameters in ({}, {"hintAlg": ALG, "hintValue": value})
    )

    assert (plain.status_code, plain.json()) == (200, {"matches": []})
    assert hinted.json() == {"matches": [{"manifestId": manifest_id}]}


def test_an_address_gets_its_share_of_searches(runtime: Runtime, searcher: TestClient) -> None:
    headers = {"Content-Type": "video/mp4"}
    for _ in range(runtime.settings.verifications_per_minute):
        searcher.post("/v1/matches/byContent", content=b"x", headers=headers)

    refused = searcher.post("/v1/matches/byContent", content=b"x", headers=headers)

    assert code(refused) == (429, "rate_limited")


def test_references_are_switched_off(searcher: TestClient) -> None:
    response = searcher.post(
        "/v1/matches/byReference",
        json={"referenceUrl": "https://media.example.com/a.mp4", "assetLength": 10},
    )

    assert code(response) == (404, "not_found")


# The contract


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/matches/byBinding", "GET, POST"),
        ("GET", "/v1/matches/byContent", "POST"),
        ("GET", "/v1/matches/byReference", "POST"),
        ("GET", "/v1/manifests", "POST"),
        ("POST", "/v1/manifests/urn:c2pa:1", "GET, DELETE"),
        ("DELETE", "/v1/manifests/urn:c2pa:1/receipts", "GET, POST"),
        ("GET", "/v1/bindings", "POST, PUT"),
        ("TRACE", "/v1/services/status", "GET"),
    ],
)
def test_another_method_is_told_which_there_are(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)

    assert (response.status_code, response.headers["Allow"]) == (405, allowed)


BAD_QUERIES = {
    "no value": {"alg": ALG},
    "no alg": {"value": "aGVsbG8="},
    "an empty value": {"alg": ALG, "value": ""},
    "no base64": {"alg": ALG, "value": "a b"},
    "base64url": {"alg": ALG, "value": "a-b_"},
    "a name without a dot": {"alg": "watermark", "value": "aGVsbG8="},
    "no result": {"alg": ALG, "value": "aGVsbG8=", "maxResults": "0"},
    "too many results": {"alg": ALG, "value": "aGVsbG8=", "maxResults": "101"},
    "a number that is none": {"alg": ALG, "value": "aGVsbG8=", "maxResults": "x"},
}


@pytest.mark.parametrize("query", BAD_QUERIES.values(), ids=BAD_QUERIES)
def test_a_bad_query_is_a_400(client: TestClient, query: dict[str, str]) -> None:
    assert code(client.get("/v1/matches/byBinding", params=query)) == (400, "request_malformed")


@pytest.mark.parametrize(
    ("content", "media_type", "answer"),
    [
        pytest.param(b"{", "application/json", (400, "request_malformed"), id="no JSON"),
        pytest.param(b"[1]", "application/json", (400, "request_malformed"), id="another shape"),
        pytest.param(b"\xff", "application/json", (400, "request_malformed"), id="no text"),
        pytest.param(b"[" * 50_000, "application/json", (400, "request_malformed"), id="deep"),
        pytest.param(b"{}", "text/plain", (415, "media_type_refused"), id="no JSON type"),
        pytest.param(
            b'{"alg": 5, "value": "aGVsbG8="}',
            "application/json",
            (400, "request_malformed"),
            id="a number for a name",
        ),
        pytest.param(
            b" " * (2 * 1024**2 + 1), "application/json", (413, "request_malformed"), id="too much"
        ),
    ],
)
def test_a_bad_body_is_refused_as_the_contract_says(
    client: TestClient, content: bytes, media_type: str, answer: tuple[int, str]
) -> None:
    response = client.post(
        "/v1/matches/byBinding", content=content, headers={"Content-Type": media_type}
    )

    assert code(response) == answer


@pytest.mark.parametrize("manifest_id", [".hidden", "a%00b", "a%20b", "a" * 513, "%2e%2e"])
def test_an_id_that_is_none_is_a_bad_request(client: TestClient, manifest_id: str) -> None:
    assert client.get(f"/v1/manifests/{manifest_id}").status_code in {400, 404}


def test_the_version_is_the_same_in_all_three_places(client: TestClient) -> None:
    capabilities = client.get("/v1/services/capabilities").json()
    well_known = client.get("/.well-known/c2pa-soft-binding-resolution").json()
    document = Path(__file__).resolve().parents[3] / "docs" / "soft-binding-resolution.md"

    assert capabilities["c2paSpecificationVersion"] == "2.4.0"
    assert well_known["c2paSpecificationVersion"] == "2.4.0"
    assert "2.4.0" in document.read_text().splitlines()[0]


def test_the_services_say_what_they_can(runtime: Runtime, client: TestClient) -> None:
    base = f"{runtime.settings.public_url}/v1"

    assert client.get("/v1/services/supportedAlgorithms").json() == {
        "watermarks": [{"alg": "org.rakkan.latticemark.1"}],
        "fingerprints": [{"alg": "io.iscc.v0"}],
    }
    assert client.get("/v1/services/status").json()["status"] == "ok"
    assert client.get("/v1/services/capabilities").json() == {
        "c2paSpecificationVersion": "2.4.0",
        "supportedCapabilities": ["queryByContent", "storeManifests", "storeBindings"],
    }
    assert client.get("/.well-known/c2pa-soft-binding-resolution").json() == {
        "apiEndpoint": base,
        "c2paSpecificationVersion": "2.4.0",
        "capabilitiesEndpoint": f"{base}/services/capabilities",
        "statusEndpoint": f"{base}/services/status",
    }

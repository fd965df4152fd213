"""Anonymous checks over HTTP."""

from importlib.resources import files

from starlette.testclient import TestClient

from service.api.schemas import VerificationOut
from service.operations.verifications import run_verification
from service.runtime import Runtime
from service.web import create_app


def test_anyone_may_check_a_video(runtime: Runtime, client: TestClient) -> None:
    video = files("service.demo").joinpath("clip.mp4").read_bytes()

    created = client.post("/v1/verifications", content=video)
    address = f"/v1/verifications/{created.json()['id']}"
    waiting = client.get(address).json()
    run_verification(runtime, created.json()["id"])
    done = VerificationOut.model_validate(client.get(address).json())

    assert created.status_code == 202
    assert waiting["status"] == "queued"
    assert done.status == "completed"
    assert done.result is not None
    # Another test of this folder may have stamped the same film.
    assert done.result["verdict"] in {"nothing", "possible_match"}
    assert runtime.blobs.list("checks") == []


def test_what_is_no_video_ends_as_a_failure_with_a_code(
    runtime: Runtime, client: TestClient
) -> None:
    created = client.post("/v1/verifications", content=b"#EXTM3U\nhttp://127.0.0.1/x.ts\n").json()

    run_verification(runtime, created["id"])

    answer = client.get(f"/v1/verifications/{created['id']}").json()
    assert answer["status"] == "failed"
    assert answer["error"]["code"] == "unsupported_media"


def test_an_unknown_check_is_not_found(client: TestClient) -> None:
    response = client.get("/v1/verifications/chk_unknown")

    assert (response.status_code, response.json()["code"]) == (404, "unknown_verification")


def test_an_address_gets_its_share_and_no_more(runtime: Runtime, client: TestClient) -> None:
    for _ in range(runtime.settings.verifications_per_minute):
        assert client.post("/v1/verifications", content=b"x").status_code == 202

    refused = client.post("/v1/verifications", content=b"x")
    form = client.post("/verify", files={"video": ("a.mp4", b"x")}, headers={"Accept": "text/html"})

    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) >= 1
    assert form.status_code == 429
    assert "<h1>Too many requests came from this address.</h1>" in form.text


def test_other_services_are_asked_only_by_a_wish_that_is_one(runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(
        update={"resolver_urls": ("https://resolver.example/v1",)}
    )
    site = Runtime(settings, database=runtime.database, blobs=runtime.blobs)
    client = TestClient(create_app(site), follow_redirects=False)

    agreed = client.post("/v1/verifications?ask_others=true", content=b"film").json()
    silent = client.post("/v1/verifications", content=b"film").json()
    odd = client.post("/v1/verifications?ask_others=perhaps", content=b"film")

    assert agreed["may_be_sent_to"] == ["https://resolver.example/v1"]
    assert "may_be_sent_to" not in silent
    assert (odd.status_code, odd.json()["code"]) == (422, "request_malformed")

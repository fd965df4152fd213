"""Stamps over HTTP: from the token to the finished bytes."""

import hashlib
from collections.abc import Callable
from importlib.resources import files

import cv2
import numpy as np
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from service.api.schemas import StampOut
from service.operations.stamp_video import run_stamp
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app

SOURCE = {"generator": "Kirin", "generator_version": "2", "created_at": "2026-11-22T00:00:00Z"}
PNG = cv2.imencode(".png", np.zeros((2, 2), np.uint8))[1].tobytes()


def code(response: Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def announce(platform: TestClient, token: str | None = None) -> str:
    body = {"source": SOURCE, "clearance_token": token}
    response = platform.post("/v1/stamps", json=body)
    assert response.status_code == 201
    assert response.json()["upload_url"].endswith(f"/v1/stamps/{response.json()['id']}")
    return f"/v1/stamps/{response.json()['id']}"


def test_a_cleared_video_is_sent_stamped_and_fetched(
    runtime: Runtime, platform_a: TestClient, clear: Callable[..., Response]
) -> None:
    address = announce(platform_a, clear(platform_a).json()["token"])
    too_early = platform_a.get(f"{address}/content")

    sent = platform_a.put(address, content=files("service.demo").joinpath("clip.mp4").read_bytes())
    sent_again = platform_a.put(address, content=b"another video")
    run_stamp(runtime, platform_a.headers["X-Tenant"], sent.json()["id"])
    stamped = platform_a.get(address).json()
    whole = platform_a.get(f"{address}/content")
    part = platform_a.get(f"{address}/content", headers={"Range": "bytes=4-7"})
    behind = platform_a.get(f"{address}/content", headers={"Range": "bytes=99999999999-"})

    assert code(too_early) == (409, "stamp_not_ready")
    assert (sent.status_code, sent.json()["status"]) == (202, "queued")
    assert code(sent_again) == (409, "upload_not_expected")
    assert StampOut.model_validate(stamped).status == "completed"
    assert stamped["manifest_id"]
    assert stamped["licence"]["status_url"].startswith(runtime.settings.public_url)
    assert len(whole.content) == stamped["output"]["size_bytes"]
    assert whole.headers["Content-Type"] == "video/mp4"
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(whole.content)}"
    assert behind.status_code == 416

    licence_id = stamped["licence"]["licence_id"]
    page = platform_a.get(f"/l/{licence_id}", headers={"Accept-Language": "ja"})
    assert "この許諾は有効です。" in page.text
    assert "青山文庫" in page.text
    assert "星灯りの庭のミオが" not in page.text


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"source": {**SOURCE, "created_at": "2026-11-22T00:00:00"}}, id="no zone"),
        pytest.param({"source": {**SOURCE, "generator": ""}}, id="no generator"),
        pytest.param({"source": {**SOURCE, "generator": "a\x00b"}}, id="control character"),
        pytest.param({"clearance_token": "no token"}, id="no token"),
        pytest.param({"watermark": True}, id="unknown member"),
    ],
)
def test_a_malformed_announcement_is_refused(
    platform_a: TestClient, changes: dict[str, object]
) -> None:
    response = platform_a.post("/v1/stamps", json={"source": SOURCE, **changes})

    assert code(response) == (422, "request_malformed")


def test_a_foreign_token_is_refused(platform_a: TestClient) -> None:
    response = platform_a.post(
        "/v1/stamps", json={"source": SOURCE, "clearance_token": "eyJhbGciOiJub25lIn0.e30.x"}
    )

    assert code(response) == (403, "token_invalid")


@pytest.mark.parametrize("declared", [True, False], ids=["declared size", "chunked"])
def test_an_upload_beyond_the_limit_is_kept_nowhere(
    runtime: Runtime, platform_a: TestClient, *, declared: bool
) -> None:
    small = Settings(**{**runtime.settings.model_dump(), "upload_max_bytes": 1000})
    narrow = Runtime(small, database=runtime.database, blobs=runtime.blobs)
    address = announce(platform_a)
    before = runtime.blobs.list()
    body = b"x" * 1001
    client = TestClient(create_app(narrow), headers=dict(platform_a.headers))
    response = client.put(address, content=body if declared else iter([body[:500], body[500:]]))

    assert code(response) == (413, "upload_too_large")
    assert response.json()["limit_bytes"] == 1000
    assert runtime.blobs.list() == before
    assert platform_a.get(address).json()["status"] == "awaiting_upload"


def test_pictures_and_strength_are_announced_before_the_video(platform_a: TestClient) -> None:
    stamp = platform_a.post("/v1/stamps", json={"source": SOURCE, "strength": "robust"}).json()
    address = f"/v1/stamps/{stamp['id']}"

    sent = platform_a.put(f"{address}/ingredients/1", content=PNG)
    beyond = platform_a.put(f"{address}/ingredients/5", content=PNG)
    no_picture = platform_a.put(f"{address}/ingredients/2", content=b"GIF89a")
    odd = platform_a.post("/v1/stamps", json={"source": SOURCE, "strength": "loud"})

    assert sent.status_code == 200
    assert (sent.json()["strength"], sent.json()["status"]) == ("robust", "awaiting_upload")
    assert sent.json()["ingredients"] == [
        {
            "number": 1,
            "media_type": "image/png",
            "sha256": hashlib.sha256(PNG).hexdigest(),
        }
    ]
    assert (beyond.status_code, odd.status_code) == (422, 422)
    assert (no_picture.status_code, no_picture.json()["code"]) == (415, "picture_unsupported")


def test_nobody_else_adds_a_picture(platform_a: TestClient, platform_b: TestClient) -> None:
    stamp = platform_a.post("/v1/stamps", json={"source": SOURCE}).json()

    answer = platform_b.put(f"/v1/stamps/{stamp['id']}/ingredients/1", content=PNG)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_stamp")

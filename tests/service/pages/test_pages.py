"""The pages as they are served, in both languages."""

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.ids import new_id
from service.operations import verification_store
from service.operations.verification_store import Verification
from service.operations.verifications import run_verification
from service.pages.language import LANGUAGES, words_of
from service.pages.verdict_view import TONES
from service.runtime import Runtime
from service.web import create_app

HOSTILE = '</title><script>alert(1)</script>\u202e"onload=x'


class Outline(HTMLParser):
    """The structure of a page: tags with attributes, ids, and text by tag."""

    VOID = frozenset({"meta", "link", "input", "br", "path", "circle", "rect"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, str] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data.strip()

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def outline(html: str, language: str) -> Outline:
    page = Outline(html)
    assert not page.open
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    # The policy forbids what is inline; a page that needed it would be broken.
    assert not page.all("style")
    assert all("src" in attributes for attributes in page.all("script"))
    assert not any(
        name.startswith("on") or name == "style"
        for _, attributes in page.tags
        for name in attributes
    )
    for attributes in page.all("img") + page.all("svg"):
        assert attributes.get("alt") or attributes.get("aria-label") or "aria-hidden" in attributes
    for _, attributes in page.tags:
        for name in ("href", "src", "action"):
            assert (attributes.get(name) or "/").startswith(("/", "#"))
    return page


def put_check(runtime: Runtime, facts: dict[str, Any]) -> str:
    at = runtime.now()
    check = Verification(
        id=new_id("chk"),
        status="completed",
        progress=1.0,
        upload_blob=None,
        created_at=at,
        expires_at=at + timedelta(hours=1),
    )
    check = replace(check, **facts)
    with runtime.transaction() as session:
        verification_store.insert(session, check)
    return f"/v/{check.id}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/verify", "/problems/token_used", "/nowhere"])
def test_every_page_is_well_formed_in_both_languages(
    browser: TestClient, path: str, language: str
) -> None:
    response = browser.get(path, headers={"Accept-Language": language})

    page = outline(response.text, language)
    assert response.headers["Content-Language"] == language
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert any(attributes.get("data-banner") == "development-keys" for attributes in page.all("p"))
    assert words_of("ja" if language == "en" else "en")("site.name")


def test_a_language_chosen_by_address_stays(browser: TestClient) -> None:
    page = browser.get("/?lang=ja", headers={"Accept-Language": "en"}).text

    assert '<html lang="ja">' in page
    assert 'href="/verify?lang=ja"' in page
    assert 'href="/?lang=en" lang="en"' in page


def test_a_video_is_checked_without_javascript(runtime: Runtime, browser: TestClient) -> None:
    form = Outline(browser.get("/verify").text)
    video = files("service.demo").joinpath("clip.mp4").read_bytes()

    sent = browser.post("/verify?lang=ja", files={"video": ("a.mp4", video, "video/mp4")})
    address = sent.headers["Location"]
    waiting = browser.get(address).text
    run_verification(runtime, address.removeprefix("/v/").removesuffix("?lang=ja"))
    done = browser.get(address).text

    (attributes,) = form.all("form")
    assert (attributes["method"], attributes["action"]) == ("post", "/verify")
    assert attributes["enctype"] == "multipart/form-data"
    assert sent.status_code == 303
    assert outline(waiting, "ja").all("meta")[-1] == {"http-equiv": "refresh", "content": "2"}
    page = outline(done, "ja")
    assert page.text["h1"] == "何も見つかりませんでした"
    assert not any("http-equiv" in attributes for attributes in page.all("meta"))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"files": {"video": ("", b"")}}, id="no file chosen"),
        pytest.param({"files": {"other": ("a.mp4", b"x")}}, id="another field"),
        pytest.param({"data": {"video": "text"}}, id="no multipart"),
    ],
)
def test_a_form_without_a_video_says_so(
    runtime: Runtime, browser: TestClient, sent: dict[str, Any]
) -> None:
    response = browser.post("/verify", **sent)

    assert response.status_code == 422
    assert "No video was chosen." in response.text
    assert runtime.blobs.list() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", TONES)
def test_a_verdict_is_a_word_a_shape_and_a_colour(
    runtime: Runtime, browser: TestClient, verdict: str, language: str
) -> None:
    result = {
        "verdict": verdict,
        "headline": "It is so.",
        "manifest_id": "urn:c2pa:x",
        "signer": {"name": HOSTILE, "tier": "local"},
        "created": {"generator": HOSTILE, "version": HOSTILE, "at": "2026-11-22T00:00:00Z"},
        "recovered_by": ["watermark"],
        "licence": {
            "status": "active",
            "licence_id": "lic_x",
            "grants": [{"subject": HOSTILE, "licensor": HOSTILE}],
        },
        "checks": [{"name": "signature", "result": "passed", "detail": HOSTILE}],
        "segments": [{"start_s": 0, "end_s": 1, "state": HOSTILE}],
    }
    address = put_check(runtime, {"result": result})

    response = browser.get(address, headers={"Accept-Language": language})

    page = outline(response.text, language)
    words = words_of("ja" if language == "ja" else "en")
    assert page.text["h1"] == words(f"result.{verdict}")
    assert {"data-verdict": verdict}.items() <= page.all("section")[0].items()
    shape = next(attributes for attributes in page.all("svg") if attributes.get("role") == "img")
    assert shape["aria-label"] == words(f"result.{verdict}")
    assert any(attributes.get("class") == TONES[verdict] for attributes in page.all("h1"))
    assert "\u202e" not in response.text
    assert not page.all("script")
    assert ("/l/lic_x" in response.text) is (verdict not in {"altered", "conflict"})


def test_a_failed_check_says_what_to_do(runtime: Runtime, browser: TestClient) -> None:
    address = put_check(
        runtime,
        {"status": "failed", "error_code": "unsupported_media", "error_detail": "/srv/secret"},
    )

    response = browser.get(address)

    outline(response.text, "en")
    assert "Export the video in one of these and send it again." in response.text
    assert "/srv/secret" not in response.text


@pytest.mark.parametrize("path", ["/v/chk_unknown", "/l/lic_unknown", "/problems/unknown"])
def test_what_does_not_exist_is_a_page_with_a_way_on(browser: TestClient, path: str) -> None:
    response = browser.get(path)

    page = outline(response.text, "en")
    assert response.status_code == 404
    assert any(attributes.get("class") == "action" for attributes in page.all("a"))


def test_a_checked_video_is_forgotten(runtime: Runtime, browser: TestClient) -> None:
    address = put_check(
        runtime,
        {"result": {"verdict": "nothing"}, "expires_at": runtime.now() - timedelta(seconds=1)},
    )

    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("name", ["rakkan.css", "drop.js", "seal.svg"])
def test_static_files_may_be_kept(browser: TestClient, name: str) -> None:
    response = browser.get(f"/static/{name}")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert "http://" not in response.text.replace("http://www.w3.org/2000/svg", "")


def test_a_viewer_chooses_whether_other_services_see_the_video(runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(
        update={"resolver_urls": ("https://resolver.example/v1",)}
    )
    site = Runtime(settings, database=runtime.database, blobs=runtime.blobs)
    browser = TestClient(create_app(site), follow_redirects=False)

    form = outline(browser.get("/verify", headers={"Accept-Language": "ja"}).text, "ja")
    files = {"video": ("a.mp4", b"film", "video/mp4")}
    agreed = browser.post("/verify", files=files, data={"ask_others": "yes"})
    silent = browser.post("/verify", files=files)

    (box,) = [box for box in form.all("input") if box["type"] == "checkbox"]
    assert "checked" not in box
    assert "resolver.example" in form.text["bdi"]
    sent_to = [
        browser.get(answer.headers["location"].replace("/v/", "/v1/verifications/")).json()
        for answer in (agreed, silent)
    ]
    assert sent_to[0]["may_be_sent_to"] == ["https://resolver.example/v1"]
    assert "may_be_sent_to" not in sent_to[1]


def test_where_no_other_service_is_configured_none_is_offered(browser: TestClient) -> None:
    form = Outline(browser.get("/verify").text)

    assert not [box for box in form.all("input") if box["type"] == "checkbox"]

"""A viewer checks a video in a real browser, with and without JavaScript, on a small screen too."""

import base64
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

pytestmark = pytest.mark.browser

Opened = Callable[..., AbstractContextManager[Page]]


class Served(Protocol):
    """What conftest.py serves."""

    address: str
    stamped: Path
    licence_id: str


class Watch(Protocol):
    """What conftest.py listens with."""

    findings: list[str]

    def __init__(self, context: BrowserContext, address: str) -> None: ...


LIMIT_MS = 30_000
WORDS = {
    "en": ("Check this video", "Verified", "About this licence", "This licence is in force."),
    "ja": ("この動画を確かめる", "確認できました", "この許諾について", "この許諾は有効です。"),
}
LOCALES = {"en": "en-GB", "ja": "ja-JP"}


@pytest.fixture
def opened(chromium: Browser, served: Served, watched: type[Watch]) -> Opened:
    """Open a page; when it is left, it must have asked no stranger and made no complaint."""

    @contextmanager
    def open_page(
        language: str = "en",
        *,
        scripts: bool = True,
        width_px: int = 1280,
        colours: Literal["light", "dark"] = "light",
    ) -> Iterator[Page]:
        context = chromium.new_context(
            base_url=served.address,
            locale=LOCALES[language],
            java_script_enabled=scripts,
            viewport=ViewportSize(width=width_px, height=640),
            color_scheme=colours,
        )
        context.set_default_timeout(LIMIT_MS)
        watch = watched(context, served.address)
        try:
            yield context.new_page()
            assert watch.findings == []
            assert context.cookies() == []
        finally:
            context.close()

    return open_page


@pytest.mark.parametrize(
    ("language", "scripts"),
    [
        pytest.param("en", False, id="English, no JavaScript"),
        pytest.param("ja", True, id="Japanese, JavaScript"),
    ],
)
def test_a_viewer_chooses_a_video_and_reads_its_verdict_and_licence(
    opened: Opened, served: Served, language: str, *, scripts: bool
) -> None:
    action, verdict, more, in_force = WORDS[language]
    with opened(language, scripts=scripts) as page:
        page.goto("/verify")
        page.locator("input[type=file]").set_input_files(served.stamped)
        page.get_by_role("button", name=action).click()

        # The waiting page renews itself until the verdict is there.
        expect(page.locator("[data-verdict=verified]")).to_be_visible(timeout=LIMIT_MS)
        assert re.fullmatch(rf"{served.address}/v/chk_\w+", page.url)
        expect(page.locator("h1")).to_have_text(verdict)
        page.get_by_role("link", name=more).click()

        expect(page.locator("h1")).to_have_text(in_force)
        assert page.url == f"{served.address}/l/{served.licence_id}"
        expect(page.locator("main")).to_contain_text("青山文庫")


def test_a_dropped_video_is_sent_with_a_bar_that_moves(opened: Opened, served: Served) -> None:
    with opened() as page:
        page.goto("/verify")
        expect(page.locator("[data-drop-hint]")).to_be_visible()
        seen: list[float] = []

        def tell(share: float) -> None:
            seen.append(share)

        page.expose_function("tell", tell)
        page.evaluate(
            """new MutationObserver(() => tell(document.querySelector("progress").value))
               .observe(document.querySelector("progress"), {attributeFilter: ["value"]})"""
        )
        drop(page, served.stamped)
        slow_down(page, bytes_per_s=4_000_000)

        page.get_by_role("button", name="Check this video").click()

        expect(page.locator("[data-waiting]")).to_be_visible()
        expect(page.locator("[data-verdict=verified]")).to_be_visible(timeout=LIMIT_MS)
        assert seen == sorted(seen)
        assert 0 < seen[0] < 1
        assert len(seen) > 1


def drop(page: Page, video: Path) -> None:
    """Drag a file over the form and let it go."""
    content = base64.b64encode(video.read_bytes()).decode()
    files = page.evaluate_handle(
        """content => {
             const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
             const transfer = new DataTransfer();
             transfer.items.add(new File([bytes], "film.mp4", {type: "video/mp4"}));
             return transfer;
           }""",
        content,
    )
    zone = page.locator(".drop")
    zone.dispatch_event("dragenter", {"dataTransfer": files})
    expect(zone).to_have_class(re.compile("over"))
    zone.dispatch_event("drop", {"dataTransfer": files})
    expect(zone).not_to_have_class(re.compile("over"))
    assert page.evaluate("document.querySelector('#video').files[0].name") == "film.mp4"


def slow_down(page: Page, *, bytes_per_s: int) -> None:
    conditions = {
        "offline": False,
        "latency": 0,
        "downloadThroughput": -1,
        "uploadThroughput": bytes_per_s,
    }
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)


PLAYLIST = b"#EXTM3U\nfile:///etc/passwd\n"
TOO_MUCH = b"\0" * 20_000_000


@pytest.mark.parametrize(
    ("content", "scripts", "told"),
    [
        pytest.param(PLAYLIST, True, "unsupported_media", id="a playlist"),
        pytest.param(TOO_MUCH, True, "upload_too_large", id="too many bytes"),
        pytest.param(TOO_MUCH, False, "upload_too_large", id="too many bytes, no JavaScript"),
        pytest.param(b"", False, "Choose a file first", id="an empty file, no JavaScript"),
        pytest.param(
            b"",
            True,
            "Choose a file first",
            id="an empty file",
        ),
    ],
)
def test_a_file_that_cannot_be_checked_is_explained(
    opened: Opened, served: Served, tmp_path: Path, content: bytes, told: str, *, scripts: bool
) -> None:
    video = tmp_path / "film.mp4"
    video.write_bytes(content)
    with opened(scripts=scripts) as page:
        page.goto("/verify")
        page.locator("input[type=file]").set_input_files(video)

        page.get_by_role("button", name="Check this video").click()

        expect(page.locator("[role=alert], code", has_text=told)).to_be_visible(timeout=LIMIT_MS)
        assert page.url.startswith(served.address)


@pytest.fixture(scope="module")
def addresses(chromium: Browser, served: Served) -> list[str]:
    """Every kind of page, each with something in it."""
    context = chromium.new_context(base_url=served.address)
    checks = []
    for content in (served.stamped.read_bytes(), PLAYLIST):
        check = context.request.post("/v1/verifications", data=content).json()["id"]
        while context.request.get(f"/v1/verifications/{check}").json()["progress"] < 1:
            time.sleep(0.1)
        checks.append(f"/v/{check}")
    context.close()
    return ["/", "/verify", *checks, f"/l/{served.licence_id}", "/problems/token_used", "/nowhere"]


PAGE_FACTS = """() => {
  const shown = (e) => e.checkVisibility() && e.getClientRects().length > 0;
  const text = (e) => (e.getAttribute("aria-label") || e.innerText || "").trim();
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const named = (e) => (e.labels && e.labels.length > 0 && text(e.labels[0])) || text(e);
  const refers = (e, name) => (e.getAttribute(name) || "").split(" ").filter((id) => id);
  const headings = [...document.querySelectorAll("h1,h2,h3,h4")].map((e) => Number(e.tagName[1]));
  return {
    lang: document.documentElement.lang,
    title: document.title.length > 0,
    mains: document.querySelectorAll("main").length,
    h1: document.querySelectorAll("h1").length,
    skipped_headings: headings.some((level, i) => level > (i ? headings[i - 1] : 0) + 1),
    wider_by_px: document.documentElement.scrollWidth - window.innerWidth,
    unnamed: [...document.querySelectorAll("input,button,select,textarea,progress,a,nav")]
      .filter((e) => shown(e) && !named(e)).map((e) => e.outerHTML),
    silent_pictures: [...document.querySelectorAll("img,svg")].filter((e) =>
      !(e.getAttribute("alt") || e.getAttribute("aria-hidden") || e.getAttribute("aria-label") ||
        e.querySelector("title"))).map((e) => e.outerHTML),
    doubled_ids: ids.filter((id, i) => ids.indexOf(id) !== i),
    dangling: [...document.querySelectorAll("[aria-describedby],[aria-labelledby]")]
      .flatMap((e) => [...refers(e, "aria-describedby"), ...refers(e, "aria-labelledby")])
      .filter((id) => !document.getElementById(id)),
    small_targets: [...document.querySelectorAll("button,.action")].filter(shown)
      .filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML),
  };
}"""
# WCAG 2.2, 1.4.3: relative luminance of the text against the nearest painted background.
FAINT_TEXT = """() => {
  const channels = (c) => c.match(/[\\d.]+/g).map(Number);
  const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = channels(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !e.checkVisibility() || e.closest("script,title,svg"))
      continue;
    const style = getComputedStyle(e);
    const [a, b] = [luminance(channels(style.color)), luminance(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5))
      faint.push(`${ratio.toFixed(2)}: ${texts.currentNode.data.trim()}`);
  }
  return faint;
}"""


@pytest.mark.parametrize(
    ("language", "width_px", "colours"),
    [("ja", 320, "light"), ("en", 320, "dark"), ("en", 1280, "light")],
)
def test_every_page_can_be_read_and_worked_on_any_screen(
    opened: Opened,
    addresses: list[str],
    language: str,
    width_px: int,
    colours: str,
) -> None:
    with opened(language, width_px=width_px, colours=colours) as page:
        for address in addresses:
            page.goto(address)

            assert page.evaluate(PAGE_FACTS) == {
                "lang": language,
                "title": True,
                "mains": 1,
                "h1": 1,
                "skipped_headings": False,
                "wider_by_px": 0,
                "unnamed": [],
                "silent_pictures": [],
                "doubled_ids": [],
                "dangling": [],
                "small_targets": [],
            }, address
            assert page.evaluate(FAINT_TEXT) == [], address


FOCUS = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {
    on: e.id || e.getAttribute("href") || e.type,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    in_sight: box.left >= 0 && box.width > 0,
  };
}"""


def test_with_the_keyboard_alone_everything_is_reached_and_seen(
    opened: Opened, served: Served
) -> None:
    with opened() as page:
        page.goto("/verify")
        reached = []
        for _ in range(7):
            page.keyboard.press("Tab")
            reached.append(page.evaluate(FOCUS))

        assert all(focus["ring"] and focus["in_sight"] for focus in reached), reached
        assert [focus["on"] for focus in reached] == [
            *("#content", "/", "/verify", "/verify?lang=ja"),
            *("video", "submit", "/openapi.json"),
        ]
        page.locator("input[type=file]").set_input_files(served.stamped)
        page.locator("input[type=file]").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("[data-verdict=verified]")).to_be_visible(timeout=LIMIT_MS)


def test_a_language_chosen_on_a_page_stays_all_the_way(opened: Opened, served: Served) -> None:
    with opened("en") as page:
        page.goto("/")
        page.get_by_role("link", name="日本語").click()
        page.locator("main a.action").click()
        page.locator("input[type=file]").set_input_files(served.stamped)
        page.get_by_role("button", name=WORDS["ja"][0]).click()

        expect(page.locator("[data-verdict=verified]")).to_be_visible(timeout=LIMIT_MS)
        expect(page.locator("h1")).to_have_text(WORDS["ja"][1])
        assert page.url.endswith("?lang=ja")

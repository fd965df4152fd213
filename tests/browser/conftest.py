"""The site as `rakkan serve` runs it, on a port of its own, and Chromium in front of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import URL

from licensing.clearance.use import Use
from licensing.money import Money
from service.embedded_postgres import connect_directly, superuser_address
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.registry import import_registry
from service.operations.stamp_file import stamp_file
from service.operations.tenants import add_platform, credit_platform
from service.runtime import Runtime
from service.settings import Settings

DEMO = Path(__file__).resolve().parents[2] / "service" / "demo"
CHROMIUM = Path("/usr/bin/chromium")
PLATFORM = "kirin-studio"
MOST_BYTES = 12_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running site, and a stamped video whose licence it knows."""

    address: str
    stamped: Path
    licence_id: str


@pytest.fixture(scope="session")
def served(postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve one installation, with its worker, to all tests in the browser."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database browser template {postgres.database} owner rakkan")
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(
        encoder_preset="ultrafast",
        data_dir=folder / "var",
        database_url=postgres.set(database="browser").render_as_string(hide_password=False),
        upload_max_bytes=MOST_BYTES,
        verifications_per_minute=1000,
    )
    stamped, licence_id = _stamped_video(settings, folder)
    with _serving(settings) as address:
        yield Served(address=address, stamped=stamped, licence_id=licence_id)


def _stamped_video(settings: Settings, folder: Path) -> tuple[Path, str]:
    use = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
    with Runtime.open(settings) as runtime:
        import_registry(runtime, (DEMO / "registry.json").read_bytes())
        add_platform(runtime, PLATFORM, "Kirin Studio")
        credit_platform(runtime, PLATFORM, Money(10**9, "JPY"), reference="invoice-1")
        request = ClearanceRequest(prompt="星灯りの庭", use=use)
        clearance = clear_prompt(runtime, PLATFORM, request, idempotency_key="one")
        dest = folder / "stamped.mp4"
        view = stamp_file(runtime, DEMO / "clip.mp4", dest, clearance_id=clearance.id)
    assert view.stamp.licence_id is not None
    return dest, view.stamp.licence_id


@contextmanager
def _serving(settings: Settings) -> Iterator[str]:
    assert settings.database_url is not None
    server = subprocess.Popen(
        [Path(sys.executable).with_name("rakkan"), "serve", "--port", "0", "--json"],
        env={
            **os.environ,
            "RAKKAN_DATA_DIR": str(settings.data_dir),
            "RAKKAN_DATABASE_URL": settings.database_url.get_secret_value(),
            "RAKKAN_UPLOAD_MAX_BYTES": str(settings.upload_max_bytes),
            "RAKKAN_VERIFICATIONS_PER_MINUTE": str(settings.verifications_per_minute),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with server:
        assert server.stdout is not None
        try:
            address: str = json.loads(server.stdout.readline())["address"]
            yield address
        finally:
            server.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Chromium once a module: its event loop must not outlive the tests that need it."""
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    # As root Chromium cannot make its own sandbox; it only sees this machine's pages.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


class Watch:
    """What a page did that no page of ours may do."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self._address = address
        context.on("request", lambda request: self._see(request.url))
        context.on("console", lambda message: self._hear(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _see(self, url: str) -> None:
        if not url.startswith((f"{self._address}/", "data:", "blob:")):
            self.strangers.append(url)

    def _hear(self, kind: str, text: str) -> None:
        # Chromium reports the status of an error page itself as an error of the page.
        if kind in {"error", "warning"} and "the server responded with a status of" not in text:
            self.complaints.append(text)

    @property
    def findings(self) -> list[str]:
        """Everything seen so far."""
        return self.strangers + self.complaints


@pytest.fixture
def watched() -> type[Watch]:
    """Watch the requests and the console of a context."""
    return Watch

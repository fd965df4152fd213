"""A small world to act in: the demo's franchise, one platform with credit, one real clip."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licensing.clearance.use import Use
from licensing.money import Money
from service.database import Database
from service.operations.registry import import_registry
from service.operations.tenants import add_platform, credit_platform
from service.runtime import Runtime
from service.settings import Settings

DEMO = Path(__file__).resolve().parents[3] / "service" / "demo"
PLATFORM = "kirin-studio"
YEN = 1_000_000


class Clock:
    """The machine's clock, which a test may put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, by: timedelta) -> None:
        self.ahead += by


@pytest.fixture
def clock() -> Clock:
    """What every operation of the test reads the time from."""
    return Clock()


@pytest.fixture
def advance(clock: Clock) -> Callable[[timedelta], None]:
    """Put the clock forward."""
    return clock.advance


@pytest.fixture
def runtime(database: Database, tmp_path: Path, clock: Clock) -> Iterator[Runtime]:
    """Everything the operations need, on a database, a folder and a clock of this test's own."""
    settings = Settings(
        encoder_preset="ultrafast",
        data_dir=tmp_path / "var",
        database_url=database.url.render_as_string(hide_password=False),
    )
    with Runtime.open(settings, clock=clock) as opened:
        yield opened


@pytest.fixture
def garden(runtime: Runtime) -> Runtime:
    """The franchise of the demo (¥12.35 a second in Japan), and ¥1,000 of credit to use it."""
    import_registry(runtime, (DEMO / "registry.json").read_bytes())
    add_platform(runtime, PLATFORM, "Kirin Studio")
    credit_platform(runtime, PLATFORM, Money(1000 * YEN, "JPY"), reference="invoice-1")
    return runtime


@pytest.fixture
def use() -> Use:
    """Eight seconds for an ordinary audience in Japan."""
    return Use(
        territory="JP",
        purpose="personal",
        channels=(),
        duration_ms=8000,
        audience_rating="all",
        resolution=None,
    )


@pytest.fixture(scope="session")
def clip() -> Path:
    """5.3 seconds of a real film, H.264 with six-channel sound."""
    return DEMO / "clip.mp4"

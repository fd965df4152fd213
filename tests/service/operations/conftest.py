"""A small world to act in: the demo's franchise, one platform with credit, one real clip."""

from pathlib import Path

import pytest

from licensing.clearance.use import Use
from licensing.money import Money
from service.operations.registry import import_registry
from service.operations.tenants import add_platform, credit_platform
from service.runtime import Runtime

DEMO = Path(__file__).resolve().parents[3] / "service" / "demo"
PLATFORM = "kirin-studio"
YEN = 1_000_000


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

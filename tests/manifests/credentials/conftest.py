"""Development keys made once, and a tiny clip from the golden files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from manifests.credentials.assertion import LicenceAssertion, LicenceGrant
from manifests.credentials.build import StampFacts
from manifests.credentials.timestamp import TimestampPolicy, timestamp_sources
from manifests.trust.keys import KeyRing, init_development_keys

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "signed"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """The keys of this service."""
    folder = tmp_path_factory.mktemp("service")
    return init_development_keys(folder / "keys", at=datetime.now(UTC))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """The keys of somebody else."""
    folder = tmp_path_factory.mktemp("stranger")
    return init_development_keys(folder / "keys", at=datetime.now(UTC))


@pytest.fixture(scope="session")
def timestamps(keys: KeyRing) -> TimestampPolicy:
    """The development authority alone."""
    return TimestampPolicy(
        sources=timestamp_sources((), keys=keys, now=lambda: datetime.now(UTC)),
    )


@pytest.fixture(scope="session")
def clip() -> Path:
    """One second of 64 by 64 pixels with sound, unsigned."""
    return GOLDEN / "unsigned.mp4"


@pytest.fixture(scope="session")
def licence() -> LicenceAssertion:
    """A licence for one character."""
    return LicenceAssertion(
        licence_id="lic_1",
        grants=(
            LicenceGrant(
                subject_id="hoshi-no-tabibito",
                subject_name="星の旅人",
                licensor="Hoshizora Studio",
                terms_sha256="ab" * 32,
            ),
        ),
        territory="JP",
        purpose="personal",
        decision_sha256="cd" * 32,
        granted_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
        status_url="https://licences.example/l/lic_1",
    )


@pytest.fixture(scope="session")
def facts(licence: LicenceAssertion) -> StampFacts:
    """What is known about the clip."""
    return StampFacts(
        title="A clip",
        generator="Example Video",
        generator_version="2.1",
        generated_at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        licence=licence,
    )

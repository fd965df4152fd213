"""Trust lists: shipped whole, dated, and each believed only for its own purpose."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509

from manifests.errors import CredentialsUnreadable, TrustListAltered
from manifests.trust.keys import init_development_keys
from manifests.trust.lists import TrustList, TrustLists, checked_snapshot, read_snapshot

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "count"),
    [("c2pa-trust-list.2026-08-21.pem", 30), ("c2pa-tsa-trust-list.2026-08-21.pem", 22)],
)
def test_the_shipped_snapshot_is_the_released_one(name: str, count: int) -> None:
    pem = read_snapshot(name)

    assert len(x509.load_pem_x509_certificates(pem.encode())) == count


def test_a_changed_snapshot_is_refused() -> None:
    name = "c2pa-trust-list.2026-08-21.pem"

    with pytest.raises(TrustListAltered) as caught:
        checked_snapshot(name, read_snapshot(name).encode() + b"\n")

    assert caught.value.name == name


def test_the_official_lists_tell_their_date() -> None:
    assert TrustLists.official().snapshot_date == date(2026, 8, 21)


@pytest.mark.parametrize(
    ("uri", "tier"),
    [
        pytest.param("urn:c2pa:trust-list", "c2pa", id="the C2PA list"),
        pytest.param("urn:rakkan:trust-list", "local", id="this service's list"),
        pytest.param("urn:c2pa:tsa-trust-list", "unknown", id="a list of time stamps"),
        pytest.param("urn:rakkan:tsa-trust-list", "unknown", id="our list of time stamps"),
        pytest.param("urn:someone:else", "unknown", id="a list nobody gave"),
        pytest.param(None, "unknown", id="no list"),
    ],
)
def test_a_signer_counts_by_the_list_that_vouches(
    uri: str | None, tier: str, tmp_path: Path
) -> None:
    lists = TrustLists.official().with_own(init_development_keys(tmp_path / "keys", at=AT))

    assert lists.signer_tier(uri) == tier


def test_a_list_without_certificates_is_refused() -> None:
    with pytest.raises(CredentialsUnreadable, match="urn:empty"):
        TrustList(uri="urn:empty", tier="local", kind="manifest", anchors_pem="no certificate")

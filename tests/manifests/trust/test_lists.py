"""Trust lists: shipped whole, dated, and each believed only for its own purpose."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509

from manifests.errors import CredentialsUnreadable, TrustListAltered
from manifests.trust.keys import init_development_keys
from manifests.trust.lists import Tier, TrustList, TrustLists, checked_snapshot, read_snapshot

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
    ("tier", "uris"),
    [
        ("c2pa", ["urn:c2pa:trust-list"]),
        ("local", ["urn:rakkan:trust-list"]),
        ("unknown", []),
    ],
)
def test_only_a_list_of_signers_vouches_for_a_signer(
    tier: Tier, uris: list[str], tmp_path: Path
) -> None:
    lists = TrustLists.official().with_own(init_development_keys(tmp_path / "keys", at=AT))

    assert [each.uri for each in lists.of_signers(tier).lists] == uris


def test_a_list_without_certificates_is_refused() -> None:
    with pytest.raises(CredentialsUnreadable, match="urn:empty"):
        TrustList(uri="urn:empty", tier="local", kind="manifest", anchors_pem="no certificate")

"""Golden files signed once with keys that are gone; their anchors are beside them."""

from pathlib import Path

import pytest

from manifests.trust.lists import TrustList, TrustLists

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.fixture(scope="session")
def golden_trust() -> TrustLists:
    """This service's own lists, as they were when the golden files were signed."""
    return TrustLists(
        (
            TrustList(
                uri="urn:rakkan:trust-list",
                tier="local",
                kind="manifest",
                anchors_pem=(GOLDEN / "signed" / "anchors.pem").read_text(),
            ),
            TrustList(
                uri="urn:rakkan:tsa-trust-list",
                tier="local",
                kind="tsa",
                anchors_pem=(GOLDEN / "signed" / "tsa-anchors.pem").read_text(),
            ),
        )
    )

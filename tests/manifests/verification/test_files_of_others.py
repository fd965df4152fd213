"""Files signed by others, and what was measured about them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from manifests.credentials.read import read_credentials
from manifests.credentials.report import CredentialsReport
from manifests.errors import MalformedMedia, UnsupportedMedia
from manifests.media.limits import Limits
from manifests.trust.lists import TrustList, TrustLists
from manifests.verification.inspect import collect_evidence
from manifests.verification.verdict import judge

FOLDER = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "c2pa"
pytestmark = pytest.mark.skipif(
    not FOLDER.exists() and os.environ.get("CI") != "true",
    reason="the files of others are not beside this checkout",
)
CASES = [
    (name, mode)
    for name in ("video1.mp4", "legacy.mp4")
    for mode in ("no_anchors", "c2pa_trust_list", "contentauth_test_roots")
]


def trust_of(mode: str) -> TrustLists:
    if mode == "no_anchors":
        return TrustLists()
    if mode == "c2pa_trust_list":
        return TrustLists.official()
    roots = (FOLDER / "contentauth-test-roots.pem").read_text()
    return TrustLists(
        (TrustList(uri="urn:test", tier="c2pa", kind="manifest", anchors_pem=roots),),
    )


def expected_of(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text())["cases"][name]
    return case


def report_of(name: str, mode: str) -> CredentialsReport:
    return read_credentials(FOLDER / name, expected_of(name)["mime"], trust=trust_of(mode))


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_the_failures_are_the_measured_ones(name: str, mode: str) -> None:
    expected = expected_of(name)

    found = report_of(name, mode)

    assert list(found.failures) == expected[mode]["active_manifest_failures"]
    assert found.manifest_id == expected["active_manifest"]
    assert found.earlier_manifests == expected["manifests"] - 1
    assert found.has_unhashed_boxes == (
        "assertion.bmffHash.additionalExclusionsPresent"
        in expected[mode]["active_manifest_informational"]
    )


@pytest.mark.parametrize(
    ("name", "mode", "word", "reason"),
    [
        ("video1.mp4", "no_anchors", "unrecognised", "unlisted"),
        ("video1.mp4", "c2pa_trust_list", "unrecognised", "unlisted"),
        ("video1.mp4", "contentauth_test_roots", "verified", "trusted"),
        ("legacy.mp4", "no_anchors", "unrecognised", "obsolete"),
        ("legacy.mp4", "contentauth_test_roots", "unrecognised", "obsolete"),
        ("test.avi", "c2pa_trust_list", "nothing", "absent"),
    ],
)
def test_a_strangers_file_gets_its_verdict(name: str, mode: str, word: str, reason: str) -> None:
    verdict = judge(collect_evidence(FOLDER / name, trust=trust_of(mode), limits=Limits()))

    assert (verdict.word, verdict.reason) == (word, reason)


def test_a_lone_start_of_a_stream_is_not_called_altered() -> None:
    with pytest.raises(MalformedMedia, match="parts after it are missing"):
        collect_evidence(FOLDER / "dashinit.mp4", trust=TrustLists(), limits=Limits())


def test_a_lone_fragment_is_no_video() -> None:
    with pytest.raises(UnsupportedMedia):
        collect_evidence(FOLDER / "dash1.m4s", trust=TrustLists(), limits=Limits())


def test_a_root_on_the_timestamp_list_alone_makes_no_signer_trusted() -> None:
    (roots,) = trust_of("contentauth_test_roots").lists
    as_timestamps = TrustList(uri="urn:tsa", tier="c2pa", kind="tsa", anchors_pem=roots.anchors_pem)

    found = read_credentials(FOLDER / "video1.mp4", "video/mp4", trust=TrustLists((as_timestamps,)))

    assert found.signer_tier == "unknown"


@pytest.mark.parametrize("order", [1, -1], ids=["C2PA first", "C2PA last"])
def test_a_root_on_several_lists_counts_by_the_best(order: int) -> None:
    (roots,) = trust_of("contentauth_test_roots").lists
    lists = [
        roots,
        TrustList(uri="urn:tsa", tier="c2pa", kind="tsa", anchors_pem=roots.anchors_pem),
        TrustList(uri="urn:own", tier="local", kind="manifest", anchors_pem=roots.anchors_pem),
    ]

    # The engine names any list that holds the root; several tries would show it.
    tiers = {
        read_credentials(
            FOLDER / "video1.mp4", "video/mp4", trust=TrustLists(tuple(lists[::order]))
        ).signer_tier
        for _ in range(5)
    }

    assert tiers == {"c2pa"}

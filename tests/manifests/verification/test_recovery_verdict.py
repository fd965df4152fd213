"""What the pictures prove when the label is gone, broken, or says something else."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from manifests.credentials.report import Creation, CredentialsReport
from manifests.verification.evidence import Evidence, LicenceEvidence, MarkedSegment, Recovery
from manifests.verification.verdict import judge

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NO_LABEL = CredentialsReport(presence="none")
STORED = CredentialsReport(
    presence="present",
    manifest_id="urn:c2pa:record",
    signature_valid=True,
    binding="mismatch",  # a copy's bytes never match, and nobody asks them to
    signer_name="A studio",
    signer_tier="local",
    timestamp="trusted",
    signed_at=NOON,
    creation=Creation(generator="Gen", version="2", at=NOON),
)
LABELLED = replace(STORED, binding="match")
PROVEN = Recovery(
    manifest_id="urn:c2pa:record",
    ways=("watermark", "fingerprint"),
    agreement="strong",
    credentials=STORED,
    segments=(MarkedSegment(start_s=0.0, end_s=4.0, manifest_id="urn:c2pa:record"),),
)
STRANGER = replace(LABELLED, manifest_id="urn:c2pa:other")


@pytest.mark.parametrize(
    ("credentials", "recovery", "word"),
    [
        pytest.param(NO_LABEL, {}, "recovered", id="stripped"),
        pytest.param(STORED, {}, "altered_recovered", id="label kept, bytes changed"),
        pytest.param(
            CredentialsReport(presence="unreadable"),
            {},
            "altered_recovered",
            id="label damaged",
        ),
        pytest.param(LABELLED, {}, "verified", id="nothing to recover"),
        pytest.param(NO_LABEL, {"agreement": "weak"}, "possible_match", id="mark, other pictures?"),
        pytest.param(NO_LABEL, {"agreement": "none"}, "possible_match", id="mark transplanted"),
        pytest.param(NO_LABEL, {"ways": ("fingerprint",)}, "possible_match", id="alike, no mark"),
        pytest.param(
            NO_LABEL,
            {"credentials": replace(STORED, signature_valid=False)},
            "possible_match",
            id="stored manifest broken",
        ),
        pytest.param(
            NO_LABEL,
            {"credentials": replace(STORED, signer_tier="unknown")},
            "possible_match",
            id="stored signer trusted no more",
        ),
        pytest.param(STORED, {"agreement": "none"}, "altered", id="altered, nothing proven"),
        pytest.param(STRANGER, {}, "conflict", id="a valid label of somebody else"),
        pytest.param(
            replace(STRANGER, binding="mismatch"),
            {},
            "conflict",
            id="a broken label of somebody else",
        ),
        pytest.param(
            replace(STRANGER, earlier_manifest_ids=("urn:c2pa:record",)),
            {},
            "verified",
            id="a later edition that keeps the chain",
        ),
        pytest.param(STRANGER, {"ways": ("fingerprint",)}, "verified", id="alike is no conflict"),
    ],
)
def test_the_pictures_get_their_word(
    credentials: CredentialsReport,
    recovery: dict[str, Any],
    word: str,
) -> None:
    evidence = Evidence(credentials=credentials, recovery=replace(PROVEN, **recovery))

    assert judge(evidence).word == word


def test_a_recovered_video_tells_the_records_story() -> None:
    licence = LicenceEvidence(licence_id="lic_1", status="active")

    told = judge(Evidence(credentials=NO_LABEL, recovery=PROVEN, licence=licence)).to_json()

    assert told["manifest_id"] == "urn:c2pa:record"
    assert told["signer"] == {"name": "A studio", "tier": "local"}
    assert told["created"]["generator"] == "Gen"
    assert told["licence"]["licence_id"] == "lic_1"
    assert told["recovered_by"] == ["watermark", "fingerprint"]
    assert told["segments"] == [
        {"start_s": 0.0, "end_s": 4.0, "state": "marked", "manifest_id": "urn:c2pa:record"},
    ]
    assert [(check["name"], check["result"]) for check in told["checks"]] == [
        ("credentials", "unknown"),
        ("watermark", "passed"),
        ("fingerprint", "passed"),
        ("record", "passed"),
        ("signer", "passed"),
        ("timestamp", "passed"),
    ]


def test_a_possible_match_tells_no_story() -> None:
    alike = replace(PROVEN, ways=("fingerprint",), agreement="weak")

    told = judge(Evidence(credentials=NO_LABEL, recovery=alike)).to_json()

    assert told["manifest_id"] == "urn:c2pa:record"
    assert not {"signer", "created", "licence"} & told.keys()


def test_a_stored_manifest_that_fails_today_says_so() -> None:
    broken = replace(PROVEN, credentials=replace(STORED, signature_valid=False))

    rows = judge(Evidence(credentials=NO_LABEL, recovery=broken)).to_json()["checks"]

    assert rows[-1]["code"] == "record.invalid"

"""Every golden file has its verdict, and a validator with another engine agrees."""

from pathlib import Path
from typing import Any

import encypher_c2pa
import pytest

from manifests.errors import MalformedMedia, MediaTooLarge
from manifests.media.limits import Limits
from manifests.trust.lists import TrustLists
from manifests.verification.inspect import collect_evidence
from manifests.verification.verdict import Verdict, judge

GOLDEN = Path(__file__).resolve().parents[2] / "golden"

VERDICTS = {
    "intact.mp4": ("verified", "trusted"),
    "intact.mov": ("verified", "trusted"),
    "restamped.mp4": ("verified", "trusted"),
    "made_from_picture.mp4": ("verified", "trusted"),
    "timestamp_missing.mp4": ("verified", "trusted"),
    "timestamp_authority_on_no_list.mp4": ("verified", "trusted"),
    "certificate_expired_but_timestamped.mp4": ("verified", "trusted"),
    "certificate_expired.mp4": ("unrecognised", "expired"),
    "signer_on_no_list.mp4": ("unrecognised", "unlisted"),
    "byte_flipped_in_mdat.mp4": ("altered", "changed"),
    "byte_flipped_in_moov.mp4": ("altered", "changed"),
    "byte_flipped_in_licence.mp4": ("altered", "changed"),
    "byte_flipped_in_title.mp4": ("altered", "changed"),
    "box_appended.mp4": ("altered", "changed"),
    "media_appended.mp4": ("altered", "changed"),
    "free_box_appended.mp4": ("altered", "changed"),
    "manifest_grafted.mp4": ("altered", "changed"),
    "truncated_by_one_byte.mp4": ("altered", "unreadable"),
    "truncated_inside_manifest.mp4": ("altered", "unreadable"),
    "stripped.mp4": ("nothing", "absent"),
    "unsigned.mp4": ("nothing", "absent"),
}
SIGNER_CODES = {
    "signingCredential.untrusted",
    "signingCredential.expired",
    "claimSignature.outsideValidity",
}


def verdict_of(path: Path, trust: TrustLists) -> Verdict:
    return judge(collect_evidence(path, trust=trust, limits=Limits()))


def other_opinion(path: Path) -> str:
    """What encypher-c2pa makes of a golden file, in our words."""
    try:
        report: Any = encypher_c2pa.verify(
            path.read_bytes(),
            "video/quicktime" if path.suffix == ".mov" else "video/mp4",
            trust_pem=(GOLDEN / "signed" / "anchors.pem").read_text(),
            tsa_trust_pem=(GOLDEN / "signed" / "tsa-anchors.pem").read_text(),
            no_default_trust=True,
            telemetry=False,
            online=False,
        )
    except ValueError:
        return "altered"
    if not report["present"]:
        return "nothing"
    failures = {failure["code"] for failure in report["validation_results"]["failure"]}
    if not failures:
        return "verified"
    return "unrecognised" if failures <= SIGNER_CODES else "altered"


@pytest.fixture(autouse=True)
def _quiet_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The validator saves that telemetry is off; not in the home of whoever runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_every_golden_file_has_an_expected_verdict() -> None:
    videos = {path.name for path in (GOLDEN / "signed").iterdir() if path.suffix != ".pem"}

    assert videos == VERDICTS.keys()


@pytest.mark.parametrize(("name", "expected"), VERDICTS.items(), ids=VERDICTS)
def test_a_golden_file_gets_its_verdict(
    name: str, expected: tuple[str, str], golden_trust: TrustLists
) -> None:
    verdict = verdict_of(GOLDEN / "signed" / name, golden_trust)

    assert (verdict.word, verdict.reason) == expected


@pytest.mark.parametrize("name", VERDICTS)
def test_a_validator_with_another_engine_agrees(name: str, golden_trust: TrustLists) -> None:
    path = GOLDEN / "signed" / name

    assert verdict_of(path, golden_trust).word == other_opinion(path)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("pictures_rewritten_in_free_box.mp4", "uncovered", id="pictures unhashed"),
        pytest.param("two_manifest_stores.mp4", "unreadable", id="two manifest stores"),
    ],
)
def test_what_another_engine_misses_is_still_altered(
    name: str, reason: str, golden_trust: TrustLists
) -> None:
    path = GOLDEN / "signed_missed_by_engines" / name

    verdict = verdict_of(path, golden_trust)

    assert (verdict.word, verdict.reason) == ("altered", reason)
    assert other_opinion(path) == "verified"


def test_a_verified_file_tells_who_when_and_with_what(golden_trust: TrustLists) -> None:
    told = verdict_of(GOLDEN / "signed" / "intact.mp4", golden_trust).to_json()

    assert told["signer"] == {"name": "Rakkan development", "tier": "local"}
    assert told["created"] == {
        "generator": "Example Video",
        "version": "2.1",
        "at": "2026-11-01T09:30:00Z",
    }
    assert [check["result"] for check in told["checks"]] == ["passed"] * 5


def test_a_restamped_file_keeps_its_history(golden_trust: TrustLists) -> None:
    told = verdict_of(GOLDEN / "signed" / "restamped.mp4", golden_trust).to_json()

    assert told["created"]["generator"] == "Example Video"
    assert told["checks"][-1] == {
        "name": "history",
        "result": "passed",
        "detail": "Earlier Content Credentials in the file: 1, kept and unchanged.",
        "code": "history.kept",
        "facts": {"count": "1"},
    }


def test_a_licence_is_evidence_only_by_its_id(golden_trust: TrustLists) -> None:
    evidence = collect_evidence(
        GOLDEN / "signed" / "intact.mp4", trust=golden_trust, limits=Limits()
    )

    assert evidence.licence_id == "lic_golden"
    assert "licence" not in judge(evidence).to_json()


def test_without_lists_a_genuine_file_is_unrecognised() -> None:
    verdict = verdict_of(GOLDEN / "signed" / "intact.mp4", TrustLists())

    assert (verdict.word, verdict.signer and verdict.signer.tier) == ("unrecognised", "unknown")


def test_a_damaged_video_without_credentials_is_no_verdict(
    golden_trust: TrustLists, tmp_path: Path
) -> None:
    half = tmp_path / "half.mp4"
    half.write_bytes((GOLDEN / "signed" / "unsigned.mp4").read_bytes()[:6000])

    with pytest.raises(MalformedMedia):
        verdict_of(half, golden_trust)


def test_a_file_above_the_limit_is_not_even_opened(golden_trust: TrustLists) -> None:
    limits = Limits(size_bytes=1000)

    with pytest.raises(MediaTooLarge) as caught:
        collect_evidence(GOLDEN / "signed" / "intact.mp4", trust=golden_trust, limits=limits)

    assert caught.value.limit_bytes == 1000


def test_the_other_engine_accepts_our_time_stamps_too() -> None:
    report: Any = encypher_c2pa.verify(
        (GOLDEN / "signed" / "intact.mp4").read_bytes(),
        "video/mp4",
        tsa_trust_pem=(GOLDEN / "signed" / "tsa-anchors.pem").read_text(),
        no_default_trust=True,
        telemetry=False,
        online=False,
    )

    passed = {finding["code"] for finding in report["validation_results"]["success"]}
    assert {"timeStamp.validated", "timeStamp.trusted"} <= passed

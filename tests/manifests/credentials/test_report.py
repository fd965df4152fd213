"""From the engine's findings to facts: each code read about the right thing, and no more."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from manifests.credentials.assertion import LicenceAssertion
from manifests.credentials.report import Creation, CredentialsReport, report_of

LABEL = "urn:c2pa:1"
SIGNATURE = f"self#jumbf=/c2pa/{LABEL}/c2pa.signature"
BINDING = f"self#jumbf=/c2pa/{LABEL}/c2pa.assertions/c2pa.hash.bmff.v3"
IDENTITY = f"self#jumbf=/c2pa/{LABEL}/c2pa.assertions/cawg.identity"

GOOD: dict[str, Any] = {
    "active_manifest": LABEL,
    "manifests": {
        LABEL: {
            "claim_version": 2,
            "title": "A clip",
            "claim_generator_info": [{"name": "Rakkan", "version": "1.0"}],
            "signature_info": {
                "issuer": "A studio",
                "common_name": "Signing 7",
                "time": "2026-11-25T09:00:00+00:00",
            },
            "assertions": [],
        }
    },
    "validation_results": {
        "activeManifest": {
            "success": [
                {"code": "signingCredential.trusted", "url": SIGNATURE},
                {"code": "timeStamp.trusted", "url": SIGNATURE},
                {"code": "claimSignature.validated", "url": SIGNATURE},
                {"code": "assertion.bmffHash.match", "url": BINDING},
            ],
            "failure": [],
            "informational": [],
        }
    },
}


def report(**changes: Any) -> CredentialsReport:  # noqa: ANN401 - JSON of many shapes
    """Read a good report after changing its manifest or its findings."""
    engine_report = copy.deepcopy(GOOD)
    active = engine_report["validation_results"]["activeManifest"]
    for group in ("success", "failure", "informational"):
        if group in changes:
            active[group] = [{"code": code, "url": url} for code, url in changes.pop(group)]
    for code, url in changes.pop("failing", ()):
        active["failure"].append({"code": code, "url": url})
    engine_report["manifests"][LABEL].update(changes)
    return report_of(engine_report, signer_tier="c2pa")


def test_a_good_report_says_who_signed_what_and_when() -> None:
    assert report() == CredentialsReport(
        presence="present",
        manifest_id=LABEL,
        title="A clip",
        signature_valid=True,
        binding="match",
        signer_name="A studio",
        signer_tier="c2pa",
        timestamp="trusted",
        signed_at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC),
        creation=Creation(
            generator="Rakkan", version="1.0", at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
        ),
    )


@pytest.mark.parametrize(
    ("failing", "expected"),
    [
        pytest.param(
            ("assertion.bmffHash.mismatch", BINDING), {"binding": "mismatch"}, id="other bytes"
        ),
        pytest.param(
            ("assertion.hashedURI.mismatch", IDENTITY),
            {"binding": "mismatch"},
            id="another assertion",
        ),
        pytest.param(
            ("claimSignature.mismatch", SIGNATURE), {"signature_valid": False}, id="claim changed"
        ),
        pytest.param(
            ("signingCredential.untrusted", SIGNATURE),
            {"signer_tier": "unknown", "signer_problem": "signingCredential.untrusted"},
            id="signer on no list",
        ),
        pytest.param(
            ("claimSignature.outsideValidity", SIGNATURE),
            {"signer_tier": "unknown", "signer_problem": "claimSignature.outsideValidity"},
            id="signed outside validity",
        ),
        pytest.param(
            ("signingCredential.untrusted", IDENTITY),
            {"signer_tier": "c2pa", "signer_problem": None, "rule_failures": ()},
            id="an extra identity on no list",
        ),
        pytest.param(
            ("cawg.x509.credential.untrusted", IDENTITY),
            {"signer_tier": "c2pa", "rule_failures": ()},
            id="an extra identity, in its own words",
        ),
        pytest.param(
            ("assertion.action.malformed", IDENTITY),
            {"rule_failures": ("assertion.action.malformed",), "binding": "match"},
            id="a broken rule",
        ),
    ],
)
def test_a_failure_changes_what_it_is_about_and_nothing_else(
    failing: tuple[str, str], expected: dict[str, object]
) -> None:
    found = report(failing=[failing])

    assert {key: getattr(found, key) for key in expected} == expected
    assert found.failures == (failing[0],)


def test_of_two_problems_of_a_signer_the_telling_one_is_named() -> None:
    found = report(
        failing=[
            ("signingCredential.untrusted", SIGNATURE),
            ("signingCredential.expired", SIGNATURE),
        ]
    )

    assert found.signer_problem == "signingCredential.expired"


@pytest.mark.parametrize(
    ("success", "expected"),
    [
        pytest.param([], ("missing", False, "unknown"), id="nothing passed"),
        pytest.param(
            [("assertion.bmffHash.match", BINDING.removesuffix(".v3"))],
            ("obsolete", False, "unknown"),
            id="the first binding of ISO files",
        ),
        pytest.param(
            [("claimSignature.validated", IDENTITY), ("signingCredential.trusted", IDENTITY)],
            ("missing", False, "unknown"),
            id="passed about something else",
        ),
    ],
)
def test_what_did_not_pass_about_the_active_manifest_is_not_assumed(
    success: list[tuple[str, str]], expected: tuple[str, bool, str]
) -> None:
    found = report(success=success)

    assert (found.binding, found.signature_valid, found.signer_tier) == expected


@pytest.mark.parametrize(
    ("changes", "timestamp"),
    [
        pytest.param({"claim_version": 1}, "untrusted", id="version 1 is always called trusted"),
        pytest.param({"success": []}, "untrusted", id="authority on no list"),
        pytest.param({"success": [], "signature_info": {}}, "none", id="no time at all"),
    ],
)
def test_a_time_stamp_counts_only_by_a_listed_authority(
    changes: dict[str, Any], timestamp: str
) -> None:
    assert report(**changes).timestamp == timestamp


CREATED = {"action": "c2pa.created", "when": "2026-11-01T09:30:00Z"}
NOON = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


def actions(*each: object, created: bool = True) -> dict[str, object]:
    return {"label": "c2pa.actions.v2", "created": created, "data": {"actions": list(each)}}


def metadata(**data: object) -> dict[str, object]:
    keys = {"tool": "xmp:CreatorTool", "at": "xmp:CreateDate"}
    content = {keys[key]: value for key, value in data.items()}
    return {"label": "cawg.metadata", "created": True, "data": content}


@pytest.mark.parametrize(
    ("assertions", "creation"),
    [
        pytest.param(
            [actions({**CREATED, "softwareAgent": {"name": "Gen", "version": "2"}})],
            Creation(generator="Gen", version="2", at=NOON),
            id="the creating action",
        ),
        pytest.param(
            [actions({**CREATED, "softwareAgent": "Gen 2"})],
            Creation(generator="Gen 2", version="", at=NOON),
            id="an agent in one line",
        ),
        pytest.param(
            [actions("nonsense", {"action": "c2pa.opened"}), metadata(tool="Gen Pro 2.1", at="x")],
            Creation(generator="Gen Pro", version="2.1", at=None),
            id="the metadata of an opened video",
        ),
        pytest.param(
            [metadata(tool="Gen", at="2026-11-01T09:30:00Z")],
            Creation(generator="Gen", version="", at=NOON),
            id="a tool without a version",
        ),
        pytest.param(
            [actions({"action": "c2pa.created"}), {"label": "c2pa.actions", "data": []}],
            Creation(
                generator="Rakkan", version="1.0", at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
            ),
            id="the claim generator",
        ),
    ],
)
def test_who_made_the_video_is_found_where_the_signer_says_it(
    assertions: list[dict[str, object]], creation: Creation
) -> None:
    assert report(assertions=assertions).creation == creation


def test_a_manifest_that_names_nobody_has_no_creation() -> None:
    assert report(claim_generator_info=None, assertions=["nonsense"]).creation is None


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        pytest.param(True, True, id="vouched for"),
        pytest.param(False, False, id="gathered from elsewhere"),
    ],
)
def test_a_licence_counts_only_when_the_signer_vouches_for_it(
    licence: LicenceAssertion, *, created: bool, expected: bool
) -> None:
    assertion = {"label": "org.rakkan.licence", "data": licence.to_data(), "created": created}

    assert (report(assertions=[assertion]).licence == licence) is expected


@pytest.mark.parametrize("data", [{"version": 9}, "text", None])
def test_a_damaged_licence_is_no_licence(data: object) -> None:
    assertion = {"label": "org.rakkan.licence", "data": data, "created": True}

    assert report(assertions=[assertion]).licence is None


def test_a_signer_without_an_organisation_is_called_by_the_common_name() -> None:
    assert report(signature_info={"common_name": "Alice\u202e"}).signer_name == "Alice"


def test_boxes_outside_the_hash_are_noted() -> None:
    code = "assertion.bmffHash.additionalExclusionsPresent"

    assert report(informational=[(code, BINDING)]).has_unhashed_boxes


def test_failures_of_earlier_manifests_stay_theirs() -> None:
    engine_report = copy.deepcopy(GOOD)
    engine_report["manifests"]["urn:c2pa:0"] = {}
    failing = [{"code": "signingCredential.untrusted", "url": "self#jumbf=/c2pa/urn:c2pa:0"}]
    engine_report["validation_results"]["ingredientDeltas"] = [
        {"validationDeltas": {"failure": failing}}
    ]

    found = report_of(engine_report, signer_tier="local")

    assert found.earlier_manifests == 1
    assert found.earlier_failures == ("signingCredential.untrusted",)
    assert (found.failures, found.signer_tier) == ((), "local")


@pytest.mark.parametrize("engine_report", [{}, {"active_manifest": "x", "manifests": {}}])
def test_a_store_without_an_active_manifest_is_unreadable(engine_report: dict[str, Any]) -> None:
    assert report_of(engine_report, signer_tier="c2pa").presence == "unreadable"

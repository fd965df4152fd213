"""The verdict: a table of evidence and the one word that each deserves."""

import itertools
import string
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifests.credentials.assertion import LicenceAssertion
from manifests.credentials.report import Binding, Creation, CredentialsReport
from manifests.trust.lists import Tier
from manifests.verification.evidence import Evidence, LicenceEvidence
from manifests.verification.verdict import Reason, VerdictWord, judge
from manifests.verification.wording import DETAILS, HEADLINES, Language

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
CLAIMED = LicenceAssertion(
    licence_id="lic_1",
    grants=(),
    territory="JP",
    purpose="personal",
    decision_sha256="",
    granted_at=NOON,
    status_url="",
)
GOOD = CredentialsReport(
    presence="present",
    manifest_id="urn:c2pa:1",
    signature_valid=True,
    binding="match",
    signer_name="A studio",
    signer_tier="c2pa",
    timestamp="trusted",
    signed_at=NOON,
    creation=Creation(generator="Gen", version="2", at=NOON),
)
UNLISTED: dict[str, Any] = {"signer_tier": "unknown"}


def evidence(**changes: Any) -> Evidence:  # noqa: ANN401 - any field of the report
    return Evidence(credentials=replace(GOOD, **changes), trust_list_date=date(2026, 8, 21))


TABLE = [
    ({}, "verified", "trusted"),
    ({"signer_tier": "local"}, "verified", "trusted"),
    ({"timestamp": "none", "signed_at": None}, "verified", "trusted"),
    ({"earlier_manifest_ids": ("x",), "earlier_failures": ("x",)}, "verified", "trusted"),
    (UNLISTED, "unrecognised", "unlisted"),
    (UNLISTED | {"signer_problem": "signingCredential.untrusted"}, "unrecognised", "unlisted"),
    (UNLISTED | {"signer_problem": "signingCredential.expired"}, "unrecognised", "expired"),
    (UNLISTED | {"signer_problem": "claimSignature.outsideValidity"}, "unrecognised", "expired"),
    (UNLISTED | {"signer_problem": "signingCredential.ocsp.revoked"}, "unrecognised", "revoked"),
    (UNLISTED | {"signer_problem": "signingCredential.invalid"}, "unrecognised", "certificate"),
    ({"binding": "obsolete"}, "unrecognised", "obsolete"),
    ({"rule_failures": ("assertion.action.malformed",)}, "unrecognised", "rules"),
    ({"binding": "mismatch"}, "altered", "changed"),
    ({"signature_valid": False}, "altered", "changed"),
    (UNLISTED | {"binding": "mismatch"}, "altered", "changed"),
    ({"binding": "missing"}, "altered", "uncovered"),
    ({"uncovered": True}, "altered", "uncovered"),
    ({"presence": "unreadable"}, "altered", "unreadable"),
    ({"presence": "none"}, "nothing", "absent"),
]


@pytest.mark.parametrize(("changes", "word", "reason"), TABLE)
def test_evidence_gets_its_word(changes: dict[str, Any], word: str, reason: str) -> None:
    verdict = judge(evidence(**changes))

    assert (verdict.word, verdict.reason) == (word, reason)


def test_the_table_knows_every_reason() -> None:
    by_pictures = {"label_removed", "edited_copy", "alike", "two_origins", "known_elsewhere"}

    assert {reason for _, _, reason in TABLE} == set(get_args(Reason)) - by_pictures
    assert set(get_args(Reason)) == HEADLINES.keys()


EVIDENCE = st.builds(
    Evidence,
    credentials=st.builds(
        CredentialsReport,
        presence=st.sampled_from(["none", "unreadable", "present"]),
        manifest_id=st.none() | st.just("urn:c2pa:1"),
        signature_valid=st.booleans(),
        binding=st.sampled_from(get_args(Binding)),
        uncovered=st.booleans(),
        signer_name=st.text(max_size=5),
        signer_tier=st.sampled_from(get_args(Tier)),
        signer_problem=st.none() | st.sampled_from(["signingCredential.untrusted", "x"]),
        timestamp=st.sampled_from(["trusted", "untrusted", "none"]),
        signed_at=st.none() | st.just(NOON),
        creation=st.none() | st.just(GOOD.creation),
        licence=st.none() | st.just(CLAIMED),
        rule_failures=st.sampled_from([(), ("a.rule",)]),
        earlier_manifest_ids=st.sampled_from([(), ("urn:c2pa:0",), ("urn:c2pa:0", "urn:c2pa:2")]),
        earlier_failures=st.sampled_from([(), ("x",)]),
    ),
    licence=st.none() | st.just(LicenceEvidence(licence_id="lic_1", status="active")),
    trust_list_date=st.none() | st.just(date(2026, 8, 21)),
)


@settings(max_examples=150)
@given(EVIDENCE)
def test_every_evidence_has_a_verdict_and_only_the_best_is_verified(found: Evidence) -> None:
    verdict = judge(found)

    assert verdict.word in get_args(VerdictWord)
    for lang in get_args(Language):
        assert verdict.to_json(lang)["headline"] == verdict.headline(lang)
    if verdict.word == "verified":
        report = found.credentials
        assert report.signature_valid
        assert report.binding == "match"
        assert report.signer_tier in {"c2pa", "local"}
        assert not report.uncovered
    if verdict.word in {"altered", "nothing"}:
        assert verdict.signer is verdict.created is verdict.licence is None


@settings(max_examples=100)
@given(EVIDENCE)
def test_the_licence_never_changes_the_verdict(found: Evidence) -> None:
    without = replace(found, licence=None)

    assert judge(found).word == judge(without).word
    assert judge(found).checks == judge(without).checks


def test_the_json_is_the_documented_one() -> None:
    record = LicenceEvidence(
        licence_id="lic_1", status="active", grants=(("星の旅人", "Hoshizora Studio"),)
    )

    told = judge(replace(evidence(licence=CLAIMED), licence=record)).to_json()

    checks = told.pop("checks")
    assert told == {
        "verdict": "verified",
        "reason": "trusted",
        "headline": "Verified. Unchanged since A studio issued its Content Credentials.",
        "manifest_id": "urn:c2pa:1",
        "signer": {"name": "A studio", "tier": "c2pa"},
        "created": {"generator": "Gen", "version": "2", "at": "2026-11-25T12:00:00Z"},
        "recovered_by": [],
        "licence": {
            "status": "active",
            "grants": [{"subject": "星の旅人", "licensor": "Hoshizora Studio"}],
            "licence_id": "lic_1",
        },
        "segments": [],
    }
    assert [check["name"] for check in checks] == [
        "credentials",
        "signature",
        "content",
        "signer",
        "timestamp",
    ]
    assert checks[3]["detail"] == "The signer is on the C2PA trust list of 2026-08-21."


@pytest.mark.parametrize(
    ("claimed", "record", "expected"),
    [
        pytest.param(None, None, {"status": "none", "grants": []}, id="names no licence"),
        pytest.param(CLAIMED, None, None, id="names one that nobody here knows"),
        pytest.param(
            CLAIMED,
            LicenceEvidence(licence_id="lic_1", status="withdrawn"),
            {"status": "withdrawn", "grants": [], "licence_id": "lic_1"},
            id="withdrawn since",
        ),
        pytest.param(
            CLAIMED,
            LicenceEvidence(
                licence_id="lic_1", status="withdrawn", granted_at=NOON, permitted_until=NOON
            ),
            {
                "status": "withdrawn",
                "grants": [],
                "licence_id": "lic_1",
                "granted_at": "2026-11-25T12:00:00Z",
                "permitted_until": "2026-11-25T12:00:00Z",
            },
            id="permitted until its notice ends",
        ),
    ],
)
def test_a_verified_video_tells_its_licence_by_our_own_record(
    claimed: LicenceAssertion | None,
    record: LicenceEvidence | None,
    expected: dict[str, object] | None,
) -> None:
    verdict = judge(replace(evidence(licence=claimed), licence=record))

    assert verdict.to_json().get("licence") == expected


def test_a_strangers_licence_is_not_repeated() -> None:
    record = LicenceEvidence(licence_id="lic_1", status="active")

    verdict = judge(replace(evidence(licence=CLAIMED, signer_tier="unknown"), licence=record))

    assert verdict.licence is None


def test_evidence_names_the_manifest_and_the_licence() -> None:
    assert evidence(licence=CLAIMED).licence_id == "lic_1"
    assert evidence().licence_id is None
    assert evidence().manifest_id == "urn:c2pa:1"


@pytest.mark.parametrize(
    ("lang", "headline"),
    [
        ("en", "Verified. Unchanged since A studio issued its Content Credentials."),
        (
            "ja",
            "確認できました。A studio がコンテンツクレデンシャルを発行してから変更されていません。",
        ),
    ],
)
def test_the_headline_speaks_the_readers_language(lang: Language, headline: str) -> None:
    assert judge(evidence()).headline(lang) == headline


def test_a_nameless_signer_still_makes_a_sentence() -> None:
    assert "since its signer issued" in judge(evidence(signer_name="")).headline()


def test_braces_in_a_name_are_only_braces() -> None:
    assert "{0} {evil}" in judge(evidence(signer_name="{0} {evil}")).headline()


@pytest.mark.parametrize(
    ("table", "key"),
    [
        pytest.param(table, key, id=key)
        for table, key in itertools.chain(
            ((HEADLINES, key) for key in HEADLINES), ((DETAILS, key) for key in DETAILS)
        )
    ],
)
def test_every_sentence_is_there_in_both_languages_with_the_same_facts(
    table: dict[str, dict[Language, str]], key: str
) -> None:
    facts = {
        lang: sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)
        for lang, text in table[key].items()
    }

    assert facts["en"] == facts["ja"]
    assert table[key]["ja"].isascii() is False

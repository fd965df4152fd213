"""What a verdict makes of the word of other services."""

from dataclasses import replace

import pytest

from manifests.credentials.report import CredentialsReport
from manifests.verification.evidence import Evidence, ForeignAnswer, ForeignOutcome, Recovery
from manifests.verification.verdict import judge

NO_LABEL = CredentialsReport(presence="none")
FOREIGN = CredentialsReport(
    presence="present",
    manifest_id="urn:c2pa:foreign",
    signature_valid=True,
    binding="mismatch",
    signer_name="Studio of others",
    signer_tier="c2pa",
)
KNOWN = ForeignAnswer(service="resolver.example", outcome="match", credentials=FOREIGN)
ALIKE = Recovery(
    manifest_id="urn:c2pa:ours",
    ways=("fingerprint",),
    agreement="weak",
    credentials=replace(FOREIGN, manifest_id="urn:c2pa:ours"),
)


def test_what_only_another_service_knows_is_a_possible_match_with_its_name() -> None:
    verdict = judge(Evidence(credentials=NO_LABEL, others=(KNOWN,)))

    said = verdict.to_json()
    assert (said["verdict"], said["reason"]) == ("possible_match", "known_elsewhere")
    assert said["manifest_id"] == "urn:c2pa:foreign"
    assert said["others"] == [
        {
            "service": "resolver.example",
            "outcome": "match",
            "manifest_id": "urn:c2pa:foreign",
            "signer": {"name": "Studio of others", "tier": "c2pa"},
        }
    ]
    # Its word is no proof: nobody is named as the issuer, and no licence is shown.
    assert "signer" not in said
    assert "licence" not in said
    row = said["checks"][-1]
    assert (row["name"], row["result"]) == ("others", "unknown")
    assert "resolver.example" in row["detail"]
    assert "Studio of others" in row["detail"]


@pytest.mark.parametrize(
    ("outcome", "result"),
    [("nothing", "unknown"), ("doubtful", "failed"), ("unavailable", "unknown")],
)
def test_an_answer_that_names_nothing_sound_changes_no_verdict(
    outcome: ForeignOutcome, result: str
) -> None:
    answer = ForeignAnswer(service="resolver.example", outcome=outcome, problem="it was silent")

    verdict = judge(Evidence(credentials=NO_LABEL, others=(answer,)))

    assert verdict.word == "nothing"
    assert verdict.checks[-1].result == result
    assert "resolver.example" in verdict.checks[-1].detail("ja")
    assert verdict.to_json()["others"][0]["problem"] == "it was silent"


@pytest.mark.parametrize(
    ("evidence", "word", "manifest_id"),
    [
        pytest.param(
            Evidence(credentials=NO_LABEL, recovery=ALIKE, others=(KNOWN,)),
            "possible_match",
            "urn:c2pa:ours",
            id="our own record comes first",
        ),
        pytest.param(
            Evidence(credentials=CredentialsReport(presence="unreadable"), others=(KNOWN,)),
            "altered",
            None,
            id="a damaged label stays damaged",
        ),
    ],
)
def test_the_word_of_others_never_outdoes_what_was_found_here(
    evidence: Evidence, word: str, manifest_id: str | None
) -> None:
    verdict = judge(evidence)

    assert (verdict.word, verdict.manifest_id) == (word, manifest_id)
    assert verdict.others == (KNOWN,)


def test_a_consent_that_was_not_needed_is_told_and_one_not_given_is_not_mentioned() -> None:
    spared = judge(Evidence(credentials=NO_LABEL, others=()))
    silent = judge(Evidence(credentials=NO_LABEL))

    assert spared.checks[-1].detail_key == "others.spared"
    assert "others" not in silent.to_json()
    assert [check.name for check in silent.checks] == ["credentials"]

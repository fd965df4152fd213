"""
The verdict about a video: one pure function from evidence to words.

The command, the API and the page all ask it, so that they can never disagree. "Valid" is not a
word of ours: an engine says it of any signature that matches, whoever made it.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from manifests.credentials.assertion import utc_text
from manifests.credentials.report import Creation, CredentialsReport
from manifests.trust.lists import Tier
from manifests.verification.checks import Check, checks
from manifests.verification.evidence import (
    Evidence,
    ForeignAnswer,
    LicenceEvidence,
    MarkedSegment,
    Way,
)
from manifests.verification.wording import HEADLINES, Language

VerdictWord = Literal[
    "verified",
    "unrecognised",
    "altered",
    "altered_recovered",
    "recovered",
    "possible_match",
    "conflict",
    "nothing",
]
Reason = Literal[
    "trusted",
    "unlisted",
    "expired",
    "revoked",
    "certificate",
    "obsolete",
    "rules",
    "changed",
    "unreadable",
    "uncovered",
    "absent",
    "label_removed",
    "edited_copy",
    "alike",
    "known_elsewhere",
    "two_origins",
]
"""Why this word: it chooses the headline, and is stable for programs."""

SIGNER_REASONS: dict[str | None, Reason] = {
    None: "unlisted",
    "signingCredential.untrusted": "unlisted",
    "signingCredential.expired": "expired",
    "claimSignature.outsideValidity": "expired",
    "signingCredential.ocsp.revoked": "revoked",
}


WORDS: dict[Reason, VerdictWord] = {
    "trusted": "verified",
    "unlisted": "unrecognised",
    "expired": "unrecognised",
    "revoked": "unrecognised",
    "certificate": "unrecognised",
    "obsolete": "unrecognised",
    "rules": "unrecognised",
    "changed": "altered",
    "unreadable": "altered",
    "uncovered": "altered",
    "absent": "nothing",
    "label_removed": "recovered",
    "edited_copy": "altered_recovered",
    "alike": "possible_match",
    "known_elsewhere": "possible_match",
    "two_origins": "conflict",
}


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature it is, and who vouches for them."""

    name: str
    tier: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What a viewer is told.

    Signer, creation and licence are absent where nothing can be relied on. The licence is a second
    line: it never changes the word.
    """

    word: VerdictWord
    reason: Reason
    manifest_id: str | None = None
    signer: Signer | None = None
    created: Creation | None = None
    licence: LicenceEvidence | None = None
    recovered_by: tuple[Way, ...] = ()
    checks: tuple[Check, ...] = ()
    segments: tuple[MarkedSegment, ...] = ()
    others: tuple[ForeignAnswer, ...] | None = None

    def headline(self, lang: Language = "en") -> str:
        """Say the verdict in one or two sentences."""
        name = self.signer.name if self.signer else ""
        if not name:
            name = {"en": "its signer", "ja": "署名者"}[lang]
        return HEADLINES[self.reason][lang].format(signer=name)

    def to_json(self, lang: Language = "en") -> dict[str, Any]:
        """Give the documented JSON; `headline` and the checks' details are in `lang`."""
        result: dict[str, Any] = {
            "verdict": self.word,
            "reason": self.reason,
            "headline": self.headline(lang),
        }
        if self.manifest_id is not None:
            result["manifest_id"] = self.manifest_id
        if self.signer is not None:
            result["signer"] = {"name": self.signer.name, "tier": self.signer.tier}
        if self.created is not None:
            result["created"] = {
                "generator": self.created.generator,
                "version": self.created.version,
                "at": utc_text(self.created.at) if self.created.at else None,
            }
        result["recovered_by"] = list(self.recovered_by)
        if self.licence is not None:
            result["licence"] = _licence_json(self.licence)
        result["checks"] = [check.to_json(lang) for check in self.checks]
        result["segments"] = [
            {
                "start_s": segment.start_s,
                "end_s": segment.end_s,
                "state": "marked",
                "manifest_id": segment.manifest_id,
            }
            for segment in self.segments
        ]
        if self.others is not None:
            result["others"] = [_foreign_json(answer) for answer in self.others]
        return result


def judge(evidence: Evidence) -> Verdict:
    """Weigh the evidence. Total: every evidence has exactly one verdict."""
    reason = _reason(evidence)
    word = WORDS[reason]
    recovery = evidence.recovery
    base = Verdict(
        word=word,
        reason=reason,
        checks=checks(evidence),
        recovered_by=recovery.ways if recovery else (),
        segments=recovery.segments if recovery else (),
        others=evidence.others,
    )
    match word:
        case "nothing":
            return base
        case "altered" | "conflict":
            return replace(base, manifest_id=evidence.credentials.manifest_id)
        case "possible_match":
            return replace(base, manifest_id=_possible_id(evidence))
        case _:
            return _with_story(base, evidence)


def _possible_id(evidence: Evidence) -> str | None:
    """Name what the video may be: a record of ours before one of somebody else."""
    if evidence.recovery is not None:
        return evidence.recovery.manifest_id
    elsewhere = evidence.known_elsewhere
    return elsewhere.credentials.manifest_id if elsewhere and elsewhere.credentials else None


def _with_story(verdict: Verdict, evidence: Evidence) -> Verdict:
    """Add who issued it, what made it and under which licence."""
    told = evidence.told_by
    is_trusted = verdict.word != "unrecognised"
    return replace(
        verdict,
        manifest_id=told.manifest_id,
        signer=Signer(told.signer_name, told.signer_tier if is_trusted else "unknown"),
        created=told.creation,
        # What a stranger's manifest says about licences is not repeated here.
        licence=_licence(evidence) if is_trusted else None,
    )


def _reason(evidence: Evidence) -> Reason:
    """Let the file speak first; the pictures overrule it where they prove something else."""
    found = evidence.credentials
    embedded = _embedded_reason(found)
    recovery = evidence.recovery
    if recovery is None:
        is_known = embedded == "absent" and evidence.known_elsewhere is not None
        return "known_elsewhere" if is_known else embedded
    names_another = found.presence == "present" and recovery.manifest_id not in {
        found.manifest_id,
        *found.earlier_manifest_ids,
    }
    if recovery.is_proven and names_another:
        return "two_origins"
    if evidence.is_recovered:
        return "label_removed" if embedded == "absent" else "edited_copy"
    return "alike" if embedded == "absent" else embedded


def _embedded_reason(found: CredentialsReport) -> Reason:
    """Name the first finding that applies: the order goes from the worst to the best."""
    findings: tuple[tuple[bool, Reason], ...] = (
        (found.presence == "none", "absent"),
        (found.presence == "unreadable", "unreadable"),
        (not found.signature_valid or found.binding == "mismatch", "changed"),
        (found.binding == "missing" or found.uncovered, "uncovered"),
        (found.binding == "obsolete", "obsolete"),
        (bool(found.rule_failures), "rules"),
        (
            found.signer_tier == "unknown",
            SIGNER_REASONS.get(found.signer_problem, "certificate"),
        ),
        (True, "trusted"),
    )
    return next(reason for applies, reason in findings if applies)


def _licence(evidence: Evidence) -> LicenceEvidence | None:
    """Say "none" only of a video that names no licence; an unknown one stays unsaid."""
    if evidence.licence is not None or evidence.told_by.licence is not None:
        return evidence.licence
    return LicenceEvidence(licence_id="", status="none")


def _licence_json(licence: LicenceEvidence) -> dict[str, Any]:
    result: dict[str, Any] = {
        "status": licence.status,
        "grants": [
            {"subject": subject, "licensor": licensor} for subject, licensor in licence.grants
        ],
    }
    if licence.licence_id:
        result["licence_id"] = licence.licence_id
    if licence.granted_at is not None:
        result["granted_at"] = utc_text(licence.granted_at)
    if licence.permitted_until is not None:
        result["permitted_until"] = utc_text(licence.permitted_until)
    return result


def _foreign_json(answer: ForeignAnswer) -> dict[str, Any]:
    """Tell whose word it is; a manifest is named only when it stood up to its check."""
    result: dict[str, Any] = {"service": answer.service, "outcome": answer.outcome}
    if answer.problem is not None:
        result["problem"] = answer.problem
    found = answer.credentials
    if found is not None:
        result["manifest_id"] = found.manifest_id
        result["signer"] = {"name": found.signer_name, "tier": found.signer_tier}
    return result

"""How we checked: one row for each question that was asked of a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from manifests.credentials.report import Binding, CredentialsReport
from manifests.verification.evidence import (
    Agreement,
    Evidence,
    ForeignAnswer,
    ForeignOutcome,
)
from manifests.verification.wording import DETAILS, Language

CheckName = Literal[
    "credentials",
    "signature",
    "content",
    "signer",
    "timestamp",
    "history",
    "watermark",
    "fingerprint",
    "record",
    "others",
]
CheckResult = Literal["passed", "failed", "unknown"]

CONTENT_RESULTS: dict[Binding, CheckResult] = {
    "match": "passed",
    "mismatch": "failed",
    "obsolete": "unknown",
    "missing": "failed",
}

AGREEMENT_RESULTS: dict[Agreement, CheckResult] = {
    "strong": "passed",
    "weak": "unknown",
    "none": "failed",
}

FOREIGN_RESULTS: dict[ForeignOutcome, CheckResult] = {
    "match": "unknown",
    "nothing": "unknown",
    "doubtful": "failed",
    "unavailable": "unknown",
}


@dataclass(frozen=True, slots=True)
class Check:
    """
    One question and its answer; `detail_key` names the sentence, `facts` fill it.

    "unknown" means that nothing was proved either way.
    """

    name: CheckName
    result: CheckResult
    detail_key: str
    facts: tuple[tuple[str, str], ...] = ()

    def detail(self, lang: Language = "en") -> str:
        """Say the answer in a sentence."""
        return DETAILS[self.detail_key][lang].format(**dict(self.facts))

    def to_json(self, lang: Language = "en") -> dict[str, Any]:
        """Give the row of the verdict's JSON; `code` and `facts` say it again in any language."""
        return {
            "name": self.name,
            "result": self.result,
            "detail": self.detail(lang),
            "code": self.detail_key,
            "facts": dict(self.facts),
        }


def checks(evidence: Evidence) -> tuple[Check, ...]:
    """List what was checked, in the order in which one answer rests on another."""
    return (*_embedded(evidence), *_recovered(evidence), *_elsewhere(evidence))


def _embedded(evidence: Evidence) -> tuple[Check, ...]:
    found = evidence.credentials
    if found.presence == "none":
        return (Check("credentials", "unknown", "credentials.none"),)
    if found.presence == "unreadable":
        return (Check("credentials", "failed", "credentials.unreadable"),)
    return tuple(_rows(evidence, found))


def _recovered(evidence: Evidence) -> Iterator[Check]:
    """Say what the pictures told, when they were asked."""
    recovery = evidence.recovery
    if recovery is None:
        return
    if "watermark" in recovery.ways:
        yield Check("watermark", "passed", "watermark.found")
    else:
        yield Check("watermark", "unknown", "watermark.none")
    yield Check(
        "fingerprint",
        AGREEMENT_RESULTS[recovery.agreement],
        f"fingerprint.{recovery.agreement}",
    )
    stored = recovery.credentials
    if stored.signature_valid and not stored.rule_failures:
        yield Check("record", "passed", "record.signature")
        yield _signer(evidence, stored)
        yield _timestamp(stored)
    else:
        yield Check("record", "failed", "record.invalid")


def _elsewhere(evidence: Evidence) -> Iterator[Check]:
    """Say what each other service was asked, and what it answered."""
    if evidence.others == ():
        yield Check("others", "unknown", "others.spared")
    for answer in evidence.others or ():
        yield Check(
            "others",
            FOREIGN_RESULTS[answer.outcome],
            f"others.{answer.outcome}",
            _told(answer),
        )


def _told(answer: ForeignAnswer) -> tuple[tuple[str, str], ...]:
    facts = (("service", answer.service),)
    found = answer.credentials
    if found is None:
        return facts
    return (*facts, ("manifest", found.manifest_id or "–"), ("signer", found.signer_name or "–"))


def _rows(evidence: Evidence, found: CredentialsReport) -> Iterator[Check]:
    yield _credentials(found)
    if found.signature_valid:
        yield Check("signature", "passed", "signature.valid")
    else:
        yield Check("signature", "failed", "signature.invalid")
    yield _content(found)
    yield _signer(evidence, found)
    yield _timestamp(found)
    if found.earlier_manifests:
        yield _history(found)


def _credentials(found: CredentialsReport) -> Check:
    if found.rule_failures:
        codes = (("codes", ", ".join(found.rule_failures)),)
        return Check("credentials", "failed", "credentials.rules", codes)
    return Check("credentials", "passed", "credentials.present")


def _content(found: CredentialsReport) -> Check:
    if found.uncovered:
        return Check("content", "failed", "content.uncovered")
    return Check("content", CONTENT_RESULTS[found.binding], f"content.{found.binding}")


def _signer(evidence: Evidence, found: CredentialsReport) -> Check:
    if found.signer_tier == "local":
        return Check("signer", "passed", "signer.local")
    dated = evidence.trust_list_date.isoformat() if evidence.trust_list_date else "–"
    facts = (("date", dated),)
    if found.signer_tier == "c2pa":
        return Check("signer", "passed", "signer.c2pa", facts)
    if found.signer_problem in {None, "signingCredential.untrusted"}:
        return Check("signer", "unknown", "signer.unlisted", facts)
    return Check("signer", "failed", "signer.certificate", (("code", found.signer_problem or ""),))


def _timestamp(found: CredentialsReport) -> Check:
    at = f"{found.signed_at:%Y-%m-%d %H:%M} UTC" if found.signed_at else "–"
    result: CheckResult = "passed" if found.timestamp == "trusted" else "unknown"
    return Check("timestamp", result, f"timestamp.{found.timestamp}", (("at", at),))


def _history(found: CredentialsReport) -> Check:
    facts = (("count", str(found.earlier_manifests)),)
    if found.earlier_failures:
        return Check("history", "unknown", "history.unproved", facts)
    return Check("history", "passed", "history.kept", facts)

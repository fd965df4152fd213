"""
From the engine's report to what can be said about a file's credentials.

The engine's own state is no verdict: "Valid" whoever signed, and lowered by the state of
ingredients. So the findings about the active manifest are read one by one, by code and by the
address they are about. Codes: C2PA 2.4, section 15.2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from manifests.credentials.assertion import LABEL, LicenceAssertion, utc_time
from manifests.errors import LicenceMalformed
from manifests.trust.lists import Tier
from manifests.trust.text import display_name

SIGNER_CODES = ("signingCredential.", "claimSignature.outsideValidity")
"""Findings about who signed; they say nothing about the bytes."""

IDENTITY_CODES = "cawg."
"""Findings about an extra identity, which is a layer of its own."""

SIGNATURE_CODES = frozenset({"claimSignature.mismatch", "claimSignature.missing"})
BROKEN_CODES = ("assertion.hashedURI.mismatch", "assertion.missing", "claim.missing")
BROKEN_SUFFIXES = ("Hash.mismatch", "Hash.malformed")
BOUND_CODES = ("assertion.bmffHash.match", "assertion.dataHash.match", "assertion.boxesHash.match")
OBSOLETE_BINDING = "c2pa.hash.bmff"
"""The first binding of ISO files: other validators do not accept it, readers do not list it."""

Binding = Literal["match", "mismatch", "obsolete", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """What made the video, and when, as its signer says."""

    generator: str
    version: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsReport:
    """
    What a file's credentials say, and how far they hold.

    `presence` is "unreadable" when a manifest store is there but cannot be read; then, as with
    "none", every other field has its default. `signer_problem` is the code that says why a
    certificate does not count (expired, revoked, …). `rule_failures` are codes of rules that the
    manifest breaks although signature and bytes agree. `uncovered` says that the pictures lie
    outside of what was hashed. Names are safe to show; HTML still needs escaping.
    """

    presence: Literal["none", "unreadable", "present"]
    problem: str | None = None
    manifest_id: str | None = None
    title: str | None = None
    signature_valid: bool = False
    binding: Binding = "missing"
    uncovered: bool = False
    signer_name: str = ""
    signer_tier: Tier = "unknown"
    signer_problem: str | None = None
    timestamp: Literal["trusted", "untrusted", "none"] = "none"
    signed_at: datetime | None = None
    creation: Creation | None = None
    licence: LicenceAssertion | None = None
    rule_failures: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    has_unhashed_boxes: bool = False
    earlier_manifest_ids: tuple[str, ...] = ()
    earlier_failures: tuple[str, ...] = ()

    @property
    def is_intact(self) -> bool:
        """Say whether signature and bytes agree, whoever signed."""
        return (
            self.presence == "present"
            and self.signature_valid
            and self.binding in {"match", "obsolete"}
            and not self.uncovered
        )

    @property
    def earlier_manifests(self) -> int:
        """Count the manifests that came before the active one."""
        return len(self.earlier_manifest_ids)


def report_of(engine_report: Mapping[str, Any], *, signer_tier: Tier) -> CredentialsReport:
    """
    Read the engine's report about a file that has a manifest store.

    `signer_tier` says whose list vouches for the signer; it counts only when the report itself
    finds the signer trusted.
    """
    label = _text(engine_report.get("active_manifest"))
    manifests = engine_report.get("manifests") or {}
    manifest = manifests.get(label)
    if manifest is None:
        return CredentialsReport(presence="unreadable", problem="no manifest is active")
    findings = _Findings.of(engine_report)
    signature_info = manifest.get("signature_info") or {}
    return CredentialsReport(
        presence="present",
        manifest_id=label,
        title=display_name(_text(manifest.get("title"))) or None,
        signature_valid=findings.signature_valid,
        binding=findings.binding,
        signer_name=display_name(
            _text(signature_info.get("issuer")) or _text(signature_info.get("common_name"))
        ),
        signer_tier=signer_tier if findings.signer_trusted else "unknown",
        signer_problem=findings.signer_problem,
        timestamp=_timestamp(findings, manifest, signature_info),
        signed_at=_moment(signature_info.get("time")),
        creation=_creation(manifest, signature_info),
        licence=_licence(manifest),
        rule_failures=findings.rule_failures,
        failures=tuple(dict.fromkeys(code for code, _ in findings.failures)),
        has_unhashed_boxes=findings.has("assertion.bmffHash.additionalExclusionsPresent"),
        earlier_manifest_ids=tuple(sorted(set(manifests) - {label})),
        earlier_failures=_earlier_failures(engine_report),
    )


def signer_is_trusted(engine_report: Mapping[str, Any]) -> bool:
    """Say whether any list in force vouches for the signer of the active manifest."""
    return _Findings.of(engine_report).signer_trusted


@dataclass(frozen=True, slots=True)
class _Findings:
    """Findings about the active manifest: the code of each, and the address it is about."""

    signature_uri: str
    passed: tuple[tuple[str, str], ...]
    failures: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, engine_report: Mapping[str, Any]) -> "_Findings":
        active = engine_report.get("validation_results", {}).get("activeManifest", {})
        groups = (_pairs(active.get(name)) for name in ("success", "failure", "informational"))
        label = _text(engine_report.get("active_manifest"))
        return cls(f"self#jumbf=/c2pa/{label}/c2pa.signature", *groups)

    def has(self, code: str) -> bool:
        return any(found == code for found, _ in self.notes)

    @property
    def signature_valid(self) -> bool:
        passed = any(
            code == "claimSignature.validated" and uri == self.signature_uri
            for code, uri in self.passed
        )
        return passed and not any(code in SIGNATURE_CODES for code, _ in self.failures)

    @property
    def binding(self) -> Binding:
        if any(_is_broken(code) for code, _ in self.failures):
            return "mismatch"
        bound = [uri for code, uri in self.passed if code in BOUND_CODES]
        if not bound:
            return "missing"
        return "obsolete" if bound[0].endswith(f"/{OBSOLETE_BINDING}") else "match"

    @property
    def signer_problem(self) -> str | None:
        """Name what is wrong with the certificate; "on no list" only when nothing else is."""
        codes = [
            code
            for code, uri in self.failures
            if code.startswith(SIGNER_CODES) and uri == self.signature_uri
        ]
        codes.sort(key=lambda code: code == "signingCredential.untrusted")
        return codes[0] if codes else None

    @property
    def signer_trusted(self) -> bool:
        # An extra identity emits the same code about its own address.
        found = any(
            code == "signingCredential.trusted" and uri == self.signature_uri
            for code, uri in self.passed
        )
        return found and self.signer_problem is None

    @property
    def rule_failures(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                code
                for code, _ in self.failures
                if not _is_broken(code)
                and code not in SIGNATURE_CODES
                and not code.startswith((*SIGNER_CODES, IDENTITY_CODES))
            )
        )


def _is_broken(code: str) -> bool:
    return code.startswith(BROKEN_CODES) or code.endswith(BROKEN_SUFFIXES)


def _pairs(findings: object) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_text(each.get("code")), _text(each.get("url")))
        for each in (findings if isinstance(findings, list) else ())
    )


def _timestamp(
    findings: _Findings, manifest: Mapping[str, Any], signature_info: Mapping[str, Any]
) -> Literal["trusted", "untrusted", "none"]:
    """
    Believe a time stamp only when its authority is on a list.

    Of version 1 claims the engine trusts every time stamp, listed or not: those stay untrusted.
    """
    trusted = any(code == "timeStamp.trusted" for code, _ in findings.passed)
    if trusted and manifest.get("claim_version") != 1:
        return "trusted"
    return "untrusted" if signature_info.get("time") else "none"


def _creation(manifest: Mapping[str, Any], signature_info: Mapping[str, Any]) -> Creation | None:
    """Find who made the video: its creating action, else the metadata, else the claim generator."""
    for action in _actions(manifest):
        if action.get("action") == "c2pa.created" and action.get("softwareAgent"):
            name, version = _agent(action["softwareAgent"])
            return Creation(generator=name, version=version, at=_moment(action.get("when")))
    metadata = _created_assertion(manifest, "cawg.metadata")
    if tool := _text(metadata.get("xmp:CreatorTool")):
        name, _, version = tool.rpartition(" ")
        return Creation(
            generator=display_name(name or tool),
            version=display_name(version if name else ""),
            at=_moment(metadata.get("xmp:CreateDate")),
        )
    generators = manifest.get("claim_generator_info")
    if isinstance(generators, list) and generators:
        name, version = _agent(generators[0])
        return Creation(generator=name, version=version, at=_moment(signature_info.get("time")))
    return None


def _actions(manifest: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for assertion in _assertions(manifest):
        if _text(assertion.get("label")).startswith("c2pa.actions"):
            data = assertion.get("data")
            actions = data.get("actions") if isinstance(data, dict) else None
            yield from (each for each in actions or () if isinstance(each, dict))


def _agent(agent: object) -> tuple[str, str]:
    """Read a software agent: a name with a version, or in old claims one line of text."""
    if isinstance(agent, dict):
        return display_name(_text(agent.get("name"))), display_name(_text(agent.get("version")))
    return display_name(_text(agent)), ""


def _licence(manifest: Mapping[str, Any]) -> LicenceAssertion | None:
    data = _created_assertion(manifest, LABEL)
    try:
        return LicenceAssertion.from_data(data) if data else None
    except LicenceMalformed:
        return None


def _created_assertion(manifest: Mapping[str, Any], label: str) -> Mapping[str, Any]:
    """Give an assertion's content, if the signer vouches for it (gathered ones do not count)."""
    for assertion in _assertions(manifest):
        if assertion.get("label") == label and assertion.get("created") is True:
            data = assertion.get("data")
            return data if isinstance(data, dict) else {}
    return {}


def _assertions(manifest: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return (each for each in manifest.get("assertions") or () if isinstance(each, dict))


def _earlier_failures(engine_report: Mapping[str, Any]) -> tuple[str, ...]:
    """Collect what fails in the manifests of ingredients."""
    deltas = engine_report.get("validation_results", {}).get("ingredientDeltas") or ()
    codes = [
        code
        for delta in deltas
        for code, _ in _pairs(delta.get("validationDeltas", {}).get("failure"))
    ]
    return tuple(dict.fromkeys(codes))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    """Read a time, or None for what a stranger wrote instead of one."""
    try:
        return utc_time(_text(value))
    except (ValueError, OverflowError):
        return None

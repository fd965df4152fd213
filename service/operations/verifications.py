"""
Check a video: where it comes from, whether it changed, whether it was licensed.

The file of an anonymous check is deleted as soon as its verdict is known; the verdict stays for
a while under an id that nobody can guess. To services of others it goes only with a consent that
was given for this one upload.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from manifests.errors import ManifestsError
from manifests.verification.evidence import Evidence, LicenceEvidence
from manifests.verification.inspect import collect_evidence
from manifests.verification.verdict import Verdict, judge
from service.blobs import StoredBlob
from service.errors import FileUnreadable, UnknownVerification
from service.ids import new_id
from service.jobs import defer
from service.operations import verification_store
from service.operations.ask_others import ask_others, consent_for
from service.operations.licences import find_public_licence
from service.operations.recover import recover
from service.operations.scratch import fetch, scratch_folder
from service.operations.verification_store import Verification
from service.resolver_client import UploadConsent
from service.retrying import is_worth_retrying
from service.runtime import PUBLIC, Runtime

OnProgress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class VerificationView:
    """A check as anyone holding its id sees it."""

    verification: Verification

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `GET /v1/verifications/{id}`."""
        check = self.verification
        view: dict[str, Any] = {
            "id": check.id,
            "status": check.status,
            "progress": round(check.progress, 3),
            "expires_at": check.expires_at.isoformat().replace("+00:00", "Z"),
        }
        if check.consent is not None:
            view["may_be_sent_to"] = check.consent["resolver_urls"]
        if check.result is not None:
            view["result"] = check.result
        if check.error_code is not None:
            view["error"] = {"code": check.error_code, "detail": check.error_detail}
        return view


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file in hex. Raises `FileUnreadable` for what is no file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or "cannot be read") from error


def verify_file(
    runtime: Runtime,
    path: Path,
    on_progress: OnProgress = lambda _progress: None,
    *,
    consent: UploadConsent | None = None,
) -> Verdict:
    """
    Judge one file of this machine.

    With a consent, services of others are asked when this one is left with a question. Raises
    `UnsupportedMedia`, `MalformedMedia` or `MediaTooLarge` for what is no video, and
    `FileUnreadable` for what is no file.
    """
    if not path.is_file():
        raise FileUnreadable(str(path), "no such file")
    on_progress(0.1)
    evidence = collect_evidence(path, trust=runtime.trust_lists, limits=runtime.limits)
    on_progress(0.2)
    evidence = replace(evidence, recovery=recover(runtime, path, evidence.credentials))
    on_progress(0.9)
    if consent is not None:
        others = () if evidence.is_settled else ask_others(runtime, path, consent)
        evidence = replace(evidence, others=others)
    return judge(_with_licence(runtime, evidence))


def _with_licence(runtime: Runtime, evidence: Evidence) -> Evidence:
    """Add what this service knows about the licence that the manifest names."""
    if evidence.licence_id is None:
        return evidence
    with runtime.transaction(PUBLIC) as session:
        licence = find_public_licence(session, evidence.licence_id, at=runtime.now())
    # A manifest may name any licence: it counts only when our record names this manifest too.
    if licence is None or licence.manifest_id != evidence.manifest_id:
        return evidence
    return replace(
        evidence,
        licence=LicenceEvidence(
            licence_id=licence.id,
            status=licence.status,
            grants=tuple((grant["subject"]["name"], grant["licensor"]) for grant in licence.grants),
            granted_at=licence.granted_at,
            permitted_until=licence.permitted_until,
        ),
    )


def request_verification(
    runtime: Runtime, blob: StoredBlob, *, may_ask_others: bool = False
) -> VerificationView:
    """
    Queue a check of stored bytes, in the transaction that writes it down.

    `may_ask_others`: the sender agrees that the file goes to the services configured now.
    """
    at = runtime.now()
    consent = consent_for(runtime, blob.sha256) if may_ask_others else None
    verification = Verification(
        id=new_id("chk"),
        status="queued",
        progress=0.0,
        upload_blob=blob.key,
        consent=consent.to_json() if consent else None,
        created_at=at,
        expires_at=at + runtime.settings.verification_lifetime,
    )
    try:
        with runtime.transaction(PUBLIC) as session:
            verification_store.insert(session, verification)
            defer(session, "run_verification", {"verification_id": verification.id})
    except Exception:
        runtime.blobs.delete(blob.key)
        raise
    return VerificationView(verification)


def get_verification(runtime: Runtime, verification_id: str) -> VerificationView:
    """Read the check as it stands now. Raises `UnknownVerification`."""
    with runtime.transaction(PUBLIC) as session:
        verification = verification_store.get(session, verification_id)
    if verification is None or verification.expires_at <= runtime.now():
        raise UnknownVerification(verification_id)
    return VerificationView(verification)


def run_verification(runtime: Runtime, verification_id: str) -> None:
    """Judge a queued check; again changes nothing. What is no video ends as `failed`."""
    with runtime.transaction(PUBLIC) as session:
        check = verification_store.get(session, verification_id, lock=True)
        if check is None or check.upload_blob is None or check.status == "completed":
            return
        verification_store.change(session, verification_id, status="running", progress=0.1)
    facts: dict[str, Any]
    try:
        with scratch_folder("rakkan-check-") as folder:
            path = folder / "upload"
            fetch(runtime, check.upload_blob, path)
            consent = UploadConsent.of_json(check.consent) if check.consent else None
            verdict = verify_file(runtime, path, consent=consent)
            facts = {"status": "completed", "result": verdict.to_json()}
    except ManifestsError as cause:
        if is_worth_retrying(cause):
            raise
        facts = {"status": "failed", "error_code": cause.code, "error_detail": str(cause)}
    with runtime.transaction(PUBLIC) as session:
        verification_store.change(
            session,
            verification_id,
            progress=1.0,
            upload_blob=None,
            **facts,
        )
    runtime.blobs.delete(check.upload_blob)


def forget_expired(runtime: Runtime) -> int:
    """Delete checks whose time is over, with what they left behind; answers how many blobs."""
    with runtime.transaction() as session:
        blobs = verification_store.delete_expired(session, at=runtime.now())
    for blob in blobs:
        runtime.blobs.delete(blob)
    return len(blobs)

"""
Whether a changed request meets the conditions under which a licensor agreed.

The same prompt for the same use, only as narrow as the licensor wants it, needs no second answer.
What the licensor wants changed in the prompt itself only the licensor can judge: then the request
is put before it again.
"""

from dataclasses import replace

from sqlmodel import Session

from licensing.clearance import approval_store, store
from licensing.clearance.action import prompt_digest
from licensing.clearance.agreement_errors import ApprovalClosed, ConditionsUnmet, UnknownApproval
from licensing.clearance.approval import Approval
from licensing.clearance.store import Clearance
from licensing.clearance.use import Use
from service.runtime import Runtime


def met_approval(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    approval_id: str,
    *,
    text: str,
) -> Approval:
    """
    Find the conditional approval that a new request rests on, locked for it alone.

    Raises `UnknownApproval`, `ApprovalClosed` when it is not conditional, used already or older
    than its clock, and `ConditionsUnmet` with what does not fit.
    """
    approval = approval_store.get(session, approval_id, lock=True)
    if approval is None or approval.platform_id != clearance.platform_id:
        raise UnknownApproval(approval_id)
    before = store.get(session, approval.platform_id, approval.clearance_id)
    answer = approval.last
    if approval.status != "conditional" or before is None or answer is None:
        raise ApprovalClosed(approval_id, approval.status)
    if approval.used_by is not None:
        raise ApprovalClosed(approval_id, "used")
    if approval.answered_at is None or runtime.now() >= approval.answered_at + approval.clock:
        raise ApprovalClosed(approval_id, "lapsed")
    if prompt_digest(before.prompt_nonce, text) != before.prompt_sha256:
        raise ConditionsUnmet(approval_id, "the prompt is another one")
    conditions = answer.conditions
    if conditions is None or conditions.change is not None:
        raise ConditionsUnmet(approval_id, "the prompt must change, and be asked for anew")
    problem = conditions.unmet(clearance.use) or _wider(clearance.use, before.use)
    if problem is not None:
        raise ConditionsUnmet(approval_id, problem)
    if dict(approval.terms).items() - dict(clearance.decision.terms).items():
        raise ConditionsUnmet(approval_id, "the terms have changed since")
    return approval


def _wider(use: Use, asked: Use) -> str | None:
    """Say in what a use is wider than the one that the licensor saw; None when in nothing."""
    if use.duration_ms > asked.duration_ms:
        return "it is longer than what the licensor saw"
    same = replace(use, duration_ms=asked.duration_ms, audience_rating=asked.audience_rating)
    return None if same == asked else "its use is another than the licensor saw"

"""
Approvals as both sides use them: the queue, one answer, many answers, and the clock.

The part of a licensor is written as the licensor, the effect on the reservation as the platform, in
one transaction that changes its tenant in between: row-level security checks both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlmodel import Session

from licensing.clearance import approval_store, store
from licensing.clearance.agreement_errors import AnswerMalformed, ApprovalClosed, UnknownApproval
from licensing.clearance.approval import OPEN, Answer, Approval, answered, is_repeated
from licensing.clearance.approval_store import Actor, Move
from licensing.clearance.store import Clearance
from licensing.errors import LicensingError
from licensing.registry.terms.pricing import currency_of
from service.database import set_tenant
from service.error_facts import facts_of
from service.operations.approval_effects import settle
from service.runtime import Runtime

MOST_AT_ONCE: Final = 50
OPERATOR_KEY: Final = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """An approval with what its licensor is shown and every answer so far."""

    approval: Approval
    request: Mapping[str, Any]
    moves: Sequence[Move]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `GET /v1/approvals/{id}`."""
        return {
            **summary(self.approval),
            "platform": self.approval.platform_id,
            "terms": [{"id": name, "sha256": digest} for name, digest in self.approval.terms],
            "request": dict(self.request),
            "answers": [
                {
                    "side": move.side,
                    "by": move.actor_id,
                    "at": move.at.isoformat().replace("+00:00", "Z"),
                    **move.document,
                }
                for move in self.moves
            ],
        }


def summary(approval: Approval) -> dict[str, Any]:
    """Tell how an approval stands, as it is listed and as it stands in its clearance."""
    facts: dict[str, Any] = {
        "id": approval.id,
        "clearance": approval.clearance_id,
        "licensor": approval.licensor_id,
        "status": approval.status,
        "due_at": approval.due_at.isoformat().replace("+00:00", "Z"),
    }
    if approval.status in OPEN:
        facts["turn"] = approval.turn
    if approval.last is not None:
        last = approval.last.to_json()
        facts |= {name: last[name] for name in ("offer", "conditions", "note") if name in last}
    return facts


def list_approvals(
    runtime: Runtime,
    tenant_id: str,
    *,
    status: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> list[Approval]:
    """List the tenant's approvals, most urgent first."""
    with runtime.transaction(tenant_id) as session:
        return approval_store.list_approvals(session, status=status, limit=limit, after=after)


def get_approval(runtime: Runtime, tenant_id: str, approval_id: str) -> ApprovalView:
    """Read one approval. Raises `UnknownApproval`."""
    with runtime.transaction(tenant_id) as session:
        return _view(session, approval_id)


def answer_approval(
    runtime: Runtime,
    actor: Actor,
    approval_id: str,
    answer: Answer,
) -> ApprovalView:
    """
    Give one side's answer; the same answer again changes nothing.

    Raises `UnknownApproval`, `ApprovalClosed`, `NotYourTurn`, `AnswerMalformed`, and
    `InsufficientCredit` when a platform agrees to more than it can pay.
    """
    at = runtime.now()
    with runtime.transaction(actor.tenant_id) as session:
        seen = approval_store.get(session, approval_id)
        side = seen.side_of(actor.tenant_id) if seen is not None else None
        if seen is None or side is None:
            raise UnknownApproval(approval_id)
        # The clearance is locked before its approvals, here and everywhere.
        set_tenant(session, seen.platform_id)
        clearance = _waiting(session, seen)
        set_tenant(session, actor.tenant_id)
        approval = approval_store.get(session, approval_id, lock=True) or seen
        if is_repeated(approval, side, answer):
            return _view(session, approval_id)
        if clearance is None:
            raise ApprovalClosed(approval_id, approval.status)
        _check_offer(session, approval, answer)
        moved = answered(approval, side, answer, at)
        approval_store.save(session, moved)
        approval_store.add_move(session, moved, side=side, actor=actor, answer=answer, at=at)
        view = _view(session, approval_id)
        set_tenant(session, seen.platform_id)
        settle(runtime, session, clearance, moved, at)
    return view


def answer_many(
    runtime: Runtime,
    actor: Actor,
    answers: Sequence[tuple[str, Answer]],
) -> list[dict[str, Any]]:
    """
    Answer up to fifty approvals, each for itself: one that fails leaves the others as they are.

    Raises `AnswerMalformed` when there are more.
    """
    if len(answers) > MOST_AT_ONCE:
        raise AnswerMalformed("answers", f"must be at most {MOST_AT_ONCE}")
    results: list[dict[str, Any]] = []
    for approval_id, answer in answers:
        try:
            view = answer_approval(runtime, actor, approval_id, answer)
            results.append(summary(view.approval))
        except LicensingError as error:
            results.append({"id": approval_id, "error": facts_of(error).to_json()})
    return results


def lapse_approvals(runtime: Runtime, *, limit: int = 200) -> int:
    """End what nobody answered in time; answers how many. Safe to run at any moment, twice."""
    at = runtime.now()
    with runtime.transaction() as session:
        due = approval_store.overdue(session, at, limit)
    lapsed = 0
    for approval_id, clearance_id, platform_id in due:
        with runtime.transaction(platform_id) as session:
            clearance = store.get(session, platform_id, clearance_id, lock=True)
            approval = approval_store.get(session, approval_id, lock=True)
            # An answer may have come in between.
            if approval is None or approval.status not in OPEN or approval.due_at > at:
                continue
            closed = replace(approval, status="lapsed", answered_at=at)
            approval_store.save(session, closed)
            if clearance is not None and clearance.status == "waiting":
                settle(runtime, session, clearance, closed, at)
            lapsed += 1
    return lapsed


def _waiting(session: Session, approval: Approval) -> Clearance | None:
    """Lock the clearance of an approval; None when it waits for nobody any more."""
    clearance = store.get(session, approval.platform_id, approval.clearance_id, lock=True)
    return clearance if clearance is not None and clearance.status == "waiting" else None


def _check_offer(session: Session, approval: Approval, answer: Answer) -> None:
    """Refuse an offer that could not be paid: where no fee is due, or in another currency."""
    if answer.offer is None:
        return
    prices = approval_store.request_of(session, approval.id)["prices"]
    if not prices:
        raise AnswerMalformed(
            "offer",
            "no fee of this licensor is due for the use: grant, set conditions or decline",
        )
    known = {price["currency"] for price in prices.values() if price is not None}
    offered = currency_of(answer.offer.price)
    if known and offered is not None and offered not in known:
        raise AnswerMalformed("offer.price", f"must be in {' or '.join(sorted(known))}")


def _view(session: Session, approval_id: str) -> ApprovalView:
    approval = approval_store.get(session, approval_id)
    if approval is None:
        raise UnknownApproval(approval_id)
    return ApprovalView(
        approval=approval,
        request=approval_store.request_of(session, approval_id),
        moves=approval_store.moves_of(session, approval_id),
    )

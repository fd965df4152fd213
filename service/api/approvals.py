"""`/v1/approvals`: what waits for an answer, for owners and for platforms."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from licensing.clearance.approval import Answer, answer_from
from licensing.clearance.approval_store import Actor
from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, PathId, RuntimeDep, problems
from service.api.schemas import ApprovalId, Incoming
from service.operations import approvals

router = APIRouter(prefix="/v1/approvals", tags=["approvals"], route_class=JsonRoute)

Party = Annotated[Caller, Depends(caller_with("approvals"))]
Status = Literal[
    "requested", "countered", "granted", "conditional", "declined", "lapsed", "withdrawn"
]


class AnswerIn(Incoming):
    """
    What one side says.

    A licensor grants, sets `conditions`, counters with an `offer`, accepts an offer, or declines. A
    platform counters, accepts or withdraws.
    """

    answer: Literal["grant", "condition", "counter", "accept", "decline", "withdraw"]
    conditions: dict[str, Any] | None = Field(
        default=None,
        description="For `condition`: max_duration_ms, audience_rating, change (in your words).",
    )
    offer: dict[str, Any] | None = Field(
        default=None,
        description="For `counter`: price as in terms; max_duration_ms, audience_rating.",
    )
    note: str | None = Field(default=None, max_length=1000)

    def to_answer(self) -> Answer:
        """Give the answer as the core checks it; raises `AnswerMalformed`."""
        named = self.model_dump(exclude={"approval"}, exclude_none=True)
        return answer_from(named)


class NamedAnswerIn(AnswerIn):
    """One of several answers, with the approval it is for."""

    approval: ApprovalId


class AnswersIn(Incoming):
    """Up to fifty answers."""

    answers: list[NamedAnswerIn] = Field(min_length=1, max_length=approvals.MOST_AT_ONCE)


@router.get("", responses=problems(401, 403, 422), response_model=None)
def all_approvals(
    runtime: RuntimeDep,
    caller: Party,
    status: Annotated[Status | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(pattern=r"^apr_[0-9a-f]{1,64}$")] = None,
) -> dict[str, Any]:
    """List approvals, most urgent first; `after` is the last id you have."""
    found = approvals.list_approvals(
        runtime,
        caller.tenant_id,
        status=status,
        limit=limit,
        after=after,
    )
    return {"approvals": [approvals.summary(approval) for approval in found]}


@router.get("/{approval_id}", responses=problems(401, 403, 404, 422), response_model=None)
def one_approval(approval_id: PathId, runtime: RuntimeDep, caller: Party) -> dict[str, Any]:
    """Show one approval: what is asked, and every answer so far."""
    return approvals.get_approval(runtime, caller.tenant_id, approval_id).to_json()


@router.post(
    "/{approval_id}/answer",
    responses=problems(401, 402, 403, 404, 409, 422),
    response_model=None,
)
def answer(
    approval_id: PathId,
    body: AnswerIn,
    runtime: RuntimeDep,
    caller: Party,
) -> dict[str, Any]:
    """Answer; the same answer again changes nothing."""
    actor = Actor(tenant_id=caller.tenant_id, key_id=caller.key_id)
    return approvals.answer_approval(runtime, actor, approval_id, body.to_answer()).to_json()


@router.post("/answers", responses=problems(401, 403, 422), response_model=None)
def answer_many(body: AnswersIn, runtime: RuntimeDep, caller: Party) -> dict[str, Any]:
    """Answer several at once, each for itself; what failed says why."""
    actor = Actor(tenant_id=caller.tenant_id, key_id=caller.key_id)
    answers = [(each.approval, each.to_answer()) for each in body.answers]
    return {"approvals": approvals.answer_many(runtime, actor, answers)}

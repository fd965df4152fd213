"""`/v1/clearances`: whether a prompt may be made, and at what price."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header
from fastapi.exceptions import RequestValidationError

from licensing.clearance.replay import Prompt
from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, PathId, RuntimeDep, problems
from service.api.schemas import ClearanceIn, ClearanceOut, ReadingIn, RecordedReadingOut, ReplayOut
from service.errors import IdempotencyKeyMissing
from service.operations.approval_effects import Shown
from service.operations.clearances import (
    ClearanceRequest,
    clear_prompt,
    confirm_clearance,
    get_clearance,
    void_clearance,
)
from service.operations.readings import get_reading, replay_reading

router = APIRouter(prefix="/v1/clearances", tags=["clearances"], route_class=JsonRoute)

Owner = Annotated[Caller, Depends(caller_with("clearances"))]

_KEY_PATTERN: Final = re.compile(r"[\x21-\x7e]{1,255}")


def idempotency_key(
    sent: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Required. New for each clearance, the same for each retry of it.",
        ),
    ] = None,
) -> str:
    """Take the key from its header; without one a retry could be charged twice."""
    if not sent:
        raise IdempotencyKeyMissing
    if not _KEY_PATTERN.fullmatch(sent):
        raise RequestValidationError(
            [
                {
                    "type": "string_pattern_mismatch",
                    "loc": ("header", "Idempotency-Key"),
                    "msg": "must be 1 to 255 printable ASCII characters without spaces",
                },
            ],
        )
    return sent


@router.post(
    "",
    status_code=201,
    responses={201: {"model": ClearanceOut}, **problems(400, 401, 403, 409, 413, 422)},
    response_model=None,
)
def create_clearance(
    body: ClearanceIn,
    runtime: RuntimeDep,
    caller: Owner,
    key: Annotated[str, Depends(idempotency_key)],
) -> dict[str, Any]:
    """Ask before generating. A refusal is an answer too: 201 with every reason and no token."""
    request = ClearanceRequest(
        prompt=body.prompt,
        negative_prompt=body.negative_prompt,
        use=body.use.to_use(),
        budget=body.budget.to_money() if body.budget else None,
        quote_only=body.quote_only,
        shown=Shown(
            note=body.note_to_licensors,
            prompt=body.prompt if body.share_prompt else None,
        ),
        approval_id=body.approval,
    )
    return clear_prompt(runtime, caller.tenant_id, request, idempotency_key=key).to_json()


@router.get(
    "/{clearance_id}",
    responses={200: {"model": ClearanceOut}, **problems(401, 403, 404, 422)},
    response_model=None,
)
def show_clearance(clearance_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Follow a clearance."""
    return get_clearance(runtime, caller.tenant_id, clearance_id).to_json()


@router.post(
    "/{clearance_id}/void",
    responses={200: {"model": ClearanceOut}, **problems(401, 403, 404, 409, 422)},
    response_model=None,
)
def release_clearance(clearance_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Give the reservation back; nothing is owed. Again changes nothing."""
    return void_clearance(runtime, caller.tenant_id, clearance_id).to_json()


@router.post(
    "/{clearance_id}/confirm",
    responses={200: {"model": ClearanceOut}, **problems(401, 403, 404, 409, 422)},
    response_model=None,
)
def reserve_clearance(clearance_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Reserve a quote and get its token. Again gives the same token."""
    return confirm_clearance(runtime, caller.tenant_id, clearance_id).to_json()


@router.get(
    "/{clearance_id}/reading",
    responses={200: {"model": RecordedReadingOut}, **problems(401, 403, 404, 422)},
    response_model=None,
)
def show_reading(clearance_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """See how the prompt was read: facts and rules, without a word of the prompt."""
    return get_reading(runtime, clearance_id, tenant=caller.tenant_id).to_json()


@router.post(
    "/{clearance_id}/reading/replay",
    responses={200: {"model": ReplayOut}, **problems(401, 403, 404, 413, 422)},
    response_model=None,
)
def replay_clearance(
    clearance_id: PathId, body: ReadingIn, runtime: RuntimeDep, caller: Owner
) -> dict[str, Any]:
    """Make the decision again from the prompt and today's registry; every difference is named."""
    prompt = Prompt(text=body.prompt, negative_text=body.negative_prompt)
    return replay_reading(runtime, clearance_id, prompt, tenant=caller.tenant_id).to_json()

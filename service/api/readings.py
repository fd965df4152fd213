"""`/v1/readings`: which subjects a prompt refers to. Nothing is decided, held or stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, RuntimeDep, problems
from service.api.schemas import ReadingIn, ReadingOut
from service.operations.registry import read_prompt

router = APIRouter(tags=["readings"], route_class=JsonRoute)


@router.post(
    "/v1/readings",
    responses={200: {"model": ReadingOut}, **problems(401, 403, 413, 422)},
    response_model=None,
)
def create_reading(
    body: ReadingIn,
    runtime: RuntimeDep,
    _caller: Annotated[Caller, Depends(caller_with("readings"))],
) -> dict[str, Any]:
    """Find the mentions of a prompt."""
    return read_prompt(runtime, body.prompt, body.negative_prompt).to_json()

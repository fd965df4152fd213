"""`/v1/registry`: what can be referenced, on which terms. Imports are a command."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, RuntimeDep, problems
from service.operations.registry import export_registry

router = APIRouter(tags=["registry"], route_class=JsonRoute)


@router.get(
    "/v1/registry",
    responses={200: {"content": {"application/json": {}}}, **problems(401, 403)},
    response_class=Response,
)
def show_registry(
    runtime: RuntimeDep,
    _caller: Annotated[Caller, Depends(caller_with("registry:read"))],
) -> Response:
    """Give the whole registry as `rakkan-registry/1`, one subject a line."""
    return Response(export_registry(runtime), media_type="application/json")

"""`/v1/registry`: what can be referenced, on which terms. Imports are a command."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from licensing.registry.document import MAX_ID_CHARS
from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, RuntimeDep, problems
from service.operations.registry import export_registry, lint_registry, show_subject

router = APIRouter(tags=["registry"], route_class=JsonRoute)

_DOCUMENT: Final = {
    "requestBody": {
        "description": "A rakkan-registry/1 document.",
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}


async def _document(request: Request) -> bytes:
    """Take a document as it is: its own reader says best what is wrong with it."""
    return await request.body()


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


@router.get("/v1/registry/subjects/{subject_id:path}", responses=problems(401, 403, 404, 422))
def show_registry_subject(
    subject_id: Annotated[str, Path(max_length=MAX_ID_CHARS)],
    runtime: RuntimeDep,
    _caller: Annotated[Caller, Depends(caller_with("registry:read"))],
) -> dict[str, Any]:
    """Give one subject; each name tells its origin, and a generated one what it was made from."""
    return show_subject(runtime, subject_id).to_json()


@router.post(
    "/v1/registry/lints",
    responses=problems(401, 403, 413, 422),
    openapi_extra=_DOCUMENT,
)
def lint_document(
    document: Annotated[bytes, Depends(_document)],
    _caller: Annotated[Caller, Depends(caller_with("registry:lint"))],
) -> dict[str, Any]:
    """Tell which names of a document hit ordinary prompts; nothing is stored or changed."""
    return lint_registry(document).to_json()

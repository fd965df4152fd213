"""The C2PA Soft Binding Resolution API 2.4.0: manifests, soft bindings and receipts."""

from http import HTTPMethod
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service.api import schemas_soft_bindings as schemas
from service.api.access import Caller, caller_with
from service.api.resolution_route import (
    ResolutionRoute,
    contract_problems,
    media_type_of,
    prefers_html,
    read_body,
    refuse_other_methods,
)
from service.api.routes_common import RuntimeDep, runtime_of
from service.api.soft_bindings import Reader
from service.operations.keep_manifest import STORE_LIMIT_BYTES, keep_manifest, withdraw_manifest
from service.operations.resolve_manifest import (
    give_receipt,
    require_manifest,
    resolve_manifest,
    verify_receipt,
)
from service.operations.store_bindings import BindingRequest, add_binding, move_binding
from service.resolution_errors import MediaTypeRefused

router = APIRouter(prefix="/v1", tags=["resolution"], route_class=ResolutionRoute)

MEDIA_TYPE: Final = "application/c2pa"

ManifestIdPath = Annotated[schemas.ManifestId, Path()]
ManifestKeeper = Annotated[Caller, Depends(caller_with("store:manifests"))]
BindingKeeper = Annotated[Caller, Depends(caller_with("store:bindings"))]

_STORE: Final = {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
_BINDING_PROBLEMS: Final = (401, 403, 404, 409, 413, 415)


@router.post(
    "/manifests",
    operation_id="addManifest",
    responses={
        200: {"model": schemas.ManifestCreateResult},
        **contract_problems(401, 403, 409, 413, 415),
    },
    response_model=None,
    openapi_extra={"requestBody": {"required": True, "content": _STORE}},
)
async def add_manifest(
    request: Request,
    caller: ManifestKeeper,
    return_receipt: Annotated[bool, Query(alias="returnReceipt")] = False,  # noqa: FBT002
) -> dict[str, Any]:
    """Keep a C2PA manifest store; its active manifest gives it its identifier."""
    if media_type_of(request) != MEDIA_TYPE:
        raise MediaTypeRefused(MEDIA_TYPE)
    runtime = runtime_of(request)
    store = await read_body(request, limit_bytes=STORE_LIMIT_BYTES)
    manifest_id = await run_in_threadpool(keep_manifest, runtime, caller.tenant_id, store)
    result: dict[str, Any] = {"manifestId": manifest_id}
    if return_receipt:
        result["receipt"] = await run_in_threadpool(give_receipt, runtime, manifest_id)
    return result


@router.get(
    "/manifests/{manifest_id}",
    operation_id="getManifestById",
    responses={
        200: {"description": "The manifest store", "content": _STORE},
        303: {"description": "The page of the manifest, for who prefers text/html"},
        **contract_problems(401, 404),
    },
    response_class=Response,
)
def get_manifest(
    manifest_id: ManifestIdPath,
    runtime: RuntimeDep,
    _caller: Reader,
    return_active_manifest: Annotated[bool, Query(alias="returnActiveManifest")] = False,  # noqa: FBT002
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Fetch a kept manifest store, or a store of its active manifest alone."""
    if prefers_html(accept):
        require_manifest(runtime, manifest_id)
        page = RedirectResponse(f"/m/{quote(manifest_id, safe=':')}", status_code=303)
        page.headers["Vary"] = "Accept"
        return page
    store = resolve_manifest(runtime, manifest_id, active_manifest_only=return_active_manifest)
    return Response(store, media_type=MEDIA_TYPE, headers={"Vary": "Accept"})


@router.delete(
    "/manifests/{manifest_id}",
    operation_id="deleteManifest",
    status_code=204,
    responses=contract_problems(401, 403, 404),
)
def delete_manifest(
    manifest_id: ManifestIdPath, runtime: RuntimeDep, caller: ManifestKeeper
) -> None:
    """Take a manifest store of one's own, and its soft bindings, out of the repository."""
    withdraw_manifest(runtime, caller.tenant_id, manifest_id)


@router.post(
    "/bindings",
    operation_id="associateManifest",
    status_code=204,
    responses=contract_problems(*_BINDING_PROBLEMS),
)
def associate_manifest(body: schemas.BindingIn, runtime: RuntimeDep, caller: BindingKeeper) -> None:
    """Tie a soft binding value to a manifest of one's own."""
    add_binding(runtime, caller.tenant_id, _request(body))


@router.put(
    "/bindings",
    operation_id="updateAssociatedManifest",
    status_code=204,
    responses=contract_problems(*_BINDING_PROBLEMS),
)
def update_associated_manifest(
    body: schemas.BindingIn, runtime: RuntimeDep, caller: BindingKeeper
) -> None:
    """Lead an existing soft binding value of one's own to another manifest of one's own."""
    move_binding(runtime, caller.tenant_id, _request(body))


@router.get(
    "/manifests/{manifest_id}/receipts",
    operation_id="getVerifiedReceipt",
    responses={200: {"model": schemas.VerifiedManifestReceipt}, **contract_problems(401, 404)},
    response_model=None,
)
def get_receipt(
    manifest_id: ManifestIdPath, runtime: RuntimeDep, _caller: Reader
) -> dict[str, Any]:
    """Prove that the store was taken in: the proof can be checked without this service."""
    return {**give_receipt(runtime, manifest_id), "verified": True}


@router.post(
    "/manifests/{manifest_id}/receipts",
    operation_id="verifyReceipt",
    responses={
        200: {"model": schemas.VerifiedManifestReceipt},
        **contract_problems(401, 404, 413, 415),
    },
    response_model=None,
)
def check_receipt(
    manifest_id: ManifestIdPath,
    runtime: RuntimeDep,
    _caller: Reader,
    body: schemas.ManifestReceipt,
) -> dict[str, Any]:
    """Check a receipt; one that proves nothing is an answer, not an error."""
    return verify_receipt(runtime, manifest_id, body.to_json())


def _request(body: schemas.BindingIn) -> BindingRequest:
    return BindingRequest(value=body.binding_value, manifest_id=body.manifest_id, alg=body.alg)


refuse_other_methods(
    router,
    {
        "/manifests": (HTTPMethod.POST,),
        "/manifests/{manifest_id}": (HTTPMethod.GET, HTTPMethod.DELETE),
        "/manifests/{manifest_id}/receipts": (HTTPMethod.GET, HTTPMethod.POST),
        "/bindings": (HTTPMethod.POST, HTTPMethod.PUT),
    },
)

"""
The C2PA Soft Binding Resolution API 2.4.0: searching for manifests, and what the service can do.

Reading needs no key. What differs from the official definition stands in
docs/soft-binding-resolution.md; keeping manifests is next door, in `manifest_repository`.
"""

from dataclasses import replace
from datetime import UTC
from http import HTTPMethod
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from manifests.verification.soft_bindings import FINGERPRINT_ALG, WATERMARK_ALG
from service.api import schemas_soft_bindings as schemas
from service.api.access import Caller, known_caller
from service.api.regions import spans_of
from service.api.resolution_route import (
    ResolutionRoute,
    admit,
    contract_problems,
    media_type_of,
    refuse_other_methods,
    searches_of,
    write_body,
)
from service.api.routes_common import RuntimeDep, runtime_of
from service.errors import DatabaseUnavailable, NotFound, SchemaOutdated
from service.operations.find_matches import (
    DEFAULT_RESULTS,
    MAX_RESULTS,
    AssetReference,
    ContentQuery,
    find_by_binding,
    find_by_content,
    find_by_reference,
)
from service.operations.match import Match
from service.operations.scratch import scratch_folder
from service.resolution import SPECIFICATION_VERSION, ResolutionPolicy
from service.resolution_errors import MediaTypeRefused, QueryTooLong

router = APIRouter(prefix="/v1", tags=["resolution"], route_class=ResolutionRoute)
well_known_router = APIRouter(tags=["resolution"], route_class=ResolutionRoute)

ASSET_TYPES: Final = ("video/*", "image/*", "audio/*", "application/*", "model/*", "text/*")

Reader = Annotated[Caller | None, Depends(known_caller)]
MaxResults = Annotated[int, Query(alias="maxResults", ge=1, le=MAX_RESULTS)]
OnlyAlg = Annotated[schemas.AlgName | None, Query(alias="alg")]
HintAlg = Annotated[schemas.AlgName | None, Query(alias="hintAlg")]
HintValue = Annotated[schemas.Base64Short | None, Query(alias="hintValue")]


def _content_query(
    alg: OnlyAlg = None,
    max_results: MaxResults = DEFAULT_RESULTS,
    hint_alg: HintAlg = None,
    hint_value: HintValue = None,
) -> ContentQuery:
    """Read how to search; half a hint is none."""
    hint = (hint_alg, hint_value) if hint_alg is not None and hint_value is not None else None
    return ContentQuery(alg=alg, hint=hint, max_results=max_results)


Searching = Annotated[ContentQuery, Depends(_content_query)]
_FOUND: Final[dict[int | str, dict[str, Any]]] = {200: {"model": schemas.SoftBindingQueryResult}}


@router.get(
    "/matches/byBinding",
    operation_id="queryByBinding",
    responses={**_FOUND, **contract_problems(401, 414)},
    response_model=None,
)
def query_by_binding(
    runtime: RuntimeDep,
    _caller: Reader,
    value: Annotated[str, Query(min_length=1, pattern=r"^[A-Za-z0-9+/]+={0,2}$")],
    alg: Annotated[schemas.AlgName, Query()],
    max_results: MaxResults = DEFAULT_RESULTS,
) -> dict[str, Any]:
    """Find the manifests that a soft binding value leads to."""
    if len(value) > schemas.SHORT_VALUE_CHARS:
        raise QueryTooLong(schemas.SHORT_VALUE_CHARS)
    return _result(find_by_binding(runtime, alg, value, max_results=max_results))


@router.post(
    "/matches/byBinding",
    operation_id="queryByLargeBinding",
    responses={**_FOUND, **contract_problems(401, 413, 415)},
    response_model=None,
)
def query_by_large_binding(
    runtime: RuntimeDep,
    _caller: Reader,
    body: schemas.SoftBindingQuery,
    max_results: MaxResults = DEFAULT_RESULTS,
) -> dict[str, Any]:
    """Find the manifests that a soft binding value of any allowed size leads to."""
    return _result(find_by_binding(runtime, body.alg, body.value, max_results=max_results))


@router.post(
    "/matches/byContent",
    operation_id="uploadFile",
    responses={**_FOUND, **contract_problems(401, 413, 415, 429, 503, 507)},
    response_model=None,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                media_range: {"schema": {"type": "string", "format": "binary"}}
                for media_range in ASSET_TYPES
            },
        },
    },
)
async def query_by_content(request: Request, caller: Reader, query: Searching) -> dict[str, Any]:
    """Find the manifests that fit an asset, sent raw. It is deleted once it was looked at."""
    _require_asset_type(media_type_of(request))
    admit(request, caller)
    runtime = runtime_of(request)
    searches = searches_of(request)
    # Refused before the body is read, and again when it has arrived and others were faster.
    searches.require_free()
    with scratch_folder("rakkan-search-") as folder:
        path = folder / "asset"
        await write_body(request, path, limit_bytes=runtime.settings.upload_max_bytes)
        with searches.one():
            return _result(await run_in_threadpool(find_by_content, runtime, path, query))


@router.post(
    "/matches/byReference",
    operation_id="queryByReference",
    responses={**_FOUND, **contract_problems(401, 404, 413, 415, 429, 503, 507)},
    response_model=None,
)
def query_by_reference(
    request: Request,
    runtime: RuntimeDep,
    caller: Reader,
    body: schemas.AssetReferenceIn,
    query: Searching,
) -> dict[str, Any]:
    """Find the manifests that fit the asset behind an https address, where this is switched on."""
    policy = ResolutionPolicy.of(runtime.settings)
    if not policy.references_enabled:
        raise NotFound(request.url.path)
    query = replace(query, within=spans_of(body.region or ()))
    admit(request, caller)
    reference = AssetReference(
        url=body.reference_url,
        length_bytes=body.asset_length,
        media_type=body.asset_type,
    )
    with searches_of(request).one():
        return _result(find_by_reference(runtime, policy.client(), reference, query))


@router.get(
    "/services/supportedAlgorithms",
    operation_id="getSupportedBindings",
    responses={200: {"model": schemas.SoftBindingAlgList}, **contract_problems(401)},
    response_model=None,
)
def supported_algorithms(_caller: Reader) -> dict[str, Any]:
    """List the soft binding algorithms that can be asked about here."""
    return {"watermarks": [{"alg": WATERMARK_ALG}], "fingerprints": [{"alg": FINGERPRINT_ALG}]}


@router.get(
    "/services/status",
    operation_id="getServiceStatus",
    responses={200: {"model": schemas.ServiceStatus}},
    response_model=None,
)
def service_status(runtime: RuntimeDep) -> dict[str, Any]:
    """Tell whether manifests can be found at the moment."""
    try:
        runtime.database.require_current_schema()
        status = "ok"
    except (DatabaseUnavailable, SchemaOutdated):
        status = "down"
    now = runtime.now().astimezone(UTC)
    return {"status": status, "timestamp": now.isoformat().replace("+00:00", "Z")}


@router.get(
    "/services/capabilities",
    operation_id="getServiceCapabilities",
    responses={200: {"model": schemas.ServiceCapabilities}},
    response_model=None,
)
def service_capabilities(runtime: RuntimeDep) -> dict[str, Any]:
    """List the optional parts of the contract that are served here."""
    references = ResolutionPolicy.of(runtime.settings).references_enabled
    return {
        "c2paSpecificationVersion": SPECIFICATION_VERSION,
        "supportedCapabilities": [
            "queryByContent",
            *(("queryByReference",) if references else ()),
            "storeManifests",
            "storeBindings",
        ],
    }


@well_known_router.get(
    "/.well-known/c2pa-soft-binding-resolution",
    operation_id="getWellKnown",
    responses={200: {"model": schemas.WellKnown}},
    response_model=None,
)
def well_known(runtime: RuntimeDep) -> dict[str, Any]:
    """Tell where the API of this host is."""
    base = f"{runtime.settings.public_url}/v1"
    return {
        "apiEndpoint": base,
        "c2paSpecificationVersion": SPECIFICATION_VERSION,
        "capabilitiesEndpoint": f"{base}/services/capabilities",
        "statusEndpoint": f"{base}/services/status",
    }


def _require_asset_type(media_type: str) -> None:
    """Raise `MediaTypeRefused` for a multipart form or no type at all: the asset is sent raw."""
    kinds = tuple(media_range.removesuffix("*") for media_range in ASSET_TYPES)
    if not media_type.startswith(kinds):
        raise MediaTypeRefused(" or ".join(ASSET_TYPES))


def _result(matches: tuple[Match, ...]) -> dict[str, Any]:
    return {"matches": [match.to_json() for match in matches]}


refuse_other_methods(
    router,
    {
        "/matches/byBinding": (HTTPMethod.GET, HTTPMethod.POST),
        "/matches/byContent": (HTTPMethod.POST,),
        "/matches/byReference": (HTTPMethod.POST,),
        "/services/supportedAlgorithms": (HTTPMethod.GET,),
        "/services/status": (HTTPMethod.GET,),
        "/services/capabilities": (HTTPMethod.GET,),
    },
)

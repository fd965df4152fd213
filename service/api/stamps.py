"""`/v1/stamps`: announce a video, send its bytes, follow it, fetch the stamped copy."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from service.api.access import Caller, caller_with
from service.api.byte_ranges import RangeUnsatisfiable, cut, parse_range
from service.api.routes_common import JsonRoute, PathId, RuntimeDep, problems, runtime_of
from service.api.schemas import StampCreated, StampIn, StampOut
from service.errors import UploadTooLarge
from service.operations.stamp_ingredients import (
    PICTURE_LIMIT_BYTES,
    PICTURES_MAX,
    add_ingredient,
)
from service.operations.stamps import (
    StampSource,
    expect_upload,
    get_stamp,
    open_content,
    queue_upload,
    request_stamp,
)

router = APIRouter(prefix="/v1/stamps", tags=["stamps"], route_class=JsonRoute)
# Its bodies are videos: they are streamed and bounded by the upload limit, not by JSON's.
upload_router = APIRouter(prefix="/v1/stamps", tags=["stamps"])

Owner = Annotated[Caller, Depends(caller_with("stamps"))]


@router.post(
    "",
    status_code=201,
    responses={201: {"model": StampCreated}, **problems(401, 403, 409, 413, 422)},
    response_model=None,
)
def create_stamp(
    body: StampIn,
    request: Request,
    runtime: RuntimeDep,
    caller: Owner,
) -> dict[str, Any]:
    """
    Announce a video. A licence token is used up here: one token stamps one video.

    Without a token the video gets its provenance only: no licence, no charge.
    """
    source = StampSource(
        generator=body.source.generator,
        generator_version=body.source.generator_version,
        created_at=body.source.created_at,
        strength=body.strength,
    )
    view = request_stamp(
        runtime,
        caller.tenant_id,
        source,
        clearance_token=body.clearance_token,
    ).to_json()
    # The address the caller reached us by, unless the operator says under which we are reached.
    is_told = "public_url" in runtime.settings.model_fields_set
    base = runtime.settings.public_url if is_told else str(request.base_url).rstrip("/")
    return {**view, "upload_url": f"{base}/v1/stamps/{view['id']}"}


@upload_router.put(
    "/{stamp_id}",
    status_code=202,
    responses={202: {"model": StampOut}, **problems(401, 403, 404, 409, 413, 422, 507)},
    response_model=None,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"video/*": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
async def upload_video(stamp_id: PathId, request: Request, caller: Owner) -> dict[str, Any]:
    """Send the bytes of the video, raw and in one body."""
    runtime = runtime_of(request)
    limit_bytes = runtime.settings.upload_max_bytes
    refuse_declared_size(request, limit_bytes)
    await run_in_threadpool(expect_upload, runtime, caller.tenant_id, stamp_id)
    blob = await runtime.blobs.put_stream(
        f"uploads/{stamp_id}/{secrets.token_hex(8)}",
        request.stream(),
        max_bytes=limit_bytes,
    )
    view = await run_in_threadpool(queue_upload, runtime, caller.tenant_id, stamp_id, blob)
    return view.to_json()


@upload_router.put(
    "/{stamp_id}/ingredients/{number}",
    responses={200: {"model": StampOut}, **problems(401, 403, 404, 409, 413, 415, 422, 507)},
    response_model=None,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in ("image/png", "image/jpeg", "image/webp")
            },
        },
    },
)
async def upload_ingredient(
    stamp_id: PathId,
    number: Annotated[int, Path(ge=1, le=PICTURES_MAX)],
    request: Request,
    caller: Owner,
) -> dict[str, Any]:
    """Send a picture that the video was made from, raw, before the video itself."""
    runtime = runtime_of(request)
    refuse_declared_size(request, PICTURE_LIMIT_BYTES)
    await run_in_threadpool(expect_upload, runtime, caller.tenant_id, stamp_id)
    blob = await runtime.blobs.put_stream(
        f"uploads/{stamp_id}/ingredient-{number}-{secrets.token_hex(8)}",
        request.stream(),
        max_bytes=PICTURE_LIMIT_BYTES,
    )
    view = await run_in_threadpool(
        add_ingredient, runtime, caller.tenant_id, stamp_id, number, blob
    )
    return view.to_json()


def refuse_declared_size(request: Request, limit_bytes: int) -> None:
    """Refuse an upload by its own Content-Length before a byte of it is read."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit_bytes:
        raise UploadTooLarge(limit_bytes)


@router.get(
    "/{stamp_id}",
    responses={200: {"model": StampOut}, **problems(401, 403, 404, 422)},
    response_model=None,
)
def show_stamp(stamp_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Follow a stamp."""
    return get_stamp(runtime, caller.tenant_id, stamp_id).to_json()


@router.get(
    "/{stamp_id}/content",
    responses={
        200: {"content": {"video/mp4": {}}},
        206: {"description": "A part", "content": {"video/mp4": {}}},
        416: {"description": "The range begins behind the last byte"},
        **problems(401, 403, 404, 409, 422),
    },
    response_class=Response,
)
def fetch_content(
    stamp_id: PathId,
    runtime: RuntimeDep,
    caller: Owner,
    wanted: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """Fetch the stamped copy, whole or one byte range of it."""
    content = open_content(runtime, caller.tenant_id, stamp_id)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{content.filename}"',
    }
    try:
        part = parse_range(wanted, content.size_bytes)
    except RangeUnsatisfiable:
        headers["Content-Range"] = f"bytes */{content.size_bytes}"
        return Response(status_code=416, headers=headers)
    status = 200
    if part is None:
        part = range(content.size_bytes)
    else:
        status = 206
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{content.size_bytes}"
    headers["Content-Length"] = str(len(part))
    return StreamingResponse(
        cut(runtime.blobs.iter_chunks(content.blob_key), part),
        status_code=status,
        media_type=content.media_type,
        headers=headers,
    )

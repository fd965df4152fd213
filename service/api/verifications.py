"""`/v1/verifications`: check a video. No key is needed; each address gets its share."""

import secrets
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from service.api.rate_limit import RateLimiter
from service.api.routes_common import PathId, RuntimeDep, problems, runtime_of
from service.api.schemas import VerificationCreated, VerificationOut
from service.api.stamps import refuse_declared_size
from service.operations.verifications import get_verification, request_verification

router = APIRouter(prefix="/v1/verifications", tags=["verifications"])


@router.post(
    "",
    status_code=202,
    responses={202: {"model": VerificationCreated}, **problems(413, 422, 429, 507)},
    response_model=None,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"video/*": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
async def create_verification(
    request: Request,
    ask_others: Annotated[  # noqa: FBT002 - a query parameter
        bool,
        Query(
            description="Consent for this one upload: when this service is left with a question, "
            "the whole file is sent to the other services that its operator configured. The "
            "answer lists them in `may_be_sent_to`; without the consent, or without such "
            "services, nothing leaves this one.",
        ),
    ] = False,
) -> dict[str, Any]:
    """Send the bytes of a video, raw; ask for its verdict under the id you get."""
    runtime = runtime_of(request)
    limiter: RateLimiter = request.app.state.verification_limiter
    limiter.admit(request.client.host if request.client else "unknown")
    limit_bytes = runtime.settings.upload_max_bytes
    refuse_declared_size(request, limit_bytes)
    blob = await runtime.blobs.put_stream(
        f"checks/{secrets.token_hex(16)}",
        request.stream(),
        max_bytes=limit_bytes,
    )
    view = await run_in_threadpool(
        partial(request_verification, runtime, blob, may_ask_others=ask_others)
    )
    return view.to_json()


@router.get(
    "/{verification_id}",
    responses={200: {"model": VerificationOut}, **problems(404, 422)},
    response_model=None,
)
def show_verification(verification_id: PathId, runtime: RuntimeDep) -> dict[str, Any]:
    """Follow a check; its result is the verdict."""
    return get_verification(runtime, verification_id).to_json()

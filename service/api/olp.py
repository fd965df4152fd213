"""`/olp`: the Open License Protocol, OAuth 2.0 with licence tokens. Its errors are RFC 6749's."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from service.api.routes_common import RuntimeDep, runtime_of
from service.auth import Caller
from service.operations.olp import OlpRefused, authenticate_client, introspect, issue_token
from service.runtime import Runtime

router = APIRouter(prefix="/olp", tags=["open license protocol"])

FORM: Final = "application/x-www-form-urlencoded"
MAX_FORM_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 32
_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}

Answer = Callable[[Runtime, Caller, Mapping[str, str]], dict[str, Any]]

_FORM_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {FORM: {"schema": {"type": "object"}}},
    },
}


@router.post("/token", openapi_extra=_FORM_BODY, response_model=None)
async def token(
    request: Request,
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,255}$"),
    ] = None,
) -> JSONResponse:
    """
    Give a licence token for a subject and a use: grants `client_credentials` and `rsl`.

    The client is an API key: its tenant's id and the key by HTTP Basic, or in the form.
    """

    def issue(runtime: Runtime, caller: Caller, form: Mapping[str, str]) -> dict[str, Any]:
        return issue_token(runtime, caller, form, key=key).to_json()

    return await _answered(request, issue)


@router.post("/introspect", openapi_extra=_FORM_BODY, response_model=None)
async def introspect_token(request: Request) -> JSONResponse:
    """Tell its platform, or a licensor whose terms it names, what a token is worth (RFC 7662)."""

    def tell(runtime: Runtime, caller: Caller, form: Mapping[str, str]) -> dict[str, Any]:
        if "token" not in form:
            raise OlpRefused("invalid_request", "token is missing.")
        return introspect(runtime, caller, form["token"])

    return await _answered(request, tell)


@router.get("/jwks")
def jwks(runtime: RuntimeDep) -> dict[str, Any]:
    """Give the keys that licence tokens are signed with (RFC 7517)."""
    return runtime.token_issuer.jwks()


async def _answered(request: Request, answer: Answer) -> JSONResponse:
    """Read the form, tell who asks, and answer; whatever is refused is said as RFC 6749 asks."""
    runtime = runtime_of(request)
    try:
        form = await _form(request)
        client_id, secret = _credentials(request, form)
        caller = await run_in_threadpool(_known_client, request, client_id, secret)
        return JSONResponse(
            await run_in_threadpool(answer, runtime, caller, form), headers=_NO_STORE
        )
    except OlpRefused as refused:
        headers = dict(_NO_STORE)
        if refused.status == 401:  # noqa: PLR2004 - the status is named where it is decided
            headers["WWW-Authenticate"] = 'Basic realm="rakkan", charset="UTF-8"'
        body = {"error": refused.error, "error_description": refused.description}
        return JSONResponse(body, status_code=refused.status, headers=headers)


def _known_client(request: Request, client_id: str, secret: str) -> Caller:
    """Tell who asks; who guesses keys is slowed down, by address."""
    try:
        return authenticate_client(runtime_of(request), client_id, secret)
    except OlpRefused as refused:
        if refused.error == "invalid_client":
            address = request.client.host if request.client is not None else ""
            request.app.state.client_limiter.admit(address)
        raise


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").split(";", 1)[0].strip().lower() != FORM:
        raise OlpRefused("invalid_request", f"Send the parameters as {FORM}.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise OlpRefused("invalid_request", "The form is too large.", status=413)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:
        raise OlpRefused("invalid_request", "The form cannot be read.") from error
    form = dict(pairs)
    if len(form) < len(pairs):
        raise OlpRefused("invalid_request", "A parameter is given twice.")
    if any("\x00" in text for pair in pairs for text in pair):
        raise OlpRefused("invalid_request", "The form contains a zero byte.")
    # RFC 6749, 3.2: parameters without a value are treated as if they were left out.
    return {name: value for name, value in form.items() if value}


def _credentials(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    """Find id and secret in the header or the form; in both, nobody knows whom to believe."""
    header = request.headers.get("authorization")
    if header is None:
        if "client_id" not in form or "client_secret" not in form:
            raise OlpRefused("invalid_client", "Send client id and API key.", status=401)
        return form["client_id"], form["client_secret"]
    if "client_secret" in form:
        raise OlpRefused("invalid_request", "Authenticate once: by header or in the form.")
    scheme, _, encoded = header.partition(" ")
    wrong = OlpRefused("invalid_client", "Send client id and API key by HTTP Basic.", status=401)
    if scheme.lower() != "basic":
        raise wrong
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise wrong from error
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise wrong
    return unquote_plus(client_id), unquote_plus(secret)

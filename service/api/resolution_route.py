"""
What the routes of the resolution API share: their errors, media types, methods and bounded bodies.

The contract knows no 422: what is wrong with a request is a 400 here.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from http import HTTPMethod
from pathlib import Path
from typing import Any, ClassVar, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from service.api.access import Caller
from service.api.bounded_runs import BoundedRuns
from service.api.problems import problem_of
from service.api.rate_limit import RateLimiter
from service.api.routes_common import JsonRoute, problems
from service.api.stamps import refuse_declared_size
from service.error_facts import KNOWN_ERRORS
from service.errors import UploadTooLarge
from service.resolution_errors import MediaTypeRefused

UNPROCESSABLE: Final = 422
BAD_REQUEST: Final = 400
METHOD_NOT_ALLOWED: Final = 405


class ResolutionRoute(JsonRoute):
    """A route of the contract: JSON in, and every error a status that the contract lists."""

    # A soft binding value may have 1 MiB of text; there is room for the rest of the body.
    max_bytes: ClassVar[int] = 2 * 1024**2

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handling of a request."""
        takes_json = self.body_field is not None
        # Raw bodies are read by the routes themselves, under limits of their own.
        handle = super().get_route_handler() if takes_json else APIRoute.get_route_handler(self)

        async def handle_as_contracted(request: Request) -> Response:
            try:
                if takes_json and media_type_of(request) not in {"application/json", ""}:
                    raise MediaTypeRefused("application/json")
                return await handle(request)
            except (*KNOWN_ERRORS, RequestValidationError) as error:
                path = request.url.path
                problem = problem_of(error, path=path)
                if problem.status == UNPROCESSABLE:
                    problem = replace(problem, status=BAD_REQUEST)
                return problem.response(path)

        return handle_as_contracted


def contract_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the problems of a route; its form being wrong is one of them, and never a 422."""
    # Without the wildcard FastAPI would document its own 422, which this API never sends.
    return {**problems(400, *statuses), "4XX": {"description": "Another problem"}}


def media_type_of(request: Request) -> str:
    """Give the media type of the body, lower case and without parameters; "" when none is told."""
    return request.headers.get("content-type", "").split(";", 1)[0].strip().lower()


def admit(request: Request, caller: Caller | None) -> None:
    """Count a costly search against the address it comes from, unless a key answers for it."""
    if caller is None:
        limiter: RateLimiter = request.app.state.verification_limiter
        limiter.admit(request.client.host if request.client else "unknown")


def searches_of(request: Request) -> BoundedRuns:
    """Give the bound on searches with an asset, which decode a video while their asker waits."""
    searches: BoundedRuns = request.app.state.content_searches
    return searches


async def read_body(request: Request, *, limit_bytes: int) -> bytes:
    """Read a small raw body. Raises `UploadTooLarge` as soon as it is."""
    refuse_declared_size(request, limit_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise UploadTooLarge(limit_bytes)
    return bytes(body)


async def write_body(request: Request, path: Path, *, limit_bytes: int) -> None:
    """Write a large raw body to a file. Raises `UploadTooLarge` as soon as it is."""
    refuse_declared_size(request, limit_bytes)
    size_bytes = 0
    with path.open("wb") as file:
        async for chunk in request.stream():
            size_bytes += len(chunk)
            if size_bytes > limit_bytes:
                raise UploadTooLarge(limit_bytes)
            await run_in_threadpool(file.write, chunk)


def prefers_html(accept: str) -> bool:
    """Tell whether a page is wanted more than the bytes of a manifest store."""
    weights = dict(_weighted(part) for part in accept.split(","))
    ranges = ("application/c2pa", "application/*", "*/*")
    bytes_weight = next((weights[each] for each in ranges if each in weights), 0.0)
    return weights.get("text/html", 0.0) > bytes_weight


def _weighted(part: str) -> tuple[str, float]:
    """Read `type/subtype;q=0.8`; a weight that is none counts as nothing."""
    media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return media_range, float(weight)
    except ValueError:
        return media_range, 0.0


def refuse_other_methods(router: APIRouter, allowed: Mapping[str, tuple[HTTPMethod, ...]]) -> None:
    """
    Answer 405 with every method a path has.

    The framework itself names the methods of the first route alone that has the path.
    """
    for path, methods in allowed.items():
        others = [method.value for method in HTTPMethod if method not in methods]
        router.add_api_route(
            path,
            _refusing(", ".join(methods)),
            methods=others,
            include_in_schema=False,
        )


def _refusing(allowed: str) -> Callable[[], None]:
    def refuse() -> None:
        raise HTTPException(METHOD_NOT_ALLOWED, headers={"Allow": allowed})

    return refuse

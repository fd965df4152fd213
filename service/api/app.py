"""The API as an application: routers, problems, and what wraps every answer."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.api import (
    approvals,
    clearances,
    declarations,
    grants,
    health,
    manifest_repository,
    olp,
    publishing,
    readings,
    registry,
    revocations,
    soft_bindings,
    stamps,
    statements,
    terms,
    verifications,
    webhooks,
)
from service.api.bounded_runs import BoundedRuns
from service.api.middleware import Envelope
from service.api.problems import Problem, problem_of
from service.api.rate_limit import RateLimiter
from service.error_facts import KNOWN_ERRORS
from service.runtime import Runtime

Respond = Callable[[Request, Problem], Response]

DESCRIPTION = (
    "Ask before you generate, stamp what you made, check any video. "
    "Errors are RFC 9457 problems; each `code` has a page at `/problems/{code}`."
)


def respond_in_json(request: Request, problem: Problem) -> Response:
    """Say a problem the way programs read it."""
    return problem.response(request.url.path)


def _version() -> str:
    """Tell the installed version; a source tree that was never installed has none."""
    try:
        return version("rakkan")
    except PackageNotFoundError:
        return "0+source"


def create_api(runtime: Runtime, *, respond: Respond = respond_in_json) -> FastAPI:
    """
    Make the API over a runtime. Nothing is kept outside the application.

    `respond` says a problem; the whole site passes one that shows pages to browsers.
    """
    app = FastAPI(
        title="Rakkan",
        version=_version(),
        description=DESCRIPTION,
        # Their pages load scripts from a third party; the description itself is enough.
        docs_url=None,
        redoc_url=None,
    )
    app.state.runtime = runtime
    app.state.verification_limiter = RateLimiter(
        burst=runtime.settings.verifications_per_minute,
        per_minute=runtime.settings.verifications_per_minute,
    )
    app.state.content_searches = BoundedRuns(runtime.settings.content_searches)
    # Who guesses keys at the licence server is slowed down; good keys are not counted.
    app.state.client_limiter = RateLimiter(burst=30, per_minute=30)
    for router in (
        health.router,
        readings.router,
        clearances.router,
        declarations.router,
        publishing.router,
        olp.router,
        stamps.router,
        stamps.upload_router,
        verifications.router,
        registry.router,
        statements.router,
        terms.router,
        soft_bindings.router,
        soft_bindings.well_known_router,
        manifest_repository.router,
        webhooks.router,
        approvals.router,
        grants.router,
        revocations.router,
    ):
        app.include_router(router)

    def answer(request: Request, error: Exception) -> Response:
        return respond(request, problem_of(error, path=request.url.path))

    for kind in (
        *KNOWN_ERRORS,
        RequestValidationError,
        HTTPException,
        OperationalError,
        PoolTimeout,
    ):
        app.add_exception_handler(kind, answer)
    app.add_middleware(Envelope, crashed=answer)
    return app

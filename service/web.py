"""The whole site: the API and the pages in one application."""

from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from service.api.app import create_api, respond_in_json
from service.api.problems import Problem
from service.pages import routes as pages
from service.pages.site import Site
from service.runtime import Runtime

# Addresses for programs: their errors are problems in JSON, whoever asks.
_FOR_PROGRAMS: Final = ("/v1/", "/healthz", "/readyz", "/openapi.json", "/.well-known/", "/olp/")


def create_app(runtime: Runtime) -> FastAPI:
    """Make the site over a runtime; nothing is kept outside the application."""

    def respond(request: Request, problem: Problem) -> Response:
        for_programs = request.url.path.startswith(_FOR_PROGRAMS)
        if for_programs or "text/html" not in request.headers.get("accept", ""):
            return respond_in_json(request, problem)
        return pages.error_page(
            app.state.site,
            request,
            status=problem.status,
            code=problem.code,
            detail=problem.detail,
            headers=dict(problem.headers),
        )

    app = create_api(runtime, respond=respond)
    app.state.site = Site(runtime, admit=app.state.verification_limiter.admit)
    app.include_router(pages.router)
    app.mount("/static", pages.static_files(), name="static")
    return app

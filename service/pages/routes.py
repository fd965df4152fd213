"""The pages and their addresses."""

import secrets
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.errors import NotFound
from service.operations.ask_others import service_names
from service.operations.licences import public_licence
from service.operations.public_manifests import public_manifest
from service.operations.verifications import get_verification, request_verification
from service.pages.multipart import FormMalformed, UploadForm
from service.pages.problem_pages import problem_page
from service.pages.site import Site
from service.pages.verdict_view import grants_view, verdict_view
from service.pages.wording import clean, shown_size, shown_span, shown_time

# Seconds between two looks at a running check.
RENEW_AFTER_S: Final = 2

router = APIRouter(include_in_schema=False)


def site_of(request: Request) -> Site:
    """Find the site this application was created with."""
    site: Site = request.app.state.site
    return site


SiteDep = Annotated[Site, Depends(site_of)]


class CachedStaticFiles(StaticFiles):
    """Static files a browser may keep: their addresses carry a digest."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve one file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response


def static_files() -> CachedStaticFiles:
    """Serve the style sheet, the script and the seal."""
    return CachedStaticFiles(directory=Path(str(files("service.pages").joinpath("static"))))


@router.get("/")
def home(request: Request, site: SiteDep) -> Response:
    """Say what this is, and lead to the check."""
    return site.render(request, "home.html")


@router.get("/verify")
def choose_video(request: Request, site: SiteDep) -> Response:
    """Let a viewer choose a video."""
    return _verify_form(request, site)


@router.post("/verify")
async def check_video(request: Request, site: SiteDep) -> Response:
    """Stream the form's file into the store, queue its check and go to its page."""
    site.admit(request.client.host if request.client else "unknown")
    blobs, limit_bytes = site.runtime.blobs, site.runtime.settings.upload_max_bytes
    form = UploadForm(field="video", limit_bytes=limit_bytes)
    chunks = form.stream(request.headers.get("content-type"), request.stream())
    key = f"checks/{secrets.token_hex(16)}"
    try:
        blob = await blobs.put_stream(key, chunks, max_bytes=limit_bytes)
    except FormMalformed:
        return await run_in_threadpool(_verify_form, request, site, nothing_chosen=True)
    if blob.size_bytes == 0:
        await run_in_threadpool(blobs.delete, blob.key)
        return await run_in_threadpool(_verify_form, request, site, nothing_chosen=True)
    view = await run_in_threadpool(
        partial(
            request_verification,
            site.runtime,
            blob,
            may_ask_others=form.fields.get("ask_others") == "yes",
        )
    )
    address = site.address(request, f"/v/{view.to_json()['id']}")
    return RedirectResponse(address, status_code=303)


def _verify_form(request: Request, site: Site, *, nothing_chosen: bool = False) -> Response:
    return site.render(
        request,
        "verify.html",
        status=422 if nothing_chosen else 200,
        nothing_chosen=nothing_chosen,
        size=shown_size(site.runtime.settings.upload_max_bytes, site.words(request)),
        hours=site.result_lifetime_h,
        others=service_names(site.runtime.settings.resolver_urls),
    )


@router.get("/v/{check}")
def show_check(request: Request, check: str, site: SiteDep) -> Response:
    """Show how far a check is, then its verdict."""
    answer = get_verification(site.runtime, check).to_json()
    words = site.words(request)
    if answer["status"] == "failed":
        code = answer["error"]["code"]
        page = problem_page(code, words.language)
        return site.render(request, "failed.html", page=page, code=code)
    if answer["status"] != "completed":
        return site.render(
            request,
            "waiting.html",
            status_word=answer["status"],
            progress=answer["progress"],
            renew_after_s=RENEW_AFTER_S,
        )
    view = verdict_view(answer["result"], words)
    return site.render(
        request,
        "verdict.html",
        view=view,
        check=check,
        hours=site.result_lifetime_h,
    )


@router.get("/l/{licence}")
def show_licence(request: Request, licence: str, site: SiteDep) -> Response:
    """Show the public part of a licence: what was licensed at creation, and what counts now."""
    known = public_licence(site.runtime, licence)
    if _wants_json(request):
        return JSONResponse(known.to_json())
    words = site.words(request)
    until = known.permitted_until
    return site.render(
        request,
        "licence.html",
        licence=known,
        grants=grants_view(known.grants),
        granted_at=shown_time(known.granted_at.isoformat(), words.language),
        permitted_until=shown_time(until.isoformat(), words.language) if until else None,
        revoked=[
            words(
                f"licence.revoked.{each.effect}",
                at=shown_time(each.revoked_at.isoformat(), words.language),
            )
            for each in known.revocations
        ],
    )


def _wants_json(request: Request) -> bool:
    """Tell whether a program asks: it names JSON, and no page."""
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


@router.get("/m/{manifest}")
def show_manifest(request: Request, manifest: str, site: SiteDep) -> Response:
    """Show the public record of a stamped video."""
    known = public_manifest(site.runtime, manifest)
    return site.render(
        request,
        "manifest.html",
        manifest=known,
        generator=clean(f"{known.generator} {known.generator_version}"),
        signer=clean(known.signer_name),
        signed_at=shown_time(known.signed_at.isoformat(), site.words(request).language),
        duration=shown_span(0, known.duration_ms / 1000),
    )


@router.get("/problems/{code}")
def show_problem(request: Request, code: str, site: SiteDep) -> Response:
    """Explain an error code."""
    page = problem_page(code, site.words(request).language)
    if page is None:
        raise NotFound(request.url.path)
    return site.render(request, "problem.html", page=page, detail=None)


def error_page(
    site: Site,
    request: Request,
    *,
    status: int,
    code: str,
    detail: str,
    headers: dict[str, str],
) -> Response:
    """Say an error as a page in the reader's language; `detail` is English and shown as such."""
    language = site.words(request).language
    page = problem_page(code, language) or problem_page("internal_error", language)
    return site.render(
        request,
        "problem.html",
        status=status,
        headers=headers,
        page=page,
        detail=detail,
    )

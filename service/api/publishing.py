"""What is published for machines that look for licences: RSL, ODRL, TDMRep, robots.txt."""

import hashlib
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from licensing.standards.declaration import ODRL, RSL, RSL_MEDIA, TDMREP
from licensing.standards.publishing import site_reservations
from licensing.standards.rsl_document import MEDIA_TYPE as RSL_TYPE
from licensing.standards.tdmrep import write_headers
from service.api.routes_common import PathId, RuntimeDep, problems
from service.operations.publishing import (
    Published,
    publish,
    publish_profile,
    publish_robots,
    publish_terms,
)
from service.runtime import Runtime

router = APIRouter(tags=["published licences"])

# Readers ask again after five minutes at the latest, with what they have.
CACHE_CONTROL: Final = "public, max-age=300"

Known = Annotated[str, Header(alias="If-None-Match")]
Wanted = Literal["odrl", "rsl", "rsl-media"]
_STANDARD_OF: Final[dict[Wanted, str]] = {"odrl": ODRL, "rsl": RSL, "rsl-media": RSL_MEDIA}


@router.get("/.well-known/rsl-media.xml", responses=problems(403), response_class=Response)
def rsl_media(runtime: RuntimeDep, known: Known = "") -> Response:
    """Give the rights offered here in the draft RSL-MEDIA, where it is switched on."""
    return _served(runtime, publish(runtime, RSL_MEDIA), known)


@router.get("/.well-known/tdmrep.json", response_class=Response)
def tdmrep(runtime: RuntimeDep, known: Known = "") -> Response:
    """Give the reservation of text and data mining for this site."""
    return _served(runtime, publish(runtime, TDMREP), known)


@router.get("/rsl.xml", response_class=Response)
def rsl(runtime: RuntimeDep, known: Known = "") -> Response:
    """Give the licences of this site as RSL 1.0."""
    return _served(runtime, publish(runtime, RSL), known)


@router.get("/robots.txt", response_class=Response)
def robots(runtime: RuntimeDep, known: Known = "") -> Response:
    """Lead robots to the licences."""
    return _served(runtime, publish_robots(runtime), known)


@router.get("/ns/odrl", response_class=Response)
def profile(runtime: RuntimeDep, known: Known = "") -> Response:
    """Give the words that this service adds to ODRL."""
    return _served(runtime, publish_profile(runtime), known)


@router.get("/terms/{terms_id}", responses=problems(404, 422), response_class=Response)
def terms(terms_id: PathId, runtime: RuntimeDep, known: Known = "") -> Response:
    """Give one version of terms, offered to everyone, as an ODRL offer."""
    return _served(runtime, publish_terms(runtime, terms_id), known)


@router.get("/subjects/{subject_id}", responses=problems(403, 404, 422), response_class=Response)
def subject(
    subject_id: PathId,
    runtime: RuntimeDep,
    wanted: Annotated[Wanted | None, Query(alias="format")] = None,
    accept: Annotated[str, Header()] = "*/*",
    known: Known = "",
) -> Response:
    """Give the offers for a subject: ODRL, or RSL for who asks for it by `format` or `Accept`."""
    chosen: Wanted = wanted or ("rsl" if RSL_TYPE in accept else "odrl")
    return _served(
        runtime, publish(runtime, _STANDARD_OF[chosen], subject_id=subject_id), known, vary="Accept"
    )


def _served(
    runtime: Runtime, published: Published, known: str, *, vary: str | None = None
) -> Response:
    """Answer with the document, or with 304 where the reader has exactly this one."""
    tag = f'"{hashlib.sha256(published.body).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": CACHE_CONTROL,
        "Link": f'<{runtime.settings.public_url}/rsl.xml>; rel="license"; type="{RSL_TYPE}"',
        # These are read by programs in browsers, too; nothing in them depends on who asks.
        "Access-Control-Allow-Origin": "*",
        **write_headers(*site_reservations(public_url=runtime.settings.public_url)),
    }
    if vary is not None:
        headers["Vary"] = vary
    if tag in {each.strip().removeprefix("W/") for each in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(published.body, media_type=published.media_type, headers=headers)

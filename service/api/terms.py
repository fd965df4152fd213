"""`/v1/terms`: what a licensor offers, from the draft to its withdrawal."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends

from licensing.registry.terms.templates import TEMPLATES
from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, PathId, RuntimeDep, problems
from service.api.schemas import Incoming
from service.operations import terms as operations

router = APIRouter(prefix="/v1/terms", tags=["terms"], route_class=JsonRoute)

Owner = Annotated[Caller, Depends(caller_with("terms"))]


class TermsIn(Incoming):
    """A terms document, as a member of `terms` in `rakkan-registry/1`."""

    terms: dict[str, Any]


class StatusIn(Incoming):
    """The next step of the terms' life."""

    status: Literal["draft", "review", "active", "deprecated", "withdrawn"]


@router.get("/templates", responses=problems(401, 403), response_model=None)
def templates(_caller: Owner) -> dict[str, Any]:
    """List ready terms to begin with."""
    return {
        "templates": [
            {
                "id": template.id,
                "name": template.name,
                "name_ja": template.name_ja,
                "summary": template.summary,
                "summary_ja": template.summary_ja,
                "members": template.members,
            }
            for template in TEMPLATES.values()
        ],
    }


@router.post("", status_code=201, responses=problems(401, 403, 404, 422), response_model=None)
def draft(body: TermsIn, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Keep a draft, and see in plain words what it says. Nothing is offered yet."""
    return operations.draft_terms(runtime, body.terms, tenant=caller.tenant_id).to_json()


@router.get("", responses=problems(401, 403), response_model=None)
def all_terms(runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """List your terms, every version in whatever status."""
    known = operations.list_terms(runtime, tenant=caller.tenant_id)
    return {"terms": [kept.to_json() for kept in known]}


@router.get("/{terms_id}", responses=problems(401, 403, 404, 422), response_model=None)
def one_version(terms_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Show one version."""
    return operations.get_terms(runtime, terms_id, tenant=caller.tenant_id).to_json()


@router.post("/{terms_id}/status", responses=problems(401, 403, 404, 409, 422), response_model=None)
def move(terms_id: PathId, body: StatusIn, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Take one step: submit, publish, deprecate or withdraw. Again changes nothing."""
    kept = operations.move_terms(runtime, terms_id, body.status, tenant=caller.tenant_id)
    return kept.to_json()

"""`/v1/grants`: what an owner and a platform agreed on."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StringConstraints

from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, PathId, RuntimeDep, problems
from service.api.schemas import Incoming
from service.operations import grants

router = APIRouter(prefix="/v1/grants", tags=["grants"], route_class=JsonRoute)

Party = Annotated[Caller, Depends(caller_with("grants"))]
TenantId = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class GrantIn(Incoming):
    """Terms for one platform alone."""

    platform: TenantId
    terms: dict[str, Any] = Field(
        description="As in a registry document; id, licensor, licensees and version are filled in.",
    )


@router.post(
    "",
    status_code=201,
    responses=problems(401, 403, 404, 422),
    response_model=None,
)
def offer(body: GrantIn, runtime: RuntimeDep, caller: Party) -> dict[str, Any]:
    """Offer a platform a standing grant; it counts once the platform accepts."""
    return grants.offer_grant(runtime, caller.tenant_id, body.platform, body.terms).to_json()


@router.get("", responses=problems(401, 403, 422), response_model=None)
def all_grants(
    runtime: RuntimeDep,
    caller: Party,
    status: Annotated[Literal["offered", "active", "declined", "ended"] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> dict[str, Any]:
    """List your grants, latest first: standing ones, and those that came of approvals."""
    found = grants.list_grants(runtime, caller.tenant_id, status=status, limit=limit)
    return {"grants": [grant.to_json() for grant in found]}


@router.get("/{grant_id}", responses=problems(401, 403, 404, 422), response_model=None)
def one_grant(grant_id: PathId, runtime: RuntimeDep, caller: Party) -> dict[str, Any]:
    """Show one grant."""
    return grants.get_grant(runtime, caller.tenant_id, grant_id).to_json()


@router.post(
    "/{grant_id}/accept",
    responses=problems(401, 403, 404, 409, 422),
    response_model=None,
)
def accept(grant_id: PathId, runtime: RuntimeDep, caller: Party) -> dict[str, Any]:
    """Accept what a licensor offers you; again changes nothing."""
    return grants.accept_grant(runtime, caller.tenant_id, grant_id).to_json()


@router.post(
    "/{grant_id}/decline",
    responses=problems(401, 403, 404, 409, 422),
    response_model=None,
)
def decline(grant_id: PathId, runtime: RuntimeDep, caller: Party) -> dict[str, Any]:
    """Turn an offer down."""
    return grants.decline_grant(runtime, caller.tenant_id, grant_id).to_json()


@router.post(
    "/{grant_id}/end",
    responses=problems(401, 403, 404, 409, 422),
    response_model=None,
)
def end(grant_id: PathId, runtime: RuntimeDep, caller: Party) -> dict[str, Any]:
    """Take an offer back, or give a grant up."""
    return grants.end_grant(runtime, caller.tenant_id, grant_id).to_json()

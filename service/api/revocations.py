"""`/v1/revocations`: a licensor takes its terms back."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import StringConstraints

from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, RuntimeDep, problems
from service.api.schemas import Incoming, Note
from service.operations import revocations

router = APIRouter(prefix="/v1/revocations", tags=["terms"], route_class=JsonRoute)

Licensor = Annotated[Caller, Depends(caller_with("terms"))]


class RevocationIn(Incoming):
    """Which terms, and why."""

    terms: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    reason: Note = ""


@router.post(
    "",
    status_code=201,
    responses=problems(401, 403, 404, 422),
    response_model=None,
)
def revoke(body: RevocationIn, runtime: RuntimeDep, caller: Licensor) -> dict[str, Any]:
    """Revoke one version of your terms, with the effect that it announces. Again: no change."""
    revoked = revocations.revoke_terms(
        runtime,
        caller.tenant_id,
        body.terms,
        reason=body.reason,
    )
    return revoked.to_json()


@router.get("", responses=problems(401, 403, 422), response_model=None)
def all_revocations(
    runtime: RuntimeDep,
    caller: Licensor,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> dict[str, Any]:
    """List what you revoked, latest first."""
    found = revocations.list_revocations(runtime, caller.tenant_id, limit=limit)
    return {"revocations": [revoked.to_json() for revoked in found]}

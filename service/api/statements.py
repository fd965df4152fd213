"""`/v1/statements`: what a rights holder earned, for the keys of that rights holder."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, PathId, RuntimeDep, problems
from service.operations.statements import list_payouts, list_statements, show_statement

router = APIRouter(tags=["statements"], route_class=JsonRoute)

Owner = Annotated[Caller, Depends(caller_with("statements"))]


@router.get("/v1/statements", responses=problems(401, 403), response_model=None)
def all_statements(runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """List the statements, latest month first."""
    statements = list_statements(runtime, caller.tenant_id)
    return {"statements": [statement.to_json() for statement in statements]}


@router.get(
    "/v1/statements/{statement_id}",
    responses=problems(401, 403, 404, 422),
    response_model=None,
)
def one_statement(statement_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Show one statement with its lines."""
    return show_statement(runtime, statement_id, caller.tenant_id).to_json()


@router.get(
    "/v1/statements/{statement_id}/csv",
    responses={200: {"content": {"text/csv": {}}}, **problems(401, 403, 404, 422)},
    response_class=Response,
)
def one_statement_csv(statement_id: PathId, runtime: RuntimeDep, caller: Owner) -> Response:
    """Give one statement as CSV."""
    statement = show_statement(runtime, statement_id, caller.tenant_id)
    return Response(
        statement.to_csv(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{statement.id}.csv"'},
    )


@router.get("/v1/payouts", responses=problems(401, 403), response_model=None)
def all_payouts(runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """List the payouts, latest first."""
    return {"payouts": [payout.to_json() for payout in list_payouts(runtime, caller.tenant_id)]}

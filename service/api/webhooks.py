"""`/v1/webhooks`: be told what happens, and see whether it arrived."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StringConstraints
from starlette.responses import Response

from service.api.access import Caller, caller_with
from service.api.routes_common import JsonRoute, PathId, RuntimeDep, problems
from service.api.schemas import Incoming
from service.operations import webhook_deliveries as deliveries
from service.operations import webhooks
from service.webhooks.events import EVENT_TYPES

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=JsonRoute)

Owner = Annotated[Caller, Depends(caller_with("webhooks"))]
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z._]{1,64}$")]


class WebhookIn(Incoming):
    """Where to send what."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    events: list[EventName] = Field(
        default_factory=list,
        max_length=len(EVENT_TYPES),
        description=f"None means all. Types: {', '.join(EVENT_TYPES)}",
    )
    description: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""


@router.post("", status_code=201, responses=problems(400, 401, 403, 409, 422), response_model=None)
def create_webhook(body: WebhookIn, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Add an endpoint. The answer shows its secret this once."""
    made = webhooks.add_webhook(
        runtime,
        caller.tenant_id,
        body.url,
        event_types=body.events,
        description=body.description,
    )
    return made.to_json()


@router.get("", responses=problems(401, 403), response_model=None)
def all_webhooks(runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """List your endpoints, without their secrets."""
    known = webhooks.list_webhooks(runtime, caller.tenant_id)
    return {"webhooks": [webhook.to_json() for webhook in known]}


@router.get("/{webhook_id}", responses=problems(401, 403, 404, 422), response_model=None)
def one_webhook(webhook_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Show one endpoint: whether it is active, and if not, why."""
    return webhooks.get_webhook(runtime, caller.tenant_id, webhook_id).to_json()


@router.delete("/{webhook_id}", status_code=204, responses=problems(401, 403, 404, 422))
def remove_webhook(webhook_id: PathId, runtime: RuntimeDep, caller: Owner) -> Response:
    """Send nothing there any more."""
    webhooks.delete_webhook(runtime, caller.tenant_id, webhook_id)
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate", responses=problems(401, 403, 404, 422), response_model=None)
def rotate_secret(webhook_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Get a new secret; the previous one goes on signing for a while."""
    return webhooks.rotate_webhook_secret(runtime, caller.tenant_id, webhook_id).to_json()


@router.post("/{webhook_id}/enable", responses=problems(401, 403, 404, 422), response_model=None)
def enable(webhook_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Send to a disabled endpoint again."""
    return webhooks.enable_webhook(runtime, caller.tenant_id, webhook_id).to_json()


@router.post(
    "/{webhook_id}/test",
    status_code=202,
    responses=problems(401, 403, 404, 409, 422),
    response_model=None,
)
def send_test(webhook_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Have a `webhook.test` event sent; look into the deliveries for what came of it."""
    return {"event": webhooks.send_test_event(runtime, caller.tenant_id, webhook_id)}


@router.get(
    "/{webhook_id}/deliveries",
    responses=problems(401, 403, 404, 422),
    response_model=None,
)
def delivery_log(
    webhook_id: PathId,
    runtime: RuntimeDep,
    caller: Owner,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(pattern=r"^[a-z0-9_]{1,64}$")] = None,
) -> dict[str, Any]:
    """List deliveries with every request made, latest first; `before` is the last id you have."""
    found = deliveries.list_deliveries(
        runtime,
        caller.tenant_id,
        webhook_id,
        limit=limit,
        before=before,
    )
    return {"deliveries": [delivery.to_json() for delivery in found]}


@router.post(
    "/deliveries/{delivery_id}/replay",
    status_code=202,
    responses=problems(401, 403, 404, 409, 422),
    response_model=None,
)
def replay(delivery_id: PathId, runtime: RuntimeDep, caller: Owner) -> dict[str, Any]:
    """Send a delivery again, under the id it had."""
    found = deliveries.replay_delivery(runtime, caller.tenant_id, delivery_id)
    return {"id": found.id, "status": found.status}

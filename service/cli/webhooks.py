"""`rakkan webhooks`: who is told what happens, and whether it arrived."""

from typing import Annotated

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, table

app = typer.Typer(no_args_is_help=True, help="Where tenants are told what happens.")

WebhookId = Annotated[str, typer.Argument(metavar="ID", help="See `webhooks list`.")]


@app.command("add")
def add(
    tenant: Annotated[str, typer.Argument(help="A platform or a rights holder.")],
    url: Annotated[str, typer.Argument(help="An https address that takes POST requests.")],
    *,
    event: Annotated[
        list[str] | None,
        typer.Option(
            help="What it is told of, such as clearance.granted; repeatable. Default: all."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Add a webhook, signed as Standard Webhooks. Its secret is shown once.

    Example: `rakkan webhooks add studio-a https://studio.example/rakkan --event clearance.granted`
    """
    from service.operations.webhooks import add_webhook

    with opened_runtime() as runtime:
        made = add_webhook(runtime, tenant, url, event_types=event or ())
    answer(
        made.to_json(),
        [f"{made.webhook.id}: keep this secret, it is not shown again:", made.secret],
        as_json=as_json,
    )


@app.command("list")
def list_(
    tenant: Annotated[str | None, typer.Argument(help="Only those of this tenant.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """
    List webhooks, with the reason for which one is disabled.

    Example: `rakkan webhooks list studio-a`
    """
    from service.operations.webhooks import list_webhooks

    with opened_runtime() as runtime:
        known = list_webhooks(runtime, tenant)
    rows = [
        (hook.id, hook.tenant_id, hook.url, hook.status, hook.disabled_reason or "")
        for hook in known
    ]
    answer(
        {"webhooks": [{**hook.to_json(), "tenant": hook.tenant_id} for hook in known]},
        table(("webhook", "tenant", "url", "status", "reason"), rows),
        as_json=as_json,
    )


@app.command("rotate")
def rotate(webhook_id: WebhookId, *, as_json: Json = False) -> None:
    """
    Make a new secret; the previous one goes on signing for a while.

    Example: `rakkan webhooks rotate whk_…`
    """
    from service.operations.webhooks import rotate_webhook_secret
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        made = rotate_webhook_secret(runtime, OPERATOR, webhook_id)
    answer(
        made.to_json(),
        [f"{webhook_id}: keep this secret, it is not shown again:", made.secret],
        as_json=as_json,
    )


@app.command("enable")
def enable(webhook_id: WebhookId, *, as_json: Json = False) -> None:
    """
    Send to a disabled webhook again.

    Example: `rakkan webhooks enable whk_…`
    """
    from service.operations.webhooks import enable_webhook
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        hook = enable_webhook(runtime, OPERATOR, webhook_id)
    answer(hook.to_json(), [f"{hook.id} is {hook.status}."], as_json=as_json)


@app.command("remove")
def remove(webhook_id: WebhookId, *, as_json: Json = False) -> None:
    """
    Send nothing there any more; its log stays.

    Example: `rakkan webhooks remove whk_…`
    """
    from service.operations.webhooks import delete_webhook
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        delete_webhook(runtime, OPERATOR, webhook_id)
    facts = {"id": webhook_id, "status": "deleted"}
    answer(facts, [f"{webhook_id} is deleted."], as_json=as_json)


@app.command("test")
def send_test(webhook_id: WebhookId, *, as_json: Json = False) -> None:
    """
    Have a test event sent by the next free worker.

    Example: `rakkan webhooks test whk_…`, then `rakkan webhooks deliveries whk_…`
    """
    from service.operations.webhooks import send_test_event
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        event = send_test_event(runtime, OPERATOR, webhook_id)
    answer({"event": event}, [f"Event {event} is queued."], as_json=as_json)


@app.command("deliveries")
def deliveries(
    webhook_id: WebhookId,
    *,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many, latest first.")] = 20,
    as_json: Json = False,
) -> None:
    """
    Show what was sent to a webhook and what came back.

    Example: `rakkan webhooks deliveries whk_…`
    """
    from service.operations.webhook_deliveries import list_deliveries
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        found = list_deliveries(runtime, OPERATOR, webhook_id, limit=limit)
    rows = []
    for each in found:
        last = each.attempts[-1] if each.attempts else None
        came_back = (last.problem or last.status_code or "") if last else "not sent yet"
        latency = f"{last.latency_ms} ms" if last else ""
        row = (each.delivery.id, each.event.type, each.delivery.status, len(each.attempts))
        rows.append((*row, came_back, latency))
    header = ("delivery", "event", "status", "attempts", "last answer", "took")
    answer(
        {"deliveries": [each.to_json() for each in found]},
        table(header, rows),
        as_json=as_json,
    )


@app.command("replay")
def replay(
    delivery_id: Annotated[str, typer.Argument(metavar="ID", help="See `webhooks deliveries`.")],
    *,
    as_json: Json = False,
) -> None:
    """
    Send a delivery again, under the id it had.

    Example: `rakkan webhooks replay whd_…`
    """
    from service.operations.webhook_deliveries import replay_delivery
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        found = replay_delivery(runtime, OPERATOR, delivery_id)
    facts = {"id": found.id, "status": found.status}
    answer(facts, [f"{found.id} is {found.status}."], as_json=as_json)

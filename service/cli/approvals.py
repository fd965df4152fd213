"""`rakkan approvals`: what waits for an answer, and answering in somebody's name."""

from typing import Annotated, Any

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, table
from service.cli.said import parse_money

app = typer.Typer(no_args_is_help=True, help="Uses that wait for their owners.")

ApprovalId = Annotated[str, typer.Argument(metavar="ID", help="See `approvals list`.")]


@app.command("list")
def list_(
    tenant: Annotated[
        str | None, typer.Argument(help="Only those of this licensor or platform.")
    ] = None,
    *,
    status: Annotated[
        str | None, typer.Option(help="Only those in this state, such as requested.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many, most urgent first.")] = 50,
    as_json: Json = False,
) -> None:
    """
    List approvals, most urgent first.

    Example: `rakkan approvals list aoyama-bunko --status requested`
    """
    from service.operations.approvals import list_approvals, summary
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        found = list_approvals(runtime, tenant or OPERATOR, status=status, limit=limit)
    rows = [
        (each.id, each.licensor_id, each.platform_id, each.status, f"{each.due_at:%Y-%m-%d %H:%M}")
        for each in found
    ]
    answer(
        {"approvals": [summary(each) for each in found]},
        table(("approval", "licensor", "platform", "status", "until (UTC)"), rows),
        as_json=as_json,
    )


@app.command("show")
def show(approval_id: ApprovalId, *, as_json: Json = False) -> None:
    """
    Show one approval with every answer so far.

    Example: `rakkan approvals show apr_…`
    """
    from service.operations.approvals import get_approval
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        view = get_approval(runtime, OPERATOR, approval_id)
    facts = view.to_json()
    use = facts["request"]["use"]
    lines = [
        f"{facts['id']}: {facts['status']}, until {facts['due_at']}",
        f"  {facts['platform']} asks {facts['licensor']}",
        f"  for {', '.join(facts['request']['subjects'])}",
        f"  {use['duration_ms'] / 1000:g} s, {use['purpose']}, {use['territory']}",
        f"  rated {use['audience_rating']}",
        *(f"  {each['at']} {each['by']}: {each['answer']}" for each in facts["answers"]),
    ]
    answer(facts, lines, as_json=as_json)


@app.command("answer")
def answer_(
    approval_id: ApprovalId,
    verb: Annotated[
        str, typer.Argument(help="grant, condition, counter, accept, decline or withdraw.")
    ],
    *,
    acting: Annotated[
        str, typer.Option("--as", help="In whose name: the licensor, a delegate, the platform.")
    ],
    price: Annotated[
        str | None, typer.Option(help='For counter: one price, such as "500 JPY"; or "free".')
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.001, help="For condition or counter: at most so long.")
    ] = None,
    rating: Annotated[
        str | None, typer.Option(help="For condition or counter: all, teen or mature at most.")
    ] = None,
    change: Annotated[
        str | None, typer.Option(help="For condition: what must be different, in words.")
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Answer in the name of a licensor, a delegate or a platform.

    Example: `rakkan approvals answer apr_… condition --as aoyama-bunko --rating all`
    """
    from licensing.clearance.approval import answer_from
    from licensing.clearance.approval_store import Actor
    from service.operations.approvals import OPERATOR_KEY, answer_approval

    limits: dict[str, Any] = {
        "max_duration_ms": round(seconds * 1000) if seconds is not None else None,
        "audience_rating": rating,
        "change": change,
    }
    limits = {name: value for name, value in limits.items() if value is not None}
    document: dict[str, Any] = {"answer": verb}
    if price is not None:
        document["offer"] = {"price": _price(price), **limits}
    elif limits:
        document["conditions"] = limits
    with opened_runtime() as runtime:
        actor = Actor(tenant_id=acting, key_id=OPERATOR_KEY)
        view = answer_approval(runtime, actor, approval_id, answer_from(document))
    answer(view.to_json(), [f"{approval_id} is {view.approval.status}."], as_json=as_json)


def _price(text: str) -> dict[str, str]:
    """Write a price as terms write it."""
    if text == "free":
        return {"kind": "free"}
    from decimal import Decimal

    money = parse_money(text, param_hint="--price")
    amount = Decimal(money.amount_micros) / 1_000_000
    return {"kind": "flat", "amount": f"{amount.normalize():f}", "currency": money.currency}

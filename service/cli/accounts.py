"""`rakkan platforms` and `rakkan api-keys`: who may ask, with what credit, under which key."""

from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, table
from service.cli.said import money_text, parse_money

if TYPE_CHECKING:
    from licensing.registry.owners import Standing

platforms = typer.Typer(no_args_is_help=True, help="AI platforms and their credit.")
api_keys = typer.Typer(no_args_is_help=True, help="Keys for the API.")


@platforms.command("add")
def add(
    platform_id: Annotated[str, typer.Argument(metavar="ID", help="A short id of your choice.")],
    *,
    name: Annotated[str | None, typer.Option(help="Its name; the id if omitted.")] = None,
    as_json: Json = False,
) -> None:
    """
    Add an AI platform. Again changes nothing.

    Example: `rakkan platforms add studio-a --name "Studio A"`
    """
    from service.operations.tenants import add_platform

    with opened_runtime() as runtime:
        party = add_platform(runtime, platform_id, name or platform_id)
    answer(
        {"id": party.id, "name": party.name},
        [f"Platform {party.id} ({party.name}) may ask for clearances."],
        as_json=as_json,
    )


@platforms.command("list")
def list_platforms_(*, as_json: Json = False) -> None:
    """
    List the platforms.

    Example: `rakkan platforms list`
    """
    from service.operations.tenants import list_platforms

    with opened_runtime() as runtime:
        known = list_platforms(runtime)
    facts = {"platforms": [{"id": party.id, "name": party.name} for party in known]}
    rows = [(party.id, party.name) for party in known]
    answer(facts, table(("platform", "name"), rows), as_json=as_json)


@platforms.command("suspend")
def suspend(
    platform_id: Annotated[str, typer.Argument(metavar="ID", help="The platform.")],
    *,
    sanctioned: Annotated[
        bool, typer.Option("--sanctioned", help="Because of sanctions; else it is suspended.")
    ] = False,
    lift: Annotated[bool, typer.Option("--lift", help="Serve it again.")] = False,
    as_json: Json = False,
) -> None:
    """
    Serve a platform no more: every clearance it asks for is denied, with this reason.

    Example: `rakkan platforms suspend studio-a`, and `rakkan platforms suspend studio-a --lift`
    """
    from service.operations.tenants import set_standing

    if sanctioned and lift:
        raise typer.BadParameter("cannot be combined with --lift.", param_hint="--sanctioned")
    standing: Standing | None = None if lift else "sanctioned" if sanctioned else "suspended"
    with opened_runtime() as runtime:
        set_standing(runtime, platform_id, standing)
    said = f"is {standing}: nothing is granted to it" if standing else "is served again"
    answer(
        {"id": platform_id, "standing": standing},
        [f"Platform {platform_id} {said}."],
        as_json=as_json,
    )


@platforms.command("credit")
def credit(
    platform_id: Annotated[str, typer.Argument(metavar="ID", help="The platform.")],
    amount: Annotated[str, typer.Argument(help='What it paid, such as "10000 JPY".')],
    *,
    reference: Annotated[
        str,
        typer.Option(help="The payment's own number: the same one again changes nothing."),
    ],
    as_json: Json = False,
) -> None:
    """
    Write down money that a platform paid in advance.

    Example: `rakkan platforms credit studio-a "10000 JPY" --reference invoice-17`
    """
    from licensing.money import Money
    from service.operations.tenants import credit_platform

    money = parse_money(amount, param_hint="AMOUNT")
    with opened_runtime() as runtime:
        balance = credit_platform(runtime, platform_id, money, reference=reference)
    available = Money(balance.posted_micros - balance.held_micros, money.currency)
    facts = {
        "platform": platform_id,
        "currency": money.currency,
        "posted_micros": balance.posted_micros,
        "held_micros": balance.held_micros,
    }
    answer(facts, [f"{platform_id} has {money_text(available)} available."], as_json=as_json)


@api_keys.command("create")
def create(
    tenant: Annotated[str, typer.Argument(help="A platform or a rights holder.")],
    *,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may do; repeatable. All that its owner can, if omitted."),
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Make an API key. Its secret is shown once and never kept.

    Example: `rakkan api-keys create studio-a --label production`
    """
    from service.auth import SCOPES
    from service.operations.tenants import create_api_key

    with opened_runtime() as runtime:
        made = create_api_key(runtime, tenant, label, tuple(scope or SCOPES))
    answer(
        made.to_json(),
        [f"{made.key.id}: keep this secret, it is not shown again:", made.secret],
        as_json=as_json,
    )


@api_keys.command("list")
def list_keys(
    tenant: Annotated[str | None, typer.Argument(help="Only the keys of this tenant.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """
    List API keys, without their secrets.

    Example: `rakkan api-keys list studio-a`
    """
    from service.operations.tenants import list_api_keys

    with opened_runtime() as runtime:
        known = list_api_keys(runtime, tenant)
    rows = [
        (key.id, key.tenant_id, key.label, "revoked" if key.revoked_at else " ".join(key.scopes))
        for key in known
    ]
    answer(
        {"api_keys": [key.to_json() for key in known]},
        table(("key", "tenant", "label", "may"), rows),
        as_json=as_json,
    )


@api_keys.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="See `api-keys list`.")],
    *,
    as_json: Json = False,
) -> None:
    """
    Make a key useless from now on. Again changes nothing.

    Example: `rakkan api-keys revoke key_…`
    """
    from service.operations.tenants import revoke_api_key

    with opened_runtime() as runtime:
        key = revoke_api_key(runtime, key_id)
    answer(key.to_json(), [f"{key.id} is revoked."], as_json=as_json)

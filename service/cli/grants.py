"""`rakkan grants`: what owners and platforms agreed on."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, table

app = typer.Typer(no_args_is_help=True, help="What owners and platforms agreed on.")

GrantId = Annotated[str, typer.Argument(metavar="ID", help="See `grants list`.")]
Acting = Annotated[str, typer.Option("--as", help="In whose name.")]


@app.command("list")
def list_(
    tenant: Annotated[
        str | None, typer.Argument(help="Only those of this licensor or platform.")
    ] = None,
    *,
    status: Annotated[
        str | None, typer.Option(help="Only those offered, active, declined or ended.")
    ] = None,
    as_json: Json = False,
) -> None:
    """
    List grants, latest first.

    Example: `rakkan grants list studio-a --status active`
    """
    from service.operations.grants import list_grants
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        found = list_grants(runtime, tenant or OPERATOR, status=status)
    rows = [
        (grant.id, grant.kind, grant.licensor_id, grant.platform_id, grant.status)
        for grant in found
    ]
    answer(
        {"grants": [grant.to_json() for grant in found]},
        table(("grant", "kind", "licensor", "platform", "status"), rows),
        as_json=as_json,
    )


@app.command("offer")
def offer(
    platform: Annotated[str, typer.Argument(help="To which platform.")],
    terms: Annotated[
        Path, typer.Argument(help="A JSON file: one member of `terms` of a registry document.")
    ],
    *,
    acting: Acting,
    as_json: Json = False,
) -> None:
    """
    Offer a platform terms of its own.

    Example: `rakkan grants offer studio-a terms.json --as aoyama-bunko`
    """
    import json

    from service.errors import FileUnreadable
    from service.operations.grants import offer_grant

    try:
        document = json.loads(terms.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileUnreadable(str(terms), f"it is no JSON file ({error})") from error
    if not isinstance(document, dict):
        raise FileUnreadable(str(terms), "it holds no JSON object")
    with opened_runtime() as runtime:
        grant = offer_grant(runtime, acting, platform, document)
    answer(grant.to_json(), [f"{grant.id} is offered to {platform}."], as_json=as_json)


@app.command("accept")
def accept(grant_id: GrantId, *, acting: Acting, as_json: Json = False) -> None:
    """
    Accept an offered grant in a platform's name.

    Example: `rakkan grants accept grt_… --as studio-a`
    """
    from service.operations.grants import accept_grant

    with opened_runtime() as runtime:
        grant = accept_grant(runtime, acting, grant_id)
    answer(grant.to_json(), [f"{grant.id} is {grant.status}."], as_json=as_json)


@app.command("decline")
def decline(grant_id: GrantId, *, acting: Acting, as_json: Json = False) -> None:
    """
    Turn an offered grant down in a platform's name.

    Example: `rakkan grants decline grt_… --as studio-a`
    """
    from service.operations.grants import decline_grant

    with opened_runtime() as runtime:
        grant = decline_grant(runtime, acting, grant_id)
    answer(grant.to_json(), [f"{grant.id} is {grant.status}."], as_json=as_json)


@app.command("end")
def end(grant_id: GrantId, *, acting: Acting, as_json: Json = False) -> None:
    """
    Take an offer back, or give a grant up.

    Example: `rakkan grants end grt_… --as studio-a`
    """
    from service.operations.grants import end_grant

    with opened_runtime() as runtime:
        grant = end_grant(runtime, acting, grant_id)
    answer(grant.to_json(), [f"{grant.id} is {grant.status}."], as_json=as_json)

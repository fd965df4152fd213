"""`rakkan terms`: what licensors offer, from a template to its withdrawal."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import Json, answer, print_json, table

if TYPE_CHECKING:
    from service.operations.terms import TermsAnswer

app = typer.Typer(
    no_args_is_help=True,
    help="What licensors offer: draft, review, active, deprecated, withdrawn.",
)

TermsId = Annotated[str, typer.Argument(metavar="ID", help="Id of the terms.")]


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """
    List all versions of all terms.

    Example: `rakkan terms list`
    """
    from service.cli.opened import opened_runtime
    from service.operations.terms import list_terms

    with opened_runtime() as runtime:
        known = [kept.kept for kept in list_terms(runtime)]
    rows = [
        (each.terms.id, each.status, each.terms.subject_id, each.terms.licensor_id)
        for each in known
    ]
    facts = [
        {"id": terms_id, "status": status, "subject": subject, "licensor": licensor}
        for terms_id, status, subject, licensor in rows
    ]
    answer(
        {"terms": facts}, table(("terms", "status", "subject", "licensor"), rows), as_json=as_json
    )


@app.command("show")
def show(terms_id: TermsId, *, as_json: Json = False) -> None:
    """
    Say in plain words what terms allow and ask for.

    Example: `rakkan terms show garden-jp-2026`
    """
    from service.cli.opened import opened_runtime
    from service.operations.terms import get_terms

    with opened_runtime() as runtime:
        kept = get_terms(runtime, terms_id)
    answer(kept.to_json(), _lines(kept), as_json=as_json)


@app.command("draft")
def draft(
    file: Annotated[Path, typer.Argument(help="A terms document (JSON).")],
    *,
    as_json: Json = False,
) -> None:
    """
    Keep new terms as a draft; nothing is offered yet.

    Example: `rakkan terms draft terms.json`, then `rakkan terms move ID review` and `… active`
    """
    from licensing.registry.document import load_json
    from service.cli.opened import opened_runtime
    from service.operations.terms import draft_terms

    document = load_json(file.read_bytes())
    with opened_runtime() as runtime:
        kept = draft_terms(runtime, document)
    answer(kept.to_json(), _lines(kept), as_json=as_json)


@app.command("move")
def move(
    terms_id: TermsId,
    status: Annotated[str, typer.Argument(help="review, draft, active, deprecated or withdrawn.")],
    *,
    as_json: Json = False,
) -> None:
    """
    Take terms one step further: submit, publish, deprecate or withdraw them.

    Example: `rakkan terms move garden-jp-2026 active`
    """
    from service.cli.opened import opened_runtime
    from service.operations.terms import move_terms

    with opened_runtime() as runtime:
        kept = move_terms(runtime, terms_id, status)
    answer(kept.to_json(), [f"Terms {terms_id} are {kept.kept.status}."], as_json=as_json)


@app.command("template")
def template(
    name: Annotated[
        str | None, typer.Argument(help="fan, indie, commercial, press or closed; all if omitted.")
    ] = None,
    *,
    terms_id: Annotated[str, typer.Option("--id", help="Id of the new terms.")] = "my-terms-1",
    subject: Annotated[str, typer.Option(help="What is offered.")] = "my-subject",
    licensor: Annotated[str, typer.Option(help="Who offers it.")] = "my-company",
    territory: Annotated[list[str] | None, typer.Option(help="Where; repeatable.")] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217 code of the prices.")] = "JPY",
    as_json: Json = False,
) -> None:
    """
    Print ready terms as a document to change and draft; without a name list what there is.

    Needs no database. Example: `rakkan terms template fan --subject garden > terms.json`
    """
    from datetime import UTC, datetime

    from licensing.registry.terms.templates import TEMPLATES, terms_of

    if name is None:
        known = [(each.id, each.name, each.name_ja, each.summary) for each in TEMPLATES.values()]
        facts = [{"id": row[0], "name": row[1], "name_ja": row[2]} for row in known]
        answer(
            {"templates": facts},
            table(("template", "name", "名前", "what it says"), known),
            as_json=as_json,
        )
        return
    if name not in TEMPLATES:
        raise typer.BadParameter(
            f"{name!r} is not one of {', '.join(TEMPLATES)}.", param_hint="NAME"
        )
    terms = terms_of(
        TEMPLATES[name],
        terms_id=terms_id,
        subject_id=subject,
        licensor_id=licensor,
        territories=territory or ["JP"],
        currency=currency,
        valid_from=datetime.now(UTC).replace(microsecond=0),
    )
    if as_json:
        print_json(terms.to_document())
    else:
        typer.echo(json.dumps(terms.to_document(), ensure_ascii=False, indent=2))


def _lines(kept: "TermsAnswer") -> list[str]:
    facts = kept.to_json()
    lines = [f"{facts['id']}  {facts['status']}", f"  sha256 {facts['sha256']}"]
    for line in facts["preview"]:
        lines.append(f"  {line['en']}")
        # What a licensor says in its own words is in one language.
        if line["ja"] != line["en"]:
            lines.append(f"    {line['ja']}")
    return lines

"""`rakkan standards`: rights expressions of others, read and written."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.output import Json, answer, table

if TYPE_CHECKING:
    from licensing.standards.declaration import Statement
    from licensing.standards.reading import RightsDocument

app = typer.Typer(
    no_args_is_help=True,
    help="Rights expressions of others: RSL, RSL-MEDIA, ODRL, TDMRep, CAWG training-mining.",
)

Standard = Annotated[
    str | None,
    typer.Option(help="The standard, where the document does not show it by itself."),
]

Part = Annotated[
    str | None,
    typer.Option(help="Which part of the document is about the subject, in its own words."),
]
HEADER: Final = ("", "usage", "where", "who", "conditions")


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A document: RSL (XML), ODRL, TDMRep, CAWG (JSON).")],
    *,
    standard: Standard = None,
    as_json: Json = False,
) -> None:
    """
    Read a document without importing it, and show what it permits and prohibits.

    What is not understood is named. Needs no database.

    Example: `rakkan standards check licence.xml`
    """
    from licensing.standards.reading import read_document
    from service.cli.opened import read_settings

    draft = read_settings().rsl_media_draft != "off"
    document = read_document(file.read_bytes(), standard=standard, media_draft=draft)
    answer(_facts(document), _lines(file, document), as_json=as_json)


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="A file, or the address where it is published.")],
    *,
    subject: Annotated[str, typer.Option(help="Id of the subject it is about.")],
    part: Part = None,
    standard: Standard = None,
    licensor: Annotated[
        str | None, typer.Option(help="The owner in whose name; the operator's own if omitted.")
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Import what an owner declared elsewhere; every later decision on the subject hears it.

    An address is fetched again by the worker before it grows stale. The same document again only
    counts for longer.

    Example: `rakkan standards import https://studio.example/rsl.xml --subject mio --part /works/*`
    """
    from service.cli.opened import opened_runtime
    from service.operations.declarations import Handed, declaration_json, import_declaration
    from service.runtime import OPERATOR

    is_web = source.startswith(("https://", "http://"))
    handed = Handed(
        subject_id=subject,
        source=source if is_web else Path(source).name,
        document=None if is_web else Path(source).read_bytes(),
        standard=standard,
        part=part,
    )
    with opened_runtime() as runtime:
        kept = import_declaration(runtime, licensor or OPERATOR, handed)
        facts = declaration_json(kept, at=runtime.now())
    said = (
        f"{kept.id}: {kept.declaration.standard} on {subject} ({kept.declaration.status}), "
        f"believed until {kept.declaration.fresh_until:%Y-%m-%d %H:%M} UTC."
    )
    lines = [
        said,
        *table(HEADER, [_row(each) for each in kept.declaration.statements]),
        *(f"Note: {note}" for note in kept.notes),
    ]
    answer(facts, lines, as_json=as_json)


@app.command("export")
def export(
    standard: Annotated[str, typer.Argument(help="odrl-2.2, rsl-1.0, tdmrep, or the media draft.")],
    *,
    subject: Annotated[
        str | None, typer.Option(help="Only this subject; everything offered if omitted.")
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Print what is offered here in another standard, as it is published.

    With --json the document stands as text in one object.

    Example: `rakkan standards export odrl-2.2 --subject mio > offers.json`
    """
    from service.cli.opened import opened_runtime
    from service.operations.publishing import publish

    with opened_runtime() as runtime:
        published = publish(runtime, standard, subject_id=subject)
    text = published.body.decode()
    facts = {"standard": standard, "media_type": published.media_type, "document": text}
    answer(facts, text.splitlines(), as_json=as_json)


@app.command("list")
def list_(
    *,
    subject: Annotated[str | None, typer.Option(help="Only those on this subject.")] = None,
    as_json: Json = False,
) -> None:
    """
    List what was imported, where from, and until when it is believed.

    Example: `rakkan standards list --subject mio`
    """
    from service.cli.opened import opened_runtime
    from service.operations.declarations import declaration_json, list_declarations
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        kept = list_declarations(runtime, OPERATOR, subject_id=subject)
        facts = [declaration_json(each, at=runtime.now()) for each in kept]
    rows = [
        (each["id"], each["subject"], each["standard"], each["fresh_until"][:16], each["source"])
        for each in facts
    ]
    lines = table(("id", "subject", "standard", "believed until", "source"), rows)
    lines += [f"{each.id}: {each.problem}" for each in kept if each.problem is not None]
    answer({"declarations": facts}, lines, as_json=as_json)


@app.command("refresh")
def refresh(
    declaration_id: Annotated[str, typer.Argument(metavar="ID", help="A declaration.")],
    *,
    as_json: Json = False,
) -> None:
    """
    Fetch the source of a declaration now, without waiting for the worker.

    Example: `rakkan standards refresh dec_01JD`
    """
    from service.cli.opened import opened_runtime
    from service.operations.declarations import refresh_declaration

    with opened_runtime() as runtime:
        is_fresh = refresh_declaration(runtime, declaration_id, early=True)
    said = "Its word counts." if is_fresh else "Its word is not believed; see `standards list`."
    answer({"id": declaration_id, "is_fresh": is_fresh}, [said], as_json=as_json)


@app.command("remove")
def remove(
    declaration_id: Annotated[str, typer.Argument(metavar="ID", help="A declaration.")],
    *,
    as_json: Json = False,
) -> None:
    """
    Take a source back: new decisions do not hear it. What it said stays on record.

    Example: `rakkan standards remove dec_01JD`
    """
    from service.cli.opened import opened_runtime
    from service.operations.declarations import end_declaration
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        kept = end_declaration(runtime, OPERATOR, declaration_id)
    said = f"{kept.declaration.source} is no longer heard on {kept.declaration.subject_id}."
    answer({"id": kept.id, "subject": kept.declaration.subject_id}, [said], as_json=as_json)


def _facts(document: "RightsDocument") -> dict[str, object]:
    return {
        "standard": document.standard,
        "sha256": document.sha256,
        "max_age_days": document.max_age.days,
        "parts": [
            {
                "name": part.name,
                "status": part.status,
                "statements": [statement.to_json() for statement in part.statements],
            }
            for part in document.parts
        ],
        "notes": list(document.notes),
    }


def _lines(file: Path, document: "RightsDocument") -> Iterator[str]:
    yield (
        f"{file} is {document.standard}, believed for {document.max_age.days} days after it was "
        f"fetched. SHA-256 {document.sha256}"
    )
    for part in document.parts:
        yield ""
        yield f"{part.name} ({part.status})"
        yield from table(
            HEADER,
            [_row(each) for each in part.statements],
        )
    if document.notes:
        yield ""
        yield "Not understood, or read from an older form:"
        yield from (f"  {note}" for note in document.notes)


def _row(statement: "Statement") -> tuple[str, str, str, str, str]:
    conditions = statement.conditions
    return (
        statement.effect,
        statement.usage,
        _listed(statement.territories, "everywhere"),
        _listed(statement.users, "everyone"),
        ", ".join((*conditions.payments, *conditions.licence_urls, *conditions.others)),
    )


def _listed(words: frozenset[str] | None, otherwise: str) -> str:
    most = 8
    if words is None:
        return otherwise
    shown = sorted(words)[:most]
    return ",".join(shown) + (f" and {len(words) - most} more" if len(words) > most else "")

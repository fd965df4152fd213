"""`rakkan standards`: rights expressions of others, read and written."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
            ("", "usage", "where", "who", "conditions"),
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

"""`rakkan registry`: bring the registry in and out, and see how its names behave."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.output import Json, answer, note, table
from service.cli.registry_lint import lint

if TYPE_CHECKING:
    from licensing.registry.subjects import Name, Subject

app = typer.Typer(no_args_is_help=True, help="What can be referenced, whose it is, on which terms.")

_MOST_NAMED: Final = 5

File = Annotated[Path, typer.Argument(help="A rakkan-registry/1 document.")]


@app.command("import")
def import_(file: File, *, as_json: Json = False) -> None:
    """
    Merge a document into the registry. The same document again changes nothing.

    Example: `rakkan registry import registry.json`
    """
    from licensing.registry.document import parse_document
    from licensing.registry.lint import believed_too_much
    from service.cli.opened import opened_runtime
    from service.operations.registry import import_registry

    data = file.read_bytes()
    with opened_runtime() as runtime:
        report = import_registry(runtime, data)
    done = "Imported" if report.changed else "Nothing new in"
    line = (
        f"{done} {file}: {report.subjects} subjects, {report.names} names "
        f"({report.generated} more spellings generated), {report.terms} terms. "
        f"The registry is at version {report.version}."
    )
    answer(report.to_json(), [line], as_json=as_json)
    if doubtful := believed_too_much(parse_document(data).subjects):
        names = ", ".join(f"{name.text} ({name.ambiguity})" for name in doubtful[:_MOST_NAMED])
        more = f" and {len(doubtful) - _MOST_NAMED} more" if len(doubtful) > _MOST_NAMED else ""
        note(f"Ordinary words that are believed as they stand: {names}{more}.")
        note(f"Try `rakkan registry lint {file}` to see what they hit.")


@app.command("export")
def export(*, as_json: Json = False) -> None:
    """
    Print the whole registry as a rakkan-registry/1 document (it is JSON either way).

    Example: `rakkan registry export > registry.json`
    """
    from service.cli.opened import opened_runtime
    from service.operations.registry import export_registry

    del as_json
    with opened_runtime() as runtime:
        document = export_registry(runtime)
    sys.stdout.write(document if document.endswith("\n") else document + "\n")


@app.command("build")
def build(*, as_json: Json = False) -> None:
    """
    Compile the registry into a signed file, so that every process has a large one in a moment.

    A worker does this by itself once 2,000 subjects have changed; do it after a large import, or
    when a compiled registry was refused. Readers keep the old one until the new one is ready.

    Example: `rakkan registry build`
    """
    from service.cli.opened import opened_runtime
    from service.operations.build_lexicon import build_lexicon

    with opened_runtime() as runtime:
        built = build_lexicon(runtime)
    line = (
        f"Compiled version {built.registry_version} of the registry: {built.subjects} subjects, "
        f"{built.size_bytes / 1e6:.1f} MB, in {built.elapsed_s:.1f} s."
    )
    answer(built.to_json(), [line], as_json=as_json)


@app.command("show")
def show(
    subject: Annotated[str, typer.Argument(help="The subject's id.")],
    *,
    as_json: Json = False,
) -> None:
    """
    Show a subject with all its names, and those that were generated from them.

    Example: `rakkan registry show hoshiakari-mio`
    """
    from service.cli.opened import opened_runtime
    from service.operations.registry import show_subject

    with opened_runtime() as runtime:
        found = show_subject(runtime, subject)
    head = f"{found.id}: {found.kind}" + (f" of {found.parent_id}" if found.parent_id else "")
    answer(found.to_json(), [head, *_names(found)], as_json=as_json)


@app.command("variants")
def variants(
    file: File,
    *,
    subject: Annotated[str | None, typer.Option(help="Only this subject's, by its id.")] = None,
    as_json: Json = False,
) -> None:
    """
    Show the spellings that an import would generate from a document's names. Changes nothing.

    Kana and Hangul are spelt in Latin letters, Chinese in the other script, kanji from a name's
    `reading`. An export leaves them out. Needs no database.

    Example: `rakkan registry variants registry.json --subject hoshiakari-mio`
    """
    from licensing.errors import UnknownSubject
    from licensing.registry.document import parse_document
    from licensing.registry.variants import with_variants

    subjects = parse_document(file.read_bytes()).subjects
    if subject is not None:
        subjects = tuple(each for each in subjects if each.id == subject)
        if not subjects:
            raise UnknownSubject(subject)
    spelt = [(each, _generated(with_variants(each))) for each in subjects]
    facts = {
        "subjects": [
            {"subject": each.id, "generated": [name.to_json() for name in names]}
            for each, names in spelt
            if names
        ],
        "generated": sum(len(names) for _, names in spelt),
    }
    rows = [
        (name.text, name.lang, name.ambiguity, name.source, each.id)
        for each, names in spelt
        for name in names
    ]
    shown = table(("spelling", "lang", "ambiguity", "from", "subject"), rows) if rows else []
    answer(facts, [f"{facts['generated']} spellings would be generated.", *shown], as_json=as_json)


def _generated(subject: "Subject") -> "list[Name]":
    return [name for name in subject.names if name.origin == "generated"]


def _names(subject: "Subject") -> list[str]:
    """Lay out the names of a subject, each with where it comes from."""
    return table(
        ("name", "lang", "kind", "ambiguity", "from"),
        [
            (name.text, name.lang, name.kind, name.ambiguity, name.source or "–")
            for name in subject.names
        ],
    )


app.command("lint")(lint)

"""`rakkan registry`: bring the registry in and out, and see how its names behave."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.output import Json, answer, print_json, table
from service.cli.reading import FILE_VERSION

if TYPE_CHECKING:
    from licensing.registry.document import RegistryDocument
    from licensing.registry.subjects import Name, Subject

app = typer.Typer(no_args_is_help=True, help="What can be referenced, whose it is, on which terms.")

_MOST_LINES: Final = 50

File = Annotated[Path, typer.Argument(help="A rakkan-registry/1 document.")]


@app.command("import")
def import_(file: File, *, as_json: Json = False) -> None:
    """
    Merge a document into the registry. The same document again changes nothing.

    Example: `rakkan registry import registry.json`
    """
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


@app.command("lint")
def lint(
    file: File,
    *,
    prompts: Annotated[
        list[Path] | None,
        typer.Option(help='Ordinary prompts, one {"text"} or plain line each; repeatable.'),
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Check a document without importing it, and show which names hit ordinary prompts.

    A name with strong hits here needs an `ambiguity` and `requires_any`. Needs no database.

    Example: `rakkan registry lint registry.json --prompts benign.jsonl`
    """
    from licensing.registry.document import parse_document

    document = parse_document(file.read_bytes())
    texts = list(_ordinary_prompts(prompts or []))
    hits = _hits(document, texts)
    facts = {
        "subjects": len(document.subjects),
        "names": sum(len(subject.names) for subject in document.subjects),
        "terms": len(document.terms),
        "prompts": len(texts),
        "hits": hits,
    }
    summary = (
        f"{file} is a valid rakkan-registry/1 document: {facts['subjects']} subjects, "
        f"{facts['names']} names, {facts['terms']} terms. "
        f"{len(hits)} names hit the {len(texts)} ordinary prompts."
    )
    rows = [(hit["strong"], hit["weak"], hit["surface"], hit["subject"]) for hit in hits]
    shown = table(("strong", "weak", "text", "subject"), rows[:_MOST_LINES]) if rows else []
    if as_json:
        print_json(facts)
    else:
        answer({}, [summary, *shown], as_json=False)


def _hits(document: "RegistryDocument", texts: Iterable[str]) -> list[dict[str, object]]:
    """Count how often each name is found, strong hits first."""
    from licensing.reading.lexicon import Lexicon
    from licensing.reading.read import read

    lexicon = Lexicon.build(document.subjects)
    found: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for text in texts:
        for mention in read(text, lexicon, registry_version=FILE_VERSION).mentions:
            found[mention.subject_id, mention.surface, mention.strength] += 1
            examples.setdefault((mention.subject_id, mention.surface), text)
    rows: list[dict[str, object]] = [
        {
            "subject": subject,
            "surface": surface,
            "strong": found[subject, surface, "strong"],
            "weak": found[subject, surface, "weak"],
            "example": examples[subject, surface],
        }
        for subject, surface in examples
    ]
    return sorted(
        rows,
        key=lambda row: (-int(str(row["strong"])), -int(str(row["weak"])), str(row["subject"])),
    )


def _ordinary_prompts(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the prompts of the given files, or those that come with the program."""
    import json

    sources = [path.read_text("utf-8") for path in paths] or [
        files("service.cli").joinpath("ordinary_prompts.txt").read_text("utf-8"),
    ]
    for source in sources:
        for line in source.splitlines():
            if line.startswith("{"):
                yield str(json.loads(line)["text"])
            elif line.strip() and not line.startswith("#"):
                yield line

"""`rakkan read`: which subjects a prompt refers to."""

import json
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.output import Json, answer, print_json, require_text

if TYPE_CHECKING:
    from licensing.reading.mentions import JudgeNote, Reading

    Reader = Callable[[str, str | None], Reading]

# A reading names the version of the registry; one that comes from a file has none in the database.
FILE_VERSION: Final = 0

_NO_PROMPT: Final = {
    "code": "request_malformed",
    "title": "The line is not a prompt.",
    "detail": 'Write each line as {"id": …, "text": "…"}.',
}


def read(
    prompt: Annotated[str | None, typer.Argument(help="The prompt; without it, stdin.")] = None,
    *,
    negative_prompt: Annotated[
        str | None,
        typer.Option(help="What the prompt asks to leave out."),
    ] = None,
    registry: Annotated[
        Path | None,
        typer.Option(help="Read against this document instead of the database."),
    ] = None,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help='One {"id", "text"} a line on stdin, one answer a line.'),
    ] = False,
    as_json: Json = False,
) -> None:
    """
    Show the mentions of a prompt: which franchises, works and characters it refers to.

    Example: `rakkan read "星守ミコ walks through the rain" --registry registry.json`
    """
    if jsonl and prompt is not None:
        raise typer.BadParameter("--jsonl takes its prompts from stdin.", param_hint="PROMPT")
    with _reader(registry) as reader:
        if jsonl:
            raise typer.Exit(_answer_lines(sys.stdin.buffer, reader))
        text = require_text(sys.stdin.read() if prompt is None else prompt, param_hint="PROMPT")
        reading = reader(text, negative_prompt)
    answer(reading.to_json(), _lines(reading), as_json=as_json)


@contextmanager
def _reader(registry: Path | None) -> "Generator[Reader]":
    """Read against a file without a database, or against the database."""
    if registry is None:
        from service.cli.opened import opened_runtime
        from service.operations.registry import read_prompt

        with opened_runtime() as runtime:
            yield lambda text, negative: read_prompt(runtime, text, negative)
        return
    from licensing.reading.lexicon import Lexicon
    from licensing.reading.read import read as read_text
    from licensing.registry.document import parse_document
    from licensing.registry.variants import with_variants

    # As an import keeps them: the same document reads alike from a file and from the database.
    subjects = parse_document(registry.read_bytes()).subjects
    lexicon = Lexicon.build(map(with_variants, subjects))
    yield lambda text, negative: read_text(
        text,
        lexicon,
        registry_version=FILE_VERSION,
        negative_text=negative,
    )


def _answer_lines(lines: Iterable[bytes], reader: "Reader") -> int:
    """Answer each line under its own id; a broken one gets an error and the run exit code 1."""
    exit_code = 0
    for line in lines:
        if not line.strip():
            continue
        asked = _asked(line)
        line_id, text, negative = (asked.get(key) for key in ("id", "text", "negative_prompt"))
        if isinstance(text, str):
            reading = reader(text, negative if isinstance(negative, str) else None)
            print_json(reading.to_json() | {"id": line_id})
        else:
            exit_code = 1
            print_json({"id": line_id, "error": _NO_PROMPT})
    return exit_code


def _asked(line: bytes) -> dict[str, object]:
    """Read one line; what is no JSON object asks for nothing."""
    try:
        asked = json.loads(line)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _lines(reading: "Reading") -> list[str]:
    """Say the mentions to a person, and whether a judge was heard."""
    judge = [] if reading.judge is None else [_judge_line(reading.judge)]
    if not reading.mentions:
        return ["No subject of the registry is mentioned.", *judge]
    return [
        f"{mention.surface}  →  {mention.subject_id}  "
        f"({mention.strength}, {mention.evidence}, {mention.polarity})"
        for mention in reading.mentions
    ] + judge


def _judge_line(judge: "JudgeNote") -> str:
    if judge.problem is None:
        return f"The judge ({judge.model}) was asked about what is uncertain."
    return f"The judge ({judge.model}) was not heard: {judge.problem}. The rules stand alone."

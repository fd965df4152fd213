"""`rakkan registry lint`: which names of a document hit ordinary prompts, and what to do."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from service.cli.output import Json, answer

if TYPE_CHECKING:
    from licensing.registry.lint import Example, LintReport, NameFinding
    from licensing.registry.prompts import Prompt
    from service.pages.language import Words

_MOST_SHOWN: Final = 30
_AROUND_CHARS: Final = 60
_NO_LANGUAGE: Final = "und"


def lint(
    file: Annotated[Path, typer.Argument(help="A rakkan-registry/1 document.")],
    *,
    prompts: Annotated[
        list[Path] | None,
        typer.Option(
            help='Other ordinary prompts than the built-in ones: {"text", "lang"?} or a plain line '
            "each; repeatable."
        ),
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show the notes too, not only what needs a look.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when a name needs a look.")
    ] = False,
    as_json: Json = False,
) -> None:
    """
    Check a document without importing it: which names would hit prompts that mean nobody's work.

    Each name that does, or that is also a word or a person's name, is shown with the class that
    its text suggests (unique, name, common, generic) and the reason. You decide: set `ambiguity`,
    and `requires_any` for words that make it believable. Needs no database, changes nothing.

    Example: `rakkan registry lint registry.json --strict`
    """
    from licensing.registry.document import parse_document
    from licensing.registry.lint import lint as lint_subjects
    from licensing.registry.prompts import ordinary_prompts
    from service.pages.language import language_of_environment, words_of

    document = parse_document(file.read_bytes())
    against = list(_given_prompts(prompts)) if prompts else ordinary_prompts()
    report = lint_subjects(document.subjects, against)
    words = words_of(language_of_environment())
    facts = report.to_json() | {"terms": len(document.terms)}
    answer(facts, _lines(report, file.name, words, show_all=show_all), as_json=as_json)
    if strict and report.warnings:
        raise typer.Exit(1)


def _given_prompts(paths: Iterable[Path]) -> "Iterator[Prompt]":
    """Read prompts from files: JSON objects or plain lines; # begins a comment."""
    from licensing.registry.prompts import Prompt

    for path in paths:
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if not line.strip() or line.startswith(b"#"):
                continue
            try:
                text = line.decode("utf-8-sig")
                given = json.loads(text) if text.startswith("{") else {"text": text}
            except ValueError:
                given = {}
            if not isinstance(given.get("text"), str):
                problem = f'{path}, line {number}: not {{"text": "…"}} or a plain line of UTF-8.'
                raise typer.BadParameter(problem, param_hint="--prompts")
            yield Prompt(str(given.get("lang", _NO_LANGUAGE)), given["text"])


def _lines(report: "LintReport", file: str, words: "Words", *, show_all: bool) -> Iterator[str]:
    """Say a report to a person, what needs a look first."""
    yield words(
        "lint.summary",
        file=file,
        subjects=report.subjects,
        names=report.names,
        generated=report.generated,
        prompts=sum(report.prompts.values()),
        languages=", ".join(f"{lang} {count}" for lang, count in report.prompts.items()),
    )
    if not report.findings:
        yield words("lint.none")
    else:
        notes = len(report.findings) - report.warnings
        yield words("lint.counts", warnings=report.warnings, notes=notes)
    chosen = [each for each in report.findings if show_all or each.severity == "warning"]
    shown = chosen if show_all else chosen[:_MOST_SHOWN]
    for finding in shown:
        yield from _said(finding, words)
    if len(chosen) > len(shown):
        yield words("lint.more", count=len(chosen) - len(shown))
    elif len(report.findings) > len(chosen):
        yield words("lint.all")
    for described in report.descriptions:
        yield words("lint.described", subject=described.subject_id, prompts=described.prompts)
        yield from (f"      {_marked(example)}" for example in described.examples)


def _said(finding: "NameFinding", words: "Words") -> Iterator[str]:
    """Say one finding: the name, its class and the proposed one, why, and where it was found."""
    name, proposal = finding.name, finding.proposal
    sign = "!" if finding.severity == "warning" else "·"
    yield f"{sign} {name.text}  ({finding.subject_id}, {name.lang})"
    key = "lint.class" if finding.is_believed_too_much else "lint.class_fits"
    reasons = [words(key, given=name.ambiguity, proposed=proposal.ambiguity)]
    if finding.is_believed_too_much:
        reasons.append(words(f"lint.clue.{proposal.clue}", word=proposal.word))
    if finding.strong or finding.weak:
        reasons.append(words("lint.found", strong=finding.strong, weak=finding.weak))
    if finding.shared_with:
        reasons.append(words("lint.shared", subjects=", ".join(finding.shared_with)))
    if name.source is not None:
        reasons.append(words("lint.source", source=name.source))
    yield f"    {'; '.join(reasons)}"
    yield from (f"      {_marked(example)}" for example in finding.examples)


def _marked(example: "Example") -> str:
    """Show a prompt with the found surface in brackets."""
    text, start, end = example.prompt.text, example.start, example.end
    before, after = text[:start], text[end:]
    if len(before) > _AROUND_CHARS:
        before = f"…{before[-_AROUND_CHARS:]}"
    if len(after) > _AROUND_CHARS:
        after = f"{after[:_AROUND_CHARS]}…"
    return f"{before}[{text[start:end]}]{after}"

"""
What a command prints.

With `--json`, stdout gets exactly one JSON object. Progress, warnings and logs always go to
stderr, so that stdout can be piped.
"""

import json
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Protocol

import typer

Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON object on stdout and nothing else."),
]


class Progress(Protocol):
    """Takes a short word for the step, and how far the whole work is, 0 to 1."""

    def __call__(self, step: str, done: float, /) -> None:
        """Show it."""


def require_text(value: str, *, param_hint: str) -> str:
    """Refuse an argument whose bytes are no UTF-8: it could be neither read nor digested."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("It is not valid UTF-8.", param_hint=param_hint) from None
    return value


def answer(facts: Mapping[str, object], lines: Iterable[str], *, as_json: bool) -> None:
    """Print an answer: as JSON, or as lines for a person."""
    if as_json:
        print_json(facts)
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()


def print_json(facts: Mapping[str, object]) -> None:
    """Print one JSON object on one line."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def note(line: str) -> None:
    """Say something beside the answer."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lay rows out in columns of one width each; wide characters count twice."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(header))]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


@contextmanager
def progress(title: str) -> Generator[Progress]:
    """Show a bar on a terminal; say nothing elsewhere."""
    if not sys.stderr.isatty():
        yield _say_nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[step]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bars:
        task = bars.add_task(title, total=1.0, step="")

        def show(step: str, done: float, /) -> None:
            bars.update(task, completed=done, step=step)

        yield show


def _say_nothing(_step: str, _done: float, /) -> None:
    """Stay silent where nobody watches."""


def _width(text: str) -> int:
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

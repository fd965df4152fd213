"""How well prompts are read: the labelled sets, where they lie beside the checkout."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.measure import table

_COMMAND = [sys.executable, "-c", "from service.cli import main; main()", "read", "--registry"]
_COLUMNS = ("recall_strong", "recall_any", "wrong_subject", "polarity", "fp_strong", "weak_rate")


def quality(shared: Path) -> str | None:
    """Score `rakkan read` on the labelled sets; None where there are none."""
    tool, prompts = shared / "tools" / "score_reading.py", shared / "data" / "prompts"
    sets = sorted(prompts.glob("*-dev*.jsonl"))
    if not tool.exists() or not sets:
        return None
    registry = prompts / "registry-dev.json"
    command = f"{shlex.join(_COMMAND)} {{registry}} --jsonl"
    done = subprocess.run(
        [sys.executable, tool, "--registry", registry, "--cmd", command, *sets],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    scores: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    rows = [_row(name.removesuffix(".jsonl"), each) for name, each in scores["sets"].items()]
    head = ["set", "prompts", *(each.replace("_", " ") for each in _COLUMNS), "pairs, strong"]
    return table(head, rows)


def _row(name: str, score: dict[str, Any]) -> list[str]:
    figures = [score.get(each) for each in (*_COLUMNS, "pair_accuracy_strong")]
    return [
        name,
        f"{score['n']:,}",
        *("–" if figure is None else f"{figure:.3f}" for figure in figures),
    ]

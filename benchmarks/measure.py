"""
Measure a piece of work in a process of its own: wall time, CPU time, peak memory.

A benchmark names its cases; every case runs as `python -m benchmarks.X --case NAME ...`, measures
only its own work and prints one JSON line. Cases take turns, so that a busy machine troubles all
alike, and the least time of several rounds counts: noise only ever adds.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one case took; CPU time counts every thread and every child that ended."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


@contextmanager
def printed_measurement() -> Generator[None]:
    """Measure the body and print the measurement for the parent process to read."""
    wall, cpu = time.perf_counter(), cpu_s()
    yield
    taken = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": cpu_s() - cpu,
        "peak_bytes": _peak_bytes(),
    }
    print(json.dumps(taken), flush=True)


def in_turns(
    module: str,
    cases: Sequence[str],
    arguments: Sequence[str],
    *,
    rounds: int,
) -> dict[str, Measurement]:
    """Run the cases in turns and give for each the least times and the highest peak."""
    taken: dict[str, list[Measurement]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            taken[case].append(_run(module, case, arguments))
    return {
        case: Measurement(
            wall_s=min(one.wall_s for one in all_),
            cpu_s=min(one.cpu_s for one in all_),
            peak_bytes=max(one.peak_bytes for one in all_),
        )
        for case, all_ in taken.items()
    }


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out a table: the first column to the left, figures to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(headings, *rows, strict=True)]
    lines = []
    for row in (headings, ["-" * width for width in widths], *rows):
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *others]).rstrip())
    return "\n".join(lines)


def _run(module: str, case: str, arguments: Sequence[str]) -> Measurement:
    # What earlier cases wrote must not be flushed at this one's expense.
    os.sync()
    done = subprocess.run(
        [sys.executable, "-m", module, "--case", case, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Measurement(**json.loads(done.stdout.splitlines()[-1]))


def cpu_s() -> float:
    """Give the CPU seconds of this program so far, and of its children that ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def _peak_bytes() -> int:
    """Read the high-water mark of this program; ru_maxrss would count the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024

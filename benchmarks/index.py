"""
How long an exact search among millions of windows takes, beside reading the same bytes once.

    one code      the nearest of one window: what a search costs at least
    sixteen       the windows of a short clip together: they share each piece of the cache
    plain read    every byte of the codes goes through the processor once, nothing else

Random codes: an exact scan looks at every window, whatever it holds.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measure import MIB, Measurement, in_turns, printed_measurement, table
from manifests.marks.index import WindowIndex, open_codes, write_packed

WINDOWS = 10_000_000
SHARD = 2_500_000
TIMES = 5


def build(folder: Path, windows: int) -> None:
    generator = np.random.default_rng(1)
    for first in range(0, windows, SHARD):
        count = min(SHARD, windows - first)
        codes = generator.integers(0, 2**64, (4, count), np.uint64, endpoint=False)
        write_packed(folder, codes, manifest_id=f"urn:c2pa:{first}", first_number=first + 1)


def search(folder: Path, codes: int) -> None:
    index = WindowIndex(folder)
    wanted = [np.random.default_rng(at).bytes(32) for at in range(codes)]
    index.search(wanted, count=10)
    with printed_measurement():
        for _ in range(TIMES):
            index.search(wanted, count=10)


def plain_read(folder: Path) -> None:
    shards = open_codes(folder)
    for _ in range(1):
        for codes in shards:
            np.bitwise_or.reduce(codes, axis=None)
    with printed_measurement():
        for _ in range(TIMES):
            for codes in shards:
                np.bitwise_or.reduce(codes, axis=None)


CASES = {
    "one code": lambda folder: search(folder, 1),
    "sixteen codes": lambda folder: search(folder, 16),
    "plain read": plain_read,
}


def row(name: str, taken: Measurement, anchor: Measurement) -> list[str]:
    return [
        name,
        f"{taken.wall_s / TIMES * 1000:.0f} ms",
        f"{taken.cpu_s / TIMES * 1000:.0f} ms",
        f"{taken.wall_s / anchor.wall_s:.1f}x",
        f"{taken.peak_bytes / MIB:.0f} MB",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--windows", type=int, default=WINDOWS)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.case:
        CASES[options.case](options.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), options.windows)
        taken = in_turns("benchmarks.index", list(CASES), ["--folder", folder], rounds=3)
    rows = [row(name, taken[name], taken["plain read"]) for name in CASES]
    print(f"Exact search among {options.windows:,} windows of 256 bits, one thread")
    print(table(["case", "wall", "CPU", "to plain read", "peak memory"], rows))


if __name__ == "__main__":
    main()

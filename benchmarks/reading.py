"""
How long reading a prompt of 500 characters takes, with a million names, beside a bare automaton.

The registry is made up from a fixed seed (`benchmarks.names`), compiled by one process into the
signed file of the service, and read by another, whose memory is counted. CPU time of the thread
counts, not the clock, and of three runs of every prompt the best: the machine may be busy. The
anchor is ahocorasick-rs over the same folded texts, searching the folded prompts in the same
process. With the labelled prompts beside the checkout the quality is measured, too. Both tables go
between their markers in docs/reading.md; `--print-only` leaves the file alone.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import fmean, quantiles
from typing import Any, Final

from ahocorasick_rs import AhoCorasick, Implementation
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from obstore.store import LocalStore

from benchmarks.measure import table
from benchmarks.names import made_up_prompts, made_up_subjects
from benchmarks.score import quality
from licensing.reading.artefact import Header
from licensing.reading.entries import Text
from licensing.reading.lexicon import Lexicon, lexicon_columns
from licensing.reading.normalise import fold
from licensing.reading.read import read, read_names
from licensing.reading.versions import rules_sha256
from licensing.registry.compiled_subjects import subject_columns
from licensing.registry.lexicon_store import KeptLexicon
from service.blobs import Blobs
from service.lexicon_files import LexiconFiles

DOCS: Final = Path(__file__).parent.parent / "docs" / "reading.md"
NAMES: Final = 1_000_000
PROMPTS: Final = 2_000
_ROUNDS: Final = 3
_SAMPLE: Final = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=NAMES, help="how many names to make up")
    parser.add_argument("--prompts", type=Path, nargs="*", default=[], help="JSONL with a `text`")
    parser.add_argument("--shared", type=Path, default=DOCS.parent.parent.parent / "shared")
    parser.add_argument("--print-only", action="store_true", help="leave docs/reading.md alone")
    parser.add_argument("--step", choices=["build", "read"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step == "build":
        print(json.dumps(build(arguments.names, arguments.folder)))
    elif arguments.step == "read":
        print(json.dumps(measure(arguments.names, arguments.folder, arguments.prompts)))
    else:
        report(arguments)


def report(arguments: argparse.Namespace) -> None:
    """Run both steps, print the tables and put them into the documentation."""
    with tempfile.TemporaryDirectory() as folder:
        facts = {
            name: value
            for step in ("build", "read")
            for name, value in _ran(step, arguments, folder).items()
        }
    speed = speed_table(facts)
    print(speed)
    put(DOCS, "speed", speed, dry=arguments.print_only)
    scores = quality(arguments.shared)
    if scores is None:
        print(f"No labelled prompts in {arguments.shared}: the quality was not measured.")
        return
    print(scores)
    put(DOCS, "quality", scores, dry=arguments.print_only)


def build(names: int, folder: Path) -> dict[str, Any]:
    """Compile a made-up registry into the file of the service."""
    subjects = tuple(made_up_subjects(names))
    started = time.process_time()
    columns = {**lexicon_columns(subjects), **subject_columns(subjects)}
    header = Header.of(
        columns, registry_version=1, rules_sha256=rules_sha256(), subjects=len(subjects)
    )
    key = _files(folder).write(columns, header)
    kept = {"blob": key, "body_sha256": header.body_sha256, "size_bytes": header.body_bytes}
    (folder / "kept.json").write_text(json.dumps(kept))
    return {
        "names": sum(len(subject.names) for subject in subjects),
        "build_s": time.process_time() - started,
        "build_mb": memory_mb("VmHWM"),
        "size_mb": header.body_bytes / 1e6,
    }


def measure(names: int, folder: Path, paths: Sequence[Path]) -> dict[str, Any]:
    """Load the file and read prompts."""
    kept = json.loads((folder / "kept.json").read_text())
    before_mb = memory_mb("VmRSS")
    started = time.process_time()
    registry = _files(folder).open(
        KeptLexicon(registry_version=1, subjects=0, built_at=datetime.now(UTC), **kept),
    )
    load_s = time.process_time() - started
    lexicon = registry.lexicon
    loaded_mb = memory_mb("VmRSS")
    sample = list(islice(made_up_subjects(names), _SAMPLE))
    prompts = real_prompts(paths) or made_up_prompts(sample, PROMPTS)
    del sample
    made_mb = memory_mb("VmRSS")
    taken = {
        "names": timed(lambda text: list(read_names(Text.of(text), lexicon)), prompts),
        "whole reading": timed(lambda text: read(text, lexicon, registry_version=1), prompts),
    }
    facts = {
        "load_s": load_s,
        "start_mb": before_mb,
        "memory_mb": loaded_mb + memory_mb("VmRSS") - made_mb,
        "readings_sha256": digest(lexicon, prompts),
    }
    anchor = bare_automaton(lexicon)
    folded = [fold(prompt).text for prompt in prompts]
    taken = {"bare automaton": timed(anchor, folded)} | taken
    return facts | {"taken": taken}


def bare_automaton(lexicon: Lexicon) -> Callable[[str], object]:
    """Search for all names and context words, as they are."""
    automaton = AhoCorasick(
        list(lexicon.texts),
        store_patterns=False,
        implementation=Implementation.ContiguousNFA,
    )
    return lambda text: automaton.find_matches_as_indexes(text, overlapping=True)


def timed(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Take the CPU time of every text in seconds, the best of some rounds."""
    best = [float("inf")] * len(texts)
    for _ in range(_ROUNDS):
        for place, text in enumerate(texts):
            started = time.thread_time()
            work(text)
            best[place] = min(best[place], time.thread_time() - started)
    return best


def digest(lexicon: Lexicon, prompts: Sequence[str]) -> str:
    """Digest all readings: the same in every run."""
    found = hashlib.sha256()
    for prompt in prompts:
        reading = read(prompt, lexicon, registry_version=1).to_json()
        found.update(json.dumps(reading, ensure_ascii=False).encode())
    return found.hexdigest()


def speed_table(facts: dict[str, Any]) -> str:
    """Say what was measured, for the documentation."""
    anchor = fmean(facts["taken"]["bare automaton"])
    rows = []
    for case, taken in facts["taken"].items():
        parts = quantiles(taken, n=100)
        figures = [f"{value * 1000:.3f}" for value in (fmean(taken), parts[49], parts[98])]
        rows.append([case, *figures, f"{fmean(taken) / anchor:.1f}"])
    costs = [
        ["names", f"{facts['names']:,}"],
        ["compiled in", f"{facts['build_s']:.1f} s of CPU, {facts['build_mb']:,} MB at the most"],
        ["file", f"{facts['size_mb']:.0f} MB"],
        ["verified and loaded in", f"{facts['load_s']:.2f} s of CPU"],
        ["memory of the reading process", f"{facts['memory_mb']} MB ({facts['start_mb']} before)"],
        ["SHA-256 of all readings", f"`{facts['readings_sha256'][:16]}…`"],
    ]
    return "\n\n".join(
        [
            table(["CPU ms a prompt", "mean", "median", "p99", "ratio of means"], rows),
            table(["what it takes", "measured"], costs),
        ],
    )


def put(path: Path, marker: str, content: str, *, dry: bool) -> None:
    """Replace what stands between two markers of a document."""
    if dry:
        return
    first, last = f"<!-- {marker} -->", f"<!-- end of {marker} -->"
    before, rest = path.read_text("utf-8").split(first)
    after = rest.split(last)[1]
    path.write_text(f"{before}{first}\n\n```text\n{content}\n```\n\n{last}{after}", "utf-8")


def memory_mb(what: str) -> int:
    """Read this process's memory from the kernel: VmRSS now, VmHWM at its highest."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) // 1024
    raise LookupError(what)


def real_prompts(paths: Sequence[Path]) -> list[str]:
    """Join the texts of JSONL files into prompts of the same length."""
    texts = [
        json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()
    ]
    joined = " ".join(texts)
    return [joined[at : at + 500] for at in range(0, len(joined) - 500, 500)][:PROMPTS]


def _files(folder: Path) -> LexiconFiles:
    """Keep the files of the benchmark in a folder of its own, under a key of its own."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32)).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    (folder / "blobs").mkdir(exist_ok=True)
    return LexiconFiles(folder / "copies", Blobs(LocalStore(folder / "blobs")), lambda: key)


def _ran(step: str, arguments: argparse.Namespace, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.reading", "--step", step, "--folder", folder]
    command += ["--names", str(arguments.names)]
    if arguments.prompts:
        command += ["--prompts", *map(str, arguments.prompts)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


if __name__ == "__main__":
    main()

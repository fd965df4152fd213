"""
What verifying costs beside the plain engine and beside reading the same bytes.

    ours          collect_evidence and judge: sniff, credentials, unhashed boxes, verdict
    c2pa-python   Reader with the same settings, and its report
    sha256        the least that checking a hash over a file needs
"""

import argparse
import hashlib
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import c2pa

from benchmarks.clips import MB, make_clip
from benchmarks.measure import MIB, Measurement, in_turns, printed_measurement, table
from benchmarks.signing import FACTS, FULL_BYTES, SIZES_BYTES, policy
from manifests.credentials.sdk import EngineSettings
from manifests.credentials.sign import sign_video
from manifests.media.limits import Limits
from manifests.trust.keys import init_development_keys, load_keys
from manifests.trust.lists import TrustLists
from manifests.verification.inspect import collect_evidence
from manifests.verification.verdict import judge


def ours(path: Path, trust: TrustLists) -> None:
    with printed_measurement():
        verdict = judge(collect_evidence(path, trust=trust, limits=Limits()))
    assert verdict.word == "verified"


def plain_engine(path: Path, trust: TrustLists) -> None:
    with printed_measurement():
        context = c2pa.Context.from_dict(EngineSettings(trust=trust).to_engine())
        with path.open("rb") as file, c2pa.Reader("video/mp4", file, context=context) as reader:
            report = reader.json()
    assert '"Trusted"' in report


def digest(path: Path, _trust: TrustLists) -> None:
    with printed_measurement(), path.open("rb") as file:
        hashlib.file_digest(file, "sha256")


CASES: dict[str, Callable[[Path, TrustLists], None]] = {
    "ours": ours,
    "c2pa-python": plain_engine,
    "sha256": digest,
}


def row(size_bytes: int, case: str, taken: dict[str, Measurement]) -> list[str]:
    """Write one line: the figures, and each as a ratio to the two anchors."""
    this, engine, read = taken[case], taken["c2pa-python"], taken["sha256"]
    return [
        f"{size_bytes // MB} MB, {case}",
        f"{this.wall_s:.2f}",
        f"{this.cpu_s:.2f}",
        f"{this.peak_bytes / MIB:.0f}",
        f"{this.wall_s / engine.wall_s:.2f}",
        f"{this.cpu_s / engine.cpu_s:.2f}",
        f"{this.wall_s / read.wall_s:.2f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="also 1 GB")
    parser.add_argument("--rounds", type=int, default=5, help="the best of so many counts")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where the files are made")
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        keys = load_keys(options.folder / "keys")
        CASES[options.case](options.source, TrustLists.official().with_own(keys))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        folder = Path(made)
        keys = init_development_keys(folder / "keys", at=datetime.now(UTC))
        rows = []
        for size_bytes in (*SIZES_BYTES, FULL_BYTES) if options.full else SIZES_BYTES:
            signed = folder / "signed.mp4"
            clip = make_clip(folder, size_bytes)
            sign_video(clip, signed, facts=FACTS, keys=keys, timestamps=policy(keys))
            arguments = ("--folder", made, "--source", str(signed))
            taken = in_turns("benchmarks.verifying", list(CASES), arguments, rounds=options.rounds)
            rows += [row(size_bytes, case, taken) for case in CASES]
    print(f"Verifying, best of {options.rounds}; aim: at most 1.10 of c2pa-python, 600 MiB")
    headings = ("", "wall s", "CPU s", "peak MiB", "wall/c2pa", "CPU/c2pa", "wall/sha256")
    print(table(headings, rows))


if __name__ == "__main__":
    main()

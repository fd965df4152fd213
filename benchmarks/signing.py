"""
What signing costs beside the plain engine and beside copying the same bytes.

    ours          sign_video: digest of the copy, brought to stable storage, renamed into place
    c2pa-python   Builder.sign_file with the same manifest, settings, key and time stamp
    cp + sha256   the least that any signed copy needs: each byte read, hashed and written once
"""

import argparse
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import c2pa

from benchmarks.clips import MB, make_clip
from benchmarks.measure import MIB, Measurement, in_turns, printed_measurement, table
from manifests.credentials.build import StampFacts, manifest_definition
from manifests.credentials.sdk import EngineSettings
from manifests.credentials.sign import sign_video
from manifests.credentials.timestamp import TimestampPolicy, relay_timestamps, timestamp_sources
from manifests.trust.keyring import KeyRing
from manifests.trust.keys import init_development_keys, load_keys
from manifests.trust.lists import TrustLists

SIZES_BYTES = (10 * MB, 100 * MB)
FULL_BYTES = 1000 * MB
FACTS = StampFacts(
    title="A benchmark",
    generator="noise",
    generator_version="1",
    generated_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def policy(keys: KeyRing) -> TimestampPolicy:
    """Stamp the time in this process, so that no network is measured."""
    sources = timestamp_sources((), keys=keys, now=lambda: datetime.now(UTC))
    return TimestampPolicy(sources=sources)


def ours(source: Path, dest: Path, keys: KeyRing) -> None:
    timestamps = policy(keys)
    with printed_measurement():
        sign_video(source, dest, facts=FACTS, keys=keys, timestamps=timestamps)


def plain_engine(source: Path, dest: Path, keys: KeyRing) -> None:
    settings = EngineSettings(trust=TrustLists.official().with_own(keys)).to_engine()
    with relay_timestamps(policy(keys)) as relay, printed_measurement():
        signer = c2pa.Signer.from_callback(
            keys.sign, c2pa.C2paSigningAlg.ES256, keys.chain_pem, relay.url
        )
        context = c2pa.Context.from_dict(settings)
        builder = c2pa.Builder(manifest_definition(FACTS), context=context)
        builder.sign_file(source, dest, signer)


def copy_and_hash(source: Path, dest: Path, _keys: KeyRing) -> None:
    with printed_measurement():
        shutil.copyfile(source, dest)
        with source.open("rb") as file:
            hashlib.file_digest(file, "sha256")


CASES: dict[str, Callable[[Path, Path, KeyRing], None]] = {
    "ours": ours,
    "c2pa-python": plain_engine,
    "cp + sha256": copy_and_hash,
}


def row(size_bytes: int, case: str, taken: dict[str, Measurement]) -> list[str]:
    """Write one line: the figures, and each as a ratio to the two anchors."""
    this, engine, copy = taken[case], taken["c2pa-python"], taken["cp + sha256"]
    return [
        f"{size_bytes // MB} MB, {case}",
        f"{this.wall_s:.2f}",
        f"{this.cpu_s:.2f}",
        f"{this.peak_bytes / MIB:.0f}",
        f"{this.wall_s / engine.wall_s:.2f}",
        f"{this.cpu_s / engine.cpu_s:.2f}",
        f"{this.wall_s / copy.wall_s:.2f}",
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
        CASES[options.case](options.source, options.folder / "signed.mp4", keys)
        (options.folder / "signed.mp4").unlink()
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        folder = Path(made)
        init_development_keys(folder / "keys", at=datetime.now(UTC))
        rows = []
        for size_bytes in (*SIZES_BYTES, FULL_BYTES) if options.full else SIZES_BYTES:
            source = make_clip(folder, size_bytes)
            arguments = ("--folder", made, "--source", str(source))
            taken = in_turns("benchmarks.signing", list(CASES), arguments, rounds=options.rounds)
            rows += [row(size_bytes, case, taken) for case in CASES]
    print(f"Signing, best of {options.rounds}; aim: at most 1.10 of c2pa-python, 600 MiB")
    headings = ("", "wall s", "CPU s", "peak MiB", "wall/c2pa", "CPU/c2pa", "wall/cp+sha")
    print(table(headings, rows))


if __name__ == "__main__":
    main()

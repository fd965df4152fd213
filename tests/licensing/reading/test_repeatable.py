"""The same registry compiles to the same bytes and reads the same, whatever process does it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

PROGRAM = """
import hashlib, json
from benchmarks.names import made_up_prompts, made_up_subjects
from licensing.reading.lexicon import Lexicon, lexicon_columns
from licensing.reading.read import read
subjects = list(made_up_subjects(1_200))
columns = lexicon_columns(subjects)
lexicon = Lexicon.load(columns)
found = hashlib.sha256()
for name in sorted(columns):
    found.update(bytes(columns[name]))
mentions = 0
for prompt in made_up_prompts(subjects, 60):
    reading = read(prompt, lexicon, registry_version=1)
    mentions += len(reading.mentions)
    found.update(json.dumps(reading.to_json(), ensure_ascii=False).encode())
print(found.hexdigest(), mentions > 20)
"""


def run(hash_seed: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"},
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout


def test_two_runs_are_alike() -> None:
    first, second = run("1"), run("2")

    assert first.endswith(" True\n")
    assert second == first

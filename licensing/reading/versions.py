"""Which reader this is: the version of its folding, the digest of its rules, and its thresholds."""

import hashlib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from licensing.reading import context, descriptions, spelling
from licensing.reading.judging import JUDGED_CONFIDENCE

# Counts up when `normalise.fold` gives another text; Unicode's own tables are the rest of it.
NORMALISER: Final = f"rakkan-fold/1 unicode/{unicodedata.unidata_version}"


def thresholds() -> dict[str, Any]:
    """Give the numbers that the rules compare with, by what they decide."""
    return {
        **context.THRESHOLDS,
        **descriptions.THRESHOLDS,
        "misspelt.fewest_letters": spelling.FEWEST_LETTERS,
        "judge.confidence": JUDGED_CONFIDENCE,
    }


@lru_cache(maxsize=1)
def rules_sha256() -> str:
    """Digest the source of every rule and word list of this package: equal rules, equal digest."""
    digest = hashlib.sha256()
    for path, item in _sources(files("licensing.reading"), ""):
        digest.update(f"{path}\n".encode())
        digest.update(hashlib.sha256(item.read_bytes()).digest())
    return digest.hexdigest()


def _sources(folder: Traversable, path: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for item in sorted(folder.iterdir(), key=lambda each: each.name):
        name = f"{path}/{item.name}"
        if item.is_dir():
            found += _sources(item, name)
        elif item.name.endswith((".py", ".txt")):
            found.append((name, item))
    return found

"""
The keys of the mark: who holds one can read, forge and remove the marks made with it.

They stand in one file of the keys folder, newest first. Marks are set with the newest; those of
older keys are still found, each at the price of one more search.
"""

import json
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from manifests.errors import CredentialsMissing, CredentialsUnreadable

FILE_NAME: Final = "watermark.json"
KEPT_KEYS: Final = 4
"""Older keys are forgotten at rotation: each one lengthens every search that fails."""

_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkKey:
    """One key. `id` names it where the secret must not stand."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkKeyRing:
    """The keys in use, newest first; never empty."""

    active: tuple[MarkKey, ...]

    @property
    def newest(self) -> MarkKey:
        """The key that marks are set with."""
        return self.active[0]


def init_mark_keys(folder: Path, *, at: datetime) -> MarkKeyRing:
    """
    Make a first key in `folder`, or load the keys that are there.

    Two processes may try at once: the first to finish wins, both load its key. Raises
    `CredentialsUnreadable` when the file is damaged or open to others.
    """
    path = folder / FILE_NAME
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, (_new_key(),), at, may_replace=False)
    return load_mark_keys(folder)


def load_mark_keys(folder: Path) -> MarkKeyRing:
    """Read the keys. Raises `CredentialsMissing`, or `CredentialsUnreadable`."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise CredentialsMissing(str(folder))
    if path.stat().st_mode & 0o027:
        raise CredentialsUnreadable(str(path), "others can read or change it")
    try:
        keys = tuple(_parse(entry) for entry in json.loads(path.read_text("utf-8"))["keys"])
    except (ValueError, KeyError, TypeError) as error:
        raise CredentialsUnreadable(str(path), "it holds no watermark keys") from error
    if not keys:
        raise CredentialsUnreadable(str(path), "it holds no watermark keys")
    return MarkKeyRing(active=keys)


def rotate(folder: Path, *, at: datetime) -> MarkKeyRing:
    """Put a new key in front; the last `KEPT_KEYS` stay active. Raises as `load_mark_keys`."""
    kept = load_mark_keys(folder).active[: KEPT_KEYS - 1]
    _write(folder / FILE_NAME, (_new_key(), *kept), at, may_replace=True)
    return load_mark_keys(folder)


def _new_key() -> MarkKey:
    return MarkKey(id=f"mrk_{secrets.token_hex(4)}", secret=secrets.token_bytes(_SECRET_BYTES))


def _parse(entry: dict[str, Any]) -> MarkKey:
    key = MarkKey(id=str(entry["id"]), secret=bytes.fromhex(entry["secret"]))
    if len(key.secret) != _SECRET_BYTES:
        message = f"key {key.id} has {len(key.secret)} bytes"
        raise ValueError(message)
    return key


def _write(path: Path, keys: tuple[MarkKey, ...], at: datetime, *, may_replace: bool) -> None:
    said = {
        "written_at": at.isoformat(timespec="seconds"),
        "keys": [{"id": key.id, "secret": key.secret.hex()} for key in keys],
    }
    # mkstemp makes the file for its owner alone.
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(said, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if may_replace:
            Path(draft).replace(path)
        else:
            try:
                os.link(draft, path)  # Unlike a rename, it never replaces another's key.
            except FileExistsError:
                return
    finally:
        Path(draft).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""The key that the secrets of all webhooks are derived from: one file beside the signing keys."""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Final

from manifests.errors import CredentialsUnreadable

FILE_NAME: Final = "webhooks.key"
_KEY_BYTES: Final = 32


def init_webhook_key(folder: Path) -> bytes:
    """
    Make the key in `folder`, or load the one that is there.

    Two processes may try at once: the first to finish wins, both load its key. Raises
    `CredentialsUnreadable` when the file is damaged or open to others.
    """
    path = folder / FILE_NAME
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path)
    if path.stat().st_mode & 0o027:
        raise CredentialsUnreadable(str(path), "others can read or change it")
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError as error:
        raise CredentialsUnreadable(str(path), "it holds no key") from error
    if len(key) != _KEY_BYTES:
        raise CredentialsUnreadable(str(path), f"it holds {len(key)} bytes, not {_KEY_BYTES}")
    return key


def _write(path: Path) -> None:
    """Put a whole new key at `path`, unless another process was first."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # Unlike a rename, a link never replaces what is there.
            Path(path).hardlink_to(temporary)
        except FileExistsError:
            return
    finally:
        Path(temporary).unlink()

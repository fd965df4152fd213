"""Compiled registries as files: kept in the blob store, mapped into memory from a local copy."""

import hashlib
import mmap
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from licensing.reading.artefact import (
    PREFIX_BYTES,
    SIGNATURE_BYTES,
    Header,
    body,
    header_bytes,
    read_header,
)
from licensing.reading.columns import Columns
from licensing.reading.lexicon import Lexicon
from licensing.reading.refusal import ArtefactRefused
from licensing.reading.versions import rules_sha256
from licensing.registry.compiled_subjects import CompiledSubjects
from licensing.registry.lexicon_store import KeptLexicon
from licensing.registry.snapshot import CompiledRegistry
from service.blobs import Blobs

_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LexiconFiles:
    """Writes compiled registries whole or not at all, and reads none that it has not verified."""

    folder: Path
    blobs: Blobs
    key_pem: Callable[[], bytes]

    def write(self, columns: Columns, header: Header) -> str:
        """Keep a compiled registry, sign it, and answer its blob's key."""
        key = f"lexicons/{header.registry_version:08}-{header.body_sha256[:32]}"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(prefix=".lexicon.", dir=self.folder)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(header.signed(self._key().sign))
                file.writelines(body(columns))
                file.flush()
                os.fsync(file.fileno())
            self.blobs.put_file(key, draft)
            draft.replace(self._path(key))
        finally:
            draft.unlink(missing_ok=True)
        return key

    def open(self, kept: KeptLexicon) -> CompiledRegistry:
        """
        Map a compiled registry into memory.

        Raises `ArtefactRefused` for anything but what was kept: missing, damaged, cut short, signed
        by another key, compiled by another version of this program.
        """
        path = self._path(kept.blob)
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self.blobs.get_file(kept.blob, path)
            except FileNotFoundError:
                raise ArtefactRefused("its file is gone") from None
        try:
            columns = self._columns(path, kept)
        except ArtefactRefused:
            # Another copy may be whole: fetch it the next time.
            path.unlink(missing_ok=True)
            raise
        return CompiledRegistry(
            version=kept.registry_version,
            lexicon=Lexicon.load(columns),
            subjects=CompiledSubjects(columns),
        )

    def forget(self, key: str) -> None:
        """Remove a file here and in the store; who has it mapped keeps it."""
        self._path(key).unlink(missing_ok=True)
        self.blobs.delete(key)

    def _columns(self, path: Path, kept: KeptLexicon) -> Columns:
        with path.open("rb") as file:
            prefix = file.read(PREFIX_BYTES)
            rest = header_bytes(prefix) - PREFIX_BYTES + SIGNATURE_BYTES
            head = prefix + file.read(rest)
            header = read_header(head, verify=self._verify, rules_sha256=rules_sha256())
            if (header.registry_version, header.body_sha256) != (
                kept.registry_version,
                kept.body_sha256,
            ):
                raise ArtefactRefused("it is not the one that was kept")
            # Read, not mapped: what is only digested must not stay in this process's memory.
            digest, size = hashlib.sha256(), 0
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
            if size != header.body_bytes or digest.hexdigest() != header.body_sha256:
                raise ArtefactRefused("its content is damaged")
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return header.columns(memoryview(mapped)[len(head) :])

    def _verify(self, signature: bytes, signed: bytes) -> bool:
        try:
            self._key().public_key().verify(signature, signed)
        except InvalidSignature:
            return False
        return True

    def _key(self) -> Ed25519PrivateKey:
        key = load_pem_private_key(self.key_pem(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("licence tokens and compiled registries are signed with Ed25519")
        return key

    def _path(self, key: str) -> Path:
        return self.folder / Path(key).name

"""Files of any size by key: a folder, or S3, Google Cloud Storage or Azure by address."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import obstore
from obstore.exceptions import GenericError
from obstore.store import LocalStore, ObjectStore, from_url

from service.errors import BlobStorageFull, UploadTooLarge
from service.settings import Settings

_CHUNK_BYTES = 1024 * 1024
# What the operating system says on Linux and macOS, as obstore passes it on.
_FULL = ("os error 28", "os error 122", "os error 69")  # ENOSPC, EDQUOT (Linux), EDQUOT (macOS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlob:
    """One kept file and what it holds."""

    key: str
    size_bytes: int
    sha256: str


class Blobs:
    """
    Keeps files under keys such as `uploads/stm_….mp4`.

    A file appears whole or not at all. A missing one raises `FileNotFoundError`, a full store
    `BlobStorageFull`.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def open(cls, settings: Settings) -> "Blobs":
        """Open the store that the settings name, or the folder in the data folder."""
        if settings.blob_url is not None:
            return cls(from_url(settings.blob_url))
        folder = settings.blobs_folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(LocalStore(folder.absolute()))

    async def put_stream(
        self,
        key: str,
        chunks: AsyncIterable[bytes],
        *,
        max_bytes: int,
    ) -> StoredBlob:
        """Keep an upload while it arrives. Raises `UploadTooLarge`, and then keeps nothing."""
        meter = _Meter(key, max_bytes=max_bytes)

        async def metered() -> AsyncIterator[bytes]:
            async for chunk in chunks:
                meter.take(chunk)
                yield chunk

        with _translated_errors():
            await obstore.put_async(self._store, key, metered())
        self._sync(key)
        return meter.stored()

    def put_file(self, key: str, source: Path) -> StoredBlob:
        """Keep a copy of a file."""
        meter = _Meter(key)

        def metered() -> Iterator[bytes]:
            with source.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    meter.take(chunk)
                    yield chunk

        with _translated_errors():
            obstore.put(self._store, key, metered())
        self._sync(key)
        return meter.stored()

    def put_bytes(self, key: str, content: bytes) -> StoredBlob:
        """Keep a small file that is in memory."""
        with _translated_errors():
            obstore.put(self._store, key, content)
        self._sync(key)
        meter = _Meter(key)
        meter.take(content)
        return meter.stored()

    def get_file(self, key: str, destination: Path) -> None:
        """Copy a file to a path, whole or not at all."""
        with _translated_errors():
            chunks = self.iter_chunks(key)
            descriptor, draft = tempfile.mkstemp(
                prefix=f".{destination.name}.",
                dir=destination.parent,
            )
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.writelines(chunks)
                Path(draft).replace(destination)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise

    def get_bytes(self, key: str) -> bytes:
        """Read a small file whole."""
        return bytes(obstore.get(self._store, key).bytes())

    def iter_chunks(self, key: str) -> Iterator[bytes]:
        """Read a file piece by piece. A missing one raises here, not at the first piece."""
        stream = obstore.get(self._store, key).stream(min_chunk_size=_CHUNK_BYTES)
        return (bytes(chunk) for chunk in stream)

    def size_bytes(self, key: str) -> int:
        """Say how large a file is."""
        return obstore.head(self._store, key)["size"]

    def delete(self, key: str) -> None:
        """Forget a file, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            obstore.delete(self._store, key)

    def list(self, prefix: str = "") -> list[str]:
        """List the keys below a folder-like prefix (whole path segments), sorted."""
        pages = obstore.list(self._store, prefix=prefix or None)
        return sorted(item["path"] for page in pages for item in page)

    def pages(self, prefix: str, *, until: datetime) -> Iterator[Sequence[str]]:
        """List the keys below a prefix that were last written before a time, page by page."""
        for page in obstore.list(self._store, prefix=prefix):
            yield [item["path"] for item in page if item["last_modified"] < until]

    def _sync(self, key: str) -> None:
        """Put a local file on the disk: a committed row may name it a moment later."""
        if not isinstance(self._store, LocalStore) or self._store.prefix is None:
            return
        path = Path(self._store.prefix) / key
        for item in (path, path.parent):
            descriptor = os.open(item, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


class _Meter:
    """Counts and hashes what passes."""

    def __init__(self, key: str, *, max_bytes: int | None = None) -> None:
        self._key = key
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._hash = hashlib.sha256()

    def take(self, chunk: bytes) -> None:
        self._size_bytes += len(chunk)
        if self._max_bytes is not None and self._size_bytes > self._max_bytes:
            raise UploadTooLarge(self._max_bytes)
        self._hash.update(chunk)

    def stored(self) -> StoredBlob:
        return StoredBlob(
            key=self._key,
            size_bytes=self._size_bytes,
            sha256=self._hash.hexdigest(),
        )


@contextmanager
def _translated_errors() -> Generator[None]:
    """Raise `BlobStorageFull` where a disk or quota is full."""
    try:
        yield
    except (OSError, GenericError) as error:
        if any(words in str(error) for words in _FULL) or "[Errno 28]" in str(error):
            raise BlobStorageFull from error
        raise

"""
A destination that learns its own SHA-256 while it is written.

The C2PA engine hands over 8 KB at a time and never looks back, so one pass is enough. Writing and
hashing happen on a second thread, beside the engine: both release the interpreter lock.
"""

import hashlib
import io
import os
import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

CHUNK_SIZE_BYTES = 1 << 20
CHUNKS_WAITING_LIMIT = 8
"""Bounds the memory between the engine and a slow disk: 8 MiB."""


class HashingWriter(io.RawIOBase):
    """
    Write a new file from start to end; refuse everything else.

    `problem` holds the error of the disk, because the engine forgets it. `finish` waits for the
    last byte to reach stable storage.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.problem: Exception | None = None
        # "x": a file that exists is never written over, and the permissions follow the umask.
        self._file = path.open("xb", buffering=0)
        self._hash = hashlib.sha256()
        self._size_bytes = 0
        self._position = 0
        self._pieces: list[bytes] = []
        self._pieces_bytes = 0
        self._chunks: queue.SimpleQueue[list[bytes] | None] = queue.SimpleQueue()
        self._room = threading.BoundedSemaphore(CHUNKS_WAITING_LIMIT)
        self._thread = threading.Thread(target=self._drain, name="hashing-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()
        self._file.close()
        super().close()

    def writable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes: the engine seeks to learn the size, and to rewind when all is written."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take the next bytes. Raises what an earlier write met, as soon as it is known."""
        if self.problem is not None:
            raise self.problem
        if self._position != self._size_bytes:
            raise io.UnsupportedOperation("written from start to end")
        self._pieces.append(bytes(data))
        self._pieces_bytes += len(data)
        self._size_bytes += len(data)
        self._position = self._size_bytes
        if self._pieces_bytes >= CHUNK_SIZE_BYTES:
            self._pass_on()
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the place that `tell` gives; only at the end can more be written."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}
        self._position = start[whence] + offset
        return self._position

    def tell(self) -> int:
        """Give the place in bytes from the start."""
        return self._position

    def flush(self) -> None:
        """Do nothing: `finish` is the moment that counts."""

    def finish(self) -> tuple[str, int]:
        """Bring everything to stable storage; give the SHA-256 in hex and the size in bytes."""
        self._stop()
        if self.problem is not None:
            raise self.problem
        os.fsync(self._file.fileno())
        return self._hash.hexdigest(), self._size_bytes

    def _pass_on(self) -> None:
        self._room.acquire()
        self._chunks.put(self._pieces)
        self._pieces, self._pieces_bytes = [], 0

    def _stop(self) -> None:
        if not self._thread.is_alive():
            return
        if self._pieces:
            self._pass_on()
        self._chunks.put(None)
        self._thread.join()

    def _drain(self) -> None:
        while (pieces := self._chunks.get()) is not None:
            if self.problem is None:
                try:
                    self._write_whole(b"".join(pieces))
                except Exception as problem:  # noqa: BLE001 - raised again in the writing thread
                    self.problem = problem
            self._room.release()

    def _write_whole(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._hash.update(chunk)

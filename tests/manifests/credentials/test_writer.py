"""The writer knows the digest of what it wrote, and tells when the disk does not follow."""

import hashlib
import io
import os
from pathlib import Path

import pytest

from manifests.credentials.writer import CHUNK_SIZE_BYTES, HashingWriter


@pytest.mark.parametrize("size_bytes", [0, 1, 8192, CHUNK_SIZE_BYTES, 3 * CHUNK_SIZE_BYTES + 5])
def test_the_digest_is_that_of_the_file(size_bytes: int, tmp_path: Path) -> None:
    data = os.urandom(size_bytes)

    with HashingWriter(tmp_path / "out") as writer:
        for at in range(0, size_bytes, 8192):
            writer.write(data[at : at + 8192])
        sha256, written_bytes = writer.finish()

    assert (tmp_path / "out").read_bytes() == data
    assert (sha256, written_bytes) == (hashlib.sha256(data).hexdigest(), size_bytes)


def test_the_engine_may_look_around_but_only_write_at_the_end(tmp_path: Path) -> None:
    with HashingWriter(tmp_path / "out") as writer:
        writer.write(b"12345")
        assert writer.seek(0) == 0
        assert writer.seek(0, io.SEEK_END) == writer.tell() == 5
        assert writer.seek(-2, io.SEEK_CUR) == 3
        assert writer.seekable()
        assert writer.writable()
        writer.flush()
        with pytest.raises(io.UnsupportedOperation):
            writer.write(b"x")


def test_a_file_that_exists_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")

    with pytest.raises(FileExistsError):
        HashingWriter(tmp_path / "out")


def test_a_full_disk_is_told_when_finishing_and_at_the_next_write(tmp_path: Path) -> None:
    with HashingWriter(tmp_path / "out") as writer:
        # The descriptor of a device that is always full, in place of the new file's.
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, writer._file.fileno())
        os.close(full)
        writer.write(bytes(2 * CHUNK_SIZE_BYTES))
        with pytest.raises(OSError, match="No space left"):
            writer.finish()
        with pytest.raises(OSError, match="No space left"):
            writer.write(b"more")


def test_a_writer_left_early_leaves_no_thread(tmp_path: Path) -> None:
    writer = HashingWriter(tmp_path / "out")

    with writer, pytest.raises(RuntimeError):
        raise RuntimeError

    assert not writer._thread.is_alive()

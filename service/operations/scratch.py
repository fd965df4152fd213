"""A folder for the files of one attempt; when there is no room for it, the error says where."""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from manifests.errors import DiskFull
from service.errors import BlobStorageFull
from service.runtime import Runtime

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """
    Make a temporary folder and delete it afterwards.

    Raises `DiskFull` for the disk it lies on, also in place of the operating system's own error:
    where there is no room, the folder itself may be what finds none.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=prefix) as folder:
            yield Path(folder)
    except DiskFull as full:
        # The folder it names is gone; what needs room is the place it was made in.
        raise DiskFull(tempfile.gettempdir()) from full
    except OSError as problem:
        if problem.errno in NO_ROOM:
            raise DiskFull(tempfile.gettempdir()) from problem
        raise


def fetch(runtime: Runtime, blob_key: str, path: Path) -> None:
    """Copy a blob to a path. Raises `DiskFull` for the path's folder; the store is only read."""
    try:
        runtime.blobs.get_file(blob_key, path)
    except BlobStorageFull as full:
        raise DiskFull(str(path.parent)) from full

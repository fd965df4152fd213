"""A bound on costly work that runs while its asker waits: who finds it full comes again later."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import BoundedSemaphore

from service.errors import ServiceBusy


class BoundedRuns:
    """
    Let so many run at once in this process; nobody queues.

    Waiting would hold a thread and a connection, and whoever hangs up would still be served.
    """

    def __init__(self, limit: int) -> None:
        self._free = BoundedSemaphore(limit)

    def require_free(self) -> None:
        """Raise `ServiceBusy` when nothing is free at this moment."""
        with self.one():
            pass

    @contextmanager
    def one(self) -> Generator[None]:
        """Run one. Raises `ServiceBusy`."""
        if not self._free.acquire(blocking=False):
            raise ServiceBusy
        try:
            yield
        finally:
            self._free.release()

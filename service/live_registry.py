"""
The registry as this process reads it: compiled names in memory, and what changed since.

Every request looks at the version alone. A change of a few subjects is read by the first request
that notices it, in milliseconds. What takes longer, a new compiled registry or very many changes,
is made ready in a thread, and requests read the old registry until then.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

import structlog
from sqlmodel import Session

from licensing.reading.refusal import ArtefactRefused
from licensing.registry.lexicon_store import KeptLexicon, newest_lexicon
from licensing.registry.snapshot import CompiledRegistry, RegistrySnapshot
from licensing.registry.store import load_snapshot, registry_version
from licensing.registry.subject_store import EVER, count_subjects
from service.lexicon_files import LexiconFiles

MOST_AT_ONCE: Final = 2_000
"""Changed subjects that a request may wait for, and after which a registry is compiled anew."""

log = structlog.get_logger(__name__)


class LiveRegistry:
    """Answers with the registry at a version. Safe to share between threads."""

    def __init__(
        self,
        files: Callable[[], LexiconFiles],
        transaction: Callable[[], AbstractContextManager[Session]],
    ) -> None:
        self._files = files
        self._transaction = transaction
        self._known: RegistrySnapshot | None = None
        self._base: CompiledRegistry | None = None
        self._refused: set[str] = set()
        self._lock = threading.Lock()
        self._behind: threading.Thread | None = None

    def snapshot(self, session: Session) -> RegistrySnapshot:
        """Read the registry as the caller's transaction finds it, or the last one made ready."""
        version = registry_version(session)
        known = self._known
        if known is not None and known.version == version:
            return known
        with self._lock:
            # Another thread may have read it while this one waited.
            known = self._known
            if known is not None and known.version == version:
                return known
            if known is not None and self._takes_long(session, version):
                self._make_ready()
                return known
            known = self._known = self._read(session, version)
            return known

    def wait(self) -> None:
        """Wait until nothing is being made ready."""
        behind = self._behind
        if behind is not None:
            behind.join()

    def _takes_long(self, session: Session, version: int) -> bool:
        base = self._base
        since = EVER if base is None else base.version
        if count_subjects(session, changed_since=since) > MOST_AT_ONCE:
            return True
        newest = newest_lexicon(session, at_most=version)
        return self._is_better(newest)

    def _is_better(self, newest: KeptLexicon | None) -> bool:
        if newest is None or newest.body_sha256 in self._refused:
            return False
        return self._base is None or newest.registry_version > self._base.version

    def _make_ready(self) -> None:
        """Read the registry in a thread, unless one is at it; the caller holds the lock."""
        if self._behind is None or not self._behind.is_alive():
            self._behind = threading.Thread(target=self._read_behind, name="registry", daemon=True)
            self._behind.start()

    def _read_behind(self) -> None:
        try:
            with self._transaction() as session:
                version = registry_version(session)
                snapshot = self._read(session, version)
            self._known = snapshot
        except Exception:
            log.exception("the registry was not read; the old one stays in use")

    def _read(self, session: Session, version: int) -> RegistrySnapshot:
        newest = newest_lexicon(session, at_most=version)
        if newest is not None and self._is_better(newest):
            try:
                self._base = self._files().open(newest)
            except ArtefactRefused as refusal:
                self._refused.add(newest.body_sha256)
                log.warning("compiled registry refused", version=version, reason=refusal.reason)
        snapshot = load_snapshot(session, self._base)
        # Compiled here and now, if it must be, rather than by a reading.
        _ = snapshot.lexicon
        return snapshot

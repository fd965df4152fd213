"""Compile the registry into a signed file that every process loads in a moment."""

import time
from dataclasses import dataclass
from typing import Any

import structlog

from licensing.reading.artefact import Header
from licensing.reading.lexicon import lexicon_columns
from licensing.reading.refusal import ArtefactRefused
from licensing.reading.versions import rules_sha256
from licensing.registry.compiled_subjects import subject_columns
from licensing.registry.lexicon_store import (
    KeptLexicon,
    keep_lexicon,
    newest_lexicon,
)
from licensing.registry.store import registry_version
from licensing.registry.subject_store import EVER, count_subjects, load_subjects
from licensing.registry.subjects import Subject
from service.live_registry import MOST_AT_ONCE
from service.runtime import Runtime

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltLexicon:
    """A compiled registry: of which version, how large, and how long it took."""

    registry_version: int
    subjects: int
    size_bytes: int
    sha256: str
    elapsed_s: float

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `rakkan registry build`."""
        return {
            "registry_version": self.registry_version,
            "subjects": self.subjects,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "elapsed_s": round(self.elapsed_s, 3),
        }


def build_lexicon(runtime: Runtime) -> BuiltLexicon:
    """
    Compile the registry as it is. The same registry gives the same file but for its signature.

    Killed at any moment it leaves nothing that is read; repeated, it replaces what it made.
    """
    started = time.monotonic()
    version, subjects = _subjects(runtime)
    columns = {**lexicon_columns(subjects), **subject_columns(subjects)}
    header = Header.of(
        columns,
        registry_version=version,
        rules_sha256=rules_sha256(),
        subjects=len(subjects),
    )
    key = runtime.lexicon_files.write(columns, header)
    kept = KeptLexicon(
        registry_version=version,
        blob=key,
        body_sha256=header.body_sha256,
        size_bytes=header.body_bytes,
        subjects=len(subjects),
        built_at=runtime.now(),
    )
    with runtime.transaction() as session:
        gone = keep_lexicon(session, kept)
    for each in gone:
        runtime.lexicon_files.forget(each)
    return BuiltLexicon(
        registry_version=version,
        subjects=len(subjects),
        size_bytes=header.body_bytes,
        sha256=header.body_sha256,
        elapsed_s=time.monotonic() - started,
    )


def build_lexicon_if_due(runtime: Runtime) -> BuiltLexicon | None:
    """Compile the registry when much has changed, or when what is kept cannot be used."""
    with runtime.transaction() as session:
        newest = newest_lexicon(session, at_most=registry_version(session))
        since = EVER if newest is None else newest.registry_version
        changed = count_subjects(session, changed_since=since)
    if changed <= MOST_AT_ONCE and (newest is None or _is_usable(runtime, newest)):
        return None
    return build_lexicon(runtime)


def _is_usable(runtime: Runtime, kept: KeptLexicon) -> bool:
    try:
        runtime.lexicon_files.open(kept)
    except ArtefactRefused as refusal:
        log.warning("compiled registry refused", reason=refusal.reason)
        return False
    return True


def _subjects(runtime: Runtime) -> tuple[int, tuple[Subject, ...]]:
    """Read all subjects at one version."""
    with runtime.transaction() as session:
        version = registry_version(session)
        while True:
            subjects = load_subjects(session)
            before, version = version, registry_version(session)
            if before == version:
                return version, subjects

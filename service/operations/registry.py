"""Bring the registry in and out, and read a prompt against it."""

from dataclasses import dataclass
from typing import Any

from licensing.reading.mentions import Reading
from licensing.registry import store
from licensing.registry.document import export_document, parse_document
from service.operations.judge_reading import hear
from service.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import found and whether it changed anything."""

    version: int
    changed: bool
    subjects: int
    names: int
    terms: int

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `rakkan registry import`."""
        return {
            "version": self.version,
            "changed": self.changed,
            "subjects": self.subjects,
            "names": self.names,
            "terms": self.terms,
        }


def import_registry(runtime: Runtime, data: bytes) -> ImportReport:
    """
    Merge a `rakkan-registry/1` document; the same document again changes nothing.

    Raises `RegistryMalformed`; then nothing was changed.
    """
    document = parse_document(data)
    with runtime.transaction() as session:
        before = store.registry_version(session)
        version = store.save_document(session, document, at=runtime.now())
    return ImportReport(
        version=version,
        changed=version != before,
        subjects=len(document.subjects),
        names=sum(len(subject.names) for subject in document.subjects),
        terms=len(document.terms),
    )


def export_registry(runtime: Runtime) -> str:
    """Write the whole registry as a `rakkan-registry/1` document, one subject a line."""
    with runtime.transaction() as session:
        return export_document(store.load_document(session))


def read_prompt(runtime: Runtime, text: str, negative_text: str | None = None) -> Reading:
    """Which subjects a prompt refers to. Nothing is stored."""
    with runtime.transaction() as session:
        snapshot = runtime.snapshot(session)
    return hear(runtime, snapshot, text, negative_text).reading

"""Bring the registry in and out, and read a prompt against it."""

from dataclasses import dataclass
from typing import Any

from licensing.errors import UnknownSubject
from licensing.reading.mentions import Reading
from licensing.registry import store
from licensing.registry.document import export_document, parse_document
from licensing.registry.lint import LintReport, lint
from licensing.registry.prompts import ordinary_prompts
from licensing.registry.subject_store import find_subject
from licensing.registry.subjects import Subject
from licensing.registry.variants import with_variants
from service.operations.judge_reading import hear
from service.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import found and whether it changed anything."""

    version: int
    changed: bool
    subjects: int
    names: int
    generated: int
    terms: int

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `rakkan registry import`."""
        return {
            "version": self.version,
            "changed": self.changed,
            "subjects": self.subjects,
            "names": self.names,
            "generated": self.generated,
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
    names = sum(len(subject.names) for subject in document.subjects)
    spelt = sum(len(with_variants(subject).names) for subject in document.subjects)
    return ImportReport(
        version=version,
        changed=version != before,
        subjects=len(document.subjects),
        names=names,
        generated=spelt - names,
        terms=len(document.terms),
    )


def export_registry(runtime: Runtime) -> str:
    """Write the whole registry as a `rakkan-registry/1` document, one subject a line."""
    with runtime.transaction() as session:
        return export_document(store.load_document(session))


def lint_registry(data: bytes) -> LintReport:
    """
    Read the names of a document against the ordinary prompts, and propose classes for them.

    Looks at nothing but the document, and changes nothing. Raises `RegistryMalformed`.
    """
    return lint(parse_document(data).subjects, ordinary_prompts())


def show_subject(runtime: Runtime, subject_id: str) -> Subject:
    """Show a subject with its names, written and generated. Raises `UnknownSubject`."""
    with runtime.transaction() as session:
        subject = find_subject(session, subject_id)
    if subject is None:
        raise UnknownSubject(subject_id)
    return subject


def read_prompt(runtime: Runtime, text: str, negative_text: str | None = None) -> Reading:
    """Which subjects a prompt refers to. Nothing is stored."""
    with runtime.transaction() as session:
        snapshot = runtime.snapshot(session)
    return hear(runtime, snapshot, text, negative_text).reading

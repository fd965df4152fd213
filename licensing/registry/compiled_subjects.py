"""Subjects by id without keeping them as objects: written as JSON, made when one is asked for."""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final

from licensing.reading.columns import Buffer, Columns, Strings
from licensing.registry.document import RegistryDocument, export_document
from licensing.registry.records import name_of, name_records, subject_of, subject_record
from licensing.registry.subjects import Subject

_MOST_KEPT: Final = 4096
_DIGEST_BYTES: Final = 32


def subject_columns(subjects: Iterable[Subject]) -> dict[str, Buffer]:
    """Write subjects as columns, in the order of their ids."""
    ordered = sorted(subjects, key=lambda subject: subject.id)
    return {
        **Strings.written("record.id", (subject.id for subject in ordered)),
        **Strings.written("record.json", map(_written, ordered)),
        "record.sha256": b"".join(map(subject_digest, ordered)),
    }


def subject_digest(subject: Subject) -> bytes:
    """Digest all that is known of a subject."""
    written = export_document(RegistryDocument(subjects=(subject,)))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).digest()


def subjects_digest(subjects: Mapping[str, Subject]) -> bytes:
    """Digest subjects in the order of their ids; cheap where their digests are kept."""
    if isinstance(subjects, CompiledSubjects):
        return hashlib.sha256(subjects.digests()).digest()
    pieces = (subject_digest(subjects[each]) for each in sorted(subjects))
    return hashlib.sha256(b"".join(pieces)).digest()


class CompiledSubjects(Mapping[str, Subject]):
    """The subjects of columns, with `changed` ones over them and without those `removed`."""

    def __init__(
        self,
        columns: Columns,
        changed: Iterable[Subject] = (),
        removed: Collection[str] = frozenset(),
    ) -> None:
        self._columns = columns
        self._ids = Strings(columns, "record.id")
        self._records = Strings(columns, "record.json")
        self._changed = {subject.id: subject for subject in changed}
        self._removed = frozenset(removed)
        gone = self._removed.union(self._changed)
        found = {self._number(subject_id) for subject_id in gone}
        self._masked = frozenset(number for number in found if number is not None)
        self._made = lru_cache(maxsize=_MOST_KEPT)(self._make)

    def updated(self, changed: Iterable[Subject], removed: Collection[str]) -> "CompiledSubjects":
        """Look at the same columns with other changes over them."""
        return CompiledSubjects(self._columns, changed, removed)

    def __getitem__(self, subject_id: str) -> Subject:
        if subject_id in self._changed:
            return self._changed[subject_id]
        number = None if subject_id in self._removed else self._number(subject_id)
        if number is None:
            raise KeyError(subject_id)
        return self._made(number)

    def __iter__(self) -> Iterator[str]:
        kept = (self._ids[at] for at in range(len(self._ids)) if at not in self._masked)
        yield from kept
        yield from self._changed

    def __len__(self) -> int:
        return len(self._ids) - len(self._masked) + len(self._changed)

    def digests(self) -> bytes:
        """Give the digests of all subjects, in the order of their ids."""
        kept = memoryview(self._columns["record.sha256"])
        new: dict[int, list[bytes]] = {}
        for subject_id in sorted(self._changed):
            digest = subject_digest(self._changed[subject_id])
            new.setdefault(self._place(subject_id), []).append(digest)
        pieces: list[Buffer] = []
        at = 0
        for stop in sorted({*self._masked, *new, len(self._ids)}):
            pieces.append(kept[at * _DIGEST_BYTES : stop * _DIGEST_BYTES])
            pieces += new.get(stop, ())
            at = stop + (stop in self._masked)
        return b"".join(pieces)

    def _place(self, subject_id: str) -> int:
        return bisect_left(self._ids, subject_id)

    def _number(self, subject_id: str) -> int | None:
        number = self._place(subject_id)
        found = number < len(self._ids) and self._ids[number] == subject_id
        return number if found else None

    def _make(self, number: int) -> Subject:
        return _read(json.loads(self._records[number]))


def _written(subject: Subject) -> str:
    record = subject_record(subject) | {"names": name_records([subject])}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _read(record: dict[str, Any]) -> Subject:
    names = [name_of(SimpleNamespace(**each)) for each in record.pop("names")]
    return subject_of(SimpleNamespace(**record), names)

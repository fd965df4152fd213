"""How the prompt of a clearance was read: the record, and the decision made again from it."""

from dataclasses import dataclass, replace
from typing import Any

from licensing.clearance import reading_store, store
from licensing.clearance.reading_record import ReadingRecord
from licensing.clearance.replay import Prompt, Replay, replay
from licensing.clearance.store import Clearance
from licensing.errors import UnknownClearance
from licensing.registry.document import RegistryDocument, parse_document
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.variants import with_variants, without_variants
from service.database import OPERATOR
from service.errors import UnknownReading
from service.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedReading:
    """The record of a reading, with the clearance that rests on it."""

    clearance: Clearance
    record: ReadingRecord

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `GET /v1/clearances/{id}/reading`."""
        return {
            "clearance": self.clearance.id,
            "read_at": self.clearance.created_at.isoformat().replace("+00:00", "Z"),
            "outcome": self.clearance.decision.outcome,
            **self.record.to_json(),
        }


def get_reading(
    runtime: Runtime,
    clearance_id: str,
    *,
    tenant: str = OPERATOR,
) -> RecordedReading:
    """Find how a prompt was read. Raises `UnknownClearance`, `UnknownReading`."""
    with runtime.transaction(tenant) as session:
        platform_id = store.platform_of(session, clearance_id)
        clearance = platform_id and store.get(session, platform_id, clearance_id)
        record = reading_store.get(session, clearance_id)
    if not clearance:
        raise UnknownClearance(clearance_id)
    if record is None:
        raise UnknownReading(clearance_id)
    return RecordedReading(clearance=clearance, record=record)


def replay_reading(
    runtime: Runtime,
    clearance_id: str,
    prompt: Prompt,
    *,
    registry: bytes | None = None,
    tenant: str = OPERATOR,
) -> Replay:
    """
    Make a decision again; nothing is stored and nobody is asked.

    `registry` is the export of the version that was read; without it, the registry of today, which
    does while it is the same. Raises `UnknownClearance`, `UnknownReading`, `RegistryMalformed`.
    """
    recorded = get_reading(runtime, clearance_id, tenant=tenant)
    if registry is None:
        with runtime.transaction(tenant) as session:
            snapshot = runtime.snapshot(session)
    else:
        snapshot = _as_kept(parse_document(registry), recorded.record.registry_version)
    return replay(
        recorded.record,
        prompt,
        snapshot,
        nonce=recorded.clearance.prompt_nonce,
        use=recorded.clearance.use,
        at=recorded.clearance.created_at,
        platform_id=recorded.clearance.platform_id,
    )


def _as_kept(document: RegistryDocument, version: int) -> RegistrySnapshot:
    """Give an export the other spellings that the registry keeps and an export leaves out."""
    subjects = tuple(with_variants(without_variants(each)) for each in document.subjects)
    return RegistrySnapshot.of(replace(document, subjects=subjects), version=version)


def forget_readings(runtime: Runtime, *, limit: int = 5000) -> int:
    """Delete records whose time is over; answers how many. Safe to run at any moment, twice."""
    with runtime.transaction() as session:
        return reading_store.forget(session, at=runtime.now(), limit=limit)

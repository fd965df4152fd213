"""The other ways that a refused clearance is answered with."""

from dataclasses import replace

from licensing.clearance.alternatives import suggest
from licensing.clearance.store import Clearance
from licensing.money import Money
from licensing.registry.snapshot import RegistrySnapshot


def with_alternatives(
    clearance: Clearance, snapshot: RegistrySnapshot, *, budget: Money | None
) -> Clearance:
    """Find other ways for a clearance that was just decided; none for one that was granted."""
    ways = suggest(
        clearance.decision,
        snapshot,
        at=clearance.created_at,
        platform_id=clearance.platform_id,
        budget=budget,
    )
    return replace(clearance, alternatives=tuple(way.to_json() for way in ways))

"""The question that every layer of a decision answers, and the form of its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from licensing.clearance.finding import Outcome
from licensing.clearance.reasons import Refusal
from licensing.clearance.use import Use
from licensing.registry.owners import Share
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Subject

# A subject and everything it belongs to: itself first, its franchise last.
Lineage = tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason, and the best outcome that it still allows."""

    outcome: Outcome
    reason: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    A use at a moment, in a registry, by a platform, of all these subjects together.

    `platform_id` None is nobody in particular: what is offered to some platforms only is not
    offered to it. `lineages` has an entry for every subject of the prompt that the registry knows.
    """

    use: Use
    at: datetime
    snapshot: RegistrySnapshot
    platform_id: str | None
    lineages: Mapping[str, Lineage]
    # What was found out already, by the subject whose shares they are: a question is asked of many
    # layers, and answered within one call.
    _owners: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def shares_at(self, subject_id: str) -> tuple[Share, ...]:
        """List who owns exactly this subject where it is used, for what it is used."""
        shares = self.snapshot.shares.get(subject_id)
        if shares is None:
            return ()
        return tuple(
            share for share in shares if share.covers(self.use.territory, self.use.purpose)
        )

    def owners_in(self, lineage: Lineage) -> frozenset[str]:
        """Find the owners of a subject: its own, else those of the nearest it belongs to."""
        for subject in lineage:
            if subject.id in self.snapshot.shares:
                owners = self._owners.get(subject.id)
                if owners is None:
                    owners = frozenset(share.licensor_id for share in self.shares_at(subject.id))
                    self._owners[subject.id] = owners
                return owners
        return frozenset()


def names(subject: Subject) -> dict[str, str]:
    """Name a subject in both languages of a reason."""
    return {"name": subject.display_name(), "name_ja": subject.display_name("ja")}


def named(subject: Subject, objection: Objection) -> Objection:
    """Say which parent objects."""
    reason = objection.reason.said_by(subject.display_name(), subject.display_name("ja"))
    return Objection(objection.outcome, reason)

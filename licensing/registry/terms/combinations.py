"""With what a subject may appear in one video, and with what never."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from licensing.clearance.reasons import Refusal, refuse
from licensing.registry.nodes import Node
from licensing.registry.subjects import Subject
from licensing.registry.terms_nodes import texts

# A subject and everything it belongs to: itself first, its franchise last.
Lineage = Sequence[Subject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Combinations:
    """
    Which other subjects the licensor accepts beside its own.

    `only_with` None accepts any; otherwise every companion must be one of these subjects, belong to
    one, or be of the same franchise. `never_with` names subjects, and `never_with_tags` words that
    subjects carry, which are never accepted, whether they stand for themselves or for what they
    belong to.
    """

    only_with: frozenset[str] | None = None
    never_with: frozenset[str] = frozenset()
    never_with_tags: frozenset[str] = frozenset()

    def refusals(self, own: Lineage, companions: Iterable[Lineage]) -> tuple[Refusal, ...]:
        """Refuse each companion that is not accepted, by a reason of its own."""
        refusals = (self._refuse(own, companion) for companion in companions)
        return tuple(refusal for refusal in refusals if refusal is not None)

    def _refuse(self, own: Lineage, companion: Lineage) -> Refusal | None:
        if any(self._excludes(subject) for subject in companion):
            phrase = "combo.forbidden_with"
        elif (
            self.only_with is not None
            and own[-1].id != companion[-1].id
            and self.only_with.isdisjoint([subject.id for subject in companion])
        ):
            phrase = "combo.only_with"
        else:
            return None
        first = companion[0]
        return refuse(phrase, name=first.display_name(), name_ja=first.display_name("ja"))

    def _excludes(self, subject: Subject) -> bool:
        return subject.id in self.never_with or not self.never_with_tags.isdisjoint(subject.tags)

    def to_document(self) -> dict[str, Any]:
        """Write the member `combinations`; `combinations_from_document` reads it."""
        document: dict[str, Any] = {}
        if self.only_with is not None:
            document["only_with"] = sorted(self.only_with)
        if self.never_with:
            document["never_with"] = sorted(self.never_with)
        if self.never_with_tags:
            document["never_with_tags"] = sorted(self.never_with_tags)
        return document


def combinations_from_document(node: Node) -> Combinations:
    """Read the member `combinations`. Raises `RegistryMalformed`."""
    members = node.members(required=(), optional=("only_with", "never_with", "never_with_tags"))
    if not members:
        node.fail("must name a rule")
    none: frozenset[str] = frozenset()
    only_with = members.get("only_with")
    return Combinations(
        # An empty list is a rule, too: with nothing but its own franchise.
        only_with=None if only_with is None else texts(only_with, may_be_empty=True),
        never_with=texts(members["never_with"]) if "never_with" in members else none,
        never_with_tags=texts(members["never_with_tags"]) if "never_with_tags" in members else none,
    )

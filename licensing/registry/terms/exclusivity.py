"""
An exclusive grant: within its scope, one platform and no other.

Two exclusive grants to different platforms must not meet on the same subject, or on one and what it
belongs to, at the same place, purpose, class of user and time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from licensing.clearance.use import Use
from licensing.registry.terms.conditions import Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusive:
    """
    What only the platforms in `holders` may be licensed.

    `source` is the id of the terms, or of the grant, that promises it. `user_classes` None is every
    class.
    """

    source: str
    subject_id: str
    holders: frozenset[str]
    territories: frozenset[str]
    purposes: frozenset[str]
    user_classes: frozenset[str] | None
    validity: Validity

    def shuts_out(self, platform_id: str | None, use: Use, at: datetime) -> bool:
        """Say whether this use is promised to others."""
        return (
            platform_id not in self.holders
            and use.territory in self.territories
            and use.purpose in self.purposes
            # A use that does not say its class could be of this one.
            and (
                self.user_classes is None
                or use.user_class is None
                or use.user_class in self.user_classes
            )
            and self.validity.refuse(at) is None
        )

    def collides(self, other: "Exclusive", *, related: bool) -> bool:
        """
        Say whether both promise the same to different platforms.

        `related` says whether their subjects are one, or one belongs to the other.
        """
        return (
            related
            and self.source != other.source
            and self.holders != other.holders
            and not self.territories.isdisjoint(other.territories)
            and not self.purposes.isdisjoint(other.purposes)
            and (
                self.user_classes is None
                or other.user_classes is None
                or not self.user_classes.isdisjoint(other.user_classes)
            )
            and self.validity.overlaps(other.validity)
        )


def collisions(
    exclusives: Iterable[tuple[Exclusive, Sequence[str]]],
) -> Iterator[tuple[Exclusive, Exclusive]]:
    """
    Find pairs that promise the same to different platforms, the earlier one first.

    Each comes with its lineage: the id of its subject, then of everything the subject belongs to,
    its franchise last. Only what is of one franchise is compared.
    """
    seen: dict[str, list[tuple[Exclusive, Sequence[str]]]] = {}
    for exclusive, lineage in exclusives:
        family = seen.setdefault(lineage[-1], [])
        for other, other_lineage in family:
            related = other.subject_id in lineage or exclusive.subject_id in other_lineage
            if exclusive.collides(other, related=related):
                yield other, exclusive
        family.append((exclusive, lineage))

"""Who owns a subject, who may act for the owners, and by what it can be shown."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, get_args

from licensing.clearance.use import Use
from licensing.registry.identifiers import Identifier
from licensing.registry.references import Citation
from licensing.registry.terms.conditions import Validity

Power = Literal["license", "enforce", "collect"]
POWERS: Final[tuple[Power, ...]] = get_args(Power)

# Why a platform must not be served.
Standing = Literal["suspended", "sanctioned"]
STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)

PartyForm = Literal["company", "person", "agency", "society"]
PARTY_FORMS: Final[tuple[PartyForm, ...]] = get_args(PartyForm)


@dataclass(frozen=True, slots=True)
class Licensor:
    """
    A party that grants licences and is paid for them, or acts for those who do.

    `form` tells companies and persons from agencies and collecting societies; rights come from
    shares and mandates alone, never from the form.
    """

    id: str
    name: str
    form: PartyForm = "company"
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """
    The exact part of a subject that one licensor owns: above 0, at most 1.

    It may be bound to territories and purposes, None being all. The shares that cover a territory
    and a purpose sum to one there, else ownership is in conflict.
    """

    subject_id: str
    licensor_id: str
    share: Fraction
    territories: frozenset[str] | None = None
    purposes: frozenset[str] | None = None

    def covers(self, territory: str, purpose: str) -> bool:
        """Say whether the share is owned there, for that purpose."""
        return (self.territories is None or territory in self.territories) and (
            self.purposes is None or purpose in self.purposes
        )

    def meets(self, other: "Share") -> bool:
        """Say whether both cover some territory and purpose in common."""
        return _meet(self.territories, other.territories) and _meet(self.purposes, other.purposes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """
    What an agent may do in the name of an owner.

    `subjects` are the subjects it covers with all that belongs to them, None being everything that
    the holder owns; `territories` None is everywhere.
    """

    id: str
    agent_id: str
    holder_id: str
    powers: frozenset[str]
    validity: Validity
    subjects: frozenset[str] | None = None
    territories: frozenset[str] | None = None
    evidence: tuple[Citation, ...] = ()

    def covers_subject(self, lineage: tuple[str, ...]) -> bool:
        """Say whether it covers a subject, given its id and those of all it belongs to."""
        return self.subjects is None or not self.subjects.isdisjoint(lineage)

    def covers_use(self, use: Use) -> bool:
        """Say whether it covers the place of a use."""
        return self.territories is None or use.territory in self.territories


def _meet(some: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    return some is None or others is None or not some.isdisjoint(others)

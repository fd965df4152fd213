"""
One subject against the offers of its owners: who owns it, what is offered, what is refused.

A subject stands in a chain up to its franchise. The offers at the nearest level that has any are
the ones it is licensed and paid under; every level above that has offers must permit the use too,
so that a character is never freer than its franchise. An offer counts when its licensor owns a
share of the subject it is made for; it then stands for all owners, who share its fee.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from licensing.clearance.finding import PRICED, Finding, Outcome, Span, rank, worst
from licensing.clearance.use import Use
from licensing.errors import UnknownSubject
from licensing.money import Money
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Subject
from licensing.registry.terms import CHANGEABLE, Refusal, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question that every offer answers: a use at a moment, in a registry."""

    use: Use
    at: datetime
    snapshot: RegistrySnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one version of terms answers."""

    terms: Terms
    outcome: Outcome
    reasons: tuple[Refusal, ...]
    fee: Money | None


def find(subject_id: str, mention: Span, asked: Asked) -> Finding:
    """Weigh one mentioned subject; every reason on every level is collected."""
    try:
        chain = asked.snapshot.ancestors(subject_id)
    except UnknownSubject:
        return Finding(
            subject_id=subject_id,
            mention=mention,
            outcome="stale",
            reasons=(Refusal("registry.stale", f"{subject_id} is no longer in the registry"),),
        )
    outcomes, reasons = _ownership(chain, asked.snapshot)
    nearest: Offer | None = None
    has_offers = False
    for subject in chain:
        terms = asked.snapshot.terms.get(subject.id, ())
        if not terms:
            continue
        weighed = _weigh(subject, terms, asked, licensed_subject_id=subject_id)
        if isinstance(weighed, Offer):
            gate = weighed.outcome
            if not has_offers:
                nearest = weighed
            elif gate in PRICED or gate == "granted_free":
                # A fee of the franchise is not due on top: it only has a say in the permission.
                gate = "needs_approval" if gate == "needs_approval" else "granted_free"
            outcomes.append(gate)
            reasons.extend(_about(subject, weighed.reasons, subject_id))
        has_offers = True
    ...

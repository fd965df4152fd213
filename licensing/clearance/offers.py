"""
One subject against the offers of its owners: who owns it, what is offered, what is refused.

A subject stands in a chain up to its franchise. The nearest level that has offers is the one it is
licensed and paid under; every level above that has offers must permit the use too, so that a
character is never freer than its franchise. An offer counts when its licensor owns a share of what
it is offered for; it then stands for all owners, who split its fee. Of several offers on a level
the most permissive counts, then the cheapest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from licensing.clearance.declarations import hear
from licensing.clearance.finding import PRICED, CitedTerms, Finding, Outcome, Span, rank, worst
from licensing.clearance.reasons import Refusal, refuse
from licensing.clearance.use import Use
from licensing.errors import UnknownSubject
from licensing.money import Money
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Subject
from licensing.registry.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question that every offer answers: a use at a moment, in a registry."""

    use: Use
    at: datetime
    snapshot: RegistrySnapshot

    def licensors_of(self, subject_id: str) -> frozenset[str]:
        """Whose offers count for this subject."""
        return frozenset(share.licensor_id for share in self.snapshot.owners_of(subject_id))


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason, and the best outcome that it still allows."""

    outcome: Outcome
    reason: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one version of terms answers."""

    terms: Terms
    fee: Money | None
    objections: tuple[Objection, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst objection, or a grant."""
        grant: Outcome = "granted_free" if self.fee is None else "granted_priced"
        return worst([grant, *(objection.outcome for objection in self.objections)])


def weigh_subject(subject_id: str, mention: Span, question: Question) -> Finding:
    """Answer for one mentioned subject; the reasons of every level are collected."""
    snapshot = question.snapshot
    try:
        chain = snapshot.ancestors(subject_id)
    except UnknownSubject as unknown:
        return Finding(
            subject_id=subject_id,
            mention=mention,
            outcome="stale",
            reasons=(refuse("registry.stale", name=unknown.subject_id),),
        )
    objections = list(_ownership(chain, question))
    levels = [subject for subject in chain if snapshot.terms.get(subject.id)] or [chain[0]]
    owners = question.licensors_of(subject_id)
    offer = _best_offer(levels[0], question, owners & question.licensors_of(levels[0].id))
    if offer is None:
        objections.append(_silence(chain[0]))
    else:
        objections.extend(offer.objections)
    for level in levels[1:]:
        parent_offer = _best_offer(level, question, question.licensors_of(level.id))
        # A fee of the parent is not due on top: the parent only has a say in the permission.
        above = parent_offer.objections if parent_offer is not None else (_silence(level),)
        objections.extend(_named(level, objection) for objection in above)
    heard = hear(
        chain,
        snapshot.declarations,
        question.use,
        at=question.at,
        has_terms=offer is not None,
    )
    objections.extend(Objection(outcome, reason) for reason, outcome in heard.reasons)
    outcome = worst(
        [objection.outcome for objection in objections]
        + ([offer.outcome] if offer is not None else []),
    )
    return Finding(
        subject_id=subject_id,
        mention=mention,
        outcome=outcome,
        reasons=tuple(objection.reason for objection in objections),
        terms=_cited(offer.terms) if offer is not None else None,
        price=offer.fee if offer is not None and outcome in PRICED else None,
        declarations=heard.sha256s,
    )


def _ownership(chain: tuple[Subject, ...], question: Question) -> Iterator[Objection]:
    """Object where an owner wants no use, where shares do not sum to one, where nobody owns."""
    for subject in chain:
        if not subject.licensed:
            yield Objection("denied", refuse("owner.unlicensed", **_names(subject)))
        shares = question.snapshot.shares.get(subject.id, ())
        total = sum(share.share for share in shares)
        if shares and total != 1:
            yield Objection(
                "conflict",
                refuse("owner.conflict", total=total, **_names(subject)),
            )
    if not question.licensors_of(chain[0].id):
        yield Objection("unknown_rights", refuse("owner.unknown", **_names(chain[0])))


def _best_offer(subject: Subject, question: Question, licensors: frozenset[str]) -> Offer | None:
    """Choose among the offers of these licensors on one level; the order of terms plays no part."""
    offers = [
        _weigh(terms, question)
        for terms in question.snapshot.terms.get(subject.id, ())
        if terms.licensor_id in licensors
    ]
    return min(offers, key=_preference, default=None)


def _preference(offer: Offer) -> tuple[int, int, str, int, str]:
    """Most permissive first, then with the fewest objections, then the cheapest."""
    fee = offer.fee if offer.fee is not None else Money(0, "")
    return (
        -rank(offer.outcome),
        len(offer.objections),
        fee.currency,
        fee.amount_micros,
        offer.terms.id,
    )


def _weigh(terms: Terms, question: Question) -> Offer:
    objections = [
        Objection("needs_change" if refusal.is_changeable else "denied", refusal)
        for refusal in terms.refusals(question.use, question.at)
    ]
    if terms.needs_approval(question.use):
        objections.append(Objection("needs_approval", refuse("terms.approval_required")))
    return Offer(
        terms=terms,
        fee=terms.fee(question.use.duration_ms),
        objections=tuple(objections),
    )


def _cited(terms: Terms) -> CitedTerms:
    return CitedTerms(
        id=terms.id,
        sha256=terms.sha256,
        licensor_id=terms.licensor_id,
        price=terms.price,
    )


def _silence(subject: Subject) -> Objection:
    """No terms are no permission."""
    return Objection("unknown_rights", refuse("terms.none", **_names(subject)))


def _named(subject: Subject, objection: Objection) -> Objection:
    """Say which parent objects."""
    reason = objection.reason.said_by(subject.display_name(), subject.display_name("ja"))
    return Objection(objection.outcome, reason)


def _names(subject: Subject) -> dict[str, str]:
    """Name a subject in both languages of a reason."""
    return {"name": subject.display_name(), "name_ja": subject.display_name("ja")}

"""
One subject against the offers of its owners: what is offered, by whom, and what is refused.

A subject stands in a chain up to its franchise. The nearest level that has offers is the one it is
licensed and paid under; every level above that has offers must permit the use too, so that a
character is never freer than its franchise. An offer counts when its licensor owns a share of what
it is offered for, or is an agent of somebody who does; it then stands for all owners, who split its
fee. Of several offers on a level the most permissive counts, then the cheapest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from licensing.clearance.declarations import Heard, hear
from licensing.clearance.finding import PRICED, CitedTerms, Finding, Outcome, Span, rank, worst
from licensing.clearance.layers import check_ownership, keep_promises, protect_people, still_owned
from licensing.clearance.question import Lineage, Objection, Question, named, names
from licensing.clearance.reasons import refuse
from licensing.money import Money
from licensing.registry.subjects import Subject
from licensing.registry.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one version of terms answers."""

    terms: Terms
    fee: Money | None
    objections: tuple[Objection, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst objection, or a grant; a price that is reported later is a price, too."""
        grant: Outcome = "granted_free" if self.terms.price is None else "granted_priced"
        return worst([grant, *(objection.outcome for objection in self.objections)])


def weigh_subject(subject_id: str, mention: Span, question: Question) -> Finding:
    """Answer for one mentioned subject; the reasons of every layer and level are collected."""
    lineage = question.lineages.get(subject_id)
    if lineage is None:
        return Finding(
            subject_id=subject_id,
            mention=mention,
            outcome="stale",
            reasons=(refuse("registry.stale", name=subject_id),),
        )
    objections = list(protect_people(lineage, question))
    owned = still_owned(lineage, question)
    offer: Offer | None = None
    parents: tuple[CitedTerms, ...] = ()
    heard = Heard()
    if owned:
        objections.extend(check_ownership(owned, question))
        offer, parents, answers = _answer_of_offers(lineage, owned, question)
        if question.snapshot.declarations:
            heard = hear(
                owned,
                question.snapshot.declarations,
                question.use,
                at=question.at,
                has_terms=offer is not None,
            )
            objections.extend(Objection(outcome, reason) for reason, outcome in heard.reasons)
        objections.extend(keep_promises(owned, question))
        objections.extend(answers)
    outcome = worst(
        [objection.outcome for objection in objections]
        # What nobody owns any more is free.
        + [offer.outcome if offer is not None else "granted_free"],
    )
    return Finding(
        subject_id=subject_id,
        mention=mention,
        outcome=outcome,
        reasons=tuple(objection.reason for objection in objections),
        terms=_cited(offer.terms) if offer is not None else None,
        price=offer.fee if offer is not None and outcome in PRICED else None,
        declarations=heard.sha256s,
        parents=parents,
    )


def _answer_of_offers(
    lineage: Lineage, owned: Lineage, question: Question
) -> tuple[Offer | None, tuple[CitedTerms, ...], list[Objection]]:
    """Choose the offer the subject is licensed under, and collect what it and its parents say."""
    terms = question.snapshot.terms
    levels = [subject for subject in owned if subject.id in terms] or [owned[0]]
    owners = question.owners_in(owned)
    nearest = question.owners_in(_from(levels[0], owned))
    offer = _best_offer(levels[0], lineage, question, owners & nearest)
    objections = [_silence(owned[0])] if offer is None else list(offer.objections)
    parents = []
    for level in levels[1:]:
        above = _best_offer(level, lineage, question, question.owners_in(_from(level, owned)))
        # A fee of the parent is not due on top: the parent only has a say in the permission.
        answers = above.objections if above is not None else (_silence(level),)
        objections.extend(named(level, objection) for objection in answers)
        if above is not None:
            parents.append(_cited(above.terms))
    return offer, tuple(parents), objections


def _from(level: Subject, lineage: Lineage) -> Lineage:
    return lineage[lineage.index(level) :]


def _best_offer(
    level: Subject, lineage: Lineage, question: Question, owners: frozenset[str]
) -> Offer | None:
    """Choose among the offers for these owners on one level; the order of terms plays no part."""
    offers = (
        _weigh(terms, lineage, question, standing)
        for terms in question.snapshot.terms.get(level.id, ())
        if (standing := _speaks_for(terms, level, owners, question)) is not None
    )
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


def _speaks_for(
    terms: Terms, level: Subject, owners: frozenset[str], question: Question
) -> tuple[Objection, ...] | None:
    """
    Say what is wrong with whoever made the offer; None when it speaks for none of the owners.

    An owner needs nothing more. An agent needs a mandate of an owner with the power to license,
    for this subject, at this place and time; of several mandates the best one counts.
    """
    if terms.licensor_id in owners:
        return ()
    mandates = question.snapshot.mandates.get(terms.licensor_id, ())
    ids = tuple(subject.id for subject in question.snapshot.ancestors(level.id))
    faults = [
        fault
        for mandate in mandates
        if mandate.holder_id in owners and mandate.covers_subject(ids)
        for fault in (
            "mandate.power"
            if "license" not in mandate.powers
            else "mandate.expired"
            if mandate.validity.refuse(question.at) is not None
            else "mandate.scope"
            if not mandate.covers_use(question.use)
            else "",
        )
    ]
    if not faults:
        return None
    if "" in faults:
        return ()
    return tuple(Objection("denied", refuse(fault, **names(level))) for fault in [min(faults)])


def _weigh(
    terms: Terms, lineage: Lineage, question: Question, standing: tuple[Objection, ...]
) -> Offer:
    objections = [*standing, *_conditions(terms, lineage, question)]
    if terms.needs_approval(question.use):
        objections.append(Objection("needs_approval", refuse("terms.approval_required")))
    return Offer(
        terms=terms,
        fee=terms.fee(question.use.duration_ms),
        objections=tuple(objections),
    )


def _conditions(terms: Terms, lineage: Lineage, question: Question) -> Iterator[Objection]:
    if terms.combinations is not None:
        for refusal in terms.combinations.refusals(lineage, _companions(lineage, question)):
            yield Objection("needs_change", refusal)
    if (stranger := terms.refuse_licensee(question.platform_id)) is not None:
        yield Objection("denied", stranger)
    for refusal in terms.refusals(question.use, question.at):
        yield Objection("needs_change" if refusal.is_changeable else "denied", refusal)


def _companions(lineage: Lineage, question: Question) -> Iterable[Lineage]:
    return (other for name, other in question.lineages.items() if name != lineage[0].id)


def _cited(terms: Terms) -> CitedTerms:
    return CitedTerms(
        id=terms.id,
        sha256=terms.sha256,
        licensor_id=terms.licensor_id,
        price=terms.price,
        stack_cap=terms.stack_cap,
    )


def _silence(subject: Subject) -> Objection:
    """No terms are no permission."""
    return Objection("unknown_rights", refuse("terms.none", **names(subject)))

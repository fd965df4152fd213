"""
May this be made, and at what price? One answer over everything a prompt refers to.

The decision is a pure function of mentions, use, registry and moment: the same input gives the same
bytes of JSON. It is as bad as its worst finding, and every finding keeps all of its reasons. Only
strong, affirmed mentions count.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

from licensing.canonical import sha256_hex
from licensing.clearance.finding import (
    GRANTED,
    PRICED,
    Finding,
    Outcome,
    Span,
    money_from_json,
    money_to_json,
    worst,
)
from licensing.clearance.layers import refuse_requester
from licensing.clearance.offers import weigh_subject
from licensing.clearance.question import Question
from licensing.clearance.reasons import Refusal, refuse
from licensing.clearance.stacking import cap_stacks
from licensing.clearance.use import Use, parse_use
from licensing.errors import UnknownSubject
from licensing.money import MAX_MICROS, Money
from licensing.reading.mentions import Mention
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Subject
from licensing.registry.terms import Price, fee_for

VERSION: Final = 1

# A subject, and where the prompt mentions it first.
Place = tuple[str, Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedTerms:
    """
    One version of terms that a video is charged under, once, in the name of one subject.

    `quoted` is the fee of the decision, after every cap: None when nothing is due beforehand.
    """

    id: str
    subject_id: str
    price: Price
    quoted: Money | None

    def fee(self, duration_ms: int) -> Money | None:
        """
        Price what was really made; None when it is free, or reported later.

        Never above the quoted fee, which a cap may have set below what the price says.
        """
        fee = fee_for(self.price, duration_ms)
        if fee is None or self.quoted is None or fee.amount_micros <= self.quoted.amount_micros:
            return fee
        return self.quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    The outcome for one use of everything a prompt refers to.

    `findings` stand in the order of their mentions, one for each subject. `price` is the sum of the
    fees, each version of terms paid once; None when nothing is due beforehand or nothing is
    granted. `reasons` are those that concern no single subject, such as who asks.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]
    price: Money | None
    use: Use
    registry_version: int
    reasons: tuple[Refusal, ...] = ()

    @property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """Id and digest of the terms the decision rests on, each once, by id."""
        cited = (terms for finding in self.findings for terms in finding.rests_on)
        return tuple(sorted({(terms.id, terms.sha256) for terms in cited}))

    @property
    def declarations(self) -> tuple[str, ...]:
        """Digests of the declarations that were heard, each once, sorted."""
        return tuple(sorted({sha for finding in self.findings for sha in finding.declarations}))

    @property
    def charges(self) -> tuple["ChargedTerms", ...]:
        """
        What a video made under this decision is charged for, by terms; empty unless granted.

        A character and its franchise under the same terms are one charge, in the name of the one
        that the prompt mentions first. Free terms are among them: they are reported, too.
        """
        # Backwards, so that the first finding under the same terms is the one that stays.
        charges = {
            finding.terms.id: ChargedTerms(
                id=finding.terms.id,
                subject_id=finding.subject_id,
                price=finding.terms.price,
                quoted=finding.price,
            )
            for finding in reversed(self.findings)
            if finding.terms is not None and self.outcome in GRANTED
        }
        return tuple(charges[terms_id] for terms_id in sorted(charges))

    @property
    def sha256(self) -> str:
        """Digest of the decision: what a manifest may say of it."""
        return sha256_hex(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Give the decision as JSON without floats; `from_json` reads it back."""
        document: dict[str, Any] = {
            "version": VERSION,
            "outcome": self.outcome,
            "findings": [finding.to_json() for finding in self.findings],
            "price": money_to_json(self.price),
            "use": self.use.to_json(),
            "registry_version": self.registry_version,
        }
        if self.reasons:
            document["reasons"] = [reason.to_json() for reason in self.reasons]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Decision":
        """Rebuild what `to_json` wrote."""
        return cls(
            outcome=cast("Outcome", document["outcome"]),
            findings=tuple(Finding.from_json(finding) for finding in document["findings"]),
            price=money_from_json(document["price"]),
            use=parse_use(document["use"]),
            registry_version=document["registry_version"],
            reasons=tuple(Refusal.from_json(reason) for reason in document.get("reasons", ())),
        )


def decide(
    mentions: Iterable[Mention],
    use: Use,
    snapshot: RegistrySnapshot,
    *,
    at: datetime,
    platform_id: str | None = None,
) -> Decision:
    """
    Decide on a use of everything that is strongly mentioned and asked for, by this platform.

    The order of `mentions` plays no part. Without `platform_id` the decision is what any platform
    gets to which nobody made an offer of its own.
    """
    return decide_on(_places(mentions), use, snapshot, at=at, platform_id=platform_id)


def decide_on(
    places: Sequence[Place],
    use: Use,
    snapshot: RegistrySnapshot,
    *,
    at: datetime,
    platform_id: str | None = None,
) -> Decision:
    """Decide on these subjects, each at its place; no subject stands in two places."""
    question = Question(
        use=use,
        at=at,
        snapshot=snapshot,
        platform_id=platform_id,
        lineages=_lineages([subject_id for subject_id, _ in places], snapshot),
    )
    findings = tuple(weigh_subject(subject_id, span, question) for subject_id, span in places)
    return conclude(
        Decision(
            outcome="not_referenced",
            findings=_refuse_unpayable(cap_stacks(findings)),
            price=None,
            use=use,
            registry_version=snapshot.version,
            reasons=refuse_requester(question),
        ),
    )


def with_payment_needed(decision: Decision) -> Decision:
    """
    Ask for payment, since the platform's credit does not cover the price.

    What would also have to be approved stays so, with this reason beside it: nobody is asked yet.
    """
    if decision.outcome not in {"granted_priced", "needs_approval"}:
        return decision
    reason = refuse("price.insufficient_credit")
    findings = _object_to_prices(decision.findings, "needs_payment", reason)
    return conclude(replace(decision, findings=findings))


def over_budget(decision: Decision, budget: Money) -> Decision:
    """
    Ask for a change when the price is above what the platform would pay, or in another currency.

    The prices stay in the answer, so that the platform sees what it would cost.
    """
    price = decision.price
    if price is None or (
        price.currency == budget.currency and price.amount_micros <= budget.amount_micros
    ):
        return decision
    reason = (
        refuse("price.over_budget.above")
        if price.currency == budget.currency
        else refuse("price.over_budget.currency", price=price.currency, budget=budget.currency)
    )
    findings = _object_to_prices(decision.findings, "needs_change", reason)
    return replace(conclude(replace(decision, findings=findings)), price=price)


def _places(mentions: Iterable[Mention]) -> list[Place]:
    """
    Take the first place of each subject that counts, in the order of the text.

    A negative prompt asks for absence: none of its mentions is affirmed, so all places are in one
    text.
    """
    counted = [
        (mention.subject_id, Span(start=mention.start, end=mention.end, surface=mention.surface))
        for mention in mentions
        if mention.strength == "strong" and mention.polarity == "affirmed"
    ]
    first: dict[str, Span] = {}
    for subject_id, span in sorted(counted, key=_by_place):
        first.setdefault(subject_id, span)
    return list(first.items())


def _lineages(
    subject_ids: Iterable[str], snapshot: RegistrySnapshot
) -> dict[str, tuple[Subject, ...]]:
    """Find what each subject belongs to; what has left the registry is left out."""
    lineages = {}
    for subject_id in subject_ids:
        with suppress(UnknownSubject):
            lineages[subject_id] = snapshot.ancestors(subject_id)
    return lineages


def _by_place(place: tuple[str, Span]) -> tuple[int, int, str]:
    subject_id, span = place
    return span.start, span.end, subject_id


def _refuse_unpayable(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Deny fees that cannot be added up into one price: several currencies, or beyond 64 bits."""
    fees = _fees(findings)
    currencies = sorted({fee.currency for fee in fees})
    if len(currencies) > 1:
        reason = refuse(
            "price.mixed_currencies",
            currencies=" and ".join(currencies),
            currencies_ja="・".join(currencies),
        )
    elif sum(fee.amount_micros for fee in fees) > MAX_MICROS:
        reason = refuse("price.too_large")
    else:
        return findings
    return tuple(
        replace(finding, price=None) if finding.outcome == "denied" else finding
        for finding in _object_to_prices(findings, "denied", reason)
    )


def _object_to_prices(
    findings: tuple[Finding, ...],
    outcome: Outcome,
    reason: Refusal,
) -> tuple[Finding, ...]:
    """Add a reason to every finding with a price, and the best outcome it still allows."""
    return tuple(
        replace(
            finding,
            outcome=worst([finding.outcome, outcome]),
            reasons=(*finding.reasons, reason),
        )
        if finding.price is not None
        else finding
        for finding in findings
    )


def conclude(decision: Decision) -> Decision:
    """Set the outcome to the worst finding, and the price to what all fees sum to."""
    found = [finding.outcome for finding in decision.findings]
    outcome = worst([*found, "denied"] if decision.reasons else found)
    price = None
    if outcome in PRICED:
        for fee in _fees(decision.findings):
            price = fee if price is None else price + fee
    return replace(decision, outcome=outcome, price=price)


def _fees(findings: tuple[Finding, ...]) -> list[Money]:
    """List the fee of each version of terms once."""
    by_terms = {
        finding.terms_id: finding.price for finding in findings if finding.price is not None
    }
    return list(by_terms.values())

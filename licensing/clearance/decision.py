"""
May this be made, and at what price? One answer over everything a prompt refers to.

The decision is a pure function of mentions, use, registry and moment: the same input gives the same
bytes of JSON. It is as bad as its worst finding, and every finding keeps all of its reasons. Only
strong, affirmed mentions count.
"""

from collections.abc import Iterable, Mapping
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
from licensing.clearance.offers import Question, weigh_subject
from licensing.clearance.reasons import Refusal, refuse
from licensing.clearance.use import Use, parse_use
from licensing.money import MAX_MICROS, Money
from licensing.reading.mentions import Mention
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.terms import Price, fee_for

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedTerms:
    """One version of terms that a video is charged under, once, in the name of one subject."""

    id: str
    subject_id: str
    price: Price

    def fee(self, duration_ms: int) -> Money | None:
        """Price what was really made; None when it is free. Never above the quoted fee."""
        return fee_for(self.price, duration_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    The outcome for one use of everything a prompt refers to.

    `findings` stand in the order of their mentions, one for each subject. `price` is the sum of the
    fees, each version of terms paid once; None when nothing is due or nothing is granted.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]
    price: Money | None
    use: Use
    registry_version: int

    @property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """Id and digest of the terms the decision rests on, each once, by id."""
        cited = (finding.terms for finding in self.findings)
        return tuple(sorted({(terms.id, terms.sha256) for terms in cited if terms is not None}))

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
        return {
            "version": VERSION,
            "outcome": self.outcome,
            "findings": [finding.to_json() for finding in self.findings],
            "price": money_to_json(self.price),
            "use": self.use.to_json(),
            "registry_version": self.registry_version,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Decision":
        """Rebuild what `to_json` wrote."""
        return cls(
            outcome=cast("Outcome", document["outcome"]),
            findings=tuple(Finding.from_json(finding) for finding in document["findings"]),
            price=money_from_json(document["price"]),
            use=parse_use(document["use"]),
            registry_version=document["registry_version"],
        )


def decide(
    mentions: Iterable[Mention],
    use: Use,
    snapshot: RegistrySnapshot,
    *,
    at: datetime,
) -> Decision:
    """
    Decide on a use of everything that is strongly mentioned and asked for.

    The order of `mentions` plays no part.
    """
    question = Question(use=use, at=at, snapshot=snapshot)
    findings = tuple(
        weigh_subject(subject_id, span, question) for subject_id, span in _places(mentions)
    )
    return _conclude(
        Decision(
            outcome="not_referenced",
            findings=_refuse_unpayable(findings),
            price=None,
            use=use,
            registry_version=snapshot.version,
        ),
    )


def with_payment_needed(decision: Decision) -> Decision:
    """Turn a priced grant into a request for payment: the platform's credit does not cover it."""
    if decision.outcome != "granted_priced":
        return decision
    reason = refuse("price.insufficient_credit")
    findings = _object_to_prices(decision.findings, "needs_payment", reason)
    return _conclude(replace(decision, findings=findings))


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
    return replace(_conclude(replace(decision, findings=findings)), price=price)


def _places(mentions: Iterable[Mention]) -> list[tuple[str, Span]]:
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


def _conclude(decision: Decision) -> Decision:
    """Set the outcome to the worst finding, and the price to what all fees sum to."""
    outcome = worst(finding.outcome for finding in decision.findings)
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

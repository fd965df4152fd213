"""
What several subjects of one licensor cost together: the cap that its terms may set.

The cap holds when all terms of the licensor in a decision state one in the currency of their price;
of several caps the highest counts. So one more subject never makes a video cheaper.
"""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from licensing.clearance.finding import Finding
from licensing.money import Money, split


def cap_stacks(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Lower the fees of each licensor to its cap, in proportion, exact to the micro."""
    if not any(finding.terms and finding.terms.stack_cap for finding in findings):
        return findings
    capped: dict[str, Money] = {}
    licensors = {finding.terms.licensor_id for finding in findings if finding.terms is not None}
    for licensor_id in licensors:
        capped.update(_capped(_stack_of(licensor_id, findings)))
    return tuple(
        replace(finding, price=capped.get(finding.terms.id, finding.price))
        if finding.terms is not None and finding.price is not None
        else finding
        for finding in findings
    )


def _stack_of(
    licensor_id: str, findings: Iterable[Finding]
) -> dict[str, tuple[Money, Money | None]]:
    """List fee and cap of each of the licensor's terms once, by their id."""
    return {
        finding.terms.id: (finding.price, finding.terms.stack_cap)
        for finding in findings
        if finding.terms is not None
        and finding.terms.licensor_id == licensor_id
        and finding.price is not None
    }


def _capped(stack: dict[str, tuple[Money, Money | None]]) -> dict[str, Money]:
    caps = [cap for _, cap in stack.values() if cap is not None]
    currencies = {money.currency for fee, cap in stack.values() for money in (fee, cap) if money}
    if len(caps) < len(stack) or len(currencies) != 1:
        return {}
    cap_micros = max(cap.amount_micros for cap in caps)
    fees = {terms_id: Fraction(fee.amount_micros) for terms_id, (fee, _) in stack.items()}
    if sum(fees.values()) <= cap_micros:
        return {}
    (currency,) = currencies
    parts = split(cap_micros, fees)
    return {terms_id: Money(part, currency) for terms_id, part in parts.items()}

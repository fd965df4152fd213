"""
What becomes of a decision after it was made: quota used up, an owner's answer.

Pure functions from a decision to the next one; every reason that goes or comes is in the findings,
so that the digest names what really stands.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from licensing.clearance.decision import Decision, conclude
from licensing.clearance.finding import Finding, Outcome, worst
from licensing.clearance.reasons import Refusal
from licensing.clearance.stacking import cap_stacks
from licensing.clearance.use import Use
from licensing.registry.terms import Price, fee_for

WAITING_CODE: Final = "terms.approval_required"
_AGREEABLE: Final = frozenset({"needs_approval", "granted_priced", "granted_free"})


def with_refusals(
    decision: Decision,
    refusals: Mapping[str, Refusal],
    *,
    outcome: Outcome = "denied",
) -> Decision:
    """
    Refuse what rests on these versions of terms, by their id, each for its reason.

    `outcome` is the best that the refusal still allows. Nothing is waited for any more.
    """
    return conclude(
        replace(
            decision,
            findings=tuple(_refused(finding, refusals, outcome) for finding in decision.findings),
        ),
    )


def approved(
    decision: Decision,
    *,
    use: Use,
    prices: Mapping[str, tuple[Price, str]],
) -> Decision:
    """
    Grant what only waited for its owners.

    `use` is what was agreed on: never wider than what was asked. `prices` are what was agreed on
    instead of the price of some terms, by their id, with the id of the grant that says so.
    """
    findings = tuple(
        _approved(finding, prices, use.duration_ms, is_new_use=use != decision.use)
        for finding in decision.findings
    )
    return conclude(replace(decision, use=use, findings=cap_stacks(findings)))


def _refused(finding: Finding, refusals: Mapping[str, Refusal], outcome: Outcome) -> Finding:
    reasons = [refusals[terms.id] for terms in finding.rests_on if terms.id in refusals]
    if not reasons:
        return finding
    return replace(
        finding,
        outcome=worst([finding.outcome, outcome]),
        reasons=(*_without_waiting(finding.reasons), *dict.fromkeys(reasons)),
        price=None,
    )


def _approved(
    finding: Finding,
    prices: Mapping[str, tuple[Price, str]],
    duration_ms: int,
    *,
    is_new_use: bool,
) -> Finding:
    """Lift the wait; the fee is the quoted one unless price or use changed."""
    terms = finding.terms
    if terms is None or finding.outcome not in _AGREEABLE:
        return finding
    fee = finding.price
    if terms.id in prices:
        price, grant_id = prices[terms.id]
        terms = replace(terms, price=price, grant_id=grant_id)
    if is_new_use or terms is not finding.terms:
        fee = fee_for(terms.price, duration_ms)
    return replace(
        finding,
        outcome="granted_free" if terms.price is None else "granted_priced",
        reasons=_without_waiting(finding.reasons),
        terms=terms,
        price=fee,
    )


def _without_waiting(reasons: Collection[Refusal]) -> tuple[Refusal, ...]:
    return tuple(reason for reason in reasons if reason.code != WAITING_CODE)

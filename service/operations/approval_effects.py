"""
What approvals do to their clearance: opened with it, settled by every answer.

All of it runs as the platform, in the transaction that locked the clearance: quota and price are
held from the request on, so that a yes is never followed by "no credit". A no, a condition and
silence give all of it back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from licensing.clearance import approval_store, grant_store, store
from licensing.clearance.action import action_sha256
from licensing.clearance.approval import MOST_MOVES, OPEN, Approval
from licensing.clearance.changes import approved, with_refusals
from licensing.clearance.decision import Decision
from licensing.clearance.finding import Outcome, money_to_json
from licensing.clearance.grant_store import Grant
from licensing.clearance.reasons import Refusal, refuse
from licensing.clearance.store import Clearance
from licensing.clearance.use import Use
from licensing.registry.terms import Price, Terms
from licensing.registry.terms.approval import UNSAID
from service.ids import new_id
from service.operations.reservations import cited_terms, free, hold_anew
from service.runtime import Runtime
from service.webhooks.outbox import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a platform tells the licensors: nothing of the prompt, unless it wants to."""

    note: str = ""
    prompt: str | None = None


NOTHING_SHOWN: Final = Shown()


def approvers(
    runtime: Runtime,
    session: Session,
    decision: Decision,
    excused: Iterable[str] = (),
) -> tuple[Terms, ...]:
    """
    Find the terms whose licensors have to agree: of the subject and of all it belongs to.

    Each offer stands for all owners of what it is offered for, so that one answer a level is
    enough; all levels that want to be asked have to agree. `excused` licensors agreed before.
    """
    if decision.outcome != "needs_approval":
        return ()
    known = frozenset(excused)
    return tuple(
        terms
        for terms in cited_terms(decision, runtime.snapshot(session))
        if terms.needs_approval(decision.use) and terms.licensor_id not in known
    )


def longest_wait(runtime: Runtime, asked: Iterable[Terms]) -> timedelta:
    """Tell how long a hold must outlive the request, whatever is answered."""
    return max(_clock(runtime, terms) for terms in asked) * (MOST_MOVES + 1)


def open_approvals(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    asked: Iterable[Terms],
    *,
    shown: Shown,
    at: datetime,
) -> None:
    """Ask every licensor once, for all of its terms, and tell it so."""
    by_licensor: dict[str, list[Terms]] = {}
    for terms in asked:
        by_licensor.setdefault(terms.licensor_id, []).append(terms)
    for licensor_id, terms_list in sorted(by_licensor.items()):
        clock = min(_clock(runtime, terms) for terms in terms_list)
        approval = Approval(
            id=new_id("apr"),
            clearance_id=clearance.id,
            platform_id=clearance.platform_id,
            licensor_id=licensor_id,
            # Whoever may answer for one of the terms only cannot answer for all of them.
            delegates=frozenset.intersection(*(each.approval.delegates for each in terms_list)),
            terms=tuple((terms.id, terms.sha256) for terms in terms_list),
            status="requested",
            turn="licensor",
            clock=clock,
            due_at=at + clock,
            moves=0,
            last=None,
            created_at=at,
        )
        approval_store.insert_approval(session, approval, _request(clearance, terms_list, shown))
        for told in sorted({licensor_id, *approval.delegates}):
            _tell(session, clearance, approval, "approval.requested", to=told, at=at)


def _clock(runtime: Runtime, terms: Terms) -> timedelta:
    return runtime.settings.approval_clock if terms.approval == UNSAID else terms.approval.clock


def _request(clearance: Clearance, asked: list[Terms], shown: Shown) -> dict[str, Any]:
    """Show a licensor its own side: its subjects, its fees, and the use."""
    own = {terms.id for terms in asked}
    findings = [f for f in clearance.decision.findings if any(t.id in own for t in f.rests_on)]
    request: dict[str, Any] = {
        "use": clearance.use.to_json(),
        "subjects": sorted({finding.subject_id for finding in findings}),
        "prices": {
            finding.terms.id: money_to_json(finding.price)
            for finding in findings
            if finding.terms is not None and finding.terms.id in own
        },
    }
    if shown.note:
        request["note"] = shown.note
    if shown.prompt is not None:
        request["prompt"] = shown.prompt
    return request


def settle(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    approval: Approval,
    at: datetime,
) -> Clearance:
    """
    Do to a locked, waiting clearance what an answer means for it, and tell both sides.

    Raises `InsufficientCredit` or `UnknownAccount` when a new price is not covered.
    """
    match approval.status:
        case "countered":
            return _countered(runtime, session, clearance, approval, at)
        case "granted":
            return _granted(runtime, session, clearance, approval, at)
        case "withdrawn":
            return _ended(session, clearance, approval, None, "denied", at)
        case "conditional":
            reason = refuse("approval.conditional")
            return _ended(session, clearance, approval, reason, "needs_change", at)
        case "lapsed":
            reason = refuse("approval.timeout", at=f"{approval.due_at:%Y-%m-%d %H:%M} UTC")
            return _ended(session, clearance, approval, reason, "denied", at)
        case _:
            reason = refuse("approval.declined")
            return _ended(session, clearance, approval, reason, "denied", at)


def withdraw_all(session: Session, clearance: Clearance, *, at: datetime) -> None:
    """Ask nobody any more: the platform gave up, or another owner's answer decided."""
    for approval in approval_store.of_clearance(session, clearance.id):
        if approval.status in OPEN:
            closed = replace(approval, status="withdrawn", answered_at=at)
            approval_store.save(session, closed)
            to = approval.licensor_id
            _tell(session, clearance, closed, "approval.withdrawn", to=to, at=at)


def end_waiting(
    session: Session,
    clearance: Clearance,
    refusals: dict[str, Refusal],
    *,
    outcome: Outcome = "denied",
    at: datetime,
) -> Clearance:
    """Give back what a waiting clearance holds, with the reasons it ends for."""
    free(session, clearance, at=at)
    ended = replace(
        clearance,
        decision=with_refusals(clearance.decision, refusals, outcome=outcome),
        status="voided",
        settled_at=at,
    )
    store.conclude(session, ended)
    withdraw_all(session, ended, at=at)
    return ended


def _ended(
    session: Session,
    clearance: Clearance,
    approval: Approval,
    reason: Refusal | None,
    outcome: Outcome,
    at: datetime,
) -> Clearance:
    refusals = {terms_id: reason for terms_id, _ in approval.terms} if reason is not None else {}
    ended = end_waiting(session, clearance, refusals, outcome=outcome, at=at)
    if reason is not None:
        word = "declined" if approval.status == "declined" else approval.status
        _tell(session, clearance, approval, f"clearance.{word}", to=clearance.platform_id, at=at)
    told = {"lapsed": "approval.lapsed", "withdrawn": "approval.withdrawn"}.get(approval.status)
    if told is not None:
        _tell(session, clearance, approval, told, to=approval.licensor_id, at=at)
    return ended


def _countered(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    approval: Approval,
    at: datetime,
) -> Clearance:
    """Tell the side whose turn it is; what a platform offers must be covered at once."""
    if approval.turn == "platform":
        to = clearance.platform_id
        _tell(session, clearance, approval, "clearance.countered", to=to, at=at)
        return clearance
    approvals = approval_store.of_clearance(session, clearance.id)
    agreed, _ = _agreed(clearance, approvals, {each.id: each.id for each in approvals})
    offered = replace(clearance, decision=agreed)
    hold_until = approval.due_at + approval.clock * MOST_MOVES + runtime.settings.stamping_window
    held = hold_anew(session, offered, at=at, hold_until=hold_until)
    waiting = replace(clearance, hold_id=held.hold_id)
    store.conclude(session, waiting)
    _tell(session, clearance, approval, "approval.countered", to=approval.licensor_id, at=at)
    return waiting


def _granted(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    approval: Approval,
    at: datetime,
) -> Clearance:
    """Reserve when the last owner agreed: for what was agreed on, at the price agreed on."""
    if approval.last is not None and approval.last.verb == "accept":
        to = approval.licensor_id
        _tell(session, clearance, approval, "approval.accepted", to=to, at=at)
    approvals = approval_store.of_clearance(session, clearance.id)
    if any(each.status != "granted" for each in approvals):
        return clearance
    grants = {each.id: new_id("grt") for each in approvals if each.last and each.last.offer}
    decision, use = _agreed(clearance, approvals, grants)
    expires_at = at + runtime.settings.clearance_lifetime
    reserved = hold_anew(
        session,
        replace(clearance, decision=decision, use=use),
        at=at,
        hold_until=expires_at + runtime.settings.stamping_window,
    )
    reserved = replace(
        reserved,
        status="reserved",
        token_expires_at=expires_at,
        expires_at=expires_at,
        action_sha256=action_sha256(
            clearance_id=clearance.id,
            platform_id=clearance.platform_id,
            prompt_sha256=clearance.prompt_sha256,
            subject_ids=tuple(finding.subject_id for finding in decision.findings),
            use=use,
        ),
    )
    store.conclude(session, reserved)
    for each in approvals:
        if each.id in grants:
            grant_store.insert_grant(session, _grant(each, reserved, grants[each.id], at))
    to = clearance.platform_id
    _tell(session, clearance, approval, "clearance.granted", to=to, at=at)
    return reserved


def _agreed(
    clearance: Clearance,
    approvals: Iterable[Approval],
    grants: dict[str, str],
) -> tuple[Decision, Use]:
    """Work out decision and use under the last offers; an offer is one fee for all its terms."""
    use = clearance.use
    paid = {f.terms.id for f in clearance.decision.findings if f.terms is not None}
    prices: dict[str, tuple[Price, str]] = {}
    for approval in approvals:
        offer = approval.last.offer if approval.last is not None else None
        if offer is None:
            continue
        use = offer.narrowing.apply(use)
        own = [terms_id for terms_id, _ in approval.terms if terms_id in paid]
        for position, terms_id in enumerate(own):
            prices[terms_id] = (offer.price if position == 0 else None, grants[approval.id])
    return approved(clearance.decision, use=use, prices=prices), use


def _grant(approval: Approval, clearance: Clearance, grant_id: str, at: datetime) -> Grant:
    offer = approval.last.offer if approval.last is not None else None
    return Grant(
        id=grant_id,
        kind="one_shot",
        licensor_id=approval.licensor_id,
        platform_id=approval.platform_id,
        clearance_id=clearance.id,
        approval_id=approval.id,
        document={
            "terms": [list(pair) for pair in approval.terms],
            "use": clearance.use.to_json(),
            "offer": offer.to_json() if offer is not None else None,
        },
        status="active",
        created_at=at,
        accepted_at=at,
    )


def _tell(
    session: Session,
    clearance: Clearance,
    approval: Approval,
    event_type: str,
    *,
    to: str,
    at: datetime,
) -> None:
    publish(
        session,
        tenant_id=to,
        originator_id=clearance.platform_id,
        event_type=event_type,
        data={
            "approval": approval.id,
            "clearance": clearance.id,
            "status": approval.status,
            "turn": approval.turn,
            "due_at": approval.due_at.isoformat().replace("+00:00", "Z"),
        },
        at=at,
    )

"""
Clear a prompt for a use: the question a platform asks before it generates.

    read the prompt → decide on its mentions → hold the price → answer with a licence token

A clearance is asked for once per idempotency key: the same key with the same facts gives the same
answer and the same token again, with other facts it is an error.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from licensing.canonical import sha256_hex
from licensing.clearance import approval_store, reading_store, store
from licensing.clearance.action import action_sha256, prompt_digest
from licensing.clearance.approval import Approval
from licensing.clearance.changes import approved
from licensing.clearance.decision import Decision, decide, over_budget
from licensing.clearance.doubts import doubts_of
from licensing.clearance.finding import GRANTED
from licensing.clearance.quota_store import Limit
from licensing.clearance.reading_record import record_of
from licensing.clearance.replay import Prompt
from licensing.clearance.store import Clearance
from licensing.clearance.token import LicenceClaims
from licensing.clearance.use import Use
from licensing.errors import (
    ClearanceNotReserved,
    IdempotencyKeyReused,
    UnknownClearance,
)
from licensing.money import Money
from licensing.registry.terms import Terms
from service.ids import new_id
from service.operations.alternatives import with_alternatives
from service.operations.approval_conditions import met_approval
from service.operations.approval_effects import (
    NOTHING_SHOWN,
    Shown,
    approvers,
    longest_wait,
    open_approvals,
    withdraw_all,
)
from service.operations.approvals import summary
from service.operations.clearance_answer import ClearanceAnswer
from service.operations.judge_reading import Hearing, hear, heard_now
from service.operations.reservations import record_limits, release, reserve
from service.runtime import OPERATOR, Runtime
from service.webhooks.outbox import publish

# The facts of a reading's mentions, without a word of the prompt.
Mentions = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRequest:
    """
    What a platform wants to generate, for which use, and what it would pay at most.

    With `quote_only` nothing is held and no token is issued until the quote is confirmed. `shown`
    is what licensors who want to be asked are told. `approval_id` names a conditional approval
    whose conditions this request meets.
    """

    prompt: str
    use: Use
    negative_prompt: str | None = None
    budget: Money | None = None
    quote_only: bool = False
    shown: Shown = NOTHING_SHOWN
    approval_id: str | None = None

    @property
    def text(self) -> str:
        """Everything that was asked for in words, what shall be there and what shall not."""
        return Prompt(text=self.prompt, negative_text=self.negative_prompt).joined

    @property
    def sha256(self) -> str:
        """Digest of every fact of the request: what an idempotency key stands for."""
        budget = self.budget
        facts: dict[str, Any] = {
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "use": self.use.to_json(),
            "budget": [budget.amount_micros, budget.currency] if budget else None,
            "quote_only": self.quote_only,
        }
        if self.shown != NOTHING_SHOWN:
            facts["shown"] = [self.shown.note, self.shown.prompt]
        if self.approval_id is not None:
            facts["approval"] = self.approval_id
        return sha256_hex(facts)


def clear_prompt(
    runtime: Runtime,
    platform_id: str,
    request: ClearanceRequest,
    *,
    idempotency_key: str,
) -> ClearanceAnswer:
    """
    Decide, and reserve the price of what is granted.

    A judge, if there is one, is asked before the transaction that decides. Raises
    `IdempotencyKeyReused` when the key stands for another request.
    """
    hearing = _heard(runtime, platform_id, request, idempotency_key)
    try:
        with runtime.transaction(platform_id) as session:
            clearance, mentions = _decide_and_reserve(
                runtime,
                session,
                platform_id=platform_id,
                request=request,
                idempotency_key=idempotency_key,
                hearing=hearing,
            )
    except IntegrityError as conflict:
        # Most keys are new, so nobody looks first. A known one met the unique constraint, which
        # rolled the new decision and its hold back: the answer is what was decided before.
        with runtime.transaction(platform_id) as session:
            known = store.find_by_key(session, platform_id, idempotency_key)
            if known is None:
                raise conflict from None
            clearance, mentions = known, _mentions(session, known)
    if clearance.request_sha256 != request.sha256:
        raise IdempotencyKeyReused(idempotency_key)
    if clearance.status in {"waiting", "voided"}:
        # With what its owners say.
        return get_clearance(runtime, platform_id, clearance.id)
    return _answer(runtime, clearance, mentions)


def _heard(
    runtime: Runtime,
    platform_id: str,
    request: ClearanceRequest,
    idempotency_key: str,
) -> Hearing | None:
    """Ask the judge, once for each key; None when there is none to ask, or no need any more."""
    if runtime.judge is None:
        return None
    with runtime.transaction(platform_id) as session:
        if store.find_by_key(session, platform_id, idempotency_key) is not None:
            return None
        snapshot = runtime.snapshot(session)
    return hear(runtime, snapshot, request.prompt, request.negative_prompt)


def _decide_and_reserve(
    runtime: Runtime,
    session: Session,
    *,
    platform_id: str,
    request: ClearanceRequest,
    idempotency_key: str,
    hearing: Hearing | None,
) -> tuple[Clearance, Mentions]:
    """Write one clearance down, with its hold when money is due; answers what was read, too."""
    at = runtime.now()
    snapshot = runtime.snapshot(session)
    hearing = heard_now(hearing, snapshot, request.prompt, request.negative_prompt)
    decided = decide(
        hearing.reading.mentions, request.use, snapshot, at=at, platform_id=platform_id
    )
    clearance = _answered(
        runtime, platform_id, request, decided, idempotency_key=idempotency_key, at=at
    )
    limits: tuple[Limit, ...] = ()
    clearance, used, asked = _consult(runtime, session, clearance, request)
    if request.quote_only:
        asked = ()
    elif clearance.decision.outcome in GRANTED:
        clearance, limits = _reserve(runtime, session, clearance, at)
    elif asked:
        until = at + longest_wait(runtime, asked)
        clearance, limits = reserve(
            runtime, session, clearance, at=at, expires_at=until, status="waiting"
        )
    clearance = with_alternatives(clearance, snapshot, budget=request.budget)
    store.insert(session, clearance)
    record_limits(session, clearance, limits, at=at)
    if used is not None and clearance.status == "reserved":
        approval_store.save(session, replace(used, used_by=clearance.id))
    if clearance.status == "waiting":
        open_approvals(runtime, session, clearance, asked, shown=request.shown, at=at)
    record = record_of(
        hearing.reading,
        decided,
        snapshot,
        judgement=hearing.judgement,
        nonce=clearance.prompt_nonce,
        prompt_sha256=clearance.prompt_sha256,
    )
    expires_at = at + runtime.settings.reading_lifetime
    reading_store.insert(session, clearance, record, expires_at=expires_at)
    return clearance, record.mentions


def _mentions(session: Session, clearance: Clearance) -> Mentions:
    """Find what was read in a clearance's prompt; nothing once the record's time is over."""
    record = reading_store.get(session, clearance.id)
    return () if record is None else record.mentions


def _consult(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    request: ClearanceRequest,
) -> tuple[Clearance, Approval | None, tuple[Terms, ...]]:
    """Find whom to ask; a conditional approval that the request meets counts as an answer."""
    if request.approval_id is None:
        return clearance, None, approvers(runtime, session, clearance.decision)
    used = met_approval(runtime, session, clearance, request.approval_id, text=request.text)
    asked = approvers(runtime, session, clearance.decision, (used.licensor_id,))
    if clearance.decision.outcome == "needs_approval" and not asked:
        decision = approved(clearance.decision, use=clearance.use, prices={})
        clearance = replace(clearance, decision=decision)
    return clearance, used, asked


def _answered(
    runtime: Runtime,
    platform_id: str,
    request: ClearanceRequest,
    decision: Decision,
    *,
    idempotency_key: str,
    at: datetime,
) -> Clearance:
    """Make a clearance of a decision, the budget held against it; nothing is reserved yet."""
    if request.budget is not None:
        decision = over_budget(decision, request.budget)
    nonce = secrets.token_hex(16)
    clearance_id = new_id("clr")
    prompt_sha256 = prompt_digest(nonce, request.text)
    return Clearance(
        id=clearance_id,
        platform_id=platform_id,
        idempotency_key=idempotency_key,
        request_sha256=request.sha256,
        prompt_nonce=nonce,
        prompt_sha256=prompt_sha256,
        prompt_text=None,
        use=request.use,
        decision=decision,
        status="quoted" if request.quote_only and decision.outcome in GRANTED else "answered",
        hold_id=None,
        action_sha256=action_sha256(
            clearance_id=clearance_id,
            platform_id=platform_id,
            prompt_sha256=prompt_sha256,
            subject_ids=tuple(finding.subject_id for finding in decision.findings),
            use=request.use,
        ),
        created_at=at,
        token_expires_at=None,
        expires_at=at + runtime.settings.clearance_lifetime if request.quote_only else None,
        settled_at=None,
    )


def _reserve(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    at: datetime,
) -> tuple[Clearance, tuple[Limit, ...]]:
    """Reserve quota and price for as long as a token lives."""
    expires_at = at + runtime.settings.clearance_lifetime
    return reserve(runtime, session, clearance, at=at, expires_at=expires_at)


def confirm_clearance(runtime: Runtime, platform_id: str, clearance_id: str) -> ClearanceAnswer:
    """
    Turn a quote into a reservation with a token; confirming twice gives the same token.

    Raises `ClearanceNotReserved` when it is no quote, or its time is over.
    """
    at = runtime.now()
    with runtime.transaction(platform_id) as session:
        clearance = _locked(session, platform_id, clearance_id)
        if clearance.status == "reserved":
            return _answer(runtime, clearance)
        expired = clearance.expires_at is not None and clearance.expires_at <= at
        if clearance.status != "quoted" or expired:
            raise ClearanceNotReserved(clearance_id, "expired" if expired else clearance.status)
        clearance, limits = _reserve(runtime, session, clearance, at)
        store.reserve(session, clearance)
        record_limits(session, clearance, limits, at=at)
    return _answer(runtime, clearance)


def void_clearance(runtime: Runtime, platform_id: str, clearance_id: str) -> ClearanceAnswer:
    """
    Give a reservation back: nothing is owed. Voiding twice changes nothing.

    Raises `ClearanceNotReserved` when it was captured, expired or never granted.
    """
    at = runtime.now()
    with runtime.transaction(platform_id) as session:
        clearance = _locked(session, platform_id, clearance_id)
        if clearance.status != "voided":
            if clearance.status not in {"reserved", "quoted", "waiting"}:
                raise ClearanceNotReserved(clearance_id, clearance.status)
            clearance = release(session, clearance, status="voided", at=at)
            withdraw_all(session, clearance, at=at)
    return _answer(runtime, clearance)


def get_clearance(runtime: Runtime, platform_id: str, clearance_id: str) -> ClearanceAnswer:
    """Read the clearance as it stands now. Raises `UnknownClearance`."""
    with runtime.transaction(platform_id) as session:
        clearance = store.get(session, platform_id, clearance_id)
        if clearance is None:
            raise UnknownClearance(clearance_id)
        mentions = _mentions(session, clearance)
        approvals = approval_store.of_clearance(session, clearance_id)
    shown = tuple(summary(approval) for approval in approvals)
    return replace(_answer(runtime, clearance, mentions), approvals=shown)


def expire_clearances(runtime: Runtime, *, limit: int = 500) -> int:
    """Give back what nobody used in time; answers how many. Safe to run at any moment, twice."""
    at = runtime.now()
    with runtime.transaction() as session:
        due = store.due_for_expiry(session, at=at, limit=limit)
        for clearance in due:
            release(session, clearance, status="expired", at=at)
            publish(
                session,
                tenant_id=clearance.platform_id,
                originator_id=OPERATOR,
                event_type="clearance.expired",
                data={"clearance": clearance.id},
                at=at,
            )
    return len(due)


def claims_of(clearance: Clearance) -> LicenceClaims:
    """List what the licence token of a reserved clearance says; the same each time."""
    if clearance.token_expires_at is None:
        raise ClearanceNotReserved(clearance.id, clearance.status)
    return LicenceClaims(
        clearance_id=clearance.id,
        audience=clearance.platform_id,
        action_sha256=clearance.action_sha256,
        terms=clearance.decision.terms,
        cap_ms=clearance.use.duration_ms,
        price=clearance.decision.price,
        hold_id=clearance.hold_id,
        issued_at=clearance.created_at,
        expires_at=clearance.token_expires_at,
        declarations=clearance.decision.declarations,
    )


def _locked(session: Session, platform_id: str, clearance_id: str) -> Clearance:
    clearance = store.get(session, platform_id, clearance_id, lock=True)
    if clearance is None:
        raise UnknownClearance(clearance_id)
    return clearance


def _answer(runtime: Runtime, clearance: Clearance, mentions: Mentions = ()) -> ClearanceAnswer:
    reserved = clearance.status == "reserved"
    decision: Decision = clearance.decision
    return ClearanceAnswer(
        id=clearance.id,
        outcome=decision.outcome,
        status=clearance.status,
        findings=tuple(decision.to_json()["findings"]),
        price=decision.price,
        token=runtime.token_issuer.issue(claims_of(clearance)) if reserved else None,
        expires_at=clearance.token_expires_at if reserved else clearance.expires_at,
        reasons=tuple(reason.to_json() for reason in decision.reasons),
        doubts=doubts_of(mentions, (each.subject_id for each in decision.findings)),
        alternatives=clearance.alternatives,
    )

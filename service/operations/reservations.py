"""
Reserve what a granted clearance needs, and give it back: quota and money, both or neither.

Every reservation ends in exactly one of captured, voided and expired. Quotas come before money, for
everyone in the same order, so that nobody waits in a ring.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from licensing.clearance import quota_store, store
from licensing.clearance.changes import with_refusals
from licensing.clearance.decision import Decision, with_payment_needed
from licensing.clearance.quota_store import Limit
from licensing.clearance.store import Clearance
from licensing.errors import InsufficientCredit, UnknownAccount
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.terms import Terms
from licensing.registry.terms_store import load_terms
from licensing.royalties import accounts, ledger
from licensing.royalties.transfers import Transfer
from service.database import OPERATOR, set_tenant
from service.runtime import Runtime


def cited_terms(decision: Decision, snapshot: RegistrySnapshot) -> tuple[Terms, ...]:
    """Find every version of terms that a decision rests on, by id, as far as it is still active."""
    ids = {terms_id for terms_id, _ in decision.terms}
    subjects = {
        subject_id
        for finding in decision.findings
        for subject_id in _chain(finding.subject_id, snapshot)
    }
    found = {
        terms.id: terms
        for subject_id in subjects
        for terms in snapshot.terms.get(subject_id, ())
        if terms.id in ids
    }
    return tuple(found[terms_id] for terms_id in sorted(found))


def _chain(subject_id: str, snapshot: RegistrySnapshot) -> Iterable[str]:
    if subject_id not in snapshot.subjects:
        return ()
    return (subject.id for subject in snapshot.ancestors(subject_id))


def _limits_of(
    session: Session,
    clearance: Clearance,
    snapshot: RegistrySnapshot,
) -> tuple[Limit, ...]:
    """List the quotas that a video under this decision counts against, parents' included."""
    found = {terms.id: terms for terms in cited_terms(clearance.decision, snapshot)}
    missing = {terms_id for terms_id, _ in clearance.decision.terms} - set(found)
    if missing:
        # A quote may be confirmed after its terms were deprecated. They are the licensor's alone
        # by then, and their quotas count all the same.
        set_tenant(session, OPERATOR)
        found |= load_terms(session, missing)
        set_tenant(session, clearance.platform_id)
    return tuple(
        Limit(terms_id=terms.id, licensor_id=terms.licensor_id, quota=quota)
        for terms_id, terms in sorted(found.items())
        for quota in terms.quotas
    )


def reserve(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    *,
    at: datetime,
    expires_at: datetime,
    status: str = "reserved",
) -> tuple[Clearance, tuple[Limit, ...]]:
    """
    Take quota and hold the price; gives the clearance with the limits to `record`.

    When a quota is used up or credit is short nothing is held, and the decision says so. The
    reservation stands until `expires_at`; the hold outlives it by the stamping window.
    """
    limits = _limits_of(session, clearance, runtime.snapshot(session))
    if not limits:
        return _held(runtime, session, clearance, at=at, expires_at=expires_at, status=status), ()
    savepoint = session.begin_nested()
    exhausted = quota_store.take(
        session,
        limits,
        platform_id=clearance.platform_id,
        duration_ms=clearance.use.duration_ms,
        at=at,
    )
    if exhausted is not None:
        savepoint.rollback()
        refusals = {exhausted.terms_id: exhausted.quota.used_up()}
        return replace(clearance, decision=with_refusals(clearance.decision, refusals)), ()
    held = _held(runtime, session, clearance, at=at, expires_at=expires_at, status=status)
    if held.status != status:
        savepoint.rollback()
        return held, ()
    savepoint.commit()
    return held, limits


def record_limits(
    session: Session,
    clearance: Clearance,
    limits: tuple[Limit, ...],
    *,
    at: datetime,
) -> None:
    """Write down what a clearance took, once its own row is there."""
    if limits:
        quota_store.record(
            session,
            limits,
            clearance_id=clearance.id,
            platform_id=clearance.platform_id,
            duration_ms=clearance.use.duration_ms,
            at=at,
        )


def _held(
    runtime: Runtime,
    session: Session,
    clearance: Clearance,
    *,
    at: datetime,
    expires_at: datetime,
    status: str,
) -> Clearance:
    """Hold the price; when credit is short, the answer is that payment is needed."""
    # The token may be presented until it expires; the video then has the stamping window.
    hold_until = expires_at + runtime.settings.stamping_window
    try:
        hold_id = hold_price(session, clearance, at=at, hold_until=hold_until)
    except (InsufficientCredit, UnknownAccount):
        # No account in this currency is no credit in it.
        return replace(clearance, decision=with_payment_needed(clearance.decision))
    return replace(
        clearance,
        status=status,
        hold_id=hold_id,
        token_expires_at=expires_at if status == "reserved" else None,
        expires_at=expires_at,
    )


def hold_price(
    session: Session,
    clearance: Clearance,
    *,
    at: datetime,
    hold_until: datetime,
) -> str | None:
    """
    Hold the price of a decision under the clearance's next hold; gives its id, None when free.

    Raises `InsufficientCredit` or `UnknownAccount`; then nothing is held.
    """
    price = clearance.decision.price
    if price is None:
        return None
    transfer = Transfer(
        id=next_hold_id(clearance),
        debit_account=accounts.platform_credit(clearance.platform_id, price.currency),
        credit_account=accounts.clearing_royalties(price.currency),
        amount=price,
        reference=clearance.id,
        originator_id=clearance.platform_id,
        effective_at=at,
    )
    ledger.hold(session, transfer, expires_at=hold_until)
    return transfer.id


def hold_anew(
    session: Session,
    clearance: Clearance,
    *,
    at: datetime,
    hold_until: datetime,
) -> Clearance:
    """Replace the hold of a clearance by one of its decision's price. Raises as `hold_price`."""
    if clearance.hold_id is not None:
        ledger.void_pending(session, clearance.hold_id, at=at)
    hold_id = hold_price(session, clearance, at=at, hold_until=hold_until)
    return replace(clearance, hold_id=hold_id)


def next_hold_id(clearance: Clearance) -> str:
    """Name the next hold of a clearance: another price after a counter-offer is another hold."""
    first = f"hold:{clearance.id}"
    if clearance.hold_id is None:
        return first
    number = int(clearance.hold_id.removeprefix(first).removeprefix("#") or "1")
    return f"{first}#{number + 1}"


def release(session: Session, clearance: Clearance, *, status: str, at: datetime) -> Clearance:
    """Give back all that a locked, unsettled clearance holds, and note why it ended."""
    if clearance.status in {"reserved", "waiting"}:
        free(session, clearance, at=at)
    store.settle(session, clearance.id, status=status, at=at)
    return replace(clearance, status=status, settled_at=at)


def free(session: Session, clearance: Clearance, *, at: datetime) -> None:
    """Give quota and money of a clearance back."""
    quota_store.settle(session, clearance.id, made_ms=None, at=at)
    if clearance.hold_id is not None:
        ledger.void_pending(session, clearance.hold_id, at=at)

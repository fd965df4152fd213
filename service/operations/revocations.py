"""
Revoke terms: what ends, from when on, and who is told. No manifest is ever rewritten.

The terms themselves say what their revocation does. The registry changes in the same transaction,
so that no decision after it rests on them; open clearances are seen to right after, and again by
a job, should this process end in between.
"""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from licensing.clearance import grant_store, revocation_store, store
from licensing.clearance.reasons import refuse
from licensing.clearance.revocation_store import RevokedTerms
from licensing.registry.terms_store import get_terms, withdraw_terms
from service.database import OPERATOR, set_tenant
from service.jobs import defer
from service.operations.approval_effects import end_waiting
from service.operations.grants import close_grant
from service.operations.reservations import release
from service.runtime import Runtime
from service.webhooks.outbox import publish

# What ends in which state, when new uses end. A reservation is a promise already made: only
# `immediate` breaks it.
_ENDING: Final = {"immediate": frozenset({"waiting", "quoted", "reserved"})}
_ENDING_OTHERWISE: Final = frozenset({"waiting", "quoted"})


def revoke_terms(
    runtime: Runtime,
    tenant_id: str,
    terms_id: str,
    *,
    reason: str = "",
) -> RevokedTerms:
    """
    Revoke one version of terms as it says itself; again changes nothing.

    `tenant_id` is its licensor, or the operator. Raises `UnknownTerms`.
    """
    at = runtime.now()
    with runtime.transaction(tenant_id) as session:
        terms = get_terms(session, terms_id, lock=True).terms
        known = revocation_store.get(session, terms_id)
        if known is not None:
            return known
        revoked = RevokedTerms(
            terms_id=terms_id,
            terms_sha256=terms.sha256,
            licensor_id=terms.licensor_id,
            effect=terms.revocation.effect,
            reason=reason,
            revoked_at=at,
            new_uses_end=terms.revocation.new_uses_end(at),
            distribution_ends=terms.revocation.distribution_ends(at),
        )
        revocation_store.insert_revocation(session, revoked)
        set_tenant(session, OPERATOR)
        if revoked.new_uses_end <= at:
            withdraw_terms(session, terms_id, at)
        else:
            args = {"terms_id": terms_id}
            defer(session, "apply_revocation", args, at=revoked.new_uses_end)
        defer(session, "apply_revocation", {"terms_id": terms_id})
    apply_revocation(runtime, terms_id)
    return revoked


def apply_revocation(runtime: Runtime, terms_id: str) -> None:
    """See to all that rests on revoked terms, and tell the platforms once. Safe to repeat."""
    at = runtime.now()
    with runtime.transaction() as session:
        revoked = revocation_store.get(session, terms_id)
        found = revocation_store.open_clearances(session, terms_id)
    if revoked is None:
        return
    told = {platform_id for _, platform_id in found}
    if revoked.new_uses_end <= at:
        with runtime.transaction() as session:
            withdraw_terms(session, terms_id, at)
            grant = grant_store.get(session, terms_id, lock=True)
            if grant is not None and grant.status == "active":
                close_grant(runtime, session, grant, by=OPERATOR)
        for clearance_id, platform_id in found:
            with runtime.transaction(platform_id) as session:
                _end(session, revoked, clearance_id, platform_id, at)
    with runtime.transaction() as session:
        if not revocation_store.mark_applied(session, terms_id, at):
            return
        for platform_id in sorted(told | revocation_store.platforms_that_used(session, terms_id)):
            publish(
                session,
                tenant_id=platform_id,
                originator_id=OPERATOR,
                event_type="terms.revoked",
                data=revoked.to_json(),
                at=at,
            )


def list_revocations(runtime: Runtime, tenant_id: str, *, limit: int = 100) -> list[RevokedTerms]:
    """List the tenant's revocations, latest first."""
    with runtime.transaction(tenant_id) as session:
        return revocation_store.list_revocations(session, limit=limit)


def _end(
    session: Session,
    revoked: RevokedTerms,
    clearance_id: str,
    platform_id: str,
    at: datetime,
) -> None:
    """End one open clearance, if the effect ends it."""
    clearance = store.get(session, platform_id, clearance_id, lock=True)
    ending = _ENDING.get(revoked.effect, _ENDING_OTHERWISE)
    if clearance is None or clearance.status not in ending:
        return
    if clearance.status == "waiting":
        reason = refuse("terms.revoked", at=f"{revoked.revoked_at:%Y-%m-%d}")
        end_waiting(session, clearance, {revoked.terms_id: reason}, at=at)
        return
    release(session, clearance, status="voided", at=at)

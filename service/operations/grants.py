"""
Standing grants: what one platform may use again and again, on terms made for it alone.

A licensor offers, the platform accepts, and the terms become active in the registry for this
platform: every later clearance finds them. Exclusive ones are checked against all promises in the
registry while it is locked, so that two of them never overlap. One-shot grants come of approvals.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from licensing.clearance import grant_store
from licensing.clearance.agreement_errors import GrantClosed, UnknownGrant
from licensing.clearance.grant_store import Grant
from licensing.errors import RegistryMalformed
from licensing.registry import store as registry_store
from licensing.registry.document import RegistryDocument
from licensing.registry.parties import find_party
from licensing.registry.terms import Terms
from licensing.registry.terms_store import withdraw_terms
from service.database import OPERATOR, set_tenant
from service.errors import UnknownTenant
from service.ids import new_id
from service.runtime import Runtime
from service.webhooks.outbox import publish


def offer_grant(
    runtime: Runtime,
    licensor_id: str,
    platform_id: str,
    terms: Mapping[str, Any],
) -> Grant:
    """
    Offer a platform terms of its own; `terms` is a member of `terms` in a registry document.

    Id, licensor and licensees are filled in. Nothing changes for anybody until the platform
    accepts. Raises `RegistryMalformed`, `UnknownTenant`.
    """
    at = runtime.now()
    grant_id = new_id("grt")
    filled = {
        **terms,
        "id": grant_id,
        "licensor": licensor_id,
        "licensees": [platform_id],
        "version": 1,
    }
    document = Terms.from_document(filled).to_document()
    grant = Grant(
        id=grant_id,
        kind="standing",
        licensor_id=licensor_id,
        platform_id=platform_id,
        clearance_id=None,
        approval_id=None,
        document=document,
        status="offered",
        created_at=at,
    )
    with runtime.transaction(licensor_id) as session:
        platform = find_party(session, platform_id)
        if platform is None or platform.kind != "platform":
            raise UnknownTenant(platform_id)
        if document["subject"] not in runtime.snapshot(session).subjects:
            raise RegistryMalformed(
                "terms.subject", f"no subject is called {document['subject']!r}"
            )
        grant_store.insert_grant(session, grant)
    return grant


def accept_grant(runtime: Runtime, platform_id: str, grant_id: str) -> Grant:
    """
    Make an offered grant count; accepting twice changes nothing.

    Raises `UnknownGrant`, `GrantClosed`, `ExclusivityTaken` when the same is promised to another
    platform, `MandateInsufficient` when the offer is not the licensor's to make.
    """
    at = runtime.now()
    with runtime.transaction(platform_id) as session:
        grant = _locked(session, grant_id, platform_id=platform_id)
        if grant.status == "active":
            return grant
        if grant.status != "offered":
            raise GrantClosed(grant_id, grant.status)
        grant_store.change(session, grant_id, status="active", accepted_at=at)
        _tell(
            session, grant, "grant.created", to=grant.licensor_id, by=platform_id, runtime=runtime
        )
        _tell(session, grant, "grant.created", to=platform_id, by=platform_id, runtime=runtime)
        # The registry is the operator's to write; what is written was agreed on by both.
        set_tenant(session, OPERATOR)
        terms = Terms.from_document(dict(grant.document))
        registry_store.save_document(session, RegistryDocument(subjects=(), terms=(terms,)), at=at)
    return replace(grant, status="active", accepted_at=at)


def decline_grant(runtime: Runtime, platform_id: str, grant_id: str) -> Grant:
    """Turn an offered grant down. Raises `UnknownGrant`, `GrantClosed`."""
    with runtime.transaction(platform_id) as session:
        grant = _locked(session, grant_id, platform_id=platform_id)
        if grant.status not in {"offered", "declined"}:
            raise GrantClosed(grant_id, grant.status)
        grant_store.change(session, grant_id, status="declined")
    return replace(grant, status="declined")


def end_grant(runtime: Runtime, tenant_id: str, grant_id: str) -> Grant:
    """
    End a standing grant: an offer is taken back, an active one answers no new clearance.

    A platform may always end; a licensor takes an offer back here, and revokes an active grant as
    its terms say (`revoke_terms`). Raises `UnknownGrant`, `GrantClosed`.
    """
    at = runtime.now()
    with runtime.transaction(tenant_id) as session:
        grant = _locked(session, grant_id)
        if grant.status == "ended":
            return grant
        ends_offer = grant.status == "offered"
        ends_use = grant.status == "active" and tenant_id == grant.platform_id
        if grant.kind != "standing" or not (ends_offer or ends_use):
            raise GrantClosed(grant_id, grant.status)
        close_grant(runtime, session, grant, by=tenant_id)
        if ends_use:
            set_tenant(session, OPERATOR)
            withdraw_terms(session, grant_id, at)
    return replace(grant, status="ended", ended_at=at)


def close_grant(runtime: Runtime, session: Session, grant: Grant, *, by: str) -> None:
    """Mark a grant as ended and tell both sides; its terms are the caller's to withdraw."""
    grant_store.change(session, grant.id, status="ended", ended_at=runtime.now())
    for party in (grant.licensor_id, grant.platform_id):
        _tell(session, grant, "grant.ended", to=party, by=by, runtime=runtime)


def list_grants(
    runtime: Runtime,
    tenant_id: str,
    *,
    status: str | None = None,
    limit: int = 100,
) -> list[Grant]:
    """List the tenant's grants, latest first."""
    with runtime.transaction(tenant_id) as session:
        return grant_store.list_grants(session, status=status, limit=limit)


def get_grant(runtime: Runtime, tenant_id: str, grant_id: str) -> Grant:
    """Read one grant. Raises `UnknownGrant`."""
    with runtime.transaction(tenant_id) as session:
        grant = grant_store.get(session, grant_id)
    if grant is None:
        raise UnknownGrant(grant_id)
    return grant


def _locked(session: Session, grant_id: str, *, platform_id: str | None = None) -> Grant:
    grant = grant_store.get(session, grant_id, lock=True)
    if grant is None or (platform_id is not None and grant.platform_id != platform_id):
        raise UnknownGrant(grant_id)
    return grant


def _tell(
    session: Session,
    grant: Grant,
    event_type: str,
    *,
    to: str,
    by: str,
    runtime: Runtime,
) -> None:
    publish(
        session,
        tenant_id=to,
        originator_id=by,
        event_type=event_type,
        data={"grant": grant.id},
        at=runtime.now(),
    )

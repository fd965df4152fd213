"""Platforms, their credit, and the API keys of every tenant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from licensing.money import Money
from licensing.registry import store as registry_store
from licensing.registry.owners import Standing
from licensing.registry.store import Party
from licensing.royalties import accounts, ledger
from licensing.royalties.transfers import Balance, Transfer
from service import auth
from service.errors import TenantExists, UnknownApiKey, UnknownTenant
from service.ids import new_id
from service.runtime import Runtime
from service.tables import ApiKeyRow

LOCAL_PLATFORM = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is listed: never its secret."""

    id: str
    tenant_id: str
    label: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `rakkan api-keys list`."""
        return {
            "id": self.id,
            "tenant_id": self.tenant_id,
            "label": self.label,
            "scopes": list(self.scopes),
            "created_at": self.created_at.isoformat(),
            "revoked_at": self.revoked_at.isoformat() if self.revoked_at else None,
        }


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key just made; its secret is shown this once."""

    key: ApiKey
    secret: str

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `rakkan api-keys create`."""
        return {**self.key.to_json(), "secret": self.secret}


def add_platform(runtime: Runtime, platform_id: str, name: str) -> Party:
    """Add a platform; the same id and name again changes nothing. Raises `TenantExists`."""
    with runtime.transaction() as session:
        known = registry_store.find_party(session, platform_id)
        if known is None:
            registry_store.add_party(
                session,
                platform_id,
                kind="platform",
                name=name,
                at=runtime.now(),
            )
            known = Party(id=platform_id, kind="platform", name=name)
    if known.kind != "platform" or known.name != name:
        raise TenantExists(platform_id)
    return known


def list_platforms(runtime: Runtime) -> list[Party]:
    """Every platform, by id."""
    with runtime.transaction() as session:
        return registry_store.list_parties(session, kind="platform")


def set_standing(runtime: Runtime, platform_id: str, standing: Standing | None) -> None:
    """
    Serve a platform no more, or with None again; it counts from the next clearance on.

    Raises `UnknownTenant`.
    """
    with runtime.transaction() as session:
        if not registry_store.set_standing(session, platform_id, standing, at=runtime.now()):
            raise UnknownTenant(platform_id)


def default_platform(runtime: Runtime) -> str:
    """
    Choose the platform of a command that names none: the only one, else this machine's own.

    Raises `UnknownTenant` when there are several to choose from.
    """
    others = [party.id for party in list_platforms(runtime) if party.id != LOCAL_PLATFORM]
    if len(others) > 1:
        raise UnknownTenant(", ".join(others))
    return others[0] if others else own_platform(runtime)


def own_platform(runtime: Runtime) -> str:
    """Find or make the platform that stands for this machine: where no licence is asked for."""
    return add_platform(runtime, LOCAL_PLATFORM, "This machine").id


def credit_platform(
    runtime: Runtime,
    platform_id: str,
    amount: Money,
    *,
    reference: str,
) -> Balance:
    """
    Write down money that a platform paid in advance; `reference` makes a repeat change nothing.

    Raises `UnknownTenant`, or `TransferConflict` when the reference stands for another amount.
    """
    at = runtime.now()
    account = accounts.platform_credit(platform_id, amount.currency)
    cash = accounts.operator_cash(amount.currency)
    with runtime.transaction() as session:
        _require(session, platform_id, kind="platform")
        ledger.open_account(session, cash, currency=amount.currency)
        ledger.open_account(
            session,
            accounts.clearing_royalties(amount.currency),
            currency=amount.currency,
        )
        ledger.open_account(
            session,
            account,
            currency=amount.currency,
            party_id=platform_id,
            floor_micros=0,
        )
        transfer = Transfer(
            id=f"credit:{platform_id}:{reference}",
            debit_account=cash,
            credit_account=account,
            amount=amount,
            reference=reference,
            originator_id=None,
            effective_at=at,
        )
        ledger.post(session, transfer)
        return ledger.balance(session, account)


def create_api_key(
    runtime: Runtime,
    tenant_id: str,
    label: str,
    scopes: tuple[str, ...],
) -> NewApiKey:
    """Make a key for a tenant. Raises `UnknownTenant`."""
    secret = auth.new_secret()
    at = runtime.now()
    with runtime.transaction() as session:
        _require(session, tenant_id)
        row = ApiKeyRow(
            id=new_id("key"),
            tenant_id=tenant_id,
            label=label,
            key_sha256=auth.fingerprint(secret),
            scopes=list(auth.check_scopes(scopes)),
            created_at=at,
        )
        session.add(row)
        session.flush()
        return NewApiKey(_api_key(row), secret)


def list_api_keys(runtime: Runtime, tenant_id: str | None = None) -> list[ApiKey]:
    """Keys of one tenant or of all, oldest first, without their secrets."""
    query = select(ApiKeyRow).order_by(col(ApiKeyRow.created_at), col(ApiKeyRow.id))
    if tenant_id is not None:
        query = query.where(ApiKeyRow.tenant_id == tenant_id)
    with runtime.transaction() as session:
        return [_api_key(row) for row in session.exec(query)]


def revoke_api_key(runtime: Runtime, key_id: str) -> ApiKey:
    """Make a key useless from now on; again changes nothing. Raises `UnknownApiKey`."""
    with runtime.transaction() as session:
        row = session.exec(
            select(ApiKeyRow).where(ApiKeyRow.id == key_id).with_for_update(),
        ).one_or_none()
        if row is None:
            raise UnknownApiKey(key_id)
        if row.revoked_at is None:
            row.revoked_at = runtime.now()
            session.flush()
        return _api_key(row)


def _require(session: Session, tenant_id: str, *, kind: str | None = None) -> None:
    party = registry_store.find_party(session, tenant_id)
    if party is None or (kind is not None and party.kind != kind):
        raise UnknownTenant(tenant_id)


def _api_key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        tenant_id=row.tenant_id,
        label=row.label,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )

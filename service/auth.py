"""
API keys: 256 random bits that one tenant holds; this service keeps only their SHA-256.

A fast digest is right here, unlike for a password: nobody can try all of 2²⁵⁶ keys.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from service.database import PUBLIC
from service.errors import ApiKeyInvalid, ScopeMissing, ScopeUnknown

if TYPE_CHECKING:
    from service.runtime import Runtime

PREFIX: Final = "rk_"

SCOPES: Final = (
    "approvals",
    "clearances",
    "declarations",
    "fetch:manifests",
    "grants",
    "readings",
    "registry:lint",
    "registry:read",
    "stamps",
    "statements",
    "store:bindings",
    "store:manifests",
    "terms",
    "webhooks",
)
"""Everything a key may be allowed to do; the names with `manifests` and `bindings` are C2PA's."""

_LOOK_UP: Final = text(
    "select id, tenant_id, scopes from api_key_lookup "
    "where key_sha256 = :sha256 and revoked_at is null",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the tenant that a key belongs to, and what the key may do."""

    tenant_id: str
    key_id: str
    scopes: frozenset[str]


def new_secret() -> str:
    """Make a key; it is shown once and never stored."""
    return PREFIX + secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """Digest a key as it is stored and looked up."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def check_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """Sort the scopes of a new key, each once. Raises `ScopeUnknown`."""
    wanted = tuple(sorted(set(scopes)))
    for scope in wanted:
        if scope not in SCOPES:
            raise ScopeUnknown(scope, SCOPES)
    return wanted


def authenticate(runtime: "Runtime", secret: str, *, scope: str) -> Caller:
    """
    Find out who holds a key, and that it may do this.

    Raises `ApiKeyInvalid` for an unknown or revoked key, `ScopeMissing`.
    """
    caller = identify(runtime, secret)
    if scope not in caller.scopes:
        raise ScopeMissing(scope)
    return caller


def identify(runtime: "Runtime", secret: str) -> Caller:
    """Find out who holds a key. Raises `ApiKeyInvalid` for an unknown or revoked one."""
    if not secret.startswith(PREFIX):
        raise ApiKeyInvalid
    with runtime.transaction(PUBLIC) as session:
        row = session.execute(_LOOK_UP, {"sha256": fingerprint(secret)}).one_or_none()
    if row is None:
        raise ApiKeyInvalid
    return Caller(row.tenant_id, row.id, frozenset(row.scopes))

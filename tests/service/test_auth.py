"""API keys: only their digest is kept, and each opens what its scopes say."""

import pytest
from sqlalchemy import text

from service import auth
from service.auth import authenticate
from service.errors import ApiKeyInvalid, ScopeMissing, ScopeUnknown
from service.operations.tenants import add_platform, create_api_key, revoke_api_key
from service.runtime import Runtime


def test_a_key_names_its_tenant(runtime: Runtime) -> None:
    add_platform(runtime, "aurora", "Aurora")
    made = create_api_key(runtime, "aurora", "test", (auth.SCOPES[0],))

    caller = authenticate(runtime, made.secret, scope=auth.SCOPES[0])

    assert (caller.tenant_id, caller.key_id) == ("aurora", made.key.id)
    assert caller.scopes == {auth.SCOPES[0]}


def test_a_key_opens_nothing_beyond_its_scopes(runtime: Runtime) -> None:
    add_platform(runtime, "aurora", "Aurora")
    made = create_api_key(runtime, "aurora", "test", (auth.SCOPES[0],))

    with pytest.raises(ScopeMissing):
        authenticate(runtime, made.secret, scope=auth.SCOPES[1])


def test_a_revoked_key_opens_nothing(runtime: Runtime) -> None:
    add_platform(runtime, "aurora", "Aurora")
    made = create_api_key(runtime, "aurora", "test", auth.SCOPES)
    revoke_api_key(runtime, made.key.id)

    with pytest.raises(ApiKeyInvalid):
        authenticate(runtime, made.secret, scope=auth.SCOPES[0])


@pytest.mark.parametrize(
    "secret",
    ["", "rk_", "rk_" + "A" * 43, "rk_\ud800", "rk_\x00", "Bearer rk_x", "ÿ" * 5000],
    ids=["empty", "prefix", "unknown", "lone surrogate", "nul", "with its header", "long"],
)
def test_what_is_no_key_is_refused(runtime: Runtime, secret: str) -> None:
    with pytest.raises(ApiKeyInvalid):
        authenticate(runtime, secret, scope=auth.SCOPES[0])


def test_the_secret_itself_is_stored_nowhere(runtime: Runtime) -> None:
    add_platform(runtime, "aurora", "Aurora")
    made = create_api_key(runtime, "aurora", "test", auth.SCOPES)

    with runtime.transaction() as session:
        row = session.connection().execute(text("select to_jsonb(k) from api_key k")).scalar_one()

    assert made.secret not in str(row)
    assert auth.fingerprint(made.secret) in str(row)


def test_keys_are_long_and_never_the_same() -> None:
    secrets = {auth.new_secret() for _ in range(1000)}

    assert len(secrets) == 1000
    assert all(secret.startswith("rk_") and len(secret) == 46 for secret in secrets)


def test_unknown_scopes_are_refused_when_a_key_is_made() -> None:
    with pytest.raises(ScopeUnknown):
        auth.check_scopes(("everything",))

"""Who asks: the bearer key of a request, and whether it may do this."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.api.routes_common import RuntimeDep
from service.auth import Caller, authenticate, identify
from service.errors import ApiKeyMissing

__all__ = ["Caller", "caller_with", "known_caller"]

_bearer = HTTPBearer(auto_error=False, description="An API key: rk_…")


def caller_with(scope: str) -> Callable[..., Caller]:
    """Make the dependency that demands a key with this scope."""

    def caller(
        runtime: RuntimeDep,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Caller:
        if credentials is None:
            raise ApiKeyMissing
        return authenticate(runtime, credentials.credentials, scope=scope)

    return caller


def known_caller(
    runtime: RuntimeDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller | None:
    """Tell who asks where anyone may; a key that is sent must still be a good one."""
    return None if credentials is None else identify(runtime, credentials.credentials)

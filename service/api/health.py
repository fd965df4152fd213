"""`/healthz`, `/readyz`, and the public keys of licence tokens."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import JSONResponse

from licensing.errors import LicensingError
from manifests.errors import ManifestsError
from service.api.routes_common import RuntimeDep
from service.errors import ServiceError
from service.runtime import Runtime

router = APIRouter(tags=["health"])

READY: Final = 200
NOT_READY: Final = 503


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Whether this process answers at all; it asks nobody else."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Not ready"}})
def readyz(runtime: RuntimeDep) -> JSONResponse:
    """Whether this process can do its work: database reached, schema current, keys loaded."""
    checks = {name: _outcome(check, runtime) for name, check in _CHECKS.items()}
    ready = all(outcome == "ok" for outcome in checks.values())
    return JSONResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks},
        status_code=READY if ready else NOT_READY,
    )


@router.get("/.well-known/jwks.json")
def jwks(runtime: RuntimeDep) -> dict[str, Any]:
    """Publish the keys that verify licence tokens (RFC 7517)."""
    return runtime.token_issuer.jwks()


def _schema(runtime: Runtime) -> None:
    runtime.database.require_current_schema()


def _keys(runtime: Runtime) -> None:
    runtime.token_issuer.jwks()


# The schema is read from the database: one question answers for both.
_CHECKS: Final[dict[str, Callable[[Runtime], None]]] = {"database": _schema, "keys": _keys}


def _outcome(check: Callable[[Runtime], None], runtime: Runtime) -> str:
    """Say "ok" or the code of what is wrong; details are for the log."""
    try:
        check(runtime)
    except (LicensingError, ManifestsError, ServiceError) as error:
        return error.code
    return "ok"

"""
Errors as RFC 9457 problems. This file alone knows which HTTP status an error gets.

`type` is `/problems/<code>`, a page that tells what happened, what was not changed and what to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from licensing import errors as licensing
from licensing.clearance import agreement_errors as agreements
from licensing.reading.refusal import ArtefactRefused
from licensing.standards import errors as standards
from manifests import errors as manifests
from service import errors as service
from service import resolution_errors as resolution
from service.error_facts import KNOWN_ERRORS, facts_of
from service.webhooks import errors as webhooks

MEDIA_TYPE: Final = "application/problem+json"

# Most specific first: the first class an error is an instance of decides.
STATUS_OF: Final[Mapping[type[Exception], int]] = {
    # 400: the IETF draft on the Idempotency-Key header asks for it.
    service.IdempotencyKeyMissing: 400,
    resolution.ManifestStoreMalformed: 400,
    resolution.BindingUnclear: 400,
    resolution.RegionUnsupported: 400,
    resolution.AddressRefused: 400,
    resolution.FetchFailed: 400,
    service.ApiKeyMissing: 401,
    service.ApiKeyInvalid: 401,
    licensing.InsufficientCredit: 402,
    service.ScopeMissing: 403,
    standards.StandardSwitchedOff: 403,
    standards.SubjectNotOwned: 403,
    resolution.ConsentMissing: 403,
    licensing.MandateInsufficient: 403,
    licensing.TokenInvalid: 403,
    licensing.TokenExpired: 403,
    service.NotFound: 404,
    service.UnknownTenant: 404,
    service.UnknownApiKey: 404,
    service.UnknownStamp: 404,
    service.UnknownVerification: 404,
    service.UnknownLicence: 404,
    service.UnknownReading: 404,
    resolution.UnknownManifest: 404,
    resolution.UnknownBinding: 404,
    ArtefactRefused: 500,
    licensing.UnknownSubject: 404,
    standards.UnknownDeclaration: 404,
    licensing.UnknownTerms: 404,
    licensing.UnknownClearance: 404,
    licensing.UnknownAccount: 404,
    licensing.UnknownTransfer: 404,
    licensing.UnknownStatement: 404,
    licensing.UnknownPayout: 404,
    agreements.UnknownApproval: 404,
    agreements.UnknownGrant: 404,
    agreements.ApprovalClosed: 409,
    agreements.NotYourTurn: 409,
    agreements.GrantClosed: 409,
    agreements.ConditionsUnmet: 409,
    webhooks.UnknownWebhook: 404,
    webhooks.UnknownWebhookDelivery: 404,
    webhooks.WebhookLimitReached: 409,
    webhooks.WebhookNotActive: 409,
    service.TenantExists: 409,
    standards.TooManySources: 409,
    licensing.TermsTransitionRefused: 409,
    licensing.ExclusivityTaken: 409,
    resolution.ManifestTaken: 409,
    resolution.BindingTaken: 409,
    service.StampNotReady: 409,
    service.UploadNotExpected: 409,
    licensing.ClearanceNotReserved: 409,
    licensing.IdempotencyKeyReused: 409,
    licensing.TokenUsed: 409,
    licensing.LedgerError: 409,
    licensing.PeriodNotBegun: 409,
    licensing.PeriodClosed: 409,
    service.UploadTooLarge: 413,
    standards.DeclarationTooLarge: 413,
    resolution.AnswerTooLarge: 413,
    resolution.QueryTooLong: 414,
    resolution.MediaTypeRefused: 415,
    manifests.MediaTooLarge: 413,
    manifests.UnsupportedMedia: 415,
    manifests.PictureUnsupported: 415,
    service.RateLimited: 429,
    manifests.SandboxUnavailable: 503,
    manifests.TimestampUnavailable: 503,
    manifests.DiskFull: 507,
    service.BlobStorageFull: 507,
    service.MachineryError: 503,
    manifests.TrustError: 503,
    manifests.CredentialsError: 500,
    manifests.MediaError: 422,
    licensing.LicensingError: 422,
    service.ServiceError: 422,
}

FIRST_MACHINE_STATUS: Final = 500
MACHINE_DETAIL: Final = "Nothing was changed. Try again shortly, or tell the operator."


@dataclass(frozen=True, slots=True)
class Problem:
    """One failed request, ready to be said in JSON or on a page."""

    status: int
    code: str
    title: str
    detail: str
    members: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, path: str) -> JSONResponse:
        """Say it as `application/problem+json`."""
        body = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            # A URI reference: what was decoded on the way in is encoded again.
            "instance": quote(path, safe="/:@!$&'()*+,;=~"),
            "code": self.code,
        }
        # A fact never replaces a member that RFC 9457 defines.
        members = {name: value for name, value in self.members.items() if name not in body}
        return JSONResponse(
            jsonable_encoder(body | members),
            status_code=self.status,
            media_type=MEDIA_TYPE,
            headers=dict(self.headers),
        )


def status_of(error: Exception) -> int:
    """Find the HTTP status of an error; one that this repository does not know is a 500."""
    return next((status for cls, status in STATUS_OF.items() if isinstance(error, cls)), 500)


def problem_of(error: Exception, *, path: str) -> Problem:
    """Turn any exception into the problem the caller may see."""
    match error:
        case RequestValidationError():
            return _request_malformed(error)
        case HTTPException():
            return _of_http(error, path)
        case OperationalError() | PoolTimeout():
            return _known(service.DatabaseUnavailable())
        case _ if isinstance(error, KNOWN_ERRORS):
            return _known(error)
        case _:
            return Problem(
                500,
                "internal_error",
                "This service made a mistake.",
                "Nothing more is known here. Tell the operator the request id of this answer.",
            )


def _known(
    error: licensing.LicensingError | manifests.ManifestsError | service.ServiceError,
) -> Problem:
    """Say an error of ours; what went wrong inside the machine stays in the log."""
    facts, status = facts_of(error), status_of(error)
    if status >= FIRST_MACHINE_STATUS:
        return Problem(
            status,
            facts.code,
            facts.title,
            MACHINE_DETAIL,
            headers={"Retry-After": "30"} if status != FIRST_MACHINE_STATUS else {},
        )
    headers: dict[str, str] = {}
    if isinstance(error, (service.ApiKeyMissing, service.ApiKeyInvalid)):
        headers["WWW-Authenticate"] = 'Bearer realm="rakkan"'
    if isinstance(error, service.RateLimited):
        headers["Retry-After"] = str(error.retry_after_s)
    return Problem(status, facts.code, facts.title, facts.detail, facts.attributes, headers)


def _request_malformed(error: RequestValidationError) -> Problem:
    """Name every wrong field, without repeating what was sent: it may be a prompt."""
    errors = [
        {
            "where": ".".join(str(step) for step in found["loc"]),
            "problem": found["msg"],
        }
        for found in error.errors()
    ]
    first = errors[0] if errors else {"where": "body", "problem": "unreadable"}
    return Problem(
        422,
        "request_malformed",
        "The request does not have the form that this route takes.",
        f"{first['where']}: {first['problem']}. The form is described at /openapi.json.",
        {"errors": errors},
    )


def _of_http(error: HTTPException, path: str) -> Problem:
    """Say what the router itself refused."""
    headers = dict(error.headers or {})
    if error.status_code == 404:  # noqa: PLR2004 — the status is the very thing this file is about
        return _known(service.NotFound(path))
    if error.status_code == 405:  # noqa: PLR2004 — as above
        return Problem(
            405,
            "method_not_allowed",
            "The address exists, but not for this method.",
            f"Use {headers.get('Allow') or headers.get('allow') or 'another method'} on {path}.",
            headers=headers,
        )
    return Problem(
        error.status_code,
        "request_malformed",
        "The request does not have the form that this route takes.",
        str(error.detail),
        headers=headers,
    )

"""
The Open License Protocol of RSL: a licence token for a subject, without a prompt.

It is OAuth 2.0 (RFC 6749) with the grants `client_credentials` and `rsl`. A token stands for a
clearance like any other: the subject's own name is the prompt, its price is held, it stamps one
video, and it ends by itself. Refusals are those of RFC 6749, RFC 7662 and RFC 8707.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from licensing.clearance import store
from licensing.clearance.use import Use, parse_use
from licensing.errors import LicensingError, TokenInvalid, UnknownSubject, UseMalformed
from licensing.reading.read import read
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.terms import Terms
from licensing.registry.terms.pricing import PerSecond, Tiered
from licensing.standards.errors import StandardsError
from licensing.standards.publishing import licence_of
from licensing.standards.rsl import read_licence
from licensing.standards.rsl_document import RslLicence
from licensing.standards.usages import Usage
from service.auth import Caller, identify
from service.errors import ApiKeyInvalid
from service.ids import new_id
from service.operations.clearance_answer import ClearanceAnswer
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.publishing import public_offers
from service.runtime import Runtime

GRANT_TYPES: Final = ("client_credentials", "rsl")
SCOPE: Final = "clearances"
_USE_FIELDS: Final = ("territory", "purpose", "duration_s", "audience_rating")
_KNOWN: Final = frozenset(
    {*_USE_FIELDS, "grant_type", "resource", "license", "client_id", "client_secret", "scope"},
)
_SECONDS: Final = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?", re.ASCII)
_PUBLISHED_USAGES: Final[tuple[Usage, ...]] = ("search", "depict")


class OlpRefused(Exception):
    """The request is refused: `error` is one of the codes of RFC 6749, 7662 or 8707."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A licence token, and for how many seconds it may be presented."""

    access_token: str
    expires_in_s: int

    def to_json(self) -> dict[str, Any]:
        """Give the answer of the token endpoint."""
        return {
            "access_token": self.access_token,
            "token_type": "License",
            "expires_in": self.expires_in_s,
        }


def authenticate_client(runtime: Runtime, client_id: str, secret: str) -> Caller:
    """
    Tell who asks: the secret is an API key, the id its tenant's or its own.

    Raises `OlpRefused` with `invalid_client`, or `unauthorized_client` for a key that may not ask.
    """
    try:
        caller = identify(runtime, secret)
    except ApiKeyInvalid:
        caller = None
    if caller is None or client_id not in {caller.tenant_id, caller.key_id}:
        raise OlpRefused("invalid_client", "The client id or its API key is wrong.", status=401)
    if SCOPE not in caller.scopes:
        raise OlpRefused("unauthorized_client", f"The API key lacks the scope {SCOPE}.")
    return caller


def issue_token(
    runtime: Runtime, caller: Caller, form: Mapping[str, str], *, key: str | None = None
) -> IssuedToken:
    """
    Clear one subject for one use, and give the token.

    `key` makes a repeat give the same token. Raises `OlpRefused`.
    """
    _check_form(form)
    with runtime.transaction() as session:
        snapshot = runtime.snapshot(session)
    subject_id = _subject_of(form["resource"], runtime.settings.public_url)
    try:
        offers = public_offers(snapshot, subject_id)
    except UnknownSubject as error:
        raise OlpRefused("invalid_target", f"No subject is at {form['resource']}.") from error
    if "license" in form:
        offers = _agreed(form["license"], offers, runtime.settings.public_url)
    request = ClearanceRequest(prompt=_name(snapshot, subject_id), use=_use(form, offers))
    try:
        answer = clear_prompt(
            runtime, caller.tenant_id, request, idempotency_key=key or new_id("olp")
        )
    except LicensingError as error:
        raise OlpRefused("invalid_request", str(error)) from error
    if answer.token is None or answer.expires_at is None:
        raise OlpRefused("invalid_grant", _reasons(answer))
    left_s = int((answer.expires_at - runtime.now()).total_seconds())
    return IssuedToken(access_token=answer.token, expires_in_s=max(left_s, 0))


def introspect(runtime: Runtime, caller: Caller, token: str) -> dict[str, Any]:
    """
    Tell what a token is worth now (RFC 7662): its claims, or only that it is not active.

    Its platform may ask, and the licensors whose terms it names; everybody else learns nothing.
    """
    inactive = {"active": False}
    try:
        payload = runtime.token_issuer.payload(token)
    except TokenInvalid:
        return inactive
    platform_id: str = payload["aud"]
    if runtime.now().timestamp() >= payload["exp"]:
        return inactive
    with runtime.transaction(platform_id) as session:
        clearance = store.get(session, platform_id, payload["jti"])
    if clearance is None or clearance.status != "reserved":
        return inactive
    licensors = {each.terms.licensor_id for each in clearance.decision.findings if each.terms}
    if caller.tenant_id not in licensors | {platform_id}:
        return inactive
    return {"active": True, "token_type": "License", "sub": platform_id, **payload}


def _check_form(form: Mapping[str, str]) -> None:
    """Look at what must be there, whatever it says."""
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise OlpRefused("invalid_request", "grant_type is missing.")
    if grant_type not in GRANT_TYPES:
        known = " or ".join(GRANT_TYPES)
        raise OlpRefused("unsupported_grant_type", f"grant_type must be {known}.")
    if "resource" not in form:
        raise OlpRefused("invalid_request", "resource is missing: the address of a subject.")
    if grant_type == "rsl" and "license" not in form:
        raise OlpRefused("invalid_request", "license is missing: the whole license element.")
    unknown = sorted(set(form) - _KNOWN)
    if unknown:
        shown = ascii(unknown[0])[1:-1][:40].replace('"', "").replace("\\", "")
        raise OlpRefused("invalid_request", f"{shown} is not a known parameter.")


def _subject_of(resource: str, public_url: str) -> str:
    prefix = f"{public_url}/subjects/"
    subject_id = resource.removeprefix(prefix)
    if subject_id == resource or not subject_id or "/" in subject_id:
        raise OlpRefused("invalid_target", f"resource must be an address under {prefix}")
    return subject_id


def _agreed(written: str, offers: tuple[Terms, ...], public_url: str) -> tuple[Terms, ...]:
    """Keep the offers whose published licence the client names, word by word."""
    try:
        licence: RslLicence = read_licence(written.encode("utf-8", "replace"))
    except StandardsError as error:
        raise OlpRefused("invalid_request", "license is not a license element of RSL.") from error
    agreed = tuple(
        offer
        for offer in offers
        if any(
            licence == licence_of(offer, public_url=public_url, usage=usage)
            for usage in _PUBLISHED_USAGES
        )
    )
    if not agreed:
        raise OlpRefused(
            "invalid_grant", "The license is not, or no longer, offered for this resource."
        )
    return agreed


def _use(form: Mapping[str, str], offers: tuple[Terms, ...]) -> Use:
    """Read the use; what the client leaves out must follow from the offers by itself."""
    wanted: dict[str, object] = {field: form[field] for field in _USE_FIELDS if field in form}
    territories = sorted({code for offer in offers for code in offer.territories.allowed})
    purposes = sorted({word for offer in offers for word in offer.purposes.allowed})
    for field, offered in (("territory", territories), ("purpose", purposes)):
        if field not in wanted and offered:
            wanted[field] = _only(field, offered)
    longest_ms = max((offer.max_duration.limit_ms for offer in offers), default=None)
    if "duration_s" in form:
        if not _SECONDS.fullmatch(form["duration_s"]):
            raise OlpRefused("invalid_request", "duration_s must be seconds, such as 8 or 7.5.")
        wanted["duration_s"] = float(form["duration_s"])
    elif any(isinstance(offer.price, (PerSecond, Tiered)) for offer in offers):
        # The longest video would be held for, at a price that nobody asked for.
        raise OlpRefused("invalid_request", "duration_s is missing: the price depends on it.")
    elif longest_ms is not None:
        wanted["duration_s"] = longest_ms // 1000
    try:
        return parse_use(wanted)
    except UseMalformed as error:
        raise OlpRefused("invalid_request", _said(str(error))) from error


def _only(field: str, offered: list[str]) -> str:
    if len(offered) == 1:
        return offered[0]
    most = 20
    listed = ", ".join(offered[:most]) + (" and more" if len(offered) > most else "")
    raise OlpRefused("invalid_request", f"{field} is missing: one of {listed}.")


def _name(snapshot: RegistrySnapshot, subject_id: str) -> str:
    """Choose a name that everyone reads as this subject, and as nothing else."""
    for name in snapshot.subjects[subject_id].names:
        reading = read(name.text, snapshot.lexicon, registry_version=snapshot.version)
        found = {each.subject_id for each in reading.mentions if each.strength == "strong"}
        if found == {subject_id}:
            return name.text
    raise OlpRefused(
        "invalid_target", "The subject has no unmistakable name. Use POST /v1/clearances."
    )


def _reasons(answer: ClearanceAnswer) -> str:
    codes = [reason["code"] for each in answer.findings for reason in each["reasons"]]
    return _said(f"{answer.outcome}: {', '.join(dict.fromkeys(codes)) or 'no reason'}")


def _said(text: str) -> str:
    """Keep to the characters that RFC 6749 allows in a description."""
    return "".join(each for each in text if " " <= each <= "~" and each not in '"\\')

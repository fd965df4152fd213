"""
The licence token: a signed, short-lived proof that one action was cleared for one platform.

It is a compact JWS (RFC 7515) with an EdDSA signature under the fully specified name `Ed25519`
(RFC 9864; joserfc warns about the older name `EdDSA`). Ed25519 is deterministic and the payload is
canonical JSON, so the same claims always give the same token: an idempotent answer can repeat it
without storing it. That a token stamps one video only is kept by the clearance, not by the token.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from licensing.canonical import canonical_json
from licensing.clearance.finding import money_from_json, money_to_json
from licensing.errors import TokenExpired, TokenInvalid
from licensing.money import Money

ALGORITHM: Final = "Ed25519"

# An explicit type keeps another JWS under the same key from passing as a licence (RFC 8725, 3.11).
MEDIA_TYPE: Final = "rakkan-licence+jwt"

# A licence for a hundred subjects takes 12 kB; a longer text is not worth decoding.
MAX_TOKEN_CHARS: Final = 64_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceClaims:
    """
    What a licence token says, with the name of each claim in the token.

    `clearance_id` (jti), `audience` the platform (aud), `action_sha256` (act), `terms` as pairs of
    id and digest (terms), `cap_ms` the longest video (cap), `price` the reserved fee (price),
    `hold_id` the reservation (res). `issued_at` (iat) and `expires_at` (exp) are aware and kept to
    the second. `declarations` are the digests of what owners declared elsewhere, as it was heard
    (decl).
    """

    clearance_id: str
    audience: str
    action_sha256: str
    terms: tuple[tuple[str, str], ...]
    cap_ms: int
    price: Money | None
    hold_id: str | None
    issued_at: datetime
    expires_at: datetime
    declarations: tuple[str, ...] = ()


class TokenIssuer:
    """Signs licence tokens with one Ed25519 key, and reads back what that key signed."""

    def __init__(self, private_key_pem: bytes, issuer: str, key_id: str) -> None:
        """Raise `ValueError` when the PEM holds anything but an Ed25519 private key."""
        try:
            key = OKPKey.import_key(
                private_key_pem,
                {"kid": key_id, "use": "sig", "alg": ALGORITHM},
            )
        except JoseError as error:
            raise ValueError(f"{key_id} is not an Ed25519 private key") from error
        if key.curve_name != ALGORITHM or not key.is_private:
            raise ValueError(f"{key_id} is not an Ed25519 private key")
        self._key = key
        self._issuer = issuer
        self._header = {"alg": ALGORITHM, "kid": key_id, "typ": MEDIA_TYPE}

    def issue(self, claims: LicenceClaims) -> str:
        """Sign the claims; the same claims give the same token."""
        payload: dict[str, Any] = {
            "iss": self._issuer,
            "jti": claims.clearance_id,
            "aud": claims.audience,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
            "act": claims.action_sha256,
            "terms": [{"id": terms_id, "sha256": sha256} for terms_id, sha256 in claims.terms],
            "cap": {"duration_ms": claims.cap_ms},
            "price": money_to_json(claims.price),
            "res": claims.hold_id,
        }
        if claims.declarations:
            payload["decl"] = list(claims.declarations)
        return jws.serialize_compact(
            self._header, canonical_json(payload), self._key, algorithms=[ALGORITHM]
        )

    def read(self, token: str, *, audience: str, at: datetime) -> LicenceClaims:
        """
        Check a token and give its claims.

        Raises `TokenInvalid` unless this issuer signed exactly this text for this audience, and
        `TokenExpired` from the second of `expires_at` on.
        """
        payload = self.payload(token)
        if payload["aud"] != audience:
            raise TokenInvalid("it was issued to another platform")
        claims = _claims(payload)
        if at >= claims.expires_at:
            raise TokenExpired(claims.expires_at)
        return claims

    def payload(self, token: str) -> dict[str, Any]:
        """
        Give what this issuer signed, for whomever and until whenever it is.

        Raises `TokenInvalid` unless this issuer signed exactly this text.
        """
        payload = self._verified_payload(token)
        if payload["iss"] != self._issuer:
            raise TokenInvalid("it was issued by another service")
        return payload

    def jwks(self) -> dict[str, Any]:
        """Give the public key as a JWK set (RFC 7517), for platforms that check for themselves."""
        return {"keys": [self._key.as_dict(private=False)]}

    def _verified_payload(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_CHARS or not token.isascii():
            raise TokenInvalid("it is not a licence token")
        try:
            signed = jws.deserialize_compact(token, self._key, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise TokenInvalid("its signature does not hold") from error
        if signed.headers() != self._header:
            raise TokenInvalid("it is signed for another purpose")
        payload: dict[str, Any] = json.loads(signed.payload)
        return payload


def _claims(payload: dict[str, Any]) -> LicenceClaims:
    """Read a payload whose signature holds, so its shape is the one `issue` wrote."""
    return LicenceClaims(
        clearance_id=payload["jti"],
        audience=payload["aud"],
        action_sha256=payload["act"],
        terms=tuple((entry["id"], entry["sha256"]) for entry in payload["terms"]),
        cap_ms=payload["cap"]["duration_ms"],
        price=money_from_json(payload["price"]),
        hold_id=payload["res"],
        issued_at=datetime.fromtimestamp(payload["iat"], UTC),
        expires_at=datetime.fromtimestamp(payload["exp"], UTC),
        declarations=tuple(payload.get("decl", ())),
    )

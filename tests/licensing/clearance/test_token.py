"""A licence token says what was cleared, and nothing but the issuer's own text is believed."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from licensing.clearance.token import LicenceClaims, TokenIssuer
from licensing.errors import TokenExpired, TokenInvalid
from licensing.money import Money

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ISSUER = "https://rakkan.example"
CLAIMS = LicenceClaims(
    clearance_id="clr_1",
    audience="kirin",
    action_sha256="ab" * 32,
    terms=(("garden-jp", "cd" * 32), ("rival-jp", "ef" * 32)),
    cap_ms=8000,
    price=Money(98_800_000, "JPY"),
    hold_id="hold:clr_1",
    issued_at=AT,
    expires_at=AT + timedelta(minutes=15),
)


def pem(seed: bytes) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(seed * 32)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


KEY = pem(b"k")
TOKENS = TokenIssuer(KEY, ISSUER, "2026-a")
TOKEN = TOKENS.issue(CLAIMS)
HEADER, PAYLOAD, SIGNATURE = TOKEN.split(".")


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param(CLAIMS, id="priced"),
        pytest.param(replace(CLAIMS, price=None, hold_id=None), id="free"),
        pytest.param(replace(CLAIMS, terms=(), price=None, hold_id=None), id="not referenced"),
    ],
)
def test_a_token_gives_back_its_claims(claims: LicenceClaims) -> None:
    token = TOKENS.issue(claims)

    assert TOKENS.read(token, audience="kirin", at=AT) == claims


def test_the_same_claims_give_the_same_token() -> None:
    assert TokenIssuer(KEY, ISSUER, "2026-a").issue(CLAIMS) == TOKEN


def test_times_are_kept_to_the_second() -> None:
    token = TOKENS.issue(replace(CLAIMS, issued_at=AT + timedelta(microseconds=999_999)))

    assert token == TOKEN


def test_a_token_holds_until_just_before_it_expires() -> None:
    last_moment = CLAIMS.expires_at - timedelta(microseconds=1)

    assert TOKENS.read(TOKEN, audience="kirin", at=last_moment) == CLAIMS
    with pytest.raises(TokenExpired) as expired:
        TOKENS.read(TOKEN, audience="kirin", at=CLAIMS.expires_at)
    assert expired.value.expired_at == CLAIMS.expires_at


def test_another_platform_cannot_use_the_token() -> None:
    with pytest.raises(TokenInvalid, match="another platform"):
        TOKENS.read(TOKEN, audience="tatsu", at=AT)


def test_a_token_of_another_service_with_the_same_key_is_refused() -> None:
    elsewhere = TokenIssuer(KEY, "https://elsewhere.example", "2026-a")

    with pytest.raises(TokenInvalid, match="another service"):
        TOKENS.read(elsewhere.issue(CLAIMS), audience="kirin", at=AT)


def test_a_token_of_another_key_is_refused() -> None:
    stranger = TokenIssuer(pem(b"x"), ISSUER, "2026-a")

    with pytest.raises(TokenInvalid, match="signature"):
        TOKENS.read(stranger.issue(CLAIMS), audience="kirin", at=AT)


def test_another_kind_of_text_under_the_same_key_is_no_licence() -> None:
    key = OKPKey.import_key(KEY)
    other = jws.serialize_compact(
        {"alg": "Ed25519", "kid": "2026-a", "typ": "JWT"},
        TOKENS.issue(CLAIMS).split(".")[1],
        key,
        algorithms=["Ed25519"],
    )

    with pytest.raises(TokenInvalid, match="another purpose"):
        TOKENS.read(other, audience="kirin", at=AT)


@pytest.mark.parametrize("position", range(0, len(TOKEN), 7))
def test_no_letter_of_a_token_can_be_changed(position: int) -> None:
    letter = "A" if TOKEN[position] != "A" else "B"

    with pytest.raises(TokenInvalid):
        TOKENS.read(TOKEN[:position] + letter + TOKEN[position + 1 :], audience="kirin", at=AT)


def test_the_spare_bits_of_the_last_letter_cannot_be_changed() -> None:
    # 64 bytes take 86 letters and leave four bits over: Q, R, … decode to the same signature.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = letters[letters.index(TOKEN[-1]) + 1]

    with pytest.raises(TokenInvalid):
        TOKENS.read(TOKEN[:-1] + twin, audience="kirin", at=AT)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="nothing"),
        pytest.param("licence", id="no parts"),
        pytest.param("..", id="empty parts"),
        pytest.param(f"{TOKEN}.{SIGNATURE}", id="four parts"),
        pytest.param(f"{TOKEN}=", id="padding"),
        pytest.param(f" {TOKEN}", id="a space"),
        pytest.param("星.灯.庭", id="not ASCII"),
        pytest.param("A" * 64_001, id="too long"),
        pytest.param(f"{HEADER}.{PAYLOAD}.", id="no signature"),
        pytest.param(f"{encoded({'alg': 'none'})}.{PAYLOAD}.", id="alg none"),
        pytest.param(f"{encoded({'alg': 'None'})}.{PAYLOAD}.{SIGNATURE}", id="alg None"),
        pytest.param(f"{encoded({'alg': 'EdDSA'})}.{PAYLOAD}.{SIGNATURE}", id="alg EdDSA"),
        pytest.param(f"{encoded({'alg': ['Ed25519']})}.{PAYLOAD}.{SIGNATURE}", id="alg in a list"),
        pytest.param(f"{encoded({})}.{PAYLOAD}.{SIGNATURE}", id="no alg"),
        pytest.param(f"{encoded(['Ed25519'])}.{PAYLOAD}.{SIGNATURE}", id="header is a list"),
        pytest.param(f"{encoded('Ed25519')}.{PAYLOAD}.{SIGNATURE}", id="header is a string"),
        pytest.param(f"/w.{PAYLOAD}.{SIGNATURE}", id="header is not base64url"),
        pytest.param(f"_w.{PAYLOAD}.{SIGNATURE}", id="header is not UTF-8"),
        pytest.param(
            f"{encoded({'alg': 'Ed25519', 'b64': False, 'crit': ['b64']})}.{PAYLOAD}.{SIGNATURE}",
            id="an unencoded payload",
        ),
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenInvalid):
        TOKENS.read(token, audience="kirin", at=AT)


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    public = TOKENS.jwks()["keys"][0]["x"]
    forged = jws.serialize_compact(
        {"alg": "HS256", "kid": "2026-a", "typ": "rakkan-licence+jwt"},
        base64.urlsafe_b64decode(PAYLOAD + "=="),
        OctKey.import_key(public),
        algorithms=["HS256"],
    )

    with pytest.raises(TokenInvalid):
        TOKENS.read(forged, audience="kirin", at=AT)


def test_anyone_can_check_a_token_with_the_published_key() -> None:
    (published,) = TOKENS.jwks()["keys"]

    signed = jws.deserialize_compact(TOKEN, OKPKey.import_key(published), algorithms=["Ed25519"])

    assert {key: published[key] for key in ("kty", "crv", "alg", "kid", "use")} == {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "Ed25519",
        "kid": "2026-a",
        "use": "sig",
    }
    assert "d" not in published
    assert json.loads(signed.payload)["jti"] == "clr_1"


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(
            generate_private_key(SECP256R1()).private_bytes(
                Encoding.PEM,
                PrivateFormat.PKCS8,
                NoEncryption(),
            ),
            id="an elliptic curve of another kind",
        ),
        pytest.param(
            Ed448PrivateKey.generate().private_bytes(
                Encoding.PEM,
                PrivateFormat.PKCS8,
                NoEncryption(),
            ),
            id="the longer Edwards curve",
        ),
        pytest.param(
            Ed25519PrivateKey.generate()
            .public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            id="a public key",
        ),
        pytest.param(b"no key", id="no key at all"),
    ],
)
def test_only_an_ed25519_private_key_signs_licences(key: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        TokenIssuer(key, ISSUER, "2026-a")

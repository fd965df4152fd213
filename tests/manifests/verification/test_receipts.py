"""Receipts: what they state is signed, and only what was signed counts."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from manifests.verification.receipts import Ingest, ReceiptIssuer


def pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


KEY = Ed25519PrivateKey.generate()
URI = "https://rakkan.example"
ISSUER = ReceiptIssuer(pem(KEY), repository_uri=URI, key_id="key-1")
INGEST = ISSUER.ingest(
    manifest_id="urn:c2pa:1",
    store_sha256="ab" * 32,
    stored_at=datetime(2026, 11, 25, 9, 0, 0, 5, tzinfo=UTC),
)


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(header: dict[str, str], payload: bytes, key: Ed25519PrivateKey = KEY) -> str:
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    parts = f"{base64url(text)}.{base64url(payload)}"
    return f"{parts}.{base64url(key.sign(parts.encode()))}"


HEADER = {"alg": "Ed25519", "kid": "key-1", "typ": "rakkan-receipt+jws"}


def with_proof(value: object) -> dict[str, Any]:
    receipt = ISSUER.issue(INGEST)
    receipt["anchor"]["proof"]["value"] = value
    return receipt


def test_a_receipt_proves_what_it_states() -> None:
    receipt = ISSUER.issue(INGEST)

    assert ISSUER.problem_with(receipt, INGEST) is None
    assert receipt["repository"] == {"uri": URI, "manifestId": "urn:c2pa:1"}
    assert ISSUER.issue(INGEST) == receipt


def test_a_moment_is_the_same_in_every_zone() -> None:
    tokyo = replace(INGEST, stored_at=INGEST.stored_at.astimezone(timezone(timedelta(hours=9))))

    assert ISSUER.issue(tokyo) == ISSUER.issue(INGEST)


@pytest.mark.parametrize(
    "other",
    [
        replace(INGEST, store_sha256="cd" * 32),
        replace(INGEST, stored_at=INGEST.stored_at + timedelta(microseconds=1)),
        replace(INGEST, manifest_id="urn:c2pa:2"),
        replace(INGEST, repository_uri="https://other.example"),
    ],
    ids=["other bytes", "another time", "another manifest", "another repository"],
)
def test_a_receipt_proves_nothing_else(other: Ingest) -> None:
    assert ISSUER.problem_with(ISSUER.issue(INGEST), other) is not None


@pytest.mark.parametrize(
    "proof",
    [
        pytest.param(None, id="none"),
        pytest.param(7, id="no text"),
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="no signature"),
        pytest.param("..", id="dots"),
        pytest.param("é.é.é", id="not ASCII"),
        pytest.param("a" * 9000, id="too long"),
        pytest.param(signed(HEADER, INGEST.payload(), Ed25519PrivateKey.generate()), id="own key"),
        pytest.param(signed(HEADER | {"typ": "JWT"}, INGEST.payload()), id="another purpose"),
        pytest.param(signed(HEADER | {"alg": "none"}, INGEST.payload()), id="no algorithm"),
        pytest.param(signed(HEADER, INGEST.payload()) + "=", id="padding"),
        pytest.param(signed(HEADER, b"{}"), id="another statement"),
    ],
)
def test_a_forged_proof_is_found_out(proof: object) -> None:
    assert ISSUER.problem_with(with_proof(proof), INGEST) is not None


def test_what_the_tests_sign_is_what_the_issuer_signs() -> None:
    assert ISSUER.problem_with(with_proof(signed(HEADER, INGEST.payload())), INGEST) is None


def test_only_an_ed25519_key_signs_receipts() -> None:
    with pytest.raises(ValueError, match="Ed25519"):
        ReceiptIssuer(pem(ec.generate_private_key(ec.SECP256R1())), repository_uri=URI, key_id="k")

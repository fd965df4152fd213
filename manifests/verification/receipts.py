"""
Receipts of the manifest repository: a signed statement that a manifest store was taken in.

The proof is a compact JWS (RFC 7515) with an Ed25519 signature (RFC 9864), so whoever has the
public key of `/.well-known/jwks.json` can check it without asking again:

1. split `anchor.proof.value` at its two dots; the third part signs the ASCII of the first two;
2. its header says `typ` rakkan-receipt+jws;
3. its payload names the same repository and manifest as the receipt, and the SHA-256 of the store.

The JSON form is that of the C2PA Soft Binding Resolution API 2.4.0, `c2pa.manifestReceipt`.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ALGORITHM: Final = "Ed25519"

# An explicit type keeps a receipt and a licence under one key apart (RFC 8725, section 3.11).
MEDIA_TYPE: Final = "rakkan-receipt+jws"

RECEIPT_TYPE: Final = "org.c2pa.manifest-receipt"
CONTEXT: Final = {
    "c2pa": "https://c2pa.org/ns/",
    "receipt": "https://c2pa.org/ns/manifest-receipt#",
}
PROOF_LIMIT_CHARS: Final = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """What a receipt states: which bytes were taken in as which manifest, when (aware), where."""

    repository_uri: str
    manifest_id: str
    store_sha256: str
    stored_at: datetime

    def payload(self) -> bytes:
        """Write the one JSON text that is signed: sorted members, no spaces."""
        statement = {
            "manifestId": self.manifest_id,
            "repository": self.repository_uri,
            "storeSha256": self.store_sha256,
            "storedAt": self.stored_at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
        return json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()


class ReceiptIssuer:
    """Signs receipts with one Ed25519 key and checks what that key signed."""

    def __init__(self, private_key_pem: bytes, *, repository_uri: str, key_id: str) -> None:
        """Raise `ValueError` when the PEM holds anything but an Ed25519 private key."""
        key = load_pem_private_key(private_key_pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            # The value of the text is wrong, not its type.
            raise ValueError(f"{key_id} is not an Ed25519 private key")  # noqa: TRY004
        self._key = key
        self._repository_uri = repository_uri
        self._header = {"alg": ALGORITHM, "kid": key_id, "typ": MEDIA_TYPE}

    def ingest(self, *, manifest_id: str, store_sha256: str, stored_at: datetime) -> Ingest:
        """State that this repository took a store in."""
        return Ingest(
            repository_uri=self._repository_uri,
            manifest_id=manifest_id,
            store_sha256=store_sha256,
            stored_at=stored_at,
        )

    def issue(self, ingest: Ingest) -> dict[str, Any]:
        """Write the receipt; the same statement gives the same receipt."""
        return {
            "@context": CONTEXT,
            "@type": RECEIPT_TYPE,
            "repository": {"uri": ingest.repository_uri, "manifestId": ingest.manifest_id},
            "anchor": {
                "uri": f"{self._repository_uri}/v1/manifests/{ingest.manifest_id}/receipts",
                "proof": {
                    "type": "jws",
                    "alg": ALGORITHM,
                    "kid": self._header["kid"],
                    "value": self._signed(ingest),
                },
                "parameters": {"jwks": f"{self._repository_uri}/.well-known/jwks.json"},
            },
        }

    def problem_with(self, receipt: dict[str, Any], ingest: Ingest) -> str | None:
        """
        Say why a receipt does not prove this statement; None when it does.

        `ingest` is what the repository knows today: a receipt of other bytes proves nothing of it.
        """
        repository = {"uri": ingest.repository_uri, "manifestId": ingest.manifest_id}
        if receipt["repository"] != repository:
            return "It is the receipt of another manifest, or of another repository."
        proof = receipt["anchor"]["proof"].get("value")
        if not isinstance(proof, str) or len(proof) > PROOF_LIMIT_CHARS:
            return "Its proof is not one that this repository issues."
        payload = self._verified_payload(proof)
        if payload is None:
            return "Its signature is not one of this repository."
        if payload != ingest.payload():
            return "It was issued for another store, or for an earlier deposit of this one."
        return None

    def _signed(self, ingest: Ingest) -> str:
        signed = f"{_base64url(_json(self._header))}.{_base64url(ingest.payload())}"
        return f"{signed}.{_base64url(self._key.sign(signed.encode()))}"

    def _verified_payload(self, proof: str) -> bytes | None:
        """Give the payload of a JWS that this key signed as a receipt; None for any other."""
        signed, _, signature = proof.rpartition(".")
        header, _, payload = signed.partition(".")
        try:
            self._key.public_key().verify(_from_base64url(signature), signed.encode("ascii"))
            return _from_base64url(payload) if _from_base64url(header) == self._own_header else None
        except (InvalidSignature, ValueError):
            return None

    @property
    def _own_header(self) -> bytes:
        return _json(self._header)


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _from_base64url(text: str) -> bytes:
    """Read base64url without padding. Raises `ValueError` for anything else."""
    if "=" in text:
        raise ValueError("padded base64url")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error

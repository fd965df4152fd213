"""
Signatures of webhooks after the Standard Webhooks specification 1.0 (standardwebhooks.com).

The signed content is `{id}.{timestamp}.{body}`; the key is what follows `whsec_`, base64-decoded.
A receiver accepts a request when any of the signatures in its header is right, which lets a new
secret and the one before it hold side by side for a while.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
_KEY_BYTES: Final = 32
_PURPOSE: Final = b"rakkan webhook secret v1"


def derive_secret(master_key: bytes, webhook_id: str, number: int) -> str:
    """
    Give the secret of an endpoint: the same for the same `number`, which rotation counts up.

    Derived rather than stored, so that a copy of the database holds no secret of a receiver.
    """
    context = b"\x00".join((_PURPOSE, webhook_id.encode(), str(number).encode()))
    key = hmac.new(master_key, context, hashlib.sha256).digest()[:_KEY_BYTES]
    return PREFIX + base64.b64encode(key).decode()


def secret_sha256(secret: str) -> str:
    """Digest a secret, to notice later that it is derived from another key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signature_headers(
    secrets: Iterable[str],
    *,
    message_id: str,
    timestamp_s: int,
    body: bytes,
) -> dict[str, str]:
    """Give the three headers of a signed webhook; one signature for each secret."""
    signed = b".".join((message_id.encode(), str(timestamp_s).encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{_sign(secret, signed)}" for secret in secrets),
    }


def _sign(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

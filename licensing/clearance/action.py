"""
The digest of an action: exactly this prompt, for this platform, in this use.

A licence token carries it, and it is unique to its clearance, so that a licence authorises one
action once, whatever else the token is shown for.
"""

import hashlib
import hmac
from collections.abc import Iterable

from licensing.canonical import sha256_hex
from licensing.clearance.use import Use


def prompt_digest(nonce: str, text: str) -> str:
    """
    Digest a prompt with HMAC-SHA-256, as 64 hexadecimal digits.

    Prompts are personal data, and short ones can be guessed: without the clearance's own `nonce`
    nobody can test a guess against the digest.
    """
    return hmac.new(
        nonce.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()


def action_sha256(
    *,
    clearance_id: str,
    platform_id: str,
    prompt_sha256: str,
    subject_ids: Iterable[str],
    use: Use,
) -> str:
    """Digest the action that a clearance permits; the order of the subjects plays no part."""
    return sha256_hex(
        {
            "clearance": clearance_id,
            "platform": platform_id,
            "prompt_sha256": prompt_sha256,
            "subjects": sorted(set(subject_ids)),
            "use": use.to_json(),
        },
    )

"""What an installation decides about resolution: whom it asks, and what it fetches for others."""

from dataclasses import dataclass
from typing import Final

from manifests.verification.receipts import ReceiptIssuer
from service.outgoing import OutgoingClient, OutgoingPolicy
from service.runtime import Runtime
from service.settings import Settings

SPECIFICATION_VERSION: Final = "2.4.0"
"""The C2PA Soft Binding Resolution API that is implemented; published in three places."""

MANIFEST_ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9:._-]*$"
MANIFEST_ID_LIMIT_CHARS: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionPolicy:
    """
    The settings of resolution, with what holds when none is set.

    `references_enabled`: whether assets behind the addresses of strangers are fetched.
    `resolver_urls`: services of others to ask. `allowed_origins`, `limit_s`: see `OutgoingPolicy`.
    """

    references_enabled: bool = False
    resolver_urls: tuple[str, ...] = ()
    allowed_origins: frozenset[str] = frozenset()
    limit_s: float = 20.0

    @classmethod
    def of(cls, settings: Settings) -> "ResolutionPolicy":
        """Read the settings of an installation."""
        return cls(
            references_enabled=settings.references_enabled,
            resolver_urls=settings.resolver_urls,
            allowed_origins=frozenset(settings.outgoing_allowed_origins),
            limit_s=settings.outgoing_limit_s,
        )

    def strangers_client(self) -> OutgoingClient:
        """Make the client for addresses that strangers name: no private origin is allowed."""
        return OutgoingClient(OutgoingPolicy(limit_s=self.limit_s))

    def client(self) -> OutgoingClient:
        """Make the client for every address that this installation did not choose itself."""
        return OutgoingClient(
            OutgoingPolicy(allowed_origins=self.allowed_origins, limit_s=self.limit_s),
        )


def receipt_issuer(runtime: Runtime) -> ReceiptIssuer:
    """Give who signs receipts here: the key that also signs licence tokens, and is published."""
    return ReceiptIssuer(
        runtime.keys.licence_token_key_pem,
        repository_uri=runtime.settings.public_url,
        key_id=runtime.keys.key_id,
    )

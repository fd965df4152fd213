"""
Trust lists: whose signatures mean something here, and by whose word.

The official lists are shipped as a dated snapshot, are never fetched, and are refused when their
bytes are not the released ones. Source: github.com/c2pa-org/conformance-public, commit
7dbff513b66e36184619286fe734beea32f2e6db. Attribution: "C2PA Trust List and C2PA Time-Stamping
Authority Trust List, Coalition for Content Provenance and Authenticity (C2PA), CC BY 4.0".
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Literal

from cryptography import x509

from manifests.errors import CredentialsUnreadable, TrustListAltered
from manifests.trust.keyring import KeyRing

Tier = Literal["c2pa", "local", "unknown"]
"""Who vouches for a signer: the C2PA trust list, this service's own list, or nobody."""

ATTRIBUTION = (
    "C2PA Trust List and C2PA Time-Stamping Authority Trust List, "
    "Coalition for Content Provenance and Authenticity (C2PA), CC BY 4.0"
)
SNAPSHOT_DATE = date(2026, 8, 21)
SNAPSHOT_SHA256 = {
    "c2pa-trust-list.2026-08-21.pem": (
        "75cacc98b79ecac33713c7ecfb58d4a0ef383f3c1f886e7409f9e37e8664aea5"
    ),
    "c2pa-tsa-trust-list.2026-08-21.pem": (
        "c688d3555f4a2f1f8d663472bbd37888ff234abdd234c25934c0f9292e4eb5c9"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """
    Anchors that vouch for one kind of signature.

    `uri` names the list in the engine's findings. A list of kind "tsa" vouches for time stamps
    only: the general-purpose roots on it must never make a claim signer trusted.
    """

    uri: str
    tier: Tier
    kind: Literal["manifest", "tsa"]
    anchors_pem: str

    def __post_init__(self) -> None:
        """Refuse what the engine would silently treat as an empty list."""
        try:
            x509.load_pem_x509_certificates(self.anchors_pem.encode())
        except ValueError as problem:
            raise CredentialsUnreadable(self.uri, "the list holds no certificate") from problem


@dataclass(frozen=True, slots=True)
class TrustLists:
    """The lists in force, and the date of the official ones."""

    lists: tuple[TrustList, ...] = ()
    snapshot_date: date | None = None

    @classmethod
    def official(cls) -> "TrustLists":
        """Both C2PA lists of the shipped snapshot. Raises `TrustListAltered`."""
        return cls(
            (
                TrustList(
                    uri="urn:c2pa:trust-list",
                    tier="c2pa",
                    kind="manifest",
                    anchors_pem=read_snapshot("c2pa-trust-list.2026-08-21.pem"),
                ),
                TrustList(
                    uri="urn:c2pa:tsa-trust-list",
                    tier="c2pa",
                    kind="tsa",
                    anchors_pem=read_snapshot("c2pa-tsa-trust-list.2026-08-21.pem"),
                ),
            ),
            SNAPSHOT_DATE,
        )

    def with_own(self, keys: KeyRing) -> "TrustLists":
        """Add this service's own roots, which also vouch for its development time stamps."""
        own = (
            TrustList(
                uri="urn:rakkan:trust-list",
                tier="local",
                kind="manifest",
                anchors_pem=keys.anchors_pem,
            ),
            TrustList(
                uri="urn:rakkan:tsa-trust-list",
                tier="local",
                kind="tsa",
                anchors_pem=keys.tsa_anchors_pem,
            ),
        )
        return TrustLists((*self.lists, *own), self.snapshot_date)

    def of_signers(self, tier: Tier) -> "TrustLists":
        """Keep the lists of this tier that vouch for signers; a timestamp list never does."""
        return TrustLists(
            tuple(each for each in self.lists if each.kind == "manifest" and each.tier == tier),
            self.snapshot_date,
        )


def read_snapshot(name: str) -> str:
    """Read a shipped list and check it byte for byte. Raises `TrustListAltered`."""
    return checked_snapshot(name, files("manifests.trust").joinpath("lists", name).read_bytes())


def checked_snapshot(name: str, content: bytes) -> str:
    """Give the list's text if it is the released one. Raises `TrustListAltered`."""
    found = hashlib.sha256(content).hexdigest()
    if found != SNAPSHOT_SHA256[name]:
        raise TrustListAltered(name, expected_sha256=SNAPSHOT_SHA256[name], found_sha256=found)
    return content.decode("ascii")

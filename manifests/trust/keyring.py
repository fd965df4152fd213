"""The keys of this service as one value: what signs, what others must trust, what stamps time."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from manifests.ports import ClaimSigner
from manifests.trust.authority import TimestampAuthority
from manifests.trust.text import display_name

P256_FIELD_BYTES = 32


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """A claim signer whose key is in this process."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)

    def sign(self, to_be_signed: bytes) -> bytes:
        """Sign and return raw r and s (see `ClaimSigner`)."""
        der = self.key.sign(to_be_signed, ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return r.to_bytes(P256_FIELD_BYTES, "big") + s.to_bytes(P256_FIELD_BYTES, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """
    What a signing process needs to know about its keys.

    `chain_pem` is leaf, then issuing authority, without the root. `anchors_pem` and
    `tsa_anchors_pem` are the roots that a verifier must trust to recognise this service.
    `is_sealed`: where they lie, the private keys need a passphrase.
    """

    signer: ClaimSigner = field(repr=False)
    chain_pem: str = field(repr=False)
    anchors_pem: str = field(repr=False)
    tsa_anchors_pem: str = field(repr=False)
    licence_token_key_pem: bytes = field(repr=False)
    timestamp_certificate: x509.Certificate = field(repr=False)
    timestamp_key: ec.EllipticCurvePrivateKey = field(repr=False)
    is_development: bool
    is_sealed: bool = False

    def sign(self, to_be_signed: bytes) -> bytes:
        """Sign a claim and return raw r and s (see `ClaimSigner`)."""
        return self.signer.sign(to_be_signed)

    @property
    def leaf(self) -> x509.Certificate:
        """The claim-signing certificate."""
        return x509.load_pem_x509_certificate(self.chain_pem.encode())

    @property
    def signer_name(self) -> str:
        """The organisation that viewers see as the signer."""
        names = self.leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return display_name(str(names[0].value)) if names else ""

    @property
    def leaf_expires_at(self) -> datetime:
        """The moment from which nothing can be signed any more, unless rotated."""
        return self.leaf.not_valid_after_utc

    @property
    def key_id(self) -> str:
        """A short, stable name of the signing key: the start of the SHA-256 of its public key."""
        digest = hashes.Hash(hashes.SHA256())
        digest.update(
            self.leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )
        return base64.urlsafe_b64encode(digest.finalize()[:12]).decode()

    def timestamp_authority(self, now: Callable[[], datetime]) -> TimestampAuthority:
        """Answer time stamps in this process, with `now` as the clock."""
        return TimestampAuthority(self.timestamp_certificate, self.timestamp_key, now)

    def facts(self) -> dict[str, object]:
        """Describe the keys for `rakkan keys show`: nothing secret."""
        leaf = self.leaf
        return {
            "development": self.is_development,
            "sealed": self.is_sealed,
            "signer_name": self.signer_name,
            "key_id": self.key_id,
            "serial_number": f"{leaf.serial_number:x}",
            "valid_from": leaf.not_valid_before_utc.isoformat().replace("+00:00", "Z"),
            "valid_until": leaf.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
            "certificate_sha256": leaf.fingerprint(hashes.SHA256()).hex(),
            "anchors_sha256": [
                anchor.fingerprint(hashes.SHA256()).hex()
                for anchor in x509.load_pem_x509_certificates(self.anchors_pem.encode())
            ],
            "timestamp_anchors_sha256": [
                anchor.fingerprint(hashes.SHA256()).hex()
                for anchor in x509.load_pem_x509_certificates(self.tsa_anchors_pem.encode())
            ],
        }

"""
Certificates of the development PKI: which extensions each of the five carries.

Two roots stand apart, as the C2PA lists keep them apart: one for claim signing (root, issuing CA,
leaf) and one for time stamps (root, leaf). Profile: C2PA 2.4, section 14.5 (certificate profile),
and RFC 3161, section 2.3. Without the authority key identifier the C2PA engine refuses to sign;
key usages other than digitalSignature are refused by other validators.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORGANISATION = "Rakkan development"
CLAIM_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
"""Extended key usage c2pa-kp-claimSigning."""

AUTHORITY_LIFETIME = timedelta(days=3650)
LEAF_LIFETIME = timedelta(days=365)
"""The C2PA conformance programme allows at most 366 days for a claim-signing leaf."""

CLOCK_SKEW = timedelta(hours=1)
"""A certificate starts this much earlier, so that a slower clock nearby accepts it too."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate together with the private key that belongs to it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_root(common_name: str, *, at: datetime) -> Issued:
    """Make a self-signed authority that may stand above one issuing CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name)
    builder = _authority(_builder(name, name, key.public_key(), at, AUTHORITY_LIFETIME), 1)
    return Issued(builder.sign(key, hashes.SHA256()), key)


def new_issuing_authority(common_name: str, *, root: Issued, at: datetime) -> Issued:
    """Make the authority that signs leaves only (path length 0)."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(
        _name(common_name), root.certificate.subject, key.public_key(), at, AUTHORITY_LIFETIME
    )
    builder = _authority(builder, 0).add_extension(_issued_by(root), critical=False)
    return Issued(builder.sign(root.key, hashes.SHA256()), key)


def new_claim_leaf(*, issuer: Issued, at: datetime, life: timedelta = LEAF_LIFETIME) -> Issued:
    """Make the certificate whose key signs C2PA claims."""
    name = "Rakkan development claim signing"
    return _new_leaf(name, issuer, at, CLAIM_SIGNING, critical=False, life=life)


def new_timestamp_leaf(*, issuer: Issued, at: datetime) -> Issued:
    """
    Make the certificate whose key signs time stamps.

    RFC 3161 wants timeStamping as the only extended key usage, and critical. It lives as long as
    its root: an authority that expires takes the proof of time with it.
    """
    usage = ExtendedKeyUsageOID.TIME_STAMPING
    return _new_leaf(
        "Rakkan development time stamps", issuer, at, usage, critical=True, life=AUTHORITY_LIFETIME
    )


def _new_leaf(
    common_name: str,
    issuer: Issued,
    at: datetime,
    usage: x509.ObjectIdentifier,
    *,
    critical: bool,
    life: timedelta,
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(_name(common_name), issuer.certificate.subject, key.public_key(), at, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=critical)
        .add_extension(_issued_by(issuer), critical=False)
    )
    return Issued(builder.sign(issuer.key, hashes.SHA256()), key)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    at: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - CLOCK_SKEW)
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=path_length), critical=True
    ).add_extension(_key_usage(digital_signature=False), critical=True)


def _key_usage(*, digital_signature: bool) -> x509.KeyUsage:
    """Either sign data or sign certificates, never both."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not digital_signature,
        crl_sign=not digital_signature,
        encipher_only=False,
        decipher_only=False,
    )


def _issued_by(issuer: Issued) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())

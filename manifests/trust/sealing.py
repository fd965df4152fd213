"""
Private keys as PEM (PKCS #8), sealed with a passphrase where there is one.

Sealing is what the cryptography package holds for the best: PBES2 with scrypt or PBKDF2 and AES-256
(RFC 8018). It keeps a copied disk or backup from signing; not whoever runs code as the service.
"""

from pathlib import Path
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from manifests.errors import CredentialsUnreadable, KeysSealed

OwnKey: TypeAlias = ec.EllipticCurvePrivateKey | Ed25519PrivateKey
_SEALED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_END: Final = b"PRIVATE KEY-----\n"


def is_sealed(pem: bytes) -> bool:
    """Say whether the private key in a file needs a passphrase."""
    return _SEALED in pem


def key_pem(key: OwnKey, passphrase: bytes | None = None) -> bytes:
    """Write a private key down."""
    sealing = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing)


def load_key(path: Path, pem: bytes, passphrase: bytes | None) -> PrivateKeyTypes:
    """
    Read a private key; one that is not sealed needs no passphrase, and none is an obstacle.

    Raises `KeysSealed` or `CredentialsUnreadable`, which name the file and the next step.
    """
    if is_sealed(pem) and not passphrase:
        raise KeysSealed(str(path), "the key is sealed, and no passphrase is set")
    try:
        return load_pem_private_key(pem, password=passphrase if is_sealed(pem) else None)
    except (ValueError, TypeError) as problem:
        if is_sealed(pem):
            raise KeysSealed(str(path), "the passphrase that is set does not open it") from problem
        raise CredentialsUnreadable(str(path), "holds no usable private key") from problem


def resealed(path: Path, pem: bytes, *, old: bytes | None, new: bytes | None) -> bytes:
    """Write the key of a file under another passphrase, None for none; what follows it stays."""
    key = load_key(path, pem, old)
    if not isinstance(key, ec.EllipticCurvePrivateKey | Ed25519PrivateKey):
        raise CredentialsUnreadable(str(path), "holds a key of another kind")
    return key_pem(key, new) + pem[pem.index(_END) + len(_END) :]

"""
The keys folder: made once, whole or not at all, readable by its owner alone.

    keyring.json            what kind of keys these are, and since when
    root.pem                root certificate of claim signing (its key signed once and is gone)
    issuing-ca.pem          issuing authority: key and certificate
    claim-signing.pem       leaf: key, certificate, issuing certificate; replaced by rotation
    timestamp-root.pem      root certificate of the timestamp authority
    timestamping.pem        timestamp authority: key and certificate
    licence-token.pem       Ed25519 key that signs licence tokens
    retired/                certificates of earlier leaves, named by serial number
"""

import contextlib
import json
import os
import shutil
import stat
import tempfile
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from manifests.errors import CredentialsMissing, CredentialsUnreadable
from manifests.trust.certificates import (
    Issued,
    new_claim_leaf,
    new_issuing_authority,
    new_root,
    new_timestamp_leaf,
)
from manifests.trust.keyring import KeyRing, LocalSigner
from manifests.trust.sealing import is_sealed, key_pem, load_key, resealed

__all__ = ["KeyRing", "init_development_keys", "load_keys", "reseal_keys", "rotate_leaf"]

KIND_DEVELOPMENT = "development"
PRIVATE_FILES = ("claim-signing.pem", "issuing-ca.pem", "timestamping.pem", "licence-token.pem")
OPEN_TO_OTHERS = stat.S_IRWXO | stat.S_IWGRP
"""Mode bits a key file must not have. A group may read: that is how clusters mount secrets."""


def init_development_keys(
    folder: Path, *, at: datetime, passphrase: bytes | None = None
) -> KeyRing:
    """
    Make the development keys, or load them when the folder already holds keys.

    With a passphrase new keys are sealed.

    Two processes may try at once: each makes its own set beside the folder, the first rename
    wins, the other set is thrown away. Raises `CredentialsUnreadable` when the folder holds
    something else.
    """
    if (folder / "keyring.json").exists():
        return load_keys(folder, passphrase=passphrase)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _write_development_keys(draft, at, passphrase)
        _sync_folder(draft)
        try:
            # Renaming onto an empty folder replaces it; onto a full one it fails, and so the
            # keys that another process finished first stay.
            draft.rename(folder)
        except OSError:
            if not (folder / "keyring.json").exists():
                raise CredentialsUnreadable(
                    str(folder), "the folder exists and holds something other than keys"
                ) from None
        _sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return load_keys(folder, passphrase=passphrase)


def load_keys(folder: Path, *, passphrase: bytes | None = None) -> KeyRing:
    """
    Read the keys back.

    Raises `CredentialsMissing` when there are none, `CredentialsUnreadable` when one is damaged,
    does not fit its certificate, or is open to other users of the machine, and `KeysSealed` when
    it is sealed with another passphrase.
    """
    if not (folder / "keyring.json").is_file():
        raise CredentialsMissing(str(folder))
    described = _described(folder / "keyring.json")
    leaf = _load_issued(folder / "claim-signing.pem", passphrase)
    timestamping = _load_issued(folder / "timestamping.pem", passphrase)
    token_path = folder / "licence-token.pem"
    token_key = load_key(token_path, _read_private(token_path), passphrase)
    if not isinstance(token_key, Ed25519PrivateKey):
        raise CredentialsUnreadable(str(token_path), "the key is not an Ed25519 key")
    return KeyRing(
        signer=LocalSigner(leaf.key),
        chain_pem=_certificates_pem(_load_certificates(folder / "claim-signing.pem")),
        anchors_pem=_certificates_pem(_load_certificates(folder / "root.pem")),
        tsa_anchors_pem=_certificates_pem(_load_certificates(folder / "timestamp-root.pem")),
        licence_token_key_pem=key_pem(token_key),
        timestamp_certificate=timestamping.certificate,
        timestamp_key=timestamping.key,
        is_development=described.get("kind") == KIND_DEVELOPMENT,
        is_sealed=all(is_sealed(_read_private(folder / name)) for name in PRIVATE_FILES),
    )


def rotate_leaf(folder: Path, *, at: datetime, passphrase: bytes | None = None) -> KeyRing:
    """
    Replace the claim-signing key and certificate; the authorities stay.

    What the old leaf signed keeps verifying, because every signature carries its own certificate
    and its time stamp. The old certificate is kept in `retired/`, the old key is not.
    """
    load_keys(folder, passphrase=passphrase)
    old = _load_issued(folder / "claim-signing.pem", passphrase).certificate
    issuing = _load_issued(folder / "issuing-ca.pem", passphrase)
    retired = folder / "retired"
    retired.mkdir(mode=0o700, exist_ok=True)
    _write_private(retired / f"{old.serial_number:x}.pem", old.public_bytes(Encoding.PEM))
    leaf = new_claim_leaf(issuer=issuing, at=at)
    _write_private(
        folder / "claim-signing.pem", _pem(leaf, issuing.certificate, passphrase=passphrase)
    )
    _sync_folder(folder)
    return load_keys(folder, passphrase=passphrase)


def reseal_keys(folder: Path, *, old: bytes | None, new: bytes | None) -> KeyRing:
    """
    Seal the private keys with `new`, or open them for good when it is None; again changes nothing.

    Each file is replaced whole. Broken off in between, some are sealed and some are not: both are
    read, and running it again finishes. Raises what `load_keys` raises.
    """
    load_keys(folder, passphrase=old)
    for name in PRIVATE_FILES:
        path = folder / name
        _write_private(path, resealed(path, _read_private(path), old=old, new=new))
    _sync_folder(folder)
    return load_keys(folder, passphrase=new)


def _write_development_keys(folder: Path, at: datetime, passphrase: bytes | None) -> None:
    root = new_root("Rakkan development root", at=at)
    issuing = new_issuing_authority("Rakkan development issuing CA", root=root, at=at)
    leaf = new_claim_leaf(issuer=issuing, at=at)
    timestamp_root = new_root("Rakkan development timestamp root", at=at)
    timestamping = new_timestamp_leaf(issuer=timestamp_root, at=at)
    token_key = Ed25519PrivateKey.generate()
    files = {
        "root.pem": root.certificate.public_bytes(Encoding.PEM),
        "issuing-ca.pem": _pem(issuing, passphrase=passphrase),
        "claim-signing.pem": _pem(leaf, issuing.certificate, passphrase=passphrase),
        "timestamp-root.pem": timestamp_root.certificate.public_bytes(Encoding.PEM),
        "timestamping.pem": _pem(timestamping, passphrase=passphrase),
        "licence-token.pem": key_pem(token_key, passphrase),
        "keyring.json": json.dumps(
            {"version": 1, "kind": KIND_DEVELOPMENT, "created_at": at.isoformat()}, indent=1
        ).encode(),
    }
    for name, content in files.items():
        _write_private(folder / name, content)


def _pem(issued: Issued, *above: x509.Certificate, passphrase: bytes | None) -> bytes:
    certificates = (issued.certificate, *above)
    return key_pem(issued.key, passphrase) + _certificates_pem(certificates).encode()


def _certificates_pem(certificates: tuple[x509.Certificate, ...]) -> str:
    return "".join(c.public_bytes(Encoding.PEM).decode() for c in certificates)


def _write_private(path: Path, content: bytes) -> None:
    """Put the whole file in place at once, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the names in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _described(path: Path) -> dict[str, object]:
    try:
        described = json.loads(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise CredentialsUnreadable(str(path), f"cannot be read ({problem})") from problem
    if not isinstance(described, dict) or described.get("version") != 1:
        raise CredentialsUnreadable(str(path), "describes keys of another version")
    return described


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & OPEN_TO_OTHERS:
                raise CredentialsUnreadable(
                    str(path), "other users of this machine can read it (chmod 600)"
                )
            return file.read()
    except OSError as problem:
        raise CredentialsUnreadable(str(path), f"cannot be read ({problem.strerror})") from problem


def _load_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(_read_private(path)))
    except ValueError as problem:
        raise CredentialsUnreadable(str(path), "holds no usable certificate") from problem


def _load_issued(path: Path, passphrase: bytes | None) -> Issued:
    key = load_key(path, _read_private(path), passphrase)
    certificate = _load_certificates(path)[0]
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CredentialsUnreadable(str(path), "the key is not on the curve P-256")
    if key.public_key() != certificate.public_key():
        raise CredentialsUnreadable(str(path), "the key does not belong to the certificate")
    return Issued(certificate, key)

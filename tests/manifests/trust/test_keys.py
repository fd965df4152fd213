"""The keys folder: made once, kept private, rotated without losing what was signed."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from manifests.errors import CredentialsMissing, CredentialsUnreadable, KeysSealed
from manifests.trust.keys import init_development_keys, load_keys, reseal_keys, rotate_leaf

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PRIVATE_FILES = ("claim-signing.pem", "issuing-ca.pem", "timestamping.pem", "licence-token.pem")


def chain_of(pem: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem.encode())


def test_making_keys_twice_gives_the_same_keys(tmp_path: Path) -> None:
    first = init_development_keys(tmp_path / "keys", at=AT)

    again = init_development_keys(tmp_path / "keys", at=AT + timedelta(days=1))

    assert again.facts() == first.facts()


def test_two_processes_that_start_together_share_one_set_of_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(
            pool.map(lambda _: init_development_keys(tmp_path / "keys", at=AT), range(4)),
        )

    assert len({keys.key_id for keys in made}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_only_the_owner_can_read_the_keys(tmp_path: Path) -> None:
    init_development_keys(tmp_path / "keys", at=AT)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_the_leaf_follows_the_certificate_profile(tmp_path: Path) -> None:
    keys = init_development_keys(tmp_path / "keys", at=AT)

    leaf, issuing = chain_of(keys.chain_pem)
    (root,) = chain_of(keys.anchors_pem)
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    constraints = leaf.extensions.get_extension_for_class(x509.BasicConstraints)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.content_commitment
    assert [each.dotted_string for each in extended.value] == ["1.3.6.1.4.1.62558.2.1"]
    assert not constraints.value.ca
    leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    assert isinstance(leaf.public_key(), ec.EllipticCurvePublicKey)
    assert leaf.not_valid_after_utc - AT == timedelta(days=365)


def test_the_timestamp_authority_has_a_root_of_its_own(tmp_path: Path) -> None:
    keys = init_development_keys(tmp_path / "keys", at=AT)

    (root,) = chain_of(keys.tsa_anchors_pem)
    leaf = keys.timestamp_certificate
    leaf.verify_directly_issued_by(root)
    extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert extended.critical
    assert list(extended.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    assert keys.tsa_anchors_pem != keys.anchors_pem


def test_a_signature_is_raw_r_and_s_and_verifies(tmp_path: Path) -> None:
    keys = init_development_keys(tmp_path / "keys", at=AT)

    signature = keys.sign(b"a claim")

    assert len(signature) == 64
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public_key = keys.leaf.public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    public_key.verify(encode_dss_signature(r, s), b"a claim", ec.ECDSA(hashes.SHA256()))


def test_the_licence_token_key_is_ed25519(tmp_path: Path) -> None:
    keys = init_development_keys(tmp_path / "keys", at=AT)

    key = load_pem_private_key(keys.licence_token_key_pem, password=None)

    assert isinstance(key, Ed25519PrivateKey)


def test_what_keys_show_prints_holds_no_secret(tmp_path: Path) -> None:
    keys = init_development_keys(tmp_path / "keys", at=AT)

    facts = keys.facts()

    assert facts["development"] is True
    assert facts["signer_name"] == keys.signer_name == "Rakkan development"
    assert facts["valid_until"] == "2027-11-25T09:00:00Z"
    assert "PRIVATE" not in repr(keys)
    assert "key=" not in repr(keys)


def test_rotation_replaces_the_leaf_and_keeps_the_authorities(tmp_path: Path) -> None:
    before = init_development_keys(tmp_path / "keys", at=AT)

    after = rotate_leaf(tmp_path / "keys", at=AT + timedelta(days=100))

    assert after.key_id != before.key_id
    assert after.anchors_pem == before.anchors_pem
    assert after.leaf_expires_at == AT + timedelta(days=465)
    chain_of(after.chain_pem)[0].verify_directly_issued_by(chain_of(before.chain_pem)[1])
    (retired,) = (tmp_path / "keys" / "retired").iterdir()
    assert chain_of(retired.read_text()) == [before.leaf]


def test_a_folder_without_keys_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(CredentialsMissing, match="rakkan keys init") as caught:
        load_keys(tmp_path)

    assert caught.value.code == "credentials_missing"


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "letter.txt").write_text("dear diary")

    with pytest.raises(CredentialsUnreadable, match="something other than keys"):
        init_development_keys(tmp_path / "keys", at=AT)

    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


@pytest.mark.parametrize("name", PRIVATE_FILES)
def test_a_key_that_others_can_read_is_refused(name: str, tmp_path: Path) -> None:
    init_development_keys(tmp_path / "keys", at=AT)
    (tmp_path / "keys" / name).chmod(0o604)
    if name == "issuing-ca.pem":
        with pytest.raises(CredentialsUnreadable, match="chmod 600"):
            rotate_leaf(tmp_path / "keys", at=AT)
        return

    with pytest.raises(CredentialsUnreadable, match="chmod 600"):
        load_keys(tmp_path / "keys")


def test_a_group_may_read_keys_as_clusters_mount_them(tmp_path: Path) -> None:
    init_development_keys(tmp_path / "keys", at=AT)
    for path in (tmp_path / "keys").iterdir():
        path.chmod(0o640)

    assert load_keys(tmp_path / "keys").is_development


def other_pem(tmp_path: Path, kind: str) -> bytes:
    """A key or certificate that does not belong where it is put."""
    stranger = init_development_keys(tmp_path / "stranger", at=AT)
    if kind == "ed25519":
        return stranger.licence_token_key_pem + stranger.chain_pem.encode()
    key = ec.generate_private_key(ec.SECP384R1() if kind == "p384" else ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + stranger.chain_pem.encode()


@pytest.mark.parametrize(
    ("name", "kind", "problem"),
    [
        ("claim-signing.pem", "empty", "no usable private key"),
        ("claim-signing.pem", "key alone", "no usable certificate"),
        ("claim-signing.pem", "ed25519", "not on the curve P-256"),
        ("claim-signing.pem", "p384", "not on the curve P-256"),
        ("claim-signing.pem", "p256", "does not belong to the certificate"),
        ("licence-token.pem", "p256", "not an Ed25519 key"),
        ("keyring.json", "empty", "cannot be read"),
        ("keyring.json", "version 2", "another version"),
        ("root.pem", "gone", "cannot be read"),
    ],
)
def test_a_damaged_folder_names_the_file_and_the_problem(
    name: str, kind: str, problem: str, tmp_path: Path
) -> None:
    init_development_keys(tmp_path / "keys", at=AT)
    path = tmp_path / "keys" / name
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case "version 2":
            path.write_text('{"version": 2}')
        case "key alone":
            path.write_bytes(path.read_bytes().split(b"-----BEGIN CERT")[0])
        case _:
            path.write_bytes(other_pem(tmp_path, kind))

    with pytest.raises(CredentialsUnreadable, match=problem) as caught:
        load_keys(tmp_path / "keys")

    assert caught.value.path == str(path)


def test_no_draft_is_left_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file in the way")

    with pytest.raises(CredentialsUnreadable):
        init_development_keys(tmp_path / "keys", at=AT)

    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_keys_made_with_a_passphrase_are_sealed_and_sign_as_others_do(tmp_path: Path) -> None:
    made = init_development_keys(tmp_path / "keys", at=AT, passphrase=b"seal")

    rotated = rotate_leaf(tmp_path / "keys", at=AT, passphrase=b"seal")

    assert made.is_sealed
    assert rotated.is_sealed
    assert len(rotated.sign(b"a claim")) == 64
    for name in PRIVATE_FILES:
        assert b"BEGIN PRIVATE KEY" not in (tmp_path / "keys" / name).read_bytes()
    # What signs licence tokens is handed on as it is used: opened.
    assert b"BEGIN PRIVATE KEY" in made.licence_token_key_pem


@pytest.mark.parametrize(
    ("passphrase", "problem"),
    [(None, "no passphrase is set"), (b"wrong", "does not open it"), (b"", "no passphrase is set")],
)
def test_sealed_keys_open_with_their_passphrase_alone(
    tmp_path: Path, passphrase: bytes | None, problem: str
) -> None:
    init_development_keys(tmp_path / "keys", at=AT, passphrase=b"seal")

    with pytest.raises(KeysSealed, match=problem):
        load_keys(tmp_path / "keys", passphrase=passphrase)


def test_keys_are_sealed_and_unsealed_without_changing_them(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    before = init_development_keys(folder, at=AT)

    sealed = reseal_keys(folder, old=b"seal", new=b"seal")
    again = reseal_keys(folder, old=b"seal", new=b"seal")
    opened = reseal_keys(folder, old=b"seal", new=None)

    assert [keys.is_sealed for keys in (before, sealed, again, opened)] == [
        False,
        True,
        True,
        False,
    ]
    for keys in (sealed, again, opened):
        assert keys.chain_pem == before.chain_pem
        assert keys.licence_token_key_pem == before.licence_token_key_pem
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_sealing_that_broke_off_is_finished_by_another_run(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    init_development_keys(folder, at=AT)
    init_development_keys(tmp_path / "other", at=AT)
    half = (folder / "timestamping.pem").read_bytes()
    reseal_keys(folder, old=None, new=b"seal")
    (folder / "timestamping.pem").write_bytes(half)

    assert not load_keys(folder, passphrase=b"seal").is_sealed
    assert reseal_keys(folder, old=b"seal", new=b"seal").is_sealed

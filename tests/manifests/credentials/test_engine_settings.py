"""Each setting of the engine has the effect its name says; misspelt ones would have none."""

import http.server
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID

from manifests.credentials.build import (
    THUMBNAIL_URI,
    StampFacts,
    manifest_definition,
)
from manifests.credentials.sdk import (
    EngineProblem,
    EngineSettings,
    EngineSigner,
    engine_version,
    read_stream,
    sign_stream,
)
from manifests.credentials.timestamp import TimestampPolicy, relay_timestamps
from manifests.trust import certificates
from manifests.trust.keyring import KeyRing, LocalSigner
from manifests.trust.lists import TrustLists

TESTED = {
    "trust",
    "verify_trust",
    "verify_timestamp_trust",
    "verify_after_sign",
    "fetch_remote_manifests",
    "fetch_revocation",
    "make_thumbnails",
    "hash_free_and_skip_boxes",
    "created_labels",
    "memory_limit_mib",
}


@pytest.fixture
def settings(keys: KeyRing) -> EngineSettings:
    return EngineSettings(trust=TrustLists().with_own(keys))


def sign(
    source: bytes,
    keys: KeyRing,
    settings: EngineSettings,
    *,
    definition: dict[str, Any],
    url: str | None = None,
    media_type: str = "video/mp4",
    resources: dict[str, bytes] | None = None,
) -> bytes:
    dest = io.BytesIO()
    sign_stream(
        definition,
        media_type=media_type,
        source=io.BytesIO(source),
        dest=dest,
        signer=EngineSigner(sign=keys.sign, chain_pem=keys.chain_pem, timestamp_url=url),
        settings=settings,
        resources=resources,
    )
    return dest.getvalue()


def codes(signed: bytes, settings: EngineSettings) -> dict[str, set[str]]:
    report = read_stream(io.BytesIO(signed), "video/mp4", settings=settings)
    active = report["validation_results"]["activeManifest"]
    return {group: {finding["code"] for finding in active[group]} for group in active}


@pytest.fixture
def signed(
    clip: Path,
    keys: KeyRing,
    facts: StampFacts,
    settings: EngineSettings,
    timestamps: TimestampPolicy,
) -> bytes:
    with relay_timestamps(timestamps) as relay:
        return sign(
            clip.read_bytes(),
            keys,
            settings,
            definition=manifest_definition(facts),
            url=relay.url,
        )


@contextmanager
def counting_server() -> Iterator[tuple[str, list[str]]]:
    """An address on loopback and the paths that were asked of it."""
    asked: list[str] = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_every_setting_has_a_test() -> None:
    assert {field.name for field in fields(EngineSettings)} == TESTED


def test_the_engine_is_the_version_these_settings_were_measured_with() -> None:
    assert engine_version() == "0.91.3"


def test_trust_decides_whose_signature_counts(
    signed: bytes, settings: EngineSettings, stranger: KeyRing
) -> None:
    others = replace(settings, trust=TrustLists().with_own(stranger))

    assert "signingCredential.trusted" in codes(signed, settings)["success"]
    assert "signingCredential.untrusted" in codes(signed, others)["failure"]
    assert "timeStamp.untrusted" in codes(signed, others)["informational"]


def test_verify_trust_asks_about_the_signer_at_all(signed: bytes, settings: EngineSettings) -> None:
    found = codes(signed, replace(settings, verify_trust=False))

    assert not {code for group in found.values() for code in group} & {
        "signingCredential.trusted",
        "signingCredential.untrusted",
    }


def test_verify_timestamp_trust_asks_about_the_authority(
    signed: bytes, settings: EngineSettings, stranger: KeyRing
) -> None:
    others = replace(settings, trust=TrustLists().with_own(stranger))

    assert "timeStamp.untrusted" in codes(signed, others)["informational"]
    lenient = codes(signed, replace(others, verify_timestamp_trust=False))
    assert "timeStamp.untrusted" not in lenient["informational"]


def test_verify_after_sign_refuses_a_manifest_that_breaks_the_rules(
    clip: Path, keys: KeyRing, facts: StampFacts, settings: EngineSettings
) -> None:
    definition: Any = manifest_definition(facts)
    definition["assertions"][0]["data"]["actions"][0].pop("digitalSourceType")

    with pytest.raises(EngineProblem, match="malformed"):
        sign(clip.read_bytes(), keys, settings, definition=definition)

    sign(clip.read_bytes(), keys, replace(settings, verify_after_sign=False), definition=definition)


def test_a_remote_manifest_is_fetched_only_when_asked_to(
    clip: Path, keys: KeyRing, facts: StampFacts, settings: EngineSettings
) -> None:
    with counting_server() as (address, asked):
        with (
            c2pa.Context.from_dict(settings.to_engine()) as context,
            c2pa.Builder(manifest_definition(facts), context=context) as builder,
            c2pa.Signer.from_callback(
                keys.sign, c2pa.C2paSigningAlg.ES256, keys.chain_pem
            ) as signer,
        ):
            builder.set_no_embed()
            builder.set_remote_url(f"{address}/store.c2pa")
            dest = io.BytesIO()
            with clip.open("rb") as source:
                builder.sign(signer, "video/mp4", source, dest)

        with pytest.raises(EngineProblem):
            codes(dest.getvalue(), settings)
        assert asked == []
        with pytest.raises(EngineProblem):
            codes(dest.getvalue(), replace(settings, fetch_remote_manifests=True))
        assert asked == ["/store.c2pa"]


def keys_with_revocation_address(keys: KeyRing, address: str) -> KeyRing:
    """The keys of an authority that says where to ask about revoked certificates."""
    at = datetime.now(UTC)
    root = certificates.new_root("Test root", at=at)
    issuing = certificates.new_issuing_authority("Test CA", root=root, at=at)
    plain = certificates.new_claim_leaf(issuer=issuing, at=at)
    access = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(address)
            )
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(plain.certificate.subject)
        .issuer_name(plain.certificate.issuer)
        .public_key(plain.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(access, critical=False)
    )
    for extension in plain.certificate.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    leaf = builder.sign(issuing.key, hashes.SHA256())
    chain = leaf.public_bytes(Encoding.PEM) + issuing.certificate.public_bytes(Encoding.PEM)
    return replace(
        keys,
        signer=LocalSigner(plain.key),
        chain_pem=chain.decode(),
        anchors_pem=root.certificate.public_bytes(Encoding.PEM).decode(),
    )


def test_revocation_is_asked_about_only_when_asked_to(
    clip: Path, keys: KeyRing, facts: StampFacts
) -> None:
    with counting_server() as (address, asked):
        revocable = keys_with_revocation_address(keys, address)
        settings = EngineSettings(trust=TrustLists().with_own(revocable))
        signed = sign(clip.read_bytes(), revocable, settings, definition=manifest_definition(facts))

        codes(signed, settings)
        assert asked == []
        codes(signed, replace(settings, fetch_revocation=True))
        assert len(asked) == 1


def test_make_thumbnails_draws_one_of_a_picture(
    clip: Path, keys: KeyRing, facts: StampFacts, settings: EngineSettings
) -> None:
    picture = thumbnail_of(clip)

    def has_thumbnail(settings: EngineSettings) -> bool:
        signed = sign(
            picture,
            keys,
            settings,
            definition=manifest_definition(facts),
            media_type="image/jpeg",
        )
        report = read_stream(io.BytesIO(signed), "image/jpeg", settings=settings)
        return "thumbnail" in report["manifests"][report["active_manifest"]]

    assert not has_thumbnail(settings)
    assert has_thumbnail(replace(settings, make_thumbnails=True))


def thumbnail_of(clip: Path) -> bytes:
    """The JPEG inside the golden file that carries one."""
    data = (clip.parent / "intact.mp4").read_bytes()
    start = data.index(b"\xff\xd8\xff")
    return data[start : data.index(b"\xff\xd9", start) + 2]


def test_free_and_skip_boxes_are_hashed_unless_left_out(
    clip: Path, keys: KeyRing, facts: StampFacts, settings: EngineSettings
) -> None:
    careless = replace(settings, hash_free_and_skip_boxes=False)
    stowaway = b"\x00\x00\x00\x10freestowaway"

    def failures(settings: EngineSettings) -> set[str]:
        definition = manifest_definition(facts)
        signed = sign(clip.read_bytes(), keys, settings, definition=definition)
        return codes(signed + stowaway, settings)["failure"]

    assert failures(settings) == {"assertion.bmffHash.mismatch"}
    assert failures(careless) == set()


def test_created_labels_bring_the_thumbnail_into_the_created_assertions(
    clip: Path, keys: KeyRing, facts: StampFacts, settings: EngineSettings
) -> None:
    def gathered(settings: EngineSettings) -> list[str]:
        signed = sign(
            clip.read_bytes(),
            keys,
            settings,
            definition=manifest_definition(facts, with_thumbnail=True),
            resources={THUMBNAIL_URI: thumbnail_of(clip)},
        )
        with (
            c2pa.Context.from_dict(settings.to_engine()) as context,
            c2pa.Reader("video/mp4", io.BytesIO(signed), context=context) as reader,
        ):
            claim = json.loads(reader.crjson())["manifests"][0]["claim.v2"]
        return [each["url"].rsplit("/", 1)[1] for each in claim["gathered_assertions"]]

    assert gathered(settings) == []
    assert gathered(replace(settings, created_labels=())) == ["c2pa.thumbnail.claim"]


def test_a_working_copy_above_the_memory_limit_goes_to_the_temporary_folder(
    clip: Path,
    keys: KeyRing,
    facts: StampFacts,
    settings: EngineSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = clip.read_bytes() + b"\x00\x20\x00\x08mdat" + bytes(1 << 21)
    monkeypatch.setenv("TMPDIR", "/nonexistent")
    definition = manifest_definition(facts)

    sign(large, keys, settings, definition=definition)

    with pytest.raises(EngineProblem) as caught:
        sign(large, keys, replace(settings, memory_limit_mib=1), definition=definition)
    assert caught.value.kind == "input_output"

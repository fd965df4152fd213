"""The development timestamp authority answers RFC 3161 as any authority does."""

import hashlib
import http.client
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from asn1crypto import tsp

from manifests.trust.authority import Refusal, TimestampAuthority, serve_loopback
from manifests.trust.keys import KeyRing, init_development_keys

AT = datetime(2026, 11, 25, 9, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return init_development_keys(tmp_path / "keys", at=AT)


@pytest.fixture
def authority(keys: KeyRing) -> TimestampAuthority:
    return keys.timestamp_authority(lambda: AT)


def request_for(
    data: bytes, *, algorithm: str = "sha256", nonce: int | None = 7, cert: bool = True
) -> bytes:
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    facts = {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": {"algorithm": algorithm},
            "hashed_message": digest,
        },
        "cert_req": cert,
    }
    if nonce is not None:
        facts["nonce"] = nonce
    return bytes(tsp.TimeStampReq(facts).dump())


def info_of(reply: bytes) -> tsp.TSTInfo:
    response = tsp.TimeStampResp.load(reply)
    assert response["status"]["status"].native == "granted"
    return response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed


def test_the_answer_holds_the_digest_the_nonce_and_the_time(
    authority: TimestampAuthority,
) -> None:
    info = info_of(authority.ask(request_for(b"a signature"), limit_s=1))

    assert "development" in authority.name
    assert (
        info["message_imprint"]["hashed_message"].native == hashlib.sha256(b"a signature").digest()
    )
    assert info["nonce"].native == 7
    assert info["gen_time"].native == AT.replace(microsecond=0)


def test_a_request_without_a_nonce_gets_an_answer_without_one(
    authority: TimestampAuthority,
) -> None:
    info = info_of(authority.respond(request_for(b"x", nonce=None, algorithm="sha512", cert=False)))

    assert info["nonce"].native is None


@pytest.mark.parametrize(
    ("request_der", "reason"),
    [
        pytest.param(b"", "bad_data_format", id="nothing"),
        pytest.param(b"rubbish", "bad_data_format", id="no request"),
        pytest.param(request_for(b"x")[:-3], "bad_data_format", id="cut short"),
        pytest.param(request_for(b"x", algorithm="sha1"), "bad_alg", id="weak digest"),
    ],
)
def test_a_bad_request_is_refused_in_the_words_of_the_protocol(
    request_der: bytes, reason: str, authority: TimestampAuthority
) -> None:
    response = Refusal.load(authority.respond(request_der))

    assert response["status"]["status"].native == "rejection"
    assert response["status"]["fail_info"].native == {reason}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_the_answer(
    keys: KeyRing, authority: TimestampAuthority, tmp_path: Path
) -> None:
    (tmp_path / "data").write_bytes(b"a signature")
    (tmp_path / "reply").write_bytes(authority.respond(request_for(b"a signature")))
    (tmp_path / "root").write_text(keys.tsa_anchors_pem)

    command = "openssl ts -verify -data data -in reply -CAfile root -attime 1795858215"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)

    assert b"Verification: OK" in done.stdout + done.stderr


def post(url: str, body: bytes) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 0, timeout=5)
    try:
        connection.request("POST", parts.path, body)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def test_the_authority_answers_on_loopback_at_its_path_alone(
    authority: TimestampAuthority,
) -> None:
    with serve_loopback(authority.respond, path="/secret") as url:
        status, reply = post(url, request_for(b"x"))

        assert status == 200
        assert info_of(reply)["nonce"].native == 7
        assert post(url.replace("secret", "guess"), request_for(b"x"))[0] == 404
        assert post(url, b"")[0] == 404


def test_no_answer_is_told_as_unavailable() -> None:
    with serve_loopback(lambda _request: None) as url:
        assert post(url, b"x")[0] == 503

"""Time stamps come from the first authority that answers properly and in time."""

import hashlib
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2
import pytest
from asn1crypto import tsp

from manifests.credentials.timestamp import (
    Relay,
    TimestampPolicy,
    relay_timestamps,
    stamped_time,
    timestamp_sources,
)
from manifests.ports import TimestampSource
from manifests.trust.authority import TimestampAuthority
from manifests.trust.keyring import KeyRing

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def request_for(data: bytes, nonce: int = 7) -> bytes:
    imprint = {
        "hash_algorithm": {"algorithm": "sha256"},
        "hashed_message": hashlib.sha256(data).digest(),
    }
    facts = {"version": "v1", "message_imprint": imprint, "cert_req": True, "nonce": nonce}
    return bytes(tsp.TimeStampReq(facts).dump())


REQUEST = request_for(b"a signature")


@dataclass
class Says:
    """An authority that always gives the same answer."""

    answer: bytes
    name: str = "the parrot"

    def ask(self, request_der: bytes, *, limit_s: float) -> bytes:  # noqa: ARG002 - the port
        return self.answer


@dataclass
class Hangs:
    """An authority that takes the request and never answers."""

    until: threading.Event
    name: str = "the sleeper"

    def ask(self, request_der: bytes, *, limit_s: float) -> bytes:  # noqa: ARG002 - the port
        self.until.wait(10)
        return b""


@pytest.fixture
def authority(keys: KeyRing) -> TimestampAuthority:
    return keys.timestamp_authority(lambda: AT)


def asked(
    *sources: TimestampSource, limit_s: float = 5.0, total_limit_s: float = 25.0
) -> tuple[bytes | None, Relay]:
    """What the engine would get back from the relay, and what the relay remembers."""
    policy = TimestampPolicy(sources=sources, limit_s=limit_s, total_limit_s=total_limit_s)
    with relay_timestamps(policy) as relay:
        reply = httpx2.post(relay.url, content=REQUEST, timeout=10)
        return (reply.content if reply.is_success else None), relay


def test_the_first_answer_is_passed_on(authority: TimestampAuthority) -> None:
    reply, relay = asked(authority)

    assert reply is not None
    assert stamped_time(REQUEST, reply) == AT == relay.stamped_at
    assert relay.attempts == []


def test_a_bad_answer_is_passed_over(authority: TimestampAuthority) -> None:
    other = authority.respond(request_for(b"something else"))

    reply, relay = asked(Says(b"<html>sorry</html>"), Says(other), authority)

    assert reply is not None
    assert relay.stamped_at == AT
    assert len(relay.attempts) == 2
    assert "another request" in relay.attempts[1]


def test_an_authority_that_hangs_costs_only_its_own_time(authority: TimestampAuthority) -> None:
    release = threading.Event()
    started_at = time.monotonic()

    reply, relay = asked(Hangs(release), authority, limit_s=0.2)

    assert reply is not None
    assert time.monotonic() - started_at < 3
    assert relay.attempts == ["the sleeper: no answer within 0.2 s"]
    release.set()


def test_when_all_time_is_used_up_the_rest_is_not_asked(
    authority: TimestampAuthority,
) -> None:
    release = threading.Event()

    reply, relay = asked(Hangs(release), authority, total_limit_s=0.2)

    assert reply is None
    assert relay.attempts[1] == "the development authority: not asked, the time was used up"
    release.set()


@dataclass
class Broken:
    """An authority that cannot be reached."""

    name: str = "the broken one"

    def ask(self, request_der: bytes, *, limit_s: float) -> bytes:  # noqa: ARG002 - the port
        raise ConnectionRefusedError("refused")


def test_no_answer_at_all_says_why() -> None:
    reply, relay = asked(Broken(), Broken("another"), limit_s=2)

    assert reply is None
    assert relay.asked
    assert relay.stamped_at is None
    assert relay.attempts == ["the broken one: refused", "another: refused"]


def with_status(reply_der: bytes, status: str) -> bytes:
    reply = tsp.TimeStampResp.load(reply_der)
    token = reply["time_stamp_token"]
    return bytes(
        tsp.TimeStampResp({"status": {"status": status}, "time_stamp_token": token}).dump()
    )


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        pytest.param(b"", "no time stamp", id="nothing"),
        pytest.param(b"\x30\x00", "no time stamp", id="an empty sequence"),
        pytest.param("refusal", "no time stamp", id="a refusal"),
        pytest.param("other imprint", "another request", id="other bytes"),
        pytest.param("token with a refusal", r"refused \(rejection\)", id="a refusal with a token"),
        pytest.param("damaged", "damaged", id="a damaged time stamp"),
        pytest.param("other nonce", "another request", id="an old answer"),
        pytest.param("no token", "no time stamp", id="something signed that is no time stamp"),
    ],
)
def test_what_is_no_answer_to_this_request_is_refused(
    reply: bytes | str, problem: str, authority: TimestampAuthority
) -> None:
    replies = {
        "refusal": authority.respond(b"rubbish"),
        "other imprint": authority.respond(request_for(b"else")),
        "other nonce": authority.respond(request_for(b"a signature", nonce=8)),
        "token with a refusal": with_status(authority.respond(REQUEST), "rejection"),
        "damaged": authority.respond(REQUEST).replace(b"20261125093000Z", b"20261125x93000Z"),
        "no token": tsp.TimeStampResp(
            {
                "status": {"status": "granted"},
                "time_stamp_token": {"content_type": "data", "content": b"x"},
            }
        ).dump(),
    }
    reply_der = replies[reply] if isinstance(reply, str) else reply

    with pytest.raises(ValueError, match=problem):
        stamped_time(REQUEST, reply_der)


def test_the_operators_authorities_are_asked_in_their_order(keys: KeyRing) -> None:
    chosen = (Says(b"", "one"), Says(b"", "two"))

    sources = timestamp_sources(chosen, keys=keys, now=lambda: AT)

    assert [source.name for source in sources] == ["one", "two"]


def test_without_an_authority_the_development_one_is_asked(keys: KeyRing) -> None:
    (source,) = timestamp_sources((), keys=keys, now=lambda: AT)

    assert isinstance(source, TimestampAuthority)

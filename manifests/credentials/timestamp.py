"""
Time stamps from a list of authorities, each with its own time limit.

The C2PA engine asks one address, waits up to 30 seconds and gives up. So it is given an address
on this machine: the relay asks each authority in turn, passes on the first usable answer, and
remembers why the others had none. Format: RFC 3161.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from asn1crypto import tsp

from manifests.ports import TimestampSource
from manifests.trust.authority import serve_loopback
from manifests.trust.keyring import KeyRing

GRANTED = frozenset({"granted", "granted_with_mods"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampPolicy:
    """
    Whom to ask for the time, how long to wait, and what to do when nobody answers.

    "refuse" signs nothing, so that the job is tried again later; "sign_without" signs anyway, and
    the signature then ends with its certificate. `limit_s` is for each source, `total_limit_s` for
    all of them: the engine hangs up after 30 s, and an answer after that is lost.
    """

    sources: tuple[TimestampSource, ...]
    limit_s: float = 5.0
    total_limit_s: float = 25.0
    when_unavailable: Literal["refuse", "sign_without"] = "refuse"


@dataclass(slots=True)
class Relay:
    """One signature's time stamp: where the engine asks, and what came of it."""

    url: str = ""
    asked: bool = False
    stamped_at: datetime | None = None
    attempts: list[str] = field(default_factory=list)


def timestamp_sources(
    chosen: Sequence[TimestampSource], *, keys: KeyRing, now: Callable[[], datetime]
) -> tuple[TimestampSource, ...]:
    """Give the operator's authorities in their order, or the development one when none is set."""
    return tuple(chosen) or (keys.timestamp_authority(now),)


@contextmanager
def relay_timestamps(policy: TimestampPolicy) -> Iterator[Relay]:
    """Stand between the engine and the authorities while one video is signed."""
    relay = Relay()
    # Other people on this machine can reach the port too; the path keeps them out.
    path = "/" + secrets.token_urlsafe(16)
    with serve_loopback(lambda request: _first_answer(policy, relay, request), path=path) as url:
        relay.url = url
        yield relay


def _first_answer(policy: TimestampPolicy, relay: Relay, request_der: bytes) -> bytes | None:
    relay.asked = True
    ends_at = time.monotonic() + policy.total_limit_s
    for source in policy.sources:
        limit_s = min(policy.limit_s, ends_at - time.monotonic())
        if limit_s <= 0:
            relay.attempts.append(f"{source.name}: not asked, the time was used up")
            continue
        try:
            reply = _ask(source, request_der, limit_s)
            relay.stamped_at = stamped_time(request_der, reply)
        except (OSError, ValueError) as problem:
            relay.attempts.append(f"{source.name}: {_reason(problem)}")
        else:
            return reply
    return None


def _ask(source: TimestampSource, request_der: bytes, limit_s: float) -> bytes:
    """
    Wait for the answer, but not longer than the limit, whatever the source is stuck in.

    A socket's own limit counts each read anew and leaves out the name look-up.
    """
    answers: list[bytes] = []
    problems: list[Exception] = []

    def work() -> None:
        try:
            answers.append(source.ask(request_der, limit_s=limit_s))
        except Exception as problem:  # noqa: BLE001 - raised again below, in the asking thread
            problems.append(problem)

    thread = threading.Thread(target=work, name="timestamp-source", daemon=True)
    thread.start()
    thread.join(limit_s)
    if problems:
        raise problems[0]
    if not answers:
        raise TimeoutError(f"no answer within {limit_s:g} s")
    return answers[0]


def _reason(problem: Exception) -> str:
    return str(problem) or type(problem).__name__


def stamped_time(request_der: bytes, reply_der: bytes) -> datetime:
    """
    Give the time in a reply that answers this request.

    Raises `ValueError` for a refusal, for a reply to something else and for bytes that are no
    reply: the next authority is asked then. The reply's signature is checked by the engine.
    """
    request = tsp.TimeStampReq.load(request_der)
    info = _time_information(reply_der)
    try:
        answers = (
            info["message_imprint"].dump() == request["message_imprint"].dump()
            and info["nonce"].native == request["nonce"].native
        )
        moment: datetime = info["gen_time"].native.astimezone(UTC)
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise ValueError("the reply is damaged") from problem
    if not answers:
        raise ValueError("the reply belongs to another request")
    return moment


def _time_information(reply_der: bytes) -> tsp.TSTInfo:
    try:
        reply = tsp.TimeStampResp.load(reply_der, strict=True)
        status = reply["status"]["status"].native
        content = reply["time_stamp_token"]["content"]["encap_content_info"]["content"]
        info = content.parsed
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise ValueError("the reply holds no time stamp") from problem
    if status not in GRANTED:
        raise ValueError(f"refused ({status})")
    return info

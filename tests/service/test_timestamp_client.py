"""Timestamp authorities behind addresses: asked through the outgoing client, within its bounds."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server

import pytest
from asn1crypto import tsp

from manifests.trust.authority import serve_loopback
from manifests.trust.keys import init_development_keys
from service.timestamp_client import HttpAuthority

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@contextmanager
def silent_address() -> Iterator[str]:
    """An address at which nobody listens any more."""
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield f"http://127.0.0.1:{port}/"


@contextmanager
def garbled_address() -> Iterator[str]:
    """An address that answers something other than HTTP."""
    with create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


@contextmanager
def redirecting_address(target: str) -> Iterator[str]:
    """An authority that sends its askers elsewhere."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(302)
            self.send_header("Location", target)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_authority_of_the_operator_answers_even_in_a_private_network(tmp_path: Path) -> None:
    authority = init_development_keys(tmp_path / "keys", at=AT).timestamp_authority(lambda: AT)
    query = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": b"\x00" * 32,
            },
            "nonce": 7,
        }
    ).dump()

    with serve_loopback(authority.respond) as url:
        reply = HttpAuthority(url).ask(query, limit_s=5)

    assert tsp.TimeStampResp.load(reply)["status"]["status"].native == "granted"


def test_an_authority_without_an_answer_says_why() -> None:
    with (
        serve_loopback(lambda _request: None) as broken,
        silent_address() as closed,
        garbled_address() as garbled,
        serve_loopback(lambda _request: b"x" * 10**6) as endless,
        redirecting_address("http://127.0.0.1:1/") as moved,
    ):
        reasons = [reason(url) for url in (broken, closed, garbled, endless, moved)]

    assert reasons == [
        "it answered 503",
        "the connection failed",
        "the connection failed",
        "it answered too much",
        "it answered 302",
    ]


def test_an_authority_that_hangs_costs_its_limit_and_no_more() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        started_s = time.monotonic()

        told = reason(f"http://127.0.0.1:{server.getsockname()[1]}/", limit_s=0.2)

    assert told == "it did not answer in time"
    assert time.monotonic() - started_s < 2


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://time.example", "time.example"])
def test_an_address_that_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an http or https address"):
        HttpAuthority(url)


def reason(url: str, *, limit_s: float = 5.0) -> str:
    with pytest.raises(OSError, match=r"it |the ") as caught:
        HttpAuthority(url).ask(b"query", limit_s=limit_s)
    return str(caught.value)

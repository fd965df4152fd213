"""A receiver of webhooks for every test of the service: a real HTTP server on this machine."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Receiver:
    """What arrived, and how to answer: a status, or `hang` to say nothing at all."""

    url: str = ""
    status: int = 200
    body: bytes = b"thank you"
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    now_s: Callable[[], float] = time.time
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]

    def is_signed(self, number: int, secret: str) -> bool:
        """Check a request as the specification tells a receiver to, by nothing of ours."""
        headers, body = self.requests[number]
        prefix, _, encoded = secret.partition("_")
        assert prefix == "whsec"
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(encoded)
        expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())
        signatures = [part.partition(",") for part in headers["webhook-signature"].split(" ")]
        is_fresh = abs(self.now_s() - int(headers["webhook-timestamp"])) <= 300
        return is_fresh and any(
            version == "v1" and hmac.compare_digest(signature.encode(), expected)
            for version, _, signature in signatures
        )


@pytest.fixture
def receiver(receiver_at_work: Receiver) -> Receiver:
    """A receiver that got nothing yet and says thank you; `receiver.requests` is what arrives."""
    fresh = Receiver(url=receiver_at_work.url)
    vars(receiver_at_work).update(vars(fresh))
    return receiver_at_work


@pytest.fixture(scope="session")
def receiver_at_work() -> Iterator[Receiver]:
    """Run the receiver of all tests."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.paths.append(self.path)
            receiver.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if receiver.hang:
                receiver.released.wait(10)
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join()

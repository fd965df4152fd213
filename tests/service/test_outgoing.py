"""The client for addresses of strangers: where it goes, where it does not, and when it stops."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from service.addresses import is_public
from service.outgoing import Outgoing, OutgoingClient, OutgoingPolicy, resolve
from service.resolution_errors import AddressRefused, AnswerTooLarge, FetchFailed

REFUSED = {
    "this network": "0.0.0.0",  # noqa: S104 - refused, not bound
    "this network, elsewhere": "0.1.2.3",
    "private 10": "10.0.0.1",
    "private 10, last": "10.255.255.255",
    "carrier-grade": "100.64.0.1",
    "carrier-grade, last": "100.127.255.255",
    "metadata at Alibaba": "100.100.100.200",
    "loopback": "127.0.0.1",
    "loopback, elsewhere": "127.8.9.10",
    "wire server at Azure": "168.63.129.16",
    "link-local": "169.254.0.1",
    "metadata at AWS, Google, Azure": "169.254.169.254",
    "private 172": "172.16.0.1",
    "private 172, last": "172.31.255.255",
    "protocol assignments": "192.0.0.1",
    "metadata at Oracle": "192.0.0.192",
    "documentation 1": "192.0.2.1",
    "AS112": "192.31.196.1",
    "AMT": "192.52.193.1",
    "6to4 relay": "192.88.99.1",
    "private 192": "192.168.1.1",
    "AS112, direct": "192.175.48.1",
    "benchmarks": "198.18.0.1",
    "benchmarks, last": "198.19.255.255",
    "documentation 2": "198.51.100.7",
    "documentation 3": "203.0.113.7",
    "multicast": "224.0.0.1",
    "multicast, last": "239.255.255.255",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 unspecified": "::",
    "IPv6 loopback": "::1",
    "IPv4-compatible": "::127.0.0.1",
    "IPv4-mapped loopback": "::ffff:127.0.0.1",
    "IPv4-mapped private": "::ffff:10.0.0.1",
    "IPv4-mapped, hexadecimal": "::ffff:a9fe:a9fe",
    "IPv4-mapped public": "::ffff:8.8.8.8",
    "IPv4-translated": "::ffff:0:10.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64, local": "64:ff9b:1::1",
    "discard": "100::1",
    "Teredo": "2001:0:4136:e378::1",
    "IPv6 benchmarks": "2001:2::1",
    "ORCHID": "2001:20::1",
    "IPv6 documentation": "2001:db8::1",
    "6to4 of loopback": "2002:7f00:1::1",
    "AS112 over IPv6": "2620:4f:8000::1",
    "IPv6 documentation, new": "3fff::1",
    "segment routing": "5f00::1",
    "unique local": "fc00::1",
    "metadata at AWS over IPv6": "fd00:ec2::254",
    "IPv6 link-local": "fe80::1",
    "IPv6 link-local with a zone": "fe80::1%eth0",
    "site-local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "no address": "localhost",
    "an address in octal": "0177.0.0.1",
}
PUBLIC = {
    "a resolver": "8.8.8.8",
    "before private 172": "172.15.255.255",
    "after private 172": "172.32.0.0",
    "before carrier-grade": "100.63.255.255",
    "after carrier-grade": "100.128.0.0",
    "after benchmarks": "198.20.0.0",
    "last unicast": "223.255.255.255",
    "beside the wire server": "168.63.129.17",
    "IPv6": "2606:4700::1111",
    "IPv6 after protocol assignments": "2001:200::1",
}


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_a_public_address_is_not(address: str) -> None:
    assert is_public(address)


def test_what_python_calls_not_global_is_never_public() -> None:
    numeric = [each for each in REFUSED.values() if each[0].isdigit() or ":" in each]
    plain = [each for each in numeric if each != "0177.0.0.1"]

    assert [each for each in plain if is_public(each) and not ip_address(each).is_global] == []


class Server:
    """A server on loopback that counts who came; `answer` writes what it says."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.hits: list[tuple[str, str | None, bytes]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = say(200, b"hello")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.hits.append((self.path, self.headers.get("Host"), body))
                outer.answer(self)

            do_GET = do_POST = handle_any  # noqa: N815 - the names http.server calls

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """A client that hangs up is what some tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.scheme = "http" if tls is None else "https"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])

    @contextmanager
    def running(self) -> Iterator["Server"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    @property
    def origin(self) -> str:
        return f"{self.scheme}://media.example:{self.port}"


def say(status: int, body: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with this."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def loopback(_host: str, _port: int, _limit_s: float) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(None).running() as running:
        yield running


def client_of(server: Server, **policy: float) -> OutgoingClient:
    allowed = OutgoingPolicy(allowed_origins=frozenset({server.origin}), **policy)
    return OutgoingClient(allowed, resolve=loopback)


def test_an_allowed_origin_is_fetched_under_its_own_name(server: Server) -> None:
    server.answer = say(200, b"hello", Content_Type="Video/MP4; x=1")

    answer = client_of(server).send(Outgoing(url=f"{server.origin}/a?b=c"), max_bytes=5)

    assert (answer.status, answer.media_type, answer.body) == (200, "video/mp4", b"hello")
    assert server.hits == [("/a?b=c", f"media.example:{server.port}", b"")]


def test_a_body_is_sent_whole(server: Server) -> None:
    sent = Outgoing(url=server.origin, method="POST", body=BytesIO(b"film"), size_bytes=4)

    client_of(server).send(sent, max_bytes=100)

    assert server.hits[0][2] == b"film"


def test_an_answer_can_go_to_a_file(server: Server) -> None:
    sink = BytesIO()

    answer = client_of(server).send(Outgoing(url=server.origin), max_bytes=5, sink=sink)

    assert (sink.getvalue(), answer.body, answer.size_bytes) == (b"hello", b"", 5)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://media.example/a", id="not https"),
        pytest.param("ftp://media.example/a", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("gopher://media.example", id="an old scheme"),
        pytest.param("//media.example/a", id="no scheme"),
        pytest.param("https:///a", id="no host"),
        pytest.param("https://./a", id="a dot for a host"),
        pytest.param("https://media.example:8443/a", id="another port"),
        pytest.param("https://media.example:99999/a", id="no port at all"),
        pytest.param("https://a:b@media.example/", id="a password"),
        pytest.param("https://media.example@127.0.0.1/", id="a name before the host"),
        pytest.param("https://media.example\\@127.0.0.1/", id="a backslash"),
        pytest.param("https://media.example/a b", id="a space"),
        pytest.param("https://media.example/a\r\nX: y", id="a second header"),
        pytest.param("https://[fe80::1%25eth0]/", id="a zone"),
        pytest.param("https://[::1/", id="a bracket left open"),
        pytest.param("https://médiä.example/", id="not ASCII"),
        pytest.param("https://media.example/" + "a" * 4096, id="too long"),
    ],
)
def test_an_address_of_another_kind_is_never_looked_up(url: str) -> None:
    looked_up: list[str] = []

    def note(host: str, _port: int, _limit_s: float) -> list[str]:
        looked_up.append(host)
        return ["8.8.8.8"]

    with pytest.raises(AddressRefused):
        OutgoingClient(OutgoingPolicy(), resolve=note).send(Outgoing(url=url), max_bytes=1)

    assert looked_up == []


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="loopback"),
        pytest.param(["8.8.8.8", "10.0.0.1"], id="one good, one not"),
        pytest.param(["::ffff:127.0.0.1"], id="mapped"),
        pytest.param([], id="none"),
    ],
)
def test_a_name_that_leads_inside_is_refused_before_a_byte_is_sent(
    server: Server, addresses: list[str]
) -> None:
    client = OutgoingClient(OutgoingPolicy(), resolve=lambda *_: addresses)

    with pytest.raises(AddressRefused):
        client.send(Outgoing(url="https://inside.example/"), max_bytes=1)

    assert server.hits == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost"])
def test_no_spelling_of_loopback_gets_through(host: str) -> None:
    client = OutgoingClient(OutgoingPolicy(limit_s=3))

    with pytest.raises(AddressRefused):
        client.send(Outgoing(url=f"https://{host}/"), max_bytes=1)


def test_a_missing_name_and_an_inner_one_are_refused_in_the_same_words() -> None:
    def missing(*_: object) -> list[str]:
        raise OSError("unknown")

    said = []
    for lookup in (missing, loopback):
        with pytest.raises(AddressRefused) as refused:
            OutgoingClient(OutgoingPolicy(), resolve=lookup).send(
                Outgoing(url="https://x.example/"), max_bytes=1
            )
        said.append(str(refused.value))

    assert said[0] == said[1]


def test_a_name_is_asked_for_once_so_that_it_cannot_change_its_mind(server: Server) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    policy = OutgoingPolicy(allowed_origins=frozenset({server.origin}))

    OutgoingClient(policy, resolve=lambda *_: next(answers)).send(
        Outgoing(url=server.origin), max_bytes=5
    )

    assert next(answers) == ["10.0.0.1"]


def test_the_next_address_is_tried_when_the_first_is_dead(server: Server) -> None:
    policy = OutgoingPolicy(allowed_origins=frozenset({server.origin}))
    client = OutgoingClient(policy, resolve=lambda *_: ["127.0.0.9", "127.0.0.1"])

    answer = client.send(Outgoing(url=server.origin), max_bytes=5)

    assert answer.body == b"hello"


def test_an_allowed_origin_allows_no_other(server: Server) -> None:
    client = client_of(server)

    for url in (f"http://media.example:{server.port + 1}/", f"http://other.example:{server.port}/"):
        with pytest.raises(AddressRefused):
            client.send(Outgoing(url=url), max_bytes=5)

    assert server.hits == []


@pytest.mark.parametrize("status", [301, 302, 307, 308, 404, 500])
def test_no_redirect_is_followed_and_only_success_counts(server: Server, status: int) -> None:
    server.answer = say(status, b"", Location=f"{server.origin}/elsewhere")

    with pytest.raises(FetchFailed, match=str(status)):
        client_of(server).send(Outgoing(url=server.origin), max_bytes=5)

    assert len(server.hits) == 1


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100_000):
        handler.wfile.write(b"x" * 65536)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(say(200, b"123456"), id="declared"),
        pytest.param(endless, id="without a length, without an end"),
    ],
)
def test_too_much_is_not_read(
    server: Server, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    server.answer = answer

    with pytest.raises(AnswerTooLarge):
        client_of(server).send(Outgoing(url=server.origin), max_bytes=5)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        handler.wfile.write(b"X")
        time.sleep(0.05)


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"X")
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip_headers, drip_body, lambda _: time.sleep(5)])
def test_one_byte_at_a_time_gains_no_time(
    server: Server, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    server.answer = answer
    begun_s = time.monotonic()

    with pytest.raises(FetchFailed, match="in time"):
        client_of(server, limit_s=0.3).send(Outgoing(url=server.origin), max_bytes=5000)

    assert time.monotonic() - begun_s < 3


def write(raw: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: (handler.wfile.write(raw), None)[1]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(write(b""), id="nothing"),
        pytest.param(write(b"SSH-2.0-OpenSSH\r\n"), id="another protocol"),
        pytest.param(write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"), id="broken off"),
        pytest.param(say(200, b"x", Content_Encoding="gzip"), id="compressed"),
    ],
)
def test_a_broken_exchange_is_a_failure(
    server: Server, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    server.answer = answer

    with pytest.raises(FetchFailed):
        client_of(server).send(Outgoing(url=server.origin), max_bytes=50)


def test_a_closed_port_is_a_failure() -> None:
    policy = OutgoingPolicy(allowed_origins=frozenset({"http://media.example:9"}))

    with pytest.raises(FetchFailed):
        OutgoingClient(policy, resolve=loopback).send(
            Outgoing(url="http://media.example:9/"), max_bytes=1
        )


def test_the_resolver_of_the_system_has_a_time_limit() -> None:
    assert resolve("127.0.0.1", 443, 5.0) == ["127.0.0.1"]
    with pytest.raises(OSError, match=r"."):
        resolve("nothing.invalid", 443, 5.0)
    with pytest.raises(TimeoutError):
        resolve("localhost", 443, -1.0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for media.example, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "media.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("media.example")]), critical=False)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def test_the_certificate_is_that_of_the_name_whatever_address_was_pinned(
    certificate: Path,
) -> None:
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with Server(served).running() as server:
        other = f"https://other.example:{server.port}"
        policy = OutgoingPolicy(allowed_origins=frozenset({server.origin, other}))
        client = OutgoingClient(policy, resolve=loopback, tls=trusting)

        answer = client.send(Outgoing(url=server.origin), max_bytes=5)
        with pytest.raises(FetchFailed):
            client.send(Outgoing(url=other), max_bytes=5)
        with pytest.raises(FetchFailed):
            OutgoingClient(policy, resolve=loopback).send(Outgoing(url=server.origin), max_bytes=5)

    assert answer.body == b"hello"
    assert [host for _, host, _ in server.hits] == [f"media.example:{server.port}"]

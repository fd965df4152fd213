"""
The one HTTP client through which this service fetches an address that somebody else chose.

It resolves a name once, refuses it when any of its addresses is not of the public internet, and
connects to exactly the addresses it looked at, so that a name cannot change its mind in between.
Redirects are never followed; time and size are bounded; the scheme is https, the port 443. An
operator may name origins, such as `http://resolver.internal:8080`, to which none of this but the
bounds applies.
"""

import contextlib
import http.client
import io
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import IO, Final, Protocol
from urllib.parse import SplitResult, urlsplit

from service.addresses import is_public
from service.resolution_errors import AddressRefused, AnswerTooLarge, FetchFailed

URL_LIMIT_CHARS: Final = 4096
SLOWEST_UPLOAD_BYTES_PER_S: Final = 1024**2
_PORTS: Final = {"https": 443, "http": 80}
_CHUNK_BYTES: Final = 64 * 1024
_CONNECT_LIMIT_S: Final = 5.0
_OK: Final = range(200, 300)

Resolve = Callable[[str, int, float], list[str]]
"""From host, port and seconds to numeric addresses. Raises `OSError`."""


class Sink(Protocol):
    """Where the body of an answer goes."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPolicy:
    """
    How far this service goes for others.

    `allowed_origins` are scheme, host and port, as in `http://10.0.0.7:8080`; `limit_s` bounds a
    whole exchange, from looking the name up to the last byte. A large body gets more time, as
    much as it takes at `SLOWEST_UPLOAD_BYTES_PER_S`.
    """

    allowed_origins: frozenset[str] = frozenset()
    limit_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """
    One request; `body` is sent whole and needs its `size_bytes` when it is a file.

    Of the answer to a notice only the status counts: every status is an answer, a redirect too,
    and of its body no more is read than fits.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | IO[bytes] | None = None
    size_bytes: int | None = None
    is_notice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: `media_type` is lower case and without parameters, `body` within limits."""

    status: int
    media_type: str
    body: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str
    is_allowed: bool

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def resolve(host: str, port: int, limit_s: float) -> list[str]:
    """
    Look a name up, in a thread of its own: the system's resolver knows no time limit.

    Raises `OSError`, also when the time is over.
    """
    if limit_s <= 0:
        raise TimeoutError("no time is left to resolve the name")
    found: list[str] = []
    problems: list[OSError] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            problems.append(OSError(str(error)))
            return
        found.extend(dict.fromkeys(str(row[4][0]) for row in rows))

    thread = threading.Thread(target=ask, name=f"resolve {host}", daemon=True)
    thread.start()
    thread.join(limit_s)
    if problems:
        raise problems[0]
    if not found:
        raise TimeoutError("the name is not resolved in time")
    return found


class OutgoingClient:
    """Sends requests under a policy. Safe to share between threads: every request stands alone."""

    def __init__(
        self,
        policy: OutgoingPolicy,
        *,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._policy = policy
        self._resolve = resolve
        self._tls = tls or ssl.create_default_context()

    def send(self, request: Outgoing, *, max_bytes: int, sink: Sink | None = None) -> Answer:
        """
        Send the request and read the answer; with `sink` the body goes there and not into it.

        Raises `AddressRefused` before a single byte is sent, `FetchFailed` when the exchange
        breaks or the answer is no success, `AnswerTooLarge` beyond `max_bytes`.
        """
        target = self._target(request.url)
        sending_s = (request.size_bytes or 0) / SLOWEST_UPLOAD_BYTES_PER_S
        deadline_s = monotonic() + self._policy.limit_s + sending_s
        addresses = self._addresses(target)
        try:
            with self._connect(target, addresses, deadline_s) as stream:
                timed = _TimedConnection(stream, deadline_s)
                return _exchange(timed, target, request, max_bytes=max_bytes, sink=sink)
        except TimeoutError as error:
            raise FetchFailed("it did not answer in time") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchFailed("the connection failed") from error

    def check(self, url: str) -> None:
        """
        Refuse an address that is never connected to, before anything is sent there.

        Its name may lead elsewhere later: `send` looks again. Raises `AddressRefused`.
        """
        self._addresses(self._target(url))

    def _target(self, url: str) -> _Target:
        """Take the address apart. Raises `AddressRefused` for what is never connected to."""
        parts, port = _split(url)
        host = _ascii_host(parts.hostname or "")
        origin = f"{parts.scheme}://{_bracketed(host)}"
        default = _PORTS.get(parts.scheme)
        if default is None:
            raise AddressRefused("it is not https")
        names = {f"{origin}:{port or default}"} | ({origin} if port in {None, default} else set())
        is_allowed = not names.isdisjoint(self._policy.allowed_origins)
        if not is_allowed and parts.scheme != "https":
            raise AddressRefused("it is not https")
        if not is_allowed and port not in {None, default}:
            raise AddressRefused("its port is not 443")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _Target(parts.scheme, host, port or default, path, is_allowed)

    def _addresses(self, target: _Target) -> list[str]:
        """
        Resolve the name, once. One address that is not public spoils all of them.

        A name that leads inside and one that does not exist are refused in the same words, so that
        nobody learns from the answer which names a private network knows.
        """
        refused = AddressRefused("its host is not found on the public internet")
        try:
            addresses = self._resolve(target.host, target.port, self._policy.limit_s)
        except OSError as error:
            raise refused from error
        if not addresses or not (target.is_allowed or all(map(is_public, addresses))):
            raise refused
        return addresses

    def _connect(self, target: _Target, addresses: list[str], deadline_s: float) -> socket.socket:
        """Connect to the first of these addresses that answers. Raises `OSError`."""
        problem: OSError = ConnectionError("no address")
        for address in addresses:
            try:
                raw = _connected(address, target.port, deadline_s)
            except OSError as error:
                problem = error
                continue
            if target.scheme == "http":
                return raw
            try:
                # The certificate must be the name's, whatever address was pinned for it.
                return self._tls.wrap_socket(raw, server_hostname=target.host)
            except BaseException:
                raw.close()
                raise
        raise problem


def _split(url: str) -> tuple[SplitResult, int | None]:
    if len(url) > URL_LIMIT_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused("it is no plain address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("it is no plain address") from error
    if parts.username is not None or parts.password is not None or "\\" in url:
        raise AddressRefused("it carries a name or password")
    return parts, port


def _ascii_host(host: str) -> str:
    bare = host.rstrip(".")
    if not bare or "%" in bare:
        raise AddressRefused("it names no host")
    return bare.lower()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _left_s(deadline_s: float) -> float:
    """Give the time that is left. Raises `TimeoutError` when there is none."""
    left_s = deadline_s - monotonic()
    if left_s <= 0:
        raise TimeoutError("the time is over")
    return left_s


def _connected(address: str, port: int, deadline_s: float) -> socket.socket:
    """Connect to a numeric address; nothing is looked up any more."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    raw = socket.socket(family, socket.SOCK_STREAM)
    try:
        raw.settimeout(min(_CONNECT_LIMIT_S, _left_s(deadline_s)))
        raw.connect((address, port))
        raw.settimeout(_left_s(deadline_s))
    except BaseException:
        raw.close()
        raise
    return raw


class _TimedConnection:
    """What `http.client` needs of a socket, with one deadline for everything together."""

    def __init__(self, stream: socket.socket, deadline_s: float) -> None:
        self._stream = stream
        self._deadline_s = deadline_s

    def sendall(self, data: bytes) -> None:
        self._stream.settimeout(_left_s(self._deadline_s))
        self._stream.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._stream, self._deadline_s))

    def close(self) -> None:
        """Do nothing: `http.client` closes before the body is read, and counts on its file."""


class _TimedReader(io.RawIOBase):
    """Reads a socket; a server that sends one byte at a time gains no time by it."""

    def __init__(self, stream: socket.socket, deadline_s: float) -> None:
        super().__init__()
        self._stream = stream
        self._deadline_s = deadline_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]  # Buffer: 3.12
        self._stream.settimeout(_left_s(self._deadline_s))
        return self._stream.recv_into(buffer)


def _exchange(
    stream: _TimedConnection,
    target: _Target,
    request: Outgoing,
    *,
    max_bytes: int,
    sink: Sink | None,
) -> Answer:
    connection = http.client.HTTPConnection(target.host, target.port)
    # Connected already, to a pinned address, and never again.
    connection.sock = stream
    connection.auto_open = False
    headers = {
        "Host": target.host_header,
        # A compressed answer could be a bomb; its true size is what is bounded here.
        "Accept-Encoding": "identity",
        "User-Agent": "rakkan",
        "Connection": "close",
        **request.headers,
    }
    if request.size_bytes is not None:
        headers["Content-Length"] = str(request.size_bytes)
    connection.request(request.method, target.path, body=request.body, headers=headers)
    response = connection.getresponse()
    if request.is_notice:
        return _first_bytes(response, max_bytes=max_bytes)
    if response.status not in _OK:
        raise FetchFailed(f"it answered {response.status}")
    if response.getheader("Content-Encoding", "identity").lower() != "identity":
        raise FetchFailed("it answered in a compressed form")
    media_type = response.getheader("Content-Type", "").split(";", 1)[0].strip().lower()
    body, size_bytes = _read(response, max_bytes=max_bytes, sink=sink)
    return Answer(status=response.status, media_type=media_type, body=body, size_bytes=size_bytes)


def _first_bytes(response: http.client.HTTPResponse, *, max_bytes: int) -> Answer:
    """Read the beginning of an answer of any status; what breaks off later does not matter."""
    body = b""
    # The status is known, and it is what was asked for.
    with contextlib.suppress(OSError, http.client.HTTPException):
        body = response.read(max_bytes)
    media_type = response.getheader("Content-Type", "").split(";", 1)[0].strip().lower()
    return Answer(
        status=response.status,
        media_type=media_type,
        body=body,
        size_bytes=len(body),
    )


def _read(
    response: http.client.HTTPResponse, *, max_bytes: int, sink: Sink | None
) -> tuple[bytes, int]:
    """Read the body, but never a chunk further than is allowed."""
    declared = response.length
    if declared is not None and declared > max_bytes:
        raise AnswerTooLarge(max_bytes)
    kept = io.BytesIO()
    out: Sink = kept if sink is None else sink
    size_bytes = 0
    while chunk := response.read(min(_CHUNK_BYTES, max_bytes - size_bytes + 1)):
        size_bytes += len(chunk)
        if size_bytes > max_bytes:
            raise AnswerTooLarge(max_bytes)
        out.write(chunk)
    if declared is not None and size_bytes != declared:
        raise FetchFailed("it broke off")
    return kept.getvalue(), size_bytes

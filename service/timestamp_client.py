"""A timestamp authority behind an address: RFC 3161 over HTTP, through the one outgoing client."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from manifests.trust.authority import REQUEST_LIMIT_BYTES
from service.outgoing import Outgoing, OutgoingClient, OutgoingPolicy
from service.resolution_errors import AddressRefused, AnswerTooLarge, FetchFailed

_HEADERS: Final = {"Content-Type": "application/timestamp-query"}


@dataclass(frozen=True, slots=True)
class HttpAuthority:
    """
    A `manifests.ports.TimestampSource` that the operator chose.

    Its own origin may be private or plain http, as many authorities are: their answers are
    signed. It still leads nowhere else, by no redirect.
    """

    url: str

    def __post_init__(self) -> None:
        """Refuse what could read files or reach other protocols."""
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"{self.url!r} is not an http or https address")

    @property
    def name(self) -> str:
        """The address."""
        return self.url

    def ask(self, request_der: bytes, *, limit_s: float) -> bytes:
        """Send the query, as RFC 3161 section 3.4 says. Raises `OSError`."""
        client = OutgoingClient(
            OutgoingPolicy(allowed_origins=frozenset({_origin(self.url)}), limit_s=limit_s)
        )
        request = Outgoing(url=self.url, method="POST", headers=_HEADERS, body=request_der)
        try:
            return client.send(request, max_bytes=REQUEST_LIMIT_BYTES).body
        except (AddressRefused, FetchFailed) as error:
            raise OSError(error.problem) from error
        except AnswerTooLarge as error:
            raise OSError("it answered too much") from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"

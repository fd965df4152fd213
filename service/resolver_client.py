"""
Ask the resolution services of others which manifests they know for a mark or a file.

Only services that the operator configured are asked. A soft binding is sent freely; a file leaves
this machine only with a consent that names this one file and the services that may see it. What
comes back is a claim of strangers: it is bounded, read leniently as the contract advises, and
whoever fetches a manifest validates it.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from service.operations.match import Match
from service.outgoing import Outgoing, OutgoingClient
from service.resolution import MANIFEST_ID_LIMIT_CHARS, MANIFEST_ID_PATTERN
from service.resolution_errors import AddressRefused, AnswerTooLarge, ConsentMissing, FetchFailed

ANSWER_LIMIT_BYTES: Final = 1024**2
STORE_LIMIT_BYTES: Final = 16 * 1024**2
WELL_KNOWN: Final = "/.well-known/c2pa-soft-binding-resolution"
MAX_RESULTS: Final = 10
_SCORES: Final = range(101)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadConsent:
    """Somebody agreed that this one file, by its SHA-256, goes to these services and no others."""

    file_sha256: str
    resolver_urls: frozenset[str]

    def to_json(self) -> dict[str, Any]:
        """Write it down beside the upload that it was given for."""
        return {"file_sha256": self.file_sha256, "resolver_urls": sorted(self.resolver_urls)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "UploadConsent":
        """Read what `to_json` wrote."""
        return cls(
            file_sha256=str(kept["file_sha256"]),
            resolver_urls=frozenset(map(str, kept["resolver_urls"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverAnswer:
    """What one service said: its matches, or the problem in asking it."""

    resolver_url: str
    matches: tuple[Match, ...] = ()
    problem: str | None = None


class ResolverClient:
    """Asks configured services; one that fails does not keep the others from answering."""

    def __init__(
        self,
        client: OutgoingClient,
        resolver_urls: Iterable[str],
        *,
        strangers: OutgoingClient | None = None,
    ) -> None:
        """
        Take base addresses such as `https://resolver.example/v1`.

        `strangers` reaches the services that only an answer names: without the private origins
        that an operator may have allowed, which no answer may lead to.
        """
        self._client = client
        self._strangers = strangers or client
        self._resolver_urls = tuple(url.rstrip("/") for url in resolver_urls)

    def find_by_binding(self, alg: str, value: str) -> tuple[ResolverAnswer, ...]:
        """Ask every service for a soft binding value in base64."""
        body = json.dumps({"alg": alg, "value": value}).encode()
        path = f"/matches/byBinding?maxResults={MAX_RESULTS}"
        return tuple(
            self._ask(url, Outgoing(url=url + path, method="POST", headers=_JSON, body=body))
            for url in self._resolver_urls
        )

    def find_by_content(
        self,
        path: Path,
        media_type: str,
        *,
        consent: UploadConsent,
        hint: tuple[str, str] | None = None,
    ) -> tuple[ResolverAnswer, ...]:
        """
        Send a file to the services that the consent names.

        Raises `ConsentMissing` before anything is sent when it was given for another file.
        """
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != consent.file_sha256:
                raise ConsentMissing
        parameters = {"maxResults": str(MAX_RESULTS)}
        if hint is not None:
            parameters |= {"hintAlg": hint[0], "hintValue": hint[1]}
        return tuple(
            self._send_file(url, path, media_type, parameters)
            for url in self._resolver_urls
            if url in {each.rstrip("/") for each in consent.resolver_urls}
        )

    def fetch_manifest(self, resolver_url: str, match: Match) -> bytes:
        """
        Fetch the store of a match from the service that holds it, which may be yet another one.

        Raises what `OutgoingClient.send` raises. The store is not validated.
        """
        base = (match.endpoint or resolver_url).rstrip("/")
        is_known = base == resolver_url.rstrip("/") or base in self._resolver_urls
        client = self._client if is_known else self._strangers
        request = Outgoing(
            url=f"{base}/manifests/{quote(match.manifest_id, safe=':')}",
            headers={"Accept": "application/c2pa"},
        )
        return client.send(request, max_bytes=STORE_LIMIT_BYTES).body

    def discover(self, host_url: str) -> str:
        """
        Ask a host where its resolution service is, such as `https://host.example`.

        Raises what `OutgoingClient.send` raises, and `FetchFailed` for an answer that makes no
        sense. The address found is one for the operator to configure; nothing asks it by itself.
        """
        answer = self._client.send(
            Outgoing(url=host_url.rstrip("/") + WELL_KNOWN), max_bytes=ANSWER_LIMIT_BYTES
        )
        found = _json(answer.body)
        endpoint = found.get("apiEndpoint") if isinstance(found, dict) else None
        if not isinstance(endpoint, str) or not urlsplit(endpoint).scheme:
            raise FetchFailed("it names no resolution service")
        return endpoint.rstrip("/")

    def _send_file(
        self, url: str, path: Path, media_type: str, parameters: dict[str, str]
    ) -> ResolverAnswer:
        with path.open("rb") as file:
            request = Outgoing(
                url=f"{url}/matches/byContent?{urlencode(parameters)}",
                method="POST",
                headers={"Content-Type": media_type},
                body=file,
                size_bytes=path.stat().st_size,
            )
            return self._ask(url, request)

    def _ask(self, url: str, request: Outgoing) -> ResolverAnswer:
        try:
            answer = self._client.send(request, max_bytes=ANSWER_LIMIT_BYTES)
            return ResolverAnswer(resolver_url=url, matches=_matches(_json(answer.body)))
        except (AddressRefused, AnswerTooLarge, FetchFailed) as error:
            return ResolverAnswer(resolver_url=url, problem=str(error))


_JSON: Final = {"Content-Type": "application/json"}


def _json(body: bytes) -> object:
    """Read an answer. Raises `FetchFailed` for what is no JSON."""
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FetchFailed("it does not speak JSON") from error
    return found


def _matches(found: object) -> tuple[Match, ...]:
    """
    Read matches leniently: a score may be null, an id may carry a vendor's suffix.

    What has no usable id is left out; so is a score that is none.
    """
    rows = found.get("matches") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise FetchFailed("its answer is not what the contract says")
    read = (_match(row) for row in rows[:MAX_RESULTS])
    return tuple(match for match in read if match is not None)


def _match(row: object) -> Match | None:
    if not isinstance(row, dict):
        return None
    manifest_id, endpoint = row.get("manifestId"), row.get("endpoint")
    score = row.get("similarityScore")
    if not isinstance(manifest_id, str) or len(manifest_id) > MANIFEST_ID_LIMIT_CHARS:
        return None
    if not re.fullmatch(MANIFEST_ID_PATTERN, manifest_id):
        return None
    return Match(
        manifest_id=manifest_id,
        similarity_percent=score if type(score) is int and score in _SCORES else None,
        endpoint=endpoint if isinstance(endpoint, str) else None,
    )

"""Find manifests: by soft binding, by the bytes of an asset, or by an address that leads to it."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from manifests.credentials.report import CredentialsReport
from manifests.errors import MalformedMedia, NoVideoStream, UnsupportedMedia
from manifests.verification.inspect import collect_evidence
from manifests.verification.repository import kept_ids
from manifests.verification.soft_bindings import (
    FINGERPRINT_ALG,
    WATERMARK_ALG,
    find_manifest_ids,
)
from service.operations.match import Match
from service.operations.recover import Span, recover
from service.operations.scratch import scratch_folder
from service.outgoing import Outgoing, OutgoingClient
from service.resolution_errors import FetchFailed
from service.runtime import PUBLIC, Runtime

WAYS: Final[Mapping[str, str]] = {WATERMARK_ALG: "watermark", FINGERPRINT_ALG: "fingerprint"}
"""Which of the two that are searched for here an algorithm is."""
NO_CREDENTIALS: Final = CredentialsReport(presence="none")

DEFAULT_RESULTS: Final = 10
MAX_RESULTS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentQuery:
    """
    How to search with an asset.

    `alg`: only this algorithm counts. `hint`: the algorithm and value of a soft binding that the
    asker already found in the asset. `within`: only what these spans of the asset show counts;
    empty, all of it does.
    """

    alg: str | None = None
    hint: tuple[str, str] | None = None
    within: tuple[Span, ...] = ()
    max_results: int = DEFAULT_RESULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetReference:
    """An asset behind an https address: at most `length_bytes`, of `media_type` if one is told."""

    url: str
    length_bytes: int
    media_type: str | None = None


def find_by_binding(
    runtime: Runtime, alg: str, value: str, *, max_results: int = DEFAULT_RESULTS
) -> tuple[Match, ...]:
    """Find the manifests that this very value of this algorithm leads to."""
    with runtime.transaction(PUBLIC) as session:
        found = find_manifest_ids(session, alg, value, limit=max_results)
    return tuple(Match(manifest_id=manifest_id) for manifest_id in found)


def find_by_content(runtime: Runtime, path: Path, query: ContentQuery) -> tuple[Match, ...]:
    """
    Find the manifests that fit an asset, best first, each once.

    What the asset itself names comes first, then what its pictures lead to, and what the hint
    leads to last. An asset that is no video, or a broken one, leads nowhere by itself. Raises what
    else `collect_evidence` and `recover` raise.
    """
    found: list[Match] = []
    with suppress(UnsupportedMedia, MalformedMedia, NoVideoStream):
        found += _found_in(runtime, path, query)
    if query.hint is not None and query.alg in {None, query.hint[0]}:
        found += find_by_binding(runtime, *query.hint, max_results=query.max_results)
    return _kept(runtime, found, limit=query.max_results)


def _found_in(runtime: Runtime, path: Path, query: ContentQuery) -> list[Match]:
    """Search with the asset itself, as far as the query asks for what can be searched here."""
    way = None if query.alg is None else WAYS.get(query.alg)
    if query.alg is not None and way is None:
        return []
    if query.alg is not None or query.within:
        # A label speaks for the whole of an asset, and is no soft binding.
        return _shown_by_pictures(runtime, path, NO_CREDENTIALS, way=way, within=query.within)
    evidence = collect_evidence(path, trust=runtime.trust_lists, limits=runtime.limits)
    found = _named_by(evidence.credentials)
    # What was named already still counts when the pictures turn out to be broken.
    with suppress(UnsupportedMedia, MalformedMedia, NoVideoStream):
        found += _shown_by_pictures(runtime, path, evidence.credentials)
    return found


def find_by_reference(
    runtime: Runtime, client: OutgoingClient, reference: AssetReference, query: ContentQuery
) -> tuple[Match, ...]:
    """
    Fetch the asset and search with it; the copy is deleted at once.

    Raises what `OutgoingClient.send` and `find_by_content` raise, and `FetchFailed` when the
    asset is of another type than was told.
    """
    limit_bytes = min(reference.length_bytes, runtime.settings.upload_max_bytes)
    with scratch_folder("rakkan-reference-") as folder:
        path = folder / "asset"
        with path.open("wb") as file:
            answer = client.send(Outgoing(url=reference.url), max_bytes=limit_bytes, sink=file)
        if reference.media_type is not None and answer.media_type != _bare(reference.media_type):
            raise FetchFailed("it holds another media type than was told")
        return find_by_content(runtime, path, query)


def _bare(media_type: str) -> str:
    return media_type.split(";", 1)[0].strip().lower()


def _named_by(credentials: CredentialsReport) -> list[Match]:
    """Give the manifest that the asset still carries. Whether it fits, the asker validates."""
    if credentials.manifest_id is None:
        return []
    return [Match(manifest_id=credentials.manifest_id)]


def _shown_by_pictures(
    runtime: Runtime,
    path: Path,
    credentials: CredentialsReport,
    *,
    way: str | None = None,
    within: tuple[Span, ...] = (),
) -> list[Match]:
    """
    Give the manifests that the pictures lead to, if need be in one way alone.

    Credentials that leave no question spare the search, which is what costs.
    """
    found = recover(runtime, path, credentials, within=within)
    if found is None or (way is not None and way not in found.ways):
        return []
    others = [segment.manifest_id for segment in found.segments]
    return [Match(manifest_id=each) for each in (found.manifest_id, *others)]


def _kept(runtime: Runtime, found: Iterable[Match], *, limit: int) -> tuple[Match, ...]:
    """Leave out what nobody could fetch here, and what was found before."""
    by_id: dict[str, Match] = {}
    for match in found:
        by_id.setdefault(match.manifest_id, match)
    with runtime.transaction(PUBLIC) as session:
        kept = kept_ids(session, list(by_id))
    return tuple(match for name, match in by_id.items() if name in kept)[:limit]

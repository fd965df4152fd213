"""
Ask the services of others about a video, with its sender's consent, and check what they answer.

    file → each service → the manifests it names → signature and signer checked here → an answer

That the pictures are those of the manifest is their word: the verdict shows it as such.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import structlog

from manifests.credentials.read import read_store
from manifests.credentials.report import CredentialsReport
from manifests.media.sniff import HEAD_BYTES, sniff
from manifests.verification.evidence import ForeignAnswer
from service.operations.match import Match
from service.resolution import ResolutionPolicy
from service.resolution_errors import AddressRefused, AnswerTooLarge, FetchFailed
from service.resolver_client import ResolverAnswer, ResolverClient, UploadConsent
from service.runtime import Runtime

MANIFESTS_TRIED: Final = 3
"""Of the manifests that one service names, best first, so many are fetched and checked."""
_AT_ONCE: Final = 4

log = structlog.get_logger(__name__)


def consent_for(runtime: Runtime, file_sha256: str) -> UploadConsent | None:
    """Write down that a file may go to the services configured now; None where there are none."""
    urls = frozenset(ResolutionPolicy.of(runtime.settings).resolver_urls)
    return UploadConsent(file_sha256=file_sha256, resolver_urls=urls) if urls else None


def service_names(urls: Iterable[str]) -> tuple[str, ...]:
    """Name services as a person is told of them: by their hosts."""
    return tuple(dict.fromkeys(map(_name, urls)))


def ask_others(runtime: Runtime, path: Path, consent: UploadConsent) -> tuple[ForeignAnswer, ...]:
    """
    Send a file to the services that its sender agreed to, all at once; every one answers somehow.

    Each has the time limit of outgoing requests for each request. Raises `ConsentMissing` when the
    consent was given for another file, and `UnsupportedMedia` for what is no video.
    """
    policy = ResolutionPolicy.of(runtime.settings)
    agreed = {url.rstrip("/") for url in consent.resolver_urls}
    urls = [url for url in policy.resolver_urls if url.rstrip("/") in agreed]
    client = ResolverClient(policy.client(), urls, strangers=policy.strangers_client())
    with path.open("rb") as file:
        media_type = sniff(file.read(HEAD_BYTES)).media_type

    def ask(url: str) -> Iterable[ForeignAnswer]:
        alone = replace(consent, resolver_urls=frozenset({url}))
        answers = client.find_by_content(path, media_type, consent=alone)
        return [_checked(runtime, client, answer) for answer in answers]

    with ThreadPoolExecutor(_AT_ONCE, "ask-others") as threads:
        return tuple(answer for answers in threads.map(ask, urls) for answer in answers)


def _checked(runtime: Runtime, client: ResolverClient, answer: ResolverAnswer) -> ForeignAnswer:
    """Believe an answer as far as the manifests that it names stand up to our own check."""
    name = _name(answer.resolver_url)
    log.info(
        "asked another service", service=name, matches=len(answer.matches), problem=answer.problem
    )
    if answer.problem is not None:
        return ForeignAnswer(service=name, outcome="unavailable", problem=answer.problem)
    if not answer.matches:
        return ForeignAnswer(service=name, outcome="nothing")
    problem = None
    for match in answer.matches[:MANIFESTS_TRIED]:
        try:
            found = _sound_manifest(
                runtime, client.fetch_manifest(answer.resolver_url, match), match
            )
        except (AddressRefused, AnswerTooLarge, FetchFailed) as error:
            problem = str(error)
            continue
        if found is not None:
            return ForeignAnswer(service=name, outcome="match", credentials=found)
    return ForeignAnswer(service=name, outcome="doubtful", problem=problem)


def _sound_manifest(runtime: Runtime, store: bytes, match: Match) -> CredentialsReport | None:
    """Validate a store as if it were ours; None unless it is the one named, and trusted."""
    report = read_store(store, trust=runtime.trust_lists)
    is_sound = (
        report.presence == "present"
        and report.manifest_id == match.manifest_id
        and report.signature_valid
        and report.signer_tier != "unknown"
        and not report.rule_failures
    )
    return report if is_sound else None


def _name(url: str) -> str:
    return urlsplit(url).netloc or url

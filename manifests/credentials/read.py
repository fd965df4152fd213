"""Read a file's credentials: nothing is fetched, nothing is believed without a list."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from manifests.credentials.boxes import (
    is_lone_beginning,
    manifest_store,
    pictures_lie_outside_hash,
)
from manifests.credentials.report import CredentialsReport, report_of, signer_is_trusted
from manifests.credentials.sdk import EngineProblem, EngineSettings, read_stream
from manifests.errors import MalformedMedia
from manifests.trust.lists import Tier, TrustLists

READ_BUFFER_BYTES = 1 << 20
STORE_MEDIA_TYPE = "application/c2pa"
TIERS: tuple[Tier, ...] = ("c2pa", "local")
"""Whose word is asked first."""


def read_credentials(path: Path, media_type: str, *, trust: TrustLists) -> CredentialsReport:
    """
    Validate the credentials inside a file against the trust lists in force.

    `media_type` is without parameters. Raises `MalformedMedia` for the first part of a fragmented
    stream alone: its binding covers fragments that are not there, so it can neither be confirmed
    nor called altered.
    """
    with path.open("rb", buffering=READ_BUFFER_BYTES) as file:
        try:
            engine_report = read_stream(file, media_type, settings=EngineSettings(trust=trust))
        except EngineProblem as problem:
            return _without_report(file, problem)
        report = report_of(engine_report, signer_tier=_signer_tier(file, engine_report, trust))
        if report.binding == "mismatch" and is_lone_beginning(file):
            raise MalformedMedia("it is the start of a stream, and the parts after it are missing")
        if report.has_unhashed_boxes and pictures_lie_outside_hash(file):
            return replace(report, uncovered=True)
        return report


def read_store(store: bytes, *, trust: TrustLists) -> CredentialsReport:
    """
    Validate a manifest store by itself: its signature, its signer and its time, not any bytes.

    That is all that can be asked of the record of a video whose copy lost its label.
    """
    settings = EngineSettings(trust=trust)
    try:
        engine_report = read_stream(io.BytesIO(store), STORE_MEDIA_TYPE, settings=settings)
    except EngineProblem as problem:
        return CredentialsReport(presence="unreadable", problem=problem.message)
    return report_of(engine_report, signer_tier=_tier_of_store(store, engine_report, trust))


def _signer_tier(file: BinaryIO, engine_report: dict[str, Any], trust: TrustLists) -> Tier:
    """
    Ask one list at a time whether it vouches for the signer.

    The engine takes all lists as one: roots that stand on a list of time stamps make a signer
    trusted too, and of several lists it names any. So the manifest store is validated again, by
    itself and in milliseconds, with nothing but one list of signers. When the signature was made
    is settled by then: the report that found the signer trusted knew the timestamp lists.
    """
    return _tier_of_store(manifest_store(file) or b"", engine_report, trust)


def _tier_of_store(store: bytes, engine_report: dict[str, Any], trust: TrustLists) -> Tier:
    if not signer_is_trusted(engine_report):
        return "unknown"
    for tier in TIERS:
        settings = EngineSettings(trust=trust.of_signers(tier), verify_timestamp_trust=False)
        try:
            alone = read_stream(io.BytesIO(store), STORE_MEDIA_TYPE, settings=settings)
        except EngineProblem:
            return "unknown"
        if signer_is_trusted(alone):
            return tier
    return "unknown"


def _without_report(file: BinaryIO, problem: EngineProblem) -> CredentialsReport:
    """Tell a damaged manifest store from no store: the engine says "other" of both."""
    if problem.kind != "no_manifest" and manifest_store(file) is not None:
        return CredentialsReport(presence="unreadable", problem=problem.message)
    return CredentialsReport(presence="none")

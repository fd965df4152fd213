"""Read a file's credentials: nothing is fetched, nothing is believed without a list."""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from manifests.credentials.boxes import (
    carries_manifest,
    is_lone_beginning,
    pictures_lie_outside_hash,
)
from manifests.credentials.report import CredentialsReport, report_of
from manifests.credentials.sdk import EngineProblem, EngineSettings, read_stream
from manifests.errors import MalformedMedia
from manifests.trust.lists import TrustLists

READ_BUFFER_BYTES = 1 << 20


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
        report = report_of(engine_report, trust)
        if report.binding == "mismatch" and is_lone_beginning(file):
            raise MalformedMedia(
                "it is the first part of a stream, and the parts after it are missing"
            )
        if report.has_unhashed_boxes and pictures_lie_outside_hash(file):
            return replace(report, uncovered=True)
        return report


def _without_report(file: BinaryIO, problem: EngineProblem) -> CredentialsReport:
    """Tell a damaged manifest store from no store: the engine says "other" of both."""
    if problem.kind != "no_manifest" and carries_manifest(file):
        return CredentialsReport(presence="unreadable", problem=problem.message)
    return CredentialsReport(presence="none")

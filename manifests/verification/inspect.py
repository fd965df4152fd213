"""Collect the evidence about a file of this machine."""

from pathlib import Path

from manifests.credentials.read import read_credentials
from manifests.errors import MediaTooLarge
from manifests.media.limits import Limits
from manifests.media.probe import probe
from manifests.media.sniff import HEAD_BYTES, sniff
from manifests.trust.lists import TrustLists
from manifests.verification.evidence import Evidence


def collect_evidence(path: Path, *, trust: TrustLists, limits: Limits) -> Evidence:
    """
    Look at a file's credentials, without asking anybody.

    A file without credentials is probed too, so that "nothing found" is only ever said of a video.
    Raises `MediaTooLarge`, `UnsupportedMedia` for what is no video, `MalformedMedia` for a damaged
    one, and what `probe` raises.
    """
    size_bytes = path.stat().st_size
    if size_bytes > limits.size_bytes:
        raise MediaTooLarge(size_bytes=size_bytes, limit_bytes=limits.size_bytes)
    with path.open("rb") as file:
        container = sniff(file.read(HEAD_BYTES))
    credentials = read_credentials(path, container.media_type, trust=trust)
    if credentials.presence == "none":
        probe(path, limits)
    return Evidence(credentials=credentials, trust_list_date=trust.snapshot_date)

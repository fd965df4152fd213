"""One answer to a search for manifests."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """
    A manifest that fits what was asked about.

    `similarity_percent` is 0 to 100, absent where nothing was measured: an exact soft binding is
    no degree of likeness. `endpoint` is the base address of another service that holds the
    manifest; absent, it is this one.
    """

    manifest_id: str
    similarity_percent: int | None = None
    endpoint: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the match as the resolution API shows it; unknown members are left out."""
        members = {
            "manifestId": self.manifest_id,
            "endpoint": self.endpoint,
            "similarityScore": self.similarity_percent,
        }
        return {name: value for name, value in members.items() if value is not None}

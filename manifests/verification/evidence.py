"""What was found about a video. Evidence says what is; the verdict says what it means."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from manifests.credentials.report import CredentialsReport

LicenceStatus = Literal["active", "pending", "expired", "withdrawn", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceEvidence:
    """The licence as this service's own record has it today; grants are (subject, licensor)."""

    licence_id: str
    status: LicenceStatus
    grants: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    Everything a verdict is made from.

    `licence` is absent when this service has no record of the licence that the manifest names.
    `trust_list_date` is the date of the official lists that were asked.
    """

    credentials: CredentialsReport
    licence: LicenceEvidence | None = None
    trust_list_date: date | None = None

    @property
    def manifest_id(self) -> str | None:
        """The active manifest of the file, believed or not."""
        return self.credentials.manifest_id

    @property
    def licence_id(self) -> str | None:
        """The licence that the manifest names: a claim, until a record of ours says the same."""
        licence = self.credentials.licence
        return licence.licence_id if licence else None

"""What a platform is answered when it asks for a clearance, or follows one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from licensing.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceAnswer:
    """The answer to a platform, with every reason; `token` only while a licence is reserved."""

    id: str
    outcome: str
    status: str
    findings: tuple[dict[str, Any], ...]
    price: Money | None
    token: str | None
    expires_at: datetime | None
    reasons: tuple[dict[str, Any], ...] = ()
    approvals: tuple[dict[str, Any], ...] = ()
    alternatives: tuple[Mapping[str, Any], ...] = ()
    doubts: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `POST /v1/clearances`."""
        answer: dict[str, Any] = {
            "id": self.id,
            "outcome": self.outcome,
            "status": self.status,
            "findings": list(self.findings),
            "alternatives": [*self.alternatives, *self.doubts],
        }
        if self.reasons:
            answer["reasons"] = list(self.reasons)
        if self.approvals:
            answer["approvals"] = list(self.approvals)
        if self.price is not None:
            answer["price"] = {
                "amount_micros": self.price.amount_micros,
                "currency": self.price.currency,
            }
        if self.token is not None:
            answer["token"] = self.token
        if self.expires_at is not None:
            answer["expires_at"] = self.expires_at.isoformat().replace("+00:00", "Z")
        return answer

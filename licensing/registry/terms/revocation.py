"""What a licensor's revocation of its terms does, as the terms themselves announce it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from licensing.registry.nodes import Node
from licensing.registry.terms_nodes import whole_number, word

RevocationEffect = Literal["grandfather", "stop_new", "stop_distribution_by", "immediate"]
EFFECTS: Final[tuple[RevocationEffect, ...]] = (
    *("grandfather", "stop_new", "stop_distribution_by", "immediate"),
)
MIN_NOTICE_DAYS: Final = 30
MAX_NOTICE_DAYS: Final = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """
    Which uses end when the terms are revoked, and with how much notice.

    | effect | new clearances end | videos that exist |
    |---|---|---|
    | `grandfather` | when the notice ends | stay licensed |
    | `stop_new` | at once | stay licensed |
    | `stop_distribution_by` | at once | may be shown until the notice ends |
    | `immediate` | at once | may not be shown any more |

    Whatever the effect, no manifest is rewritten: it goes on saying what was licensed when the
    video was made.
    """

    effect: RevocationEffect = "stop_new"
    notice_days: int = MIN_NOTICE_DAYS

    def new_uses_end(self, revoked_at: datetime) -> datetime:
        """Tell since when no clearance is granted any more."""
        return self.notice_ends(revoked_at) if self.effect == "grandfather" else revoked_at

    def distribution_ends(self, revoked_at: datetime) -> datetime | None:
        """Tell until when videos that exist may be shown; None without an end."""
        if self.effect == "immediate":
            return revoked_at
        if self.effect == "stop_distribution_by":
            return self.notice_ends(revoked_at)
        return None

    def notice_ends(self, revoked_at: datetime) -> datetime:
        """Tell when the notice period is over."""
        return revoked_at + timedelta(days=self.notice_days)

    def to_document(self) -> dict[str, Any]:
        """Write the member `revocation`; `revocation_from_document` reads it."""
        return {"effect": self.effect, "notice_days": self.notice_days}


UNSAID: Final = Revocation()
"""What terms that say nothing about it mean."""


def revocation_from_document(node: Node) -> Revocation:
    """Read the member `revocation`. Raises `RegistryMalformed`, also for less than 30 days."""
    members = node.members(required=("effect", "notice_days"))
    days = whole_number(members["notice_days"], most=MAX_NOTICE_DAYS)
    if days < MIN_NOTICE_DAYS:
        members["notice_days"].fail(f"must be at least {MIN_NOTICE_DAYS}")
    effect = cast("RevocationEffect", word(members["effect"], EFFECTS))
    return Revocation(effect=effect, notice_days=days)

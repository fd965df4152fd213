"""
The life of a version of terms.

    draft ──▶ review ──▶ active ──▶ deprecated ──▶ withdrawn
      ▲          │          └────────────────────────▲
      └──────────┘ sent back; draft and review may be withdrawn, too

Only `active` terms answer new clearances. `deprecated` ones answer no new question, but quotes and
reservations made under them are honoured; `withdrawn` ends a version for good. The content of a
version never changes on the way: its digest is the same from draft to withdrawal.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from licensing.errors import TermsTransitionRefused

TermsStatus = Literal["draft", "review", "active", "deprecated", "withdrawn"]
STATUSES: Final[tuple[TermsStatus, ...]] = get_args(TermsStatus)

NEXT: Final[Mapping[TermsStatus, frozenset[TermsStatus]]] = {
    "draft": frozenset({"review", "withdrawn"}),
    "review": frozenset({"draft", "active", "withdrawn"}),
    "active": frozenset({"deprecated", "withdrawn"}),
    "deprecated": frozenset({"withdrawn"}),
    "withdrawn": frozenset(),
}
"""What each status may become."""


def check_transition(terms_id: str, before: TermsStatus, after: TermsStatus) -> None:
    """Refuse a step that the life of terms does not have. Raises `TermsTransitionRefused`."""
    if after not in NEXT[before]:
        raise TermsTransitionRefused(terms_id, before, after)

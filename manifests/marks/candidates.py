"""
Which records a fingerprint alone suggests: similar windows that agree on one offset in time.

Never more than a suggestion: other shots of one static scene look alike (docs/fingerprint.md).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from manifests.marks.fingerprint import QUERY_VIEWS, Fingerprint, Window
from manifests.marks.index import WindowIndex

SCORE_MIN: Final = 0.80
MARGIN_MIN: Final = 0.03
_QUERY_WINDOWS_MAX: Final = 60
_NEAREST: Final = 64
_ASIDE: Final = 0.004
"""One bit of 256: what lies at the offset itself goes before its neighbours."""
_CHANCE: Final = 0.5
"""What a window counts that found nothing near: unlike codes agree in half of their bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    A record that looks like the copy.

    `score` is the mean similarity of the copy's windows, from 0 to 1; `offset_s` where in the
    record the copy begins; `margin` how far the next record's score lies below.
    """

    manifest_id: str
    score: float
    margin: float
    offset_s: float
    flipped: bool

    @property
    def is_likely(self) -> bool:
        """Whether it may be shown as a possible match."""
        return self.score >= SCORE_MIN and self.margin >= MARGIN_MIN


def find_candidates(
    copy: Fingerprint, index: WindowIndex, *, limit: int = 10
) -> tuple[Candidate, ...]:
    """
    Look the copy up, as it is and mirrored; best first.

    Flat windows are not looked up: a copy without any other has no candidates.
    """
    asked = [
        (view == "mirror", window)
        for view in QUERY_VIEWS
        for window in _spread([w for w in copy.windows.get(view, ()) if w.is_evidence])
    ]
    count = max(sum(one == flipped for one, _window in asked) for flipped in (False, True))
    hits = index.search([window.code for _flipped, window in asked], count=_NEAREST)
    best: dict[_Key, dict[float, float]] = defaultdict(dict)
    for (is_mirror, window), found in zip(asked, hits, strict=True):
        for hit in found:
            flipped = is_mirror != (hit.view == "mirror")
            offset = round(hit.start_s - window.start_s)
            # A cut falls between two windows, and speed drifts: a second aside counts too.
            for aside in (-1, 0, 1):
                seen = best[_Key(hit.manifest_id, offset + aside, flipped)]
                value = hit.similarity - _ASIDE * abs(aside)
                seen[window.start_s] = max(seen.get(window.start_s, _CHANCE), value)
    scores = {
        key: (sum(seen.values()) + _CHANCE * (count - len(seen))) / count
        for key, seen in best.items()
    }
    return _ranked(scores, limit)


class _Key(NamedTuple):
    """One way to lay the copy over a record."""

    manifest_id: str
    offset_s: int
    flipped: bool


def _spread(windows: Sequence[Window]) -> Sequence[Window]:
    return windows[:: -(-len(windows) // _QUERY_WINDOWS_MAX) or 1]


def _ranked(scores: Mapping[_Key, float], limit: int) -> tuple[Candidate, ...]:
    # Sums of the same numbers in another order differ in their last digits.
    rounded = {key: round(score, 6) for key, score in scores.items()}
    best: dict[str, _Key] = {}
    for key in sorted(rounded, key=lambda one: (-rounded[one], one)):
        best.setdefault(key.manifest_id, key)
    following = [*(rounded[key] for key in islice(best.values(), 1, None)), _CHANCE]
    return tuple(
        Candidate(
            manifest_id=key.manifest_id,
            score=rounded[key],
            margin=rounded[key] - after,
            offset_s=float(key.offset_s),
            flipped=key.flipped,
        )
        for key, after in zip(islice(best.values(), limit), following, strict=False)
    )

"""Align the pictures of a copy with those of a record in time."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

PAIRS_MIN: Final = 3
"""Fewer pictures of moving things can be alike by chance; only a shorter clip has fewer."""
_SPEEDS: Final = (1.0, 0.8, 0.9, 1.1, 1.25)
_ALIKE: Final = (0.92, 0.6)
"""A pair speaks for a line by what it is more alike than this; the second only to have a score."""
_UNUSUAL: Final = 0.99
_CELLS: Final = 2_000_000
"""How many numbers are looked at together: 16 MB of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """
    A stretch of the copy that may run along a stretch of the record.

    Pair by pair: positions in the record and in the copy. Record time is `offset_s` plus copy time
    times `speed`.
    """

    record_at: npt.NDArray[np.int_]
    copy_at: npt.NDArray[np.int_]
    offset_s: float
    speed: float


def best_line(
    similarity: npt.NDArray[np.float32], copy_step_s: float, record_step_s: float
) -> Line | None:
    """Find the line along which most pictures are most alike, or None when nothing is alike."""
    records, copies = similarity.shape
    # A copy of less than a second and a half has no three pairs to show.
    possible = min(PAIRS_MIN, records, int(copies * copy_step_s / record_step_s) or 1)
    for above in _ALIKE:
        line = _best_line(np.maximum(similarity - above, 0), copy_step_s, record_step_s)
        if line is None:
            continue
        # A cut ends a stretch before the line does; what comes after it belongs elsewhere.
        alike = similarity[line.record_at, line.copy_at] > _ALIKE[-1]
        if alike.sum() >= possible:
            return Line(line.record_at[alike], line.copy_at[alike], line.offset_s, line.speed)
    return None


def _best_line(
    gains: npt.NDArray[np.float32], copy_step_s: float, record_step_s: float
) -> Line | None:
    records, copies = gains.shape
    record_s = np.arange(records) * record_step_s
    best_gain, best = 0.0, None
    for speed in _SPEEDS:
        first_s = -(copies - 1) * copy_step_s * speed
        offsets_s = np.arange(first_s, records * record_step_s, copy_step_s)
        for some in np.array_split(offsets_s, -(-len(offsets_s) * records // _CELLS)):
            at = np.rint((record_s - some[:, None]) / speed / copy_step_s).astype(np.int_)
            inside = (at >= 0) & (at < copies)
            found = gains[np.arange(records), at.clip(0, copies - 1)]
            # A faster copy shows more of the record in the same time: that is no better.
            sums = (found * inside).sum(axis=1) / speed
            row = int(np.argmax(sums))
            # Of two speeds that fit, the plain one: still pictures fit any.
            gain = float(sums[row]) * (1 if speed == 1 else _UNUSUAL)
            if gain > best_gain:
                pairs = np.flatnonzero(inside[row])
                best_gain, best = gain, Line(pairs, at[row][pairs], float(some[row]), speed)
    return best


def use_up(similarity: npt.NDArray[np.float32], copy_at: npt.NDArray[np.int_]) -> None:
    """Take out what the copy's pictures from the first to the last pair showed."""
    similarity[:, copy_at.min() : copy_at.max() + 1] = 0


def rule_out(similarity: npt.NDArray[np.float32], line: Line) -> None:
    """Take out a line whose pairs turned out not to agree, and what runs right beside it."""
    for aside in (-1, 0, 1):
        similarity[line.record_at, (line.copy_at + aside).clip(0, similarity.shape[1] - 1)] = 0

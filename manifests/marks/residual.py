"""
The front of the detector: what is left of a frame when its picture is taken out, summed by second.

The mark is the same in every frame and the picture is not, so sums over time keep the one and lose
the other. Edges would shout it down: a bilateral filter takes them out with the picture.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_REFERENCE_LINES: Final = 360
"""Filter sizes below are for this short side; smaller pictures get smaller filters."""
_EDGE_LEVELS: Final = 8.0
_LOCAL_FLOOR_LEVELS: Final = 1.2
_CLIP: Final = 2.5
_MEAN_FLOOR: Final = 0.15


@dataclass(slots=True, kw_only=True)
class Bin:
    """The residuals of one second: their sum, float32 of shape (height, width), and how many."""

    start_s: float
    end_s: float
    total: NDArray[np.float32]
    count: int


class Seconds:
    """Sums residuals that come `rate_hz` a second into one bin for each second."""

    def __init__(self, *, start_s: float, rate_hz: int) -> None:
        self.bins: list[Bin] = []
        self._start_s = start_s
        self._rate_hz = rate_hz
        self._count = 0

    def add(self, left: NDArray[np.float32]) -> None:
        """Add the residual of the next frame."""
        second, within = divmod(self._count, self._rate_hz)
        start_s = self._start_s + second
        end_s = start_s + (within + 1) / self._rate_hz
        if within == 0:
            self.bins.append(Bin(start_s=start_s, end_s=end_s, total=left.copy(), count=1))
        else:
            last = self.bins[-1]
            last.total += left
            last.count += 1
            last.end_s = end_s
        self._count += 1


def residual(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Take the picture out of a frame; what is left is scaled by its local strength and clipped."""
    unit = min(grey.shape) / _REFERENCE_LINES
    frame = grey.astype(np.float32)
    picture = cv2.bilateralFilter(frame, 9, _EDGE_LEVELS, 4.0 * unit)
    left = frame - picture
    left -= _blur(left, 4.0 * unit)
    strength = np.sqrt(_blur(left * left, 5.0 * unit)) + _LOCAL_FLOOR_LEVELS
    left /= strength
    np.clip(left, -_CLIP, _CLIP, out=left)
    return left


def mean_of(bins: list[Bin]) -> NDArray[np.float32]:
    """
    Average seconds into one picture of the mark, evened out and faded at the borders.

    Where the scene stands still its own residue stays in the mean, stronger than the mark; dividing
    by the local strength keeps it from outweighing the rest.
    """
    total = np.sum([one.total for one in bins], axis=0, dtype=np.float32)
    mean: NDArray[np.float32] = np.asarray(total, dtype=np.float32)
    mean /= max(1, sum(one.count for one in bins))
    unit = min(mean.shape) / _REFERENCE_LINES
    overall = float(np.sqrt(np.mean(mean * mean)))
    local = np.sqrt(_blur(mean * mean, 8.0 * unit))
    mean /= local + _MEAN_FLOOR * overall + np.float32(1e-9)
    height, width = mean.shape
    fade = np.hanning(height + 2)[1:-1, None] * np.hanning(width + 2)[None, 1:-1]
    mean *= fade.astype(np.float32) ** 0.25
    return mean


def _blur(picture: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.float32)

"""
Guess tile size, aspect and rotation from power alone.

All waves of the lattice, data and pilots alike, stand out of the power spectrum, whatever their
signs. So a guess can be scored by a few hundred look-ups, and only the best are tried in earnest.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from manifests.marks.carriers import Tile
from manifests.marks.lattice import waves

_SIDE: Final = 1024
_CAP: Final = 8.0
_FREQUENCY_MAX: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A tile in a picture turned by `rotation_deg`, and how far its score stands out."""

    tile: Tile
    rotation_deg: float
    score: float


def power(mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """
    Take the power spectrum, evened out: float32 of shape (1024, 1024), about zero on noise.

    Row and column 0 are frequency 0; 1024 is one turn a pixel.
    """
    spectrum = np.fft.fft2(mean, (_SIDE, _SIDE))
    raw = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    evened = raw / (_blurred(raw, 41) + np.float32(1e-12))
    return _blurred(np.minimum(evened, _CAP) - 1, 3)


def turned_guesses(
    evened: NDArray[np.float32],
    natural: Tile,
    *,
    angles_deg: NDArray[np.float64],
    scales: NDArray[np.float64],
    count: int,
) -> list[Guess]:
    """Score every angle with every scale of the natural tile; the best `count` that differ."""
    scores = np.empty((angles_deg.size, scales.size))
    across, down = waves().T
    x, y = across / natural.width, down / natural.height
    for at, angle in enumerate(np.radians(angles_deg)):
        turned_x = x * np.cos(angle) - y * np.sin(angle)
        turned_y = x * np.sin(angle) + y * np.cos(angle)
        scores[at] = _score(evened, np.outer(1 / scales, turned_x), np.outer(1 / scales, turned_y))
    found = []
    for row, column in _peaks(scores, count, reach=(2, 3)):
        scale = float(scales[column])
        found.append(
            Guess(
                tile=natural.scaled(scale, scale),
                rotation_deg=float(angles_deg[row]),
                score=float(scores[row, column]),
            ),
        )
    return found


def stretched_guesses(
    evened: NDArray[np.float32],
    natural: Tile,
    *,
    scales: NDArray[np.float64],
    aspect_max: float,
    count: int,
) -> list[Guess]:
    """Score every width with every height of a tile, up to `aspect_max` out of shape."""
    scores = np.full((scales.size, scales.size), -np.inf)
    across, down = waves().T
    for at, scale_y in enumerate(scales):
        near = np.abs(np.log(scales / scale_y)) <= np.log(aspect_max)
        x = np.outer(1 / scales[near], across / natural.width)
        y = np.broadcast_to(down / (natural.height * scale_y), x.shape)
        scores[at, near] = _score(evened, x, y)
    return [
        Guess(
            tile=natural.scaled(float(scales[column]), float(scales[row])),
            rotation_deg=0.0,
            score=float(scores[row, column]),
        )
        for row, column in _peaks(scores, count, reach=(3, 3))
    ]


def _score(
    evened: NDArray[np.float32],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Add up the power at frequencies in turns a pixel: one score for each row of `x` and `y`."""
    column = np.rint(x * _SIDE).astype(np.int32) % _SIDE
    row = np.rint(y * _SIDE).astype(np.int32) % _SIDE
    # Finer than three pixels there is nothing in a video.
    seen = (np.abs(x) < _FREQUENCY_MAX) & (np.abs(y) < _FREQUENCY_MAX)
    total = np.where(seen, evened[row, column], 0).sum(axis=1)
    score: NDArray[np.float64] = total / np.sqrt(np.maximum(seen.sum(axis=1), 1))
    return score


def _peaks(
    scores: NDArray[np.float64],
    count: int,
    *,
    reach: tuple[int, int],
) -> list[tuple[int, int]]:
    """Find the best cells, none within `reach` of a better one."""
    left = scores.copy()
    found: list[tuple[int, int]] = []
    if not left.size:
        # So small a picture shows no wave at any scale.
        return found
    for _ in range(count):
        row, column = map(int, np.unravel_index(int(left.argmax()), left.shape))
        if not np.isfinite(left[row, column]):
            break
        found.append((row, column))
        rows = slice(max(0, row - reach[0]), row + reach[0] + 1)
        columns = slice(max(0, column - reach[1]), column + reach[1] + 1)
        left[rows, columns] = -np.inf
    return found


def _blurred(picture: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Average over squares of odd `size`; a spectrum goes on around its edges."""
    margin = size // 2
    padded = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_WRAP)
    blurred = np.asarray(cv2.blur(padded, (size, size)), dtype=np.float32)
    return blurred[margin:-margin, margin:-margin]

"""
Read the waves out of a mean residual, at any tile size: two small matrix products.

A tile size that is a little wrong turns the waves' phases across the picture and they cancel, so
the tile must be known to about a third of a percent.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from manifests.marks.lattice import RADIUS_MAX, waves

_SPAN: Final = RADIUS_MAX
_CLIP: Final = 3.0
_RING: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Size of one tile in pixels of the analysed picture."""

    width: float
    height: float

    def scaled(self, x: float, y: float) -> "Tile":
        """Make it larger by these factors."""
        return Tile(width=self.width * x, height=self.height * y)


def spectrum(
    mean: NDArray[np.float32],
    tile: Tile,
    *,
    step: float = 1.0,
) -> NDArray[np.complex64]:
    """
    Correlate with all plane waves of a grid of turns per tile.

    Shape (down, across): down from -27 to 27, across from 0 to 27, both by `step`. The origin is
    the centre of the picture.
    """
    height, width = mean.shape
    turns = np.arange(0, _SPAN + 1 + step / 2, step)
    x = (np.arange(width) - (width - 1) / 2) / tile.width
    y = (np.arange(height) - (height - 1) / 2) / tile.height
    angle_x = (2 * np.pi * np.outer(x, turns)).astype(np.float32)
    angle_y = (2 * np.pi * np.outer(turns, y)).astype(np.float32)
    # Real products are three times as fast as complex ones here.
    cosine, sine = mean @ np.cos(angle_x), mean @ np.sin(angle_x)
    down_cosine, down_sine = np.cos(angle_y), np.sin(angle_y)
    even_real, even_imag = down_cosine @ cosine, down_cosine @ sine
    odd_real, odd_imag = down_sine @ cosine, down_sine @ sine
    positive = (even_real - odd_imag) - 1j * (even_imag + odd_real)
    negative = (even_real + odd_imag) - 1j * (even_imag - odd_real)
    return np.concatenate([negative[:0:-1], positive]).astype(np.complex64)


def at_waves(grid: NDArray[np.complex64], *, flipped: bool) -> NDArray[np.complex64]:
    """Pick the waves of `waves()` from a grid of step 1, as they were before a mirror."""
    across, down = waves().T
    middle = grid.shape[0] // 2
    if flipped:
        return np.asarray(grid[middle - down, across].conj(), dtype=np.complex64)
    return np.asarray(grid[middle + down, across], dtype=np.complex64)


def evened_by_ring(values: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """Divide by the median of waves of like length, and cap what towers above: for searching."""
    magnitude = np.abs(values)
    rings = _rings()
    median = np.array([np.median(magnitude[rings == ring]) for ring in range(rings.max() + 1)])
    evened = values / (median[rings] + np.float32(1e-9))
    return np.asarray(evened / np.maximum(1.0, np.abs(evened) / _CLIP), dtype=np.complex64)


def evened_by_noise(mean: NDArray[np.float32], tile: Tile) -> NDArray[np.complex64]:
    """
    Give the grid of step 1, divided by the noise around each wave: for decoding.

    The noise is measured between the waves, where nothing was embedded.
    """
    fine = spectrum(mean, tile, step=0.5)
    between = np.ones(fine.shape, dtype=bool)
    between[::2, ::2] = False
    power = np.where(between, np.log(np.abs(fine) ** 2 + np.float32(1e-12)), 0).astype(np.float32)
    total = cv2.blur(power, (9, 9))
    share = cv2.blur(between.astype(np.float32), (9, 9))
    noise = np.exp(total / share / 2)
    evened: NDArray[np.complex64] = (fine / noise)[::2, ::2]
    return np.asarray(evened / np.maximum(1.0, np.abs(evened) / _CLIP), dtype=np.complex64)


@lru_cache(maxsize=1)
def _rings() -> NDArray[np.intp]:
    radius = np.hypot(*waves().T)
    return np.asarray((radius - radius.min()) / _RING).astype(np.intp)

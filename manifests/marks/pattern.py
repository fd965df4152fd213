"""Draw the mark of one id, for one picture size."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from manifests.marks import payload
from manifests.marks.lattice import TILE_UNITS, UNITS_OF_SHORT_SIDE, amplitudes, layout, waves


def draw(
    mark_id: str,
    secret: bytes,
    *,
    width: int,
    height: int,
    pixel_aspect: Fraction = Fraction(1),
) -> NDArray[np.float64]:
    """
    Draw the pattern with unit variance: float64 of shape (height, width).

    Square as seen: with pixels that are not square the tile is so many of them wide that a player
    shows it square. The centre of the picture is a corner of tiles.
    """
    tile_y = TILE_UNITS * min(height, width * float(pixel_aspect)) / UNITS_OF_SHORT_SIDE
    tile_x = tile_y / float(pixel_aspect)
    keyed = layout(secret)
    signs = keyed.signs(payload.encode(mark_id))
    weights = amplitudes() * signs * np.exp(1j * keyed.phases)
    turns_across, turns_down = waves().T
    across, down = np.unique(turns_across), np.unique(turns_down)
    table = np.zeros((down.size, across.size), dtype=np.complex128)
    table[np.searchsorted(down, turns_down), np.searchsorted(across, turns_across)] = weights
    x = (np.arange(width) - (width - 1) / 2) / tile_x
    y = (np.arange(height) - (height - 1) / 2) / tile_y
    # A sum over waves is two small matrix products, for each wave is a product of x and y parts.
    rows = np.exp(2j * np.pi * np.outer(y, down)) @ table
    columns = np.exp(2j * np.pi * np.outer(across, x))
    drawn: NDArray[np.float64] = rows.real @ columns.real - rows.imag @ columns.imag
    return drawn

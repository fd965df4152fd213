"""
Find where the tile begins, by the pilots: their signs are known, their phases tell the shift.

All pilots together form one peak in the plane of shifts. Its height over the plane's noise, `z`,
says how surely a mark of this key is there. It is a hint, never proof: searched long enough,
noise reaches 5.7 (docs/marks.md).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from manifests.marks.carriers import Tile, at_waves, evened_by_noise, evened_by_ring, spectrum
from manifests.marks.lattice import Layout, waves

_CELLS: Final = 64
_FINE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A tile found in a picture: size, mirror, shift in tiles, and strength `z` of the pilots."""

    tile: Tile
    flipped: bool
    shift: tuple[float, float]
    z: float


def lock(mean: NDArray[np.float32], tile: Tile, keyed: Layout) -> tuple[Lock, Lock]:
    """Lock on at this tile size, as it is and mirrored; the stronger one first."""
    grid = spectrum(mean, tile)
    both = [
        lock_on(at_waves(grid, flipped=flipped), tile, keyed, flipped) for flipped in (False, True)
    ]
    first, second = sorted(both, key=lambda one: -one.z)
    return first, second


def lock_on(
    values: NDArray[np.complex64],
    tile: Tile,
    keyed: Layout,
    flipped: bool,  # noqa: FBT001 -- a fact beside the others, not a switch
) -> Lock:
    """Find the shift at which the pilots agree."""
    plane = _shift_plane(evened_by_ring(values), keyed)
    peak = int(plane.argmax())
    z = float(plane.flat[peak] / plane.std())
    down, across = divmod(peak, _CELLS)
    return Lock(tile=tile, flipped=flipped, shift=(across / _CELLS, down / _CELLS), z=z)


def read_waves(mean: NDArray[np.float32], found: Lock, keyed: Layout) -> NDArray[np.float32]:
    """
    Read a soft sign from every wave, in units of its noise.

    The shift is first made finer than the plane's cells.
    """
    values = at_waves(evened_by_noise(mean, found.tile), flipped=found.flipped)
    turned = values * np.exp(-1j * keyed.phases)
    across, down = waves().T
    pilots = keyed.pilots
    offsets = np.linspace(-1, 1, 2 * _FINE + 1) / _CELLS
    x, y = found.shift[0] + offsets, found.shift[1] + offsets
    # All fine shifts at once: rows are y, columns x.
    by_x = np.exp(2j * np.pi * np.outer(x, across[pilots])) * turned[pilots]
    scores = (np.exp(2j * np.pi * np.outer(y, down[pilots])) @ by_x.T).real
    best_y, best_x = np.unravel_index(int(scores.argmax()), scores.shape)
    phase = across * x[best_x] + down * y[best_y]
    soft = (turned * np.exp(2j * np.pi * phase)).real
    return np.asarray(soft, dtype=np.float32)


def _shift_plane(values: NDArray[np.complex64], keyed: Layout) -> NDArray[np.float64]:
    """Score every shift of 1/64 tile: shape (down, across)."""
    across, down = waves()[keyed.pilots].T
    grid = np.zeros((_CELLS, _CELLS), dtype=np.complex128)
    grid[down % _CELLS, across] = values[keyed.pilots] * np.exp(-1j * keyed.phases[keyed.pilots])
    plane: NDArray[np.float64] = np.fft.ifft2(grid).real
    return plane

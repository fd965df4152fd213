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
from manifests.marks.lattice import RADIUS_MAX, RADIUS_MIN, Layout, waves

_CELLS: Final = 64
_FINE: Final = 8
_WEIGHT_MIN: Final = 0.2
_LEVEL_MIN: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A tile found in a picture: size, mirror, shift in tiles, and strength `z` of the pilots."""

    tile: Tile
    flipped: bool
    shift: tuple[float, float]
    z: float


def lock(
    mean: NDArray[np.float32],
    tile: Tile,
    keyed: Layout,
    *,
    centred: bool = False,
) -> tuple[Lock, Lock]:
    """Lock on at this tile size, as it is and mirrored; the stronger one first. See `locks`."""
    found = locks(mean, tile, keyed)
    return found.centred if centred else found.anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """
    The best locks at one tile size, as it is and mirrored, the stronger first.

    `anywhere` in the tile, and where it lies in a picture that was cropped about its centre: there
    are few such places, so that much weaker pilots are worth a try there.
    """

    anywhere: tuple[Lock, Lock]
    centred: tuple[Lock, Lock]


def locks(mean: NDArray[np.float32], tile: Tile, keyed: Layout) -> Locks:
    """Find the shifts at which the pilots agree."""
    grid = spectrum(mean, tile)
    anywhere: list[Lock] = []
    centred: list[Lock] = []
    for flipped in (False, True):
        plane = _shift_plane(evened_by_ring(at_waves(grid, flipped=flipped)), keyed)
        spread = float(plane.std())
        # The centre's cell in the middle, and the cells around it.
        around = np.roll(plane, (1, 1), (0, 1))[:3, :3]
        y, x = divmod(int(around.argmax()), 3)
        for found, peak in (
            (anywhere, divmod(int(plane.argmax()), _CELLS)),
            (centred, ((y - 1) % _CELLS, (x - 1) % _CELLS)),
        ):
            shift = (peak[1] / _CELLS, peak[0] / _CELLS)
            z = float(plane[peak] / spread)
            found.append(Lock(tile=tile, flipped=flipped, shift=shift, z=z))
    return Locks(anywhere=_stronger_first(anywhere), centred=_stronger_first(centred))


def weighed(soft: NDArray[np.float32], keyed: Layout) -> NDArray[np.float32]:
    """
    Weigh every wave's soft sign by how well pilots of its length came through.

    What an encoder throws away first is fine detail. A straight line through the pilots over the
    length is all that a quarter of the waves can tell with so much noise.
    """
    length = np.hypot(*waves().T)
    middle = (RADIUS_MIN + RADIUS_MAX) / 2
    away = (length - middle) / middle
    lines = np.column_stack([np.ones_like(away), away])
    (level, slope), *_ = np.linalg.lstsq(lines[keyed.pilots], soft[keyed.pilots], rcond=None)
    weights = np.maximum(level + slope * away, _WEIGHT_MIN * max(level, _LEVEL_MIN))
    return np.asarray(soft * weights, dtype=np.float32)


def _stronger_first(both: list[Lock]) -> tuple[Lock, Lock]:
    first, second = sorted(both, key=lambda one: -one.z)
    return first, second


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

"""
The carriers: which plane waves a key's pattern is made of, and what each of them says.

The pattern repeats every `TILE_UNITS` of 1/720 of the short side. A wave (k, l) makes k turns
along a tile's width and l along its height. A quarter of the waves are pilots, whose signs are
always the same: they give the position. The others each carry one coded bit.

What depends on the key is drawn from SHAKE-256, so that it is the same with any library, for ever.
"""

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from manifests.marks.payload import CODED_BITS

TILE_UNITS: Final = 256
UNITS_OF_SHORT_SIDE: Final = 720
RADIUS_MIN: Final = 7
RADIUS_MAX: Final = 26
_OFF_AXIS_MIN: Final = 2
"""Waves along the axes look like the block edges of codecs, and are seen as stripes."""
_PILOT_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """
    One key's carriers; all arrays run over the waves of `waves()`.

    `phases` in radians at the tile's corner; `pilots` and `data` index into them. Data wave
    `data[i]` carries coded bit `bits[i]`, turned over where `scrambled[i]` is -1. With more waves
    than coded bits some bits are carried twice.
    """

    phases: NDArray[np.float64]
    pilots: NDArray[np.intp]
    data: NDArray[np.intp]
    bits: NDArray[np.intp]
    scrambled: NDArray[np.float32]

    def signs(self, coded: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give every wave its sign, +1 or -1, for these coded bits."""
        signs = np.ones(self.phases.size, dtype=np.float32)
        signs[self.data] = (1.0 - 2.0 * coded[self.bits]) * self.scrambled
        return signs

    def soft_bits(self, soft: NDArray[np.float32]) -> NDArray[np.float32]:
        """Gather soft values of all waves into soft coded bits, positive for 0."""
        gathered = np.zeros(CODED_BITS, dtype=np.float32)
        np.add.at(gathered, self.bits, soft[self.data] * self.scrambled)
        return gathered


@cache
def waves() -> NDArray[np.int64]:
    """List the waves as rows (k, l), one of each pair that differs in direction alone."""
    across, down = np.mgrid[_OFF_AXIS_MIN : RADIUS_MAX + 1, -RADIUS_MAX : RADIUS_MAX + 1]
    radius = np.hypot(across, down)
    kept = (radius >= RADIUS_MIN) & (radius <= RADIUS_MAX) & (np.abs(down) >= _OFF_AXIS_MIN)
    return np.column_stack([across[kept], down[kept]])


@cache
def amplitudes() -> NDArray[np.float64]:
    """Weigh the waves by r^-1/2, for a pattern of unit variance."""
    weights: NDArray[np.float64] = np.hypot(*waves().T) ** -0.5
    weights /= np.sqrt(np.sum(weights**2) / 2)
    return weights


@lru_cache(maxsize=16)
def layout(secret: bytes) -> Layout:
    """Draw the layout of a key."""
    count = len(waves())
    order = _permutation(secret, "waves", count)
    pilots = round(count * _PILOT_SHARE)
    data = order[pilots:]
    rounds = -(-data.size // CODED_BITS)
    bits = np.concatenate(
        [_permutation(secret, f"bits {n}", CODED_BITS) for n in range(rounds)],
    )[: data.size]
    phases = _numbers(secret, "phases", count).astype(np.float64) * (2 * np.pi / 2**32)
    scrambled = 1.0 - 2.0 * (_numbers(secret, "scrambler", data.size) >> 31)
    return Layout(
        phases=phases,
        pilots=order[:pilots],
        data=data,
        bits=bits,
        scrambled=scrambled.astype(np.float32),
    )


def _numbers(secret: bytes, purpose: str, count: int) -> NDArray[np.uint32]:
    stream = hashlib.shake_256(b"latticemark 1\0" + purpose.encode() + b"\0" + secret)
    return np.frombuffer(stream.digest(4 * count), dtype=">u4").astype(np.uint32)


def _permutation(secret: bytes, purpose: str, count: int) -> NDArray[np.intp]:
    return np.argsort(_numbers(secret, purpose, count), kind="stable")

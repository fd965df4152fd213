"""
Find one key's mark in a mean residual: where it lies, and its id.

From the likeliest to the rarest: whole picture, scaled or cropped, turned, stretched. Every guess
that the pilots support is refined and decoded; version and CRC decide, never the pilots.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from manifests.marks import payload
from manifests.marks.carriers import Tile
from manifests.marks.geometry import upright
from manifests.marks.lattice import RADIUS_MAX, Layout
from manifests.marks.lines import Guess, power, stretched_guesses, turned_guesses
from manifests.marks.sync import Lock, lock, locks, read_waves, weighed

SCALE_MIN: Final = 0.5
SCALE_MAX: Final = 2.4
ROTATION_MAX_DEG: Final = 6.0
ASPECT_MAX: Final = 1.9
GUESSES: Final = 8
CENTRED_GUESSES: Final = 4
TURNED_GUESSES: Final = 6
STRETCHED_GUESSES: Final = 6
DECODES_MAX: Final = 5 + GUESSES + CENTRED_GUESSES + TURNED_GUESSES + STRETCHED_GUESSES
"""What one failing search decodes at most; docs/marks.md counts on it."""

_STEP: Final = 0.0035
_Z_DIRECT_MIN: Final = 4.2
_UPRIGHT_DEG: Final = 0.1
_SCALES_APART: Final = 0.005
_Z_SCANNED_MIN: Final = 4.2
_Z_DECODED_MIN: Final = 4.7
_Z_CENTRED_MIN: Final = 3.2
_PIXELS_PER_WAVE_MIN: Final = 2.2

Picture = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A mark that was read: its id, where it locked on, in a picture turned by `rotation_deg`."""

    mark_id: str
    lock: Lock
    rotation_deg: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is searched for, and until when (`time.monotonic`)."""

    keyed: Layout
    natural: Tile
    deadline: float

    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.deadline

    def read(self, mean: Picture, found: Lock) -> str | None:
        """Decode at this lock."""
        soft = read_waves(mean, found, self.keyed)
        return payload.decode(self.keyed.soft_bits(weighed(soft, self.keyed)))

    def direct(self, mean: Picture) -> Hit | None:
        """Try the whole picture, as it is and mirrored."""
        both = locks(mean, self.natural, self.keyed)
        for found in both.anywhere:
            if found.z < _Z_DIRECT_MIN:
                continue
            # Refined by the pilots the size wanders a little: what needs no refining goes first.
            for tried in (found, self._refined(mean, found)):
                if mark_id := self.read(mean, tried):
                    return Hit(mark_id=mark_id, lock=tried)
        whole = both.centred[0]
        if whole.z < _Z_CENTRED_MIN or whole in both.anywhere:
            return None
        mark_id = self.read(mean, whole)
        return Hit(mark_id=mark_id, lock=whole) if mark_id else None

    def scaled(self, mean: Picture) -> Hit | None:
        """Try every scale from a small picture within the picture to a narrow crop."""
        anywhere: list[Lock] = []
        centred: list[Lock] = []
        for scale in _scales(self.natural, _STEP):
            if self.is_over():
                return None
            found = locks(mean, self.natural.scaled(scale, scale), self.keyed)
            anywhere.append(found.anywhere[0])
            centred.append(found.centred[0])
        return self._best(mean, _apart(anywhere, GUESSES, z_min=_Z_SCANNED_MIN)) or self._best(
            mean,
            _apart(centred, CENTRED_GUESSES, z_min=_Z_CENTRED_MIN),
            centred=True,
        )

    def _best(self, mean: Picture, guesses: list[Lock], *, centred: bool = False) -> Hit | None:
        """Refine and decode one after the other."""
        z_min = _Z_CENTRED_MIN if centred else _Z_DECODED_MIN
        for found in guesses:
            if self.is_over():
                return None
            refined = self._refined(mean, found, centred=centred)
            if refined.z >= z_min and (mark_id := self.read(mean, refined)):
                return Hit(mark_id=mark_id, lock=refined)
        return None

    def turned_or_stretched(self, mean: Picture) -> Hit | None:
        """Try rotation with scale, then width and height apart."""
        for guess in self._guesses(power(mean)):
            if self.is_over():
                return None
            hit = self._try(mean, guess)
            if hit is not None:
                return hit
        return None

    def _guesses(self, evened: Picture) -> Iterator[Guess]:
        angles = np.arange(-ROTATION_MAX_DEG, ROTATION_MAX_DEG + 0.01, 0.2)
        yield from turned_guesses(
            evened,
            self.natural,
            angles_deg=angles[np.abs(angles) > _UPRIGHT_DEG],
            scales=_scales(self.natural, 0.004),
            count=TURNED_GUESSES,
        )
        yield from stretched_guesses(
            evened,
            self.natural,
            scales=_scales(self.natural, 0.006),
            aspect_max=ASPECT_MAX,
            count=STRETCHED_GUESSES,
        )

    def _try(self, mean: Picture, guess: Guess) -> Hit | None:
        angles = (guess.rotation_deg + np.arange(-2, 3) * 0.06) if guess.rotation_deg else [0.0]
        best: tuple[Lock, float, Picture] | None = None
        for angle in angles:
            turned = upright(mean, float(angle))
            found = self._refined(turned, lock(turned, guess.tile, self.keyed)[0], apart=True)
            if best is None or found.z > best[0].z:
                best = (found, float(angle), turned)
        assert best is not None  # noqa: S101 -- there is at least one angle
        found, angle, turned = best
        if found.z >= _Z_DECODED_MIN and (mark_id := self.read(turned, found)):
            return Hit(mark_id=mark_id, lock=found, rotation_deg=angle)
        return None

    def _refined(
        self,
        mean: Picture,
        found: Lock,
        *,
        apart: bool = False,
        centred: bool = False,
    ) -> Lock:
        """Sharpen the tile's size, its two sides together or `apart`, by the pilots."""
        together: list[Callable[[float], tuple[float, float]]] = [lambda by: (by, by)]
        one_by_one: list[Callable[[float], tuple[float, float]]] = [
            lambda by: (by, 1.0),
            lambda by: (1.0, by),
        ]
        for reach, step in ((0.0032, 0.0008), (0.0012, 0.0004)):
            for stretch in (*together, *one_by_one) if apart else together:
                middle = found.tile
                for offset in np.arange(-reach, reach + step / 2, step):
                    tile = middle.scaled(*stretch(1 + float(offset)))
                    best = lock(mean, tile, self.keyed, centred=centred)[0]
                    if best.z > found.z:
                        found = best
        return found


def _scales(natural: Tile, step: float) -> NDArray[np.float64]:
    """List the scales from the smallest whose finest wave can be seen."""
    smallest = RADIUS_MAX * _PIXELS_PER_WAVE_MIN / min(natural.width, natural.height)
    low, high = np.log(max(SCALE_MIN, smallest)), np.log(SCALE_MAX)
    return np.asarray(np.exp(np.arange(low, high, step)), dtype=np.float64)


def _apart(scanned: list[Lock], count: int, *, z_min: float) -> list[Lock]:
    """Take the strongest locks of more than `z_min` that are not each other's slopes."""
    chosen: list[Lock] = []
    for found in sorted(scanned, key=lambda one: -one.z):
        if found.z < z_min or len(chosen) == count:
            break
        if all(abs(found.tile.width / other.tile.width - 1) > _SCALES_APART for other in chosen):
            chosen.append(found)
    return chosen

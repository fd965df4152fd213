"""
Compare aligned pictures of a copy and a record, pair by pair, in five ways.

As a whole (correlation); in what is finer than a sixteenth of the side; by perceptual hash; in how
much of the picture shows something else; and in what changes from pair to pair.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from manifests.marks.alignment import PAIRS_MIN, Line
from manifests.marks.frame_hash import frame_hashes
from manifests.marks.registration import Floats, Overlay, unit

WHOLE_MIN: Final = 0.92
STILL_WHOLE_MIN: Final = 0.99
DIFFERING_MAX: Final = 0.10
STILL_DIFFERING_MAX: Final = 0.012
"""Where nothing moves, motion cannot tell one shot from another: the pictures must be closer."""
DETAIL_MIN: Final = 0.70
HASH_MIN: Final = 0.75
MOTION_MIN: Final = 0.80

_DETAIL_SIDE: Final = 1 / 16
"""Detail is what is finer than this part of the shorter side."""
_MOVING_LEVELS: Final = 4.0
"""Less change than this, in levels of brightness, may come from an encoder."""
_MOVING_PART: Final = 0.01
_PLAIN_LEVELS: Final = 5.0
_SAME_LEVELS: Final = 2.2
"""Without motion and detail (a plain gradient), pictures must be the same to so many levels."""
_TONE_PIXELS: Final = 20_000
_TONES: Final = 16
_ENDS: Final = (0, -2)
"""The first and the last stretch of a curve."""
_DIFFERENT_BLUR: Final = 1.5
_DIFFERENT_LEVELS: Final = 8.0
_DIFFERENT_CONTRAST: Final = 0.2
_HASH_BITS: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """How the pairs of one line compare, each array of shape (pairs,)."""

    whole: npt.NDArray[np.float64]
    detail: npt.NDArray[np.float64]
    hashes: npt.NDArray[np.float64]
    differing: npt.NDArray[np.float64]
    motion: float | None

    @property
    def agree(self) -> npt.NDArray[np.bool_]:
        """Which pairs agree in everything; none when what moves does not."""
        if self.motion is None:
            alike = (self.whole >= STILL_WHOLE_MIN) & (self.differing <= STILL_DIFFERING_MAX)
        elif self.motion >= MOTION_MIN:
            alike = (self.whole >= WHOLE_MIN) & (self.differing <= DIFFERING_MAX)
        else:
            return np.zeros(len(self.whole), np.bool_)
        return alike & (self.detail >= DETAIL_MIN) & (self.hashes >= HASH_MIN)


def compare_pairs(overlay: Overlay, line: Line) -> Pairs:
    """Compare the pairs of a line, once the record's have been given the copy's tones."""
    copy = _nearest_copies(overlay, line)
    common = overlay.common
    record = _toned(overlay.record[line.record_at], copy, common)
    side = min(common.shape)
    blur = max(1.5, side * _DETAIL_SIDE)
    fine_record, fine_copy = _detail(record, blur)[:, common], _detail(copy, blur)[:, common]
    whole = _row_products(unit(record[:, common]), unit(copy[:, common]))
    detail = _row_products(unit(fine_record), unit(fine_copy))
    hashes = _hash_similarities(record, copy, common)
    motion = _motion(record[:, common], copy[:, common])
    if motion is None:
        is_plain = np.maximum(fine_record.std(axis=1), fine_copy.std(axis=1)) < _PLAIN_LEVELS
        is_same = _levels_between(record[:, common], copy[:, common]) <= _SAME_LEVELS
        for similarity in (detail, hashes):
            similarity[is_plain] = is_same[is_plain]
    return Pairs(
        whole=whole,
        detail=detail,
        hashes=hashes,
        differing=_differing_parts(record, copy, common),
        motion=motion,
    )


def _nearest_copies(overlay: Overlay, line: Line) -> Floats:
    """Take for each pair the most alike of the copy's picture and its neighbours in time."""
    common = overlay.common
    record = unit(overlay.record[line.record_at][:, common])
    last = len(overlay.copy) - 1
    choices = [(line.copy_at + step).clip(0, last) for step in (0, -1, 1)]
    alike = [_row_products(record, unit(overlay.copy[at][:, common])) for at in choices]
    chosen = np.argmax(np.stack(alike), axis=0)
    return np.asarray(overlay.copy[np.stack(choices)[chosen, np.arange(len(chosen))]])


def _detail(pictures: Floats, blur: float) -> Floats:
    smooth = np.stack([cv2.GaussianBlur(picture, (0, 0), blur) for picture in pictures])
    return np.asarray(pictures - smooth, np.float32)


def _toned(record: Floats, copy: Floats, common: npt.NDArray[np.bool_]) -> Floats:
    """
    Give the record's pictures the copy's tones, by one rising curve for all of them.

    The curve goes through the mean of the copy's levels for each sixteenth part of the record's
    pixels: contrast, gamma and clipping are all of that kind.
    """
    one, two = record[:, common].ravel(), copy[:, common].ravel()
    every = max(1, len(one) // _TONE_PIXELS)
    one, two = one[::every], two[::every]
    order = np.argsort(one, kind="stable")
    groups = [group for group in np.array_split(order, _TONES) if len(group)]
    levels = np.array([one[group].mean() for group in groups])
    tones = np.maximum.accumulate(np.array([two[group].mean() for group in groups]))
    # Groups of one level (a white page) are one point; beyond the ends the slope goes on.
    levels, first = np.unique(levels.round(3), return_index=True)
    tones = tones[first]
    if len(levels) < len(_ENDS):
        return np.asarray(record - levels[0] + tones[0], np.float32)
    slopes = [(tones[at + 1] - tones[at]) / (levels[at + 1] - levels[at]) for at in _ENDS]
    below, above = np.minimum(record - levels[0], 0), np.maximum(record - levels[-1], 0)
    curve = np.interp(record, levels, tones) + below * slopes[0] + above * slopes[1]
    return np.asarray(curve, np.float32)


def _differing_parts(
    record: Floats, copy: Floats, common: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """
    Measure which part of each picture shows something else, from 0 to 1.

    The signed difference is smoothed: along a line that is off by half a pixel it cancels out.
    """
    parts = []
    for one, two in zip(record, copy, strict=True):
        between = np.where(common, two - one, 0)
        apart = np.abs(cv2.GaussianBlur(between, (0, 0), _DIFFERENT_BLUR))[common]
        limit = max(_DIFFERENT_LEVELS, _DIFFERENT_CONTRAST * float(two[common].std()))
        parts.append(float((apart > limit).mean()))
    return np.array(parts)


def _levels_between(record: Floats, copy: Floats) -> npt.NDArray[np.float64]:
    """How far apart two pictures are, in levels, but for a fiftieth of their pixels."""
    between = copy - record
    between -= between.mean(axis=1, keepdims=True)
    return np.asarray(np.percentile(np.abs(between), 98, axis=1), np.float64)


def _hash_similarities(
    record: Floats, copy: Floats, common: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    hashes = []
    for pictures in (record, copy):
        rows = pictures[:, common]
        filled = np.where(common, pictures, rows.mean(axis=1)[:, None, None])
        hashes.append(frame_hashes(filled.round().clip(0, 255).astype(np.uint8)))
    return np.asarray(1 - np.bitwise_count(hashes[0] ^ hashes[1]) / _HASH_BITS, np.float64)


def _motion(record: Floats, copy: Floats) -> float | None:
    """
    Correlate what changes from pair to pair, or None when next to nothing does.

    Two shots by one unmoving camera agree in everything but this.
    """
    if len(record) < PAIRS_MIN:
        return None
    one, two = (rows - rows.mean(axis=1, keepdims=True) for rows in (record, copy))
    one, two = one - one.mean(axis=0), two - two.mean(axis=0)
    moves = np.maximum(one.std(axis=0), two.std(axis=0)) >= _MOVING_LEVELS
    if moves.mean() < _MOVING_PART:
        return None
    one, two = one[:, moves], two[:, moves]
    return float((one * two).sum() / max(np.linalg.norm(one) * np.linalg.norm(two), 1e-6))


def _row_products(one: Floats, two: Floats) -> npt.NDArray[np.float64]:
    return np.asarray(np.einsum("ij,ij->i", one, two), np.float64)

"""
Lay the pictures of a copy over those of a record: which part of the picture it shows, and how.

1. Bars are cut off the copy (and it is tried with them as well: a dark scene looks like bars).
2. A few pictures of the copy are searched in the record's, whole and smaller and smaller.
3. The best places are refined to an affine map, which also undoes a small rotation or squeeze
   (Evangelidis and Psarakis 2008, enhanced correlation coefficient; OpenCV's findTransformECC).

The map is the same for all pictures of a copy: a crop that wanders is not found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Stack: TypeAlias = npt.NDArray[np.uint8]
"""Pictures: uint8 of shape (count, height, width)."""
Floats: TypeAlias = npt.NDArray[np.float32]

_SPOTS: Final = 4
_PROBE_STEP: Final = 2
_RECORD_PROBES_MAX: Final = 80
_PARTS: Final = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45)
_SQUEEZED_PARTS: Final = (1.0, 0.95, 0.9)
_SQUEEZE: Final = 0.03
"""Sides in another ratio than the record's by more than this may also be squeezed."""
_REFINED: Final = 3
_SIDE_MIN: Final = 10
_BAR_LEVELS: Final = 4.0
_ECC: Final = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
_ECC_BLUR: Final = 3
_SMOOTH: Final = 0.8
"""Pixels of blur on both sides: a crop was drawn sharper than the part it is compared with."""
_COMMON_MIN: Final = 0.6
_ROUNDS: Final = 2
_FLAT_LEVELS: Final = 0.4
"""What scatters less than this is noise, no picture, and correlates with nothing."""
_SMALLER: Final = 1.1
_ROTATION_DEG_MIN: Final = 0.5
"""The refinement finds smaller turns by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """
    Copy and record in the same pixels: float32 of shape (count, height, width).

    `common` says which pixels both have; `part` how much of the record's picture the copy shows;
    `has_all` that nothing was cut off the copy first.
    """

    copy: Floats
    record: Floats
    common: npt.NDArray[np.bool_]
    part: float
    has_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where in record picture `record_at` copy picture `copy_at` was found, in which size."""

    score: float
    width: int
    height: int
    x: int
    y: int
    copy_at: int
    record_at: int


def overlays(copy: Stack, record: Stack, *, rotation_deg: float = 0.0) -> Iterator[Overlay]:
    """
    Propose ways to lay the copy over the record; the caller sees which one fits.

    `rotation_deg` is how far the copy may be turned, either way.
    """
    trimmed = without_bars(copy)
    ways = [trimmed] if trimmed.shape == copy.shape else [trimmed, copy]
    if abs(rotation_deg) >= _ROTATION_DEG_MIN:
        ways += [_turned(copy, rotation_deg), _turned(copy, -rotation_deg)]
    for pictures in ways:
        for place in _places(pictures, record):
            for overlay in _refined(pictures, record, place):
                yield replace(overlay, has_all=pictures.shape == copy.shape)


def _refined(copy: Stack, record: Stack, place: _Place) -> Iterator[Overlay]:
    """Refine a place by the pair that found it, then by the pair that fits best of all."""
    warp = _plain_map(place, copy, record)
    pair = place.copy_at, place.record_at
    for _round in range(_ROUNDS):
        overlay = _laid_over(copy, record, warp)
        if overlay is None:
            return
        yield overlay
        refined = _refined_map(warp, copy[pair[0]], record[pair[1]])
        if refined is None or (overlay := _laid_over(copy, record, refined)) is None:
            return
        yield overlay
        alike = similarities(overlay)
        record_at, copy_at = divmod(int(np.argmax(alike)), alike.shape[1])
        if (copy_at, record_at) == pair:
            return
        warp, pair = refined, (copy_at, record_at)


def similarities(overlay: Overlay) -> Floats:
    """Correlate each picture of the record with each of the copy: shape (record, copy)."""
    record, copy = overlay.record[:, overlay.common], overlay.copy[:, overlay.common]
    return np.asarray(unit(record) @ unit(copy).T, np.float32)


def unit(rows: Floats) -> Floats:
    """Take the mean off each row and make its norm 1; a flat row becomes small instead."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(lengths, _FLAT_LEVELS * rows.shape[1] ** 0.5))


def without_bars(pictures: Stack) -> Stack:
    """Cut off lines at the edges that are flat, still and of one brightness."""
    top, bottom = _bars(pictures)
    rows = pictures[:, top : pictures.shape[1] - bottom]
    left, right = _bars(rows.transpose(0, 2, 1))
    return rows[:, :, left : rows.shape[2] - right]


def _turned(pictures: Stack, angle_deg: float) -> Stack:
    """Turn pictures around their middle, and keep the part that has no empty corner."""
    height, width = pictures.shape[1:]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, 1.0)
    edge = round(np.sin(np.radians(abs(angle_deg))) * max(height, width) / 2) + 1
    if min(height, width) - 2 * edge < _SIDE_MIN:
        return pictures
    turned = np.stack([cv2.warpAffine(picture, turn, (width, height)) for picture in pictures])
    return turned[:, edge : height - edge, edge : width - edge].astype(np.uint8)


def _bars(pictures: Stack) -> tuple[int, int]:
    """Count the bar's lines at either end of the second axis."""
    levels = pictures.astype(np.float32)
    is_flat = (levels.std(axis=2).max(axis=0) < _BAR_LEVELS) & (
        levels.mean(axis=2).std(axis=0) < _BAR_LEVELS
    )
    means = levels.mean(axis=(0, 2))
    ends = []
    for flat, mean in ((is_flat, means), (is_flat[::-1], means[::-1])):
        is_bar = flat & (np.abs(mean - mean[0]) < _BAR_LEVELS)
        lines = len(is_bar) if is_bar.all() else int(np.argmin(is_bar))
        # The line at its edge is half bar, half picture.
        ends.append(lines + 1 if lines else 0)
    return (0, 0) if sum(ends) > pictures.shape[1] - _SIDE_MIN else (ends[0], ends[1])


def _sizes(copy: Stack, record: Stack) -> Iterator[tuple[int, int]]:
    """List the sizes that the copy may have in the record's pixels: (width, height)."""
    (height, width), (copy_height, copy_width) = record.shape[1:], copy.shape[1:]
    ratio = (copy_width / copy_height) / (width / height)
    for part in _PARTS:
        yield round(width * part * min(1.0, ratio)), round(height * part * min(1.0, 1 / ratio))
    if abs(np.log(ratio)) > _SQUEEZE:
        for part in _SQUEEZED_PARTS:
            yield round(width * part), round(height * part)


def _places(copy: Stack, record: Stack) -> list[_Place]:
    """Search in half the size: the refinement needs a place near the right one only."""
    half_copy, half_record = (_half(pictures) for pictures in (copy, record))
    spots = np.linspace(0, max(0, len(copy) - 1 - 2 * _PROBE_STEP), _SPOTS).round().astype(int)
    probes = [[at + step * _PROBE_STEP for step in range(3)] for at in np.unique(spots)]
    searched = np.unique(np.linspace(0, len(record) - 1, _RECORD_PROBES_MAX).round().astype(int))
    best = [
        place
        for size in dict.fromkeys(_sizes(half_copy, half_record))
        if min(size) >= _SIDE_MIN // 2
        for place in [_best_place(half_copy, half_record, probes, searched, size=size)]
        if place is not None
    ]
    return sorted(best, key=lambda place: -place.score)[:_REFINED]


def _half(pictures: Stack) -> Stack:
    height, width = pictures.shape[1:]
    size = (max(_SIDE_MIN, round(width / 2)), max(_SIDE_MIN, round(height / 2)))
    return np.stack(
        [cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in pictures]
    ).astype(np.uint8)


def _best_place(
    copy: Stack,
    record: Stack,
    probes: list[list[int]],
    searched: npt.NDArray[np.int_],
    *,
    size: tuple[int, int],
) -> _Place | None:
    """
    Find the probes in one size; the score is the mean over the spots, the place the best's.

    The probes of one spot lie so close in time that one of them meets a picture of the record.
    """
    found = []
    for spot in probes:
        places = []
        for copy_at in (at for at in spot if at < len(copy)):
            small = cv2.resize(copy[copy_at], size, interpolation=cv2.INTER_AREA)
            if small.std() >= 1:  # A flat picture is found everywhere.
                places += [_found(record[at], small, copy_at, int(at)) for at in searched]
        if places:
            found.append(max(places, key=lambda place: place.score))
    if not found:
        return None
    best = max(found, key=lambda place: place.score)
    return replace(best, score=float(np.mean([place.score for place in found])))


def _found(picture: Stack, small: Stack, copy_at: int, record_at: int) -> _Place:
    similarity = cv2.matchTemplate(picture, small, cv2.TM_CCOEFF_NORMED)
    # Over a flat part of the record the quotient is 0/0; OpenCV then says 1 or worse.
    similarity[~(np.abs(similarity) < 1 + 1e-6)] = -1
    _low, score, _where, (x, y) = cv2.minMaxLoc(similarity)
    height, width = small.shape
    return _Place(
        score=float(score),
        width=width,
        height=height,
        x=int(x),
        y=int(y),
        copy_at=copy_at,
        record_at=record_at,
    )


def _plain_map(place: _Place, copy: Stack, record: Stack) -> Floats:
    """Map pixels of the copy to pixels of the record; both are counted from their centres."""
    half_height, half_width = _half(record[:1]).shape[1:]
    up_x, up_y = record.shape[2] / half_width, record.shape[1] / half_height
    scale_x, scale_y = place.width * up_x / copy.shape[2], place.height * up_y / copy.shape[1]
    return np.array(
        [
            [scale_x, 0, place.x * up_x + scale_x / 2 - 0.5],
            [0, scale_y, place.y * up_y + scale_y / 2 - 0.5],
        ],
        np.float32,
    )


def _refined_map(plain: Floats, copy: Stack, record: Stack) -> Floats | None:
    try:
        # OpenCV's type hints leave out the form with a blur, which is the one in its manual.
        _similarity, refined = cv2.findTransformECC(  # type: ignore[call-overload]
            copy.astype(np.float32),
            _blurred(record, _scale(plain)),
            plain.copy(),
            cv2.MOTION_AFFINE,
            _ECC,
            None,
            _ECC_BLUR,
        )
    except cv2.error:  # It did not converge.
        return None
    return np.asarray(refined, np.float32)


def _laid_over(copy: Stack, record: Stack, warp: Floats) -> Overlay | None:
    size = (copy.shape[2], copy.shape[1])
    scale = _scale(warp)
    inside = np.ones(record.shape[1:], np.float32)
    seen = cv2.warpAffine(inside, warp, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    common = seen > 1 - 1e-3
    if common.mean() < _COMMON_MIN:
        return None
    drawn = [
        cv2.warpAffine(
            _blurred(picture, scale),
            warp,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for picture in record
    ]
    return Overlay(
        copy=np.stack([_smooth(picture.astype(np.float32), _SMOOTH) for picture in copy]),
        record=np.stack([_smooth(np.asarray(picture, np.float32), _SMOOTH) for picture in drawn]),
        common=common,
        part=float(common.sum() * scale**2 / inside.size),
        has_all=True,
    )


def _scale(warp: Floats) -> float:
    """Say how many pixels of the record one of the copy covers, along a side."""
    return float(np.sqrt(abs(np.linalg.det(warp[:, :2].astype(np.float64)))))


def _blurred(picture: Stack, scale: float) -> Floats:
    levels = picture.astype(np.float32)
    # Drawn smaller, fine detail would turn into false patterns.
    return _smooth(levels, 0.45 * scale) if scale > _SMALLER else levels


def _smooth(levels: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(levels, (0, 0), sigma), np.float32)

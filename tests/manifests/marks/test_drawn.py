"""Drawn and filmed pictures told apart, and what that saves."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from manifests.marks.drawn import clean_share, is_drawn
from manifests.media.first_frame import first_frame
from manifests.media.key_frames import key_frames
from manifests.media.limits import Limits
from manifests.media.probe import probe

FLAT = np.full((64, 64), 90, dtype=np.uint8)
RAMP = np.tile(np.arange(64, dtype=np.uint8), (64, 1))
GRAIN = np.random.default_rng(1).integers(60, 70, (64, 64), dtype=np.uint8)
OUTLINED = np.where(np.arange(64) == 20, 10, FLAT).astype(np.uint8)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        pytest.param([FLAT], True, id="flat"),
        pytest.param([RAMP], True, id="a smooth gradient"),
        pytest.param([OUTLINED], True, id="flat with an outline"),
        pytest.param([GRAIN], False, id="grain"),
        pytest.param([FLAT, GRAIN], False, id="one filmed picture among drawn ones"),
        pytest.param([], False, id="nothing seen"),
        pytest.param([FLAT[:5]], False, id="smaller than a block"),
    ],
)
def test_clean_pictures_are_taken_for_drawn(frames: list[np.ndarray], *, expected: bool) -> None:
    assert is_drawn(frames) is expected


def test_a_picture_has_as_many_clean_blocks_as_are_flat() -> None:
    half = np.vstack([FLAT[:32], GRAIN[:32]])

    assert clean_share(half) == 0.5


def test_key_frames_are_seen_at_their_own_size(
    drawn: Callable[[str], Path],
) -> None:
    limits = Limits(cpu_s=30, wall_time_s=30.0)
    path = drawn("still")
    info = probe(path, limits)

    seen = key_frames(
        path,
        (0.1, 0.9),
        info=info,
        first=first_frame(path, info=info, limits=limits),
        limits=limits,
    )

    assert [one.shape for one in seen] == [(180, 320), (180, 320)]
    assert is_drawn(seen)

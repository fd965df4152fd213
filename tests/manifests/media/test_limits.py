"""Limits that could not work are refused when they are set."""

import pytest

from manifests.media.limits import MEMORY_BYTES_MIN, Limits


@pytest.mark.parametrize("name", ["size_bytes", "duration_ms", "pixels", "cpu_s", "wall_time_s"])
def test_a_limit_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})  # type: ignore[arg-type]


def test_less_memory_than_encoders_need_is_refused() -> None:
    with pytest.raises(ValueError, match="memory_bytes"):
        Limits(memory_bytes=MEMORY_BYTES_MIN - 1)


def test_4k_fits_and_8192_squared_does_not() -> None:
    assert 3840 * 2160 <= Limits().pixels < 8192 * 8192

"""What the mark says, through a channel that loses much of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifests.marks import payload
from manifests.marks.payload import decode, encode, is_mark_id, new_mark_id

IDS = st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}")


def soft(mark_id: str) -> np.ndarray:
    """The coded bits as they are sent: +1 for a 0, -1 for a 1."""
    return (1 - 2 * encode(mark_id).astype(np.float32)).astype(np.float32)


@settings(max_examples=10, deadline=None)
@given(IDS)
def test_an_id_is_read_as_it_was_written(mark_id: str) -> None:
    assert decode(soft(mark_id)) == mark_id


@settings(max_examples=8, deadline=None)
@given(IDS, st.integers(0, 2**32 - 1))
def test_an_id_survives_a_fifth_of_its_bits_turned_over(mark_id: str, seed: int) -> None:
    # The code's limit (60 ids a rate): 60 read with 22 % of the bits turned, 52 with 25 %.
    sent = soft(mark_id)
    turned = np.random.default_rng(seed).permutation(sent.size)[: sent.size // 5]
    sent[turned] *= -1

    assert decode(sent) == mark_id


def test_noise_says_nothing() -> None:
    generator = np.random.default_rng(20)
    noise = generator.standard_normal((20, payload.CODED_BITS)).astype(np.float32)

    assert [decode(each) for each in noise] == [None] * 20


@pytest.mark.parametrize("text", ["", "0123", "0123456789ABCDEF", "g" * 16, "0" * 17])
def test_what_is_no_id_is_not_coded(text: str) -> None:
    assert not is_mark_id(text)
    with pytest.raises(ValueError, match="no mark id"):
        encode(text)


def test_two_ids_are_never_the_same() -> None:
    assert len({new_mark_id() for _ in range(100)}) == 100

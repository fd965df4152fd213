"""
The error-correcting code of the mark: convolutional, K = 15, rate 1/6, tail-biting.

The generators are those of Cassini and Mars Pathfinder (JPL, TDA Progress Report 42-104, "big
Viterbi decoder"). Tail-biting starts the encoder in the state in which it will end, so no bits are
spent on a tail: with 104 bits that is 0.55 dB. Decoding wraps around until the path closes
(Shao, Lin, Fossorier: "Two decoding algorithms for tailbiting codes", 2003).
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

GENERATORS: Final = (0o46321, 0o51271, 0o63667, 0o70535, 0o73277, 0o76513)
RATE_INVERSE: Final = len(GENERATORS)
_MEMORY: Final = 14
_STATES: Final = 1 << _MEMORY
_ROUNDS_MAX: Final = 4


def encode(bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Code `bits` (at least 14) into six times as many, six for a bit, in order."""
    around = np.concatenate([bits[-_MEMORY:], bits])
    register = np.zeros(bits.size, dtype=np.int64)
    for back in range(_MEMORY + 1):
        start = _MEMORY - back
        register |= around[start : start + bits.size].astype(np.int64) << back
    coded = _words()[register][:, None] >> np.arange(RATE_INVERSE) & 1
    return coded.astype(np.uint8)


def decode(soft: NDArray[np.float32], *, paths: int) -> list[NDArray[np.uint8]]:
    """
    Find the likeliest bits, and a few runners-up that end in other states.

    `soft` has shape (bits, 6), positive where a coded bit is more likely 0, near zero where
    nothing is known. At most `paths` answers come back, best first; none when no path closes.
    """
    metrics = np.zeros(_STATES, dtype=np.float32)
    branches = _branch_metrics(soft)
    for _ in range(_ROUNDS_MAX):
        metrics, chosen, starts = _run(branches, metrics)
        closed = np.flatnonzero(starts == np.arange(_STATES))
        best = int(metrics.argmax())
        if closed.size and starts[best] == best:
            break
        metrics -= metrics.max()
    if not closed.size:
        return []
    order = closed[np.argsort(-metrics[closed], kind="stable")][:paths]
    return [_trace(chosen, int(state)) for state in order]


@cache
def _words() -> NDArray[np.uint8]:
    """Give the six coded bits, as one number, for each content of the 15-bit register."""
    register = np.arange(2 * _STATES, dtype=np.uint32)
    words = np.zeros(register.size, dtype=np.uint8)
    for at, generator in enumerate(GENERATORS):
        parity = np.bitwise_count(register & np.uint32(generator)) & 1
        words |= parity.astype(np.uint8) << at
    return words


def _branch_metrics(soft: NDArray[np.float32]) -> NDArray[np.float32]:
    """Score each of the 64 words at each step: shape (bits, 64)."""
    word = np.arange(1 << RATE_INVERSE)
    signs = 1.0 - 2.0 * (word[None, :] >> np.arange(RATE_INVERSE)[:, None] & 1)
    return (soft @ signs).astype(np.float32)


def _run(
    branches: NDArray[np.float32],
    metrics: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int32]]:
    """
    Go once around the trellis.

    State n follows n >> 1 and (n >> 1) + 8192, and the register then holds n or n + 16384.
    Answers with the metrics, which predecessor won at each step, and where each path began.
    """
    low, high = _words()[:_STATES], _words()[_STATES:]
    chosen = np.empty((len(branches), _STATES), dtype=np.bool_)
    starts = np.arange(_STATES, dtype=np.int32)
    half = _STATES // 2
    for step, branch in enumerate(branches):
        from_low = np.repeat(metrics[:half], 2) + branch[low]
        from_high = np.repeat(metrics[half:], 2) + branch[high]
        np.greater(from_high, from_low, out=chosen[step])
        metrics = np.maximum(from_low, from_high)
        starts = np.where(chosen[step], np.repeat(starts[half:], 2), np.repeat(starts[:half], 2))
    return metrics, chosen, starts


def _trace(chosen: NDArray[np.bool_], state: int) -> NDArray[np.uint8]:
    bits = np.empty(len(chosen), dtype=np.uint8)
    for step in range(len(chosen) - 1, -1, -1):
        bits[step] = state & 1
        state = (state >> 1) + (_STATES // 2 if chosen[step, state] else 0)
    return bits

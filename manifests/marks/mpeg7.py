"""
Read MPEG-7 video signatures (ISO/IEC 15938-3, VideoSignatureType) as ffmpeg writes them in binary.

All fields are big-endian and follow each other without padding, so almost none begins at a byte:

    32 regions (1)    1 whole picture    32+16+16 corner pixels      32 first frame
    32 frames         16 ticks a second  1 has times  32+32 times    32 segments
    each segment      32+32 frames  1 has times  32+32 times  5 x 243 bag of words
    1 compressed (0)
    each frame        1 has time  32 time in ticks  8 confidence  5 x 8 words  76 x 8 elements

A byte of elements holds five ternary digits, the most significant first.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from manifests.errors import MalformedSignature

ELEMENTS: Final = 380
_HEADER_BITS: Final = 32 + 1 + 2 * 32 + 32
_SEGMENT_BITS: Final = 2 * 32 + 1 + 2 * 32 + 5 * 243
_FRAME_BITS: Final = 1 + 32 + 8 + 5 * 8 + 76 * 8
_FRAMES_AT: Final = _HEADER_BITS
_TICKS_AT: Final = _FRAMES_AT + 32
_SEGMENTS_AT: Final = _TICKS_AT + 16 + 1 + 2 * 32
_FIRST_SEGMENT_AT: Final = _SEGMENTS_AT + 32
_POWERS: Final = np.array([81, 27, 9, 3, 1], np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """
    One signature a frame.

    `elements` is uint8 of shape (frames, 380) with values 0, 1 and 2; `times_s` float64 from the
    first frame on; `confidence` uint8, where a featureless picture has nearly none.
    """

    elements: npt.NDArray[np.uint8]
    times_s: npt.NDArray[np.float64]
    confidence: npt.NDArray[np.uint8]


def parse_signature(data: bytes) -> Signature:
    """Read a whole signature file. Raises `MalformedSignature`."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    if len(bits) < _FIRST_SEGMENT_AT:
        raise MalformedSignature("its header is cut off")
    frames = _number(bits, _FRAMES_AT, 32)
    ticks_hz = _number(bits, _TICKS_AT, 16)
    first_at = _FIRST_SEGMENT_AT + _number(bits, _SEGMENTS_AT, 32) * _SEGMENT_BITS + 1
    if frames == 0 or ticks_hz == 0:
        raise MalformedSignature("it holds no frame")
    if len(bits) < first_at + frames * _FRAME_BITS:
        raise MalformedSignature("its frames are cut off")
    rows = bits[first_at : first_at + frames * _FRAME_BITS].reshape(frames, _FRAME_BITS)
    ticks = np.packbits(rows[:, 1:33], axis=1).view(">u4")[:, 0].astype(np.int64)
    packed = np.packbits(rows[:, 81:], axis=1)
    if packed.max() >= 3**5:
        raise MalformedSignature("an element is not ternary")
    return Signature(
        elements=(packed[:, :, None] // _POWERS % 3).reshape(frames, ELEMENTS),
        times_s=(ticks - ticks[0]) / ticks_hz,
        confidence=np.packbits(rows[:, 33:41], axis=1)[:, 0],
    )


def _number(bits: npt.NDArray[np.uint8], at: int, width: int) -> int:
    return int.from_bytes(np.packbits(bits[at : at + width]).tobytes(), "big")

"""
A 64-bit perceptual hash of a picture: the signs of its lowest frequencies.

The cosine transform of the picture at 32x32, and of it the 8x8 lowest frequencies against their
median, as pHash does it (Zauner 2010, "Implementation and benchmarking of perceptual image hash
functions"). OpenCV does the transform; the package imagehash would bring SciPy for the same.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

BITS: Final = 64
_SIDE: Final = 32
_LOW: Final = 8


def frame_hashes(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Hash gray pictures: uint8 of shape (count, height, width) to uint64 of shape (count,)."""
    hashes = np.empty(len(pictures), np.uint64)
    for at, picture in enumerate(pictures):
        small = cv2.resize(picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        low = cv2.dct(small.astype(np.float32))[:_LOW, :_LOW].ravel()
        # The first coefficient is the brightness alone: it is left out of the median.
        hashes[at] = np.packbits(low > np.median(low[1:])).view(">u8")[0]
    return hashes


def hash_similarity(
    one: npt.NDArray[np.uint64],
    two: npt.NDArray[np.uint64],
) -> npt.NDArray[np.float64]:
    """Compare each hash with each: shape (len(one), len(two)), from 0 to 1; chance gives 0.5."""
    similarity: npt.NDArray[np.float64] = 1 - np.bitwise_count(one[:, None] ^ two) / BITS
    return similarity

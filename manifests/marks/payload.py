"""
What the mark says: 8 version bits, a random 64-bit id, and a CRC-32 over both; 104 bits in all.

An id is a pointer, never proof: it leads to a stored manifest, whose signature and fingerprint
decide. It names no person, product or time.
"""

import secrets
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from manifests.marks import convolution

VERSION: Final = 1
CODED_BITS: Final = 104 * convolution.RATE_INVERSE
PATHS: Final = 3
"""How many decodings are held against version and CRC; docs/marks.md counts on it."""

_ID_HEX_DIGITS: Final = 16


def new_mark_id() -> str:
    """Draw an id: 16 hexadecimal digits, 64 random bits."""
    return secrets.token_hex(_ID_HEX_DIGITS // 2)


def is_mark_id(text: str) -> bool:
    """Tell whether `text` is 16 lower-case hexadecimal digits."""
    return len(text) == _ID_HEX_DIGITS and all(digit in "0123456789abcdef" for digit in text)


def encode(mark_id: str) -> NDArray[np.uint8]:
    """Code an id into `CODED_BITS` bits. Raises ValueError for anything but an id."""
    if not is_mark_id(mark_id):
        message = f"{mark_id!r} is no mark id: it has {_ID_HEX_DIGITS} digits of 0-9 and a-f."
        raise ValueError(message)
    said = bytes([VERSION]) + bytes.fromhex(mark_id)
    whole = said + zlib.crc32(said).to_bytes(4, "big")
    return convolution.encode(np.unpackbits(np.frombuffer(whole, dtype=np.uint8))).ravel()


def decode(soft: NDArray[np.float32]) -> str | None:
    """
    Read the id from `CODED_BITS` soft values, positive where a 0 is more likely.

    None unless version and CRC are right.
    """
    steps = soft.reshape(-1, convolution.RATE_INVERSE)
    for bits in convolution.decode(steps, paths=PATHS):
        whole = np.packbits(bits).tobytes()
        said, crc = whole[:-4], int.from_bytes(whole[-4:], "big")
        if said[0] == VERSION and zlib.crc32(said) == crc:
            return said[1:].hex()
    return None

"""
Enough of CBOR (RFC 8949) to read an assertion of a stranger: maps, lists, text, bytes, numbers.

A reader of our own, because the input is hostile and the need is small: depth and count of items
are bounded, lengths are checked against what is there, and tags are read through.
"""

import struct
from typing import Final

DEPTH_LIMIT: Final = 16
ITEMS_LIMIT: Final = 100_000

_SIMPLE: Final = {20: False, 21: True, 22: None, 23: None}
_WIDTHS: Final = {24: ">B", 25: ">H", 26: ">I", 27: ">Q"}
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
_BREAK: Final = 0xFF
_INDEFINITE: Final = 31


def decode(data: bytes) -> object:
    """
    Read one item; what stands behind it is ignored.

    Raises `ValueError` for anything that is not well formed, too deep or too large.
    """
    return _Reader(data).item(0)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._items_left = ITEMS_LIMIT

    def item(self, depth: int) -> object:
        self._items_left -= 1
        if depth > DEPTH_LIMIT or self._items_left < 0:
            raise ValueError("CBOR that is too deep or too large")
        initial = self._take(1)[0]
        major, argument = initial >> 5, initial & 31
        if major == 7:  # noqa: PLR2004 - RFC 8949, section 3.1, as are the majors below
            return self._simple(argument)
        if argument == _INDEFINITE:
            return self._indefinite(major, depth)
        return self._definite(major, self._argument(argument), depth)

    def _definite(self, major: int, count: int, depth: int) -> object:
        value: object
        match major:
            case 0:
                value = count
            case 1:
                value = -1 - count
            case 2:
                value = self._take(count)
            case 3:
                value = self._take(count).decode()
            case 4:
                value = [self.item(depth + 1) for _ in range(self._bounded(count))]
            case 5:
                value = dict(self._pair(depth) for _ in range(self._bounded(count)))
            case _:
                # A tag says how to understand its item; here the item itself is enough.
                value = self.item(depth + 1)
        return value

    def _pair(self, depth: int) -> tuple[str, object]:
        """Read a member; names that are no text are written as text, since none is asked for."""
        name = self.item(depth + 1)
        return str(name), self.item(depth + 1)

    def _indefinite(self, major: int, depth: int) -> object:
        """Read up to the break: chunks of a string, or the items of a list or map."""
        parts: list[object] = []
        while not self._ended():
            parts.append(self._pair(depth) if major == 5 else self.item(depth + 1))  # noqa: PLR2004
        match major:
            case 2:
                return b"".join(part for part in parts if isinstance(part, bytes))
            case 3:
                return "".join(part for part in parts if isinstance(part, str))
            case 4:
                return parts
            case 5:
                return dict(part for part in parts if isinstance(part, tuple))
            case _:
                raise ValueError("CBOR of indefinite length where there is none")

    def _ended(self) -> bool:
        if self._take(1)[0] == _BREAK:
            return True
        self._at -= 1
        return False

    def _simple(self, argument: int) -> object:
        if argument in _FLOATS:
            form = _FLOATS[argument]
            value: float = struct.unpack(form, self._take(struct.calcsize(form)))[0]
            return value
        if argument in _SIMPLE:
            return _SIMPLE[argument]
        raise ValueError(f"CBOR with the unassigned simple value {argument}")

    def _argument(self, argument: int) -> int:
        if argument < 24:  # noqa: PLR2004 - RFC 8949, section 3
            return argument
        if argument not in _WIDTHS:
            raise ValueError("CBOR with a reserved length")
        form = _WIDTHS[argument]
        value: int = struct.unpack(form, self._take(struct.calcsize(form)))[0]
        return value

    def _bounded(self, count: int) -> int:
        """Refuse to prepare for more items than there are bytes."""
        if count > len(self._data) - self._at:
            raise ValueError("CBOR that ends too early")
        return count

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise ValueError("CBOR that ends too early")
        self._at += count
        return taken

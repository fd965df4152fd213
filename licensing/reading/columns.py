"""
Columns: what a compiled registry is kept in, so that a million names are a few pieces of memory.

A column is bytes, looked at as numbers of a fixed size. Nothing becomes a Python object before it
is asked for, and a column may as well lie in a file that the system pages in where it is read.
"""

import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

Buffer = bytes | memoryview
Columns = Mapping[str, Buffer]

BYTE_ORDER: Final = sys.byteorder
_NUMBER: Final = "I"
_ENCODING: Final = "utf-8"
# Original texts may hold lone surrogates, which JSON can carry.
_ERRORS: Final = "surrogatepass"


def numbers(column: Buffer) -> Sequence[int]:
    """Look at a column as unsigned 32-bit numbers."""
    return memoryview(column).cast(_NUMBER)


def packed(values: Iterable[int]) -> bytes:
    """Write unsigned 32-bit numbers. Raises `OverflowError` for what does not fit."""
    return array(_NUMBER, values).tobytes()


class Strings:
    """Texts by number, in UTF-8 one behind another."""

    __slots__ = ("_starts", "_text")

    def __init__(self, columns: Columns, name: str) -> None:
        self._text = memoryview(columns[f"{name}.text"])
        self._starts = numbers(columns[f"{name}.starts"])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> str:
        return str(self._text[self._starts[number] : self._starts[number + 1]], _ENCODING, _ERRORS)

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    @staticmethod
    def written(name: str, texts: Iterable[str]) -> dict[str, bytes]:
        """Write texts as the two columns of a name."""
        encoded = [text.encode(_ENCODING, _ERRORS) for text in texts]
        starts = array(_NUMBER, [0])
        end = 0
        for piece in encoded:
            end += len(piece)
            starts.append(end)
        return {f"{name}.text": b"".join(encoded), f"{name}.starts": starts.tobytes()}


class Rows:
    """Rows of numbers of any length, by number."""

    __slots__ = ("_starts", "_values")

    def __init__(self, columns: Columns, name: str) -> None:
        self._values = numbers(columns[f"{name}.values"])
        self._starts = numbers(columns[f"{name}.starts"])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> Sequence[int]:
        return self._values[self._starts[number] : self._starts[number + 1]]

    @staticmethod
    def written(name: str, rows: Iterable[Iterable[int]]) -> dict[str, bytes]:
        """Write rows as the two columns of a name."""
        values, starts = array(_NUMBER), array(_NUMBER, [0])
        for row in rows:
            values.extend(row)
            starts.append(len(values))
        return {f"{name}.values": values.tobytes(), f"{name}.starts": starts.tobytes()}


class Pool:
    """Numbers texts in the order in which they come, each once."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """Give the number of a text."""
        return self._numbers.setdefault(text, len(self._numbers))

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

"""One byte range of an HTTP `Range` header (RFC 9110 §14)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_SINGLE_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class RangeUnsatisfiable(ValueError):
    """The range begins behind the last byte."""


def parse_range(header: str | None, size_bytes: int) -> range | None:
    """
    Read the wanted bytes, or None for the whole file.

    A header that is malformed or names several ranges asks for the whole file, as RFC 9110 allows.
    Raises `RangeUnsatisfiable`.
    """
    found = _SINGLE_RANGE.fullmatch(header.strip()) if header else None
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        wanted = range(max(0, size_bytes - int(last)), size_bytes)
    else:
        if last and int(last) < int(first):
            return None
        wanted = range(int(first), min(int(last) + 1 if last else size_bytes, size_bytes))
    if not wanted:
        raise RangeUnsatisfiable
    return wanted


def cut(chunks: Iterable[bytes], part: range) -> Iterator[bytes]:
    """Let only the bytes of `part` through, and stop reading behind it."""
    at = 0
    for chunk in chunks:
        piece = chunk[max(0, part.start - at) : max(0, part.stop - at)]
        at += len(chunk)
        if piece:
            yield piece
        if at >= part.stop:
            return

"""
Which pattern of paths speaks of an address: `*` is anything, a `$` at the end is the end.

The rules are those of robots.txt (RFC 9309, section 2.2): a pattern matches from the beginning, and
of several that match the longest counts.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit


def matches(pattern: str, address: str) -> bool:
    """Whether the pattern speaks of the address; either may leave scheme and host out."""
    pattern_host, pattern_path = _split(pattern)
    host, path = _split(address)
    if pattern_host and host and pattern_host != host:
        return False
    is_whole = pattern_path.endswith("$")
    first, *rest = pattern_path.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    position = len(first)
    for index, piece in enumerate(rest):
        if is_whole and index == len(rest) - 1:
            return path.endswith(piece) and len(path) - len(piece) >= position
        found = path.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    return not is_whole or position == len(path)


def most_specific(patterns: Iterable[str], address: str) -> str | None:
    """Choose the longest pattern that speaks of the address; None when none does."""
    found = (pattern for pattern in patterns if matches(pattern, address))
    return max(found, key=lambda pattern: (len(pattern), pattern), default=None)


def _split(address: str) -> tuple[str, str]:
    """Take host and path apart; a `?` belongs to the path, as in robots.txt."""
    if address.startswith("/"):
        return "", address
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", address
    query = f"?{parts.query}" if parts.query else ""
    return parts.netloc.lower(), (parts.path or "/") + query

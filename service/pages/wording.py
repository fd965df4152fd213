"""How a page writes strings from outside, times, spans and sizes."""

import unicodedata
from datetime import UTC, datetime
from typing import Final

from service.pages.language import Language, Words

MAX_SHOWN_CHARS: Final = 200
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MIB: Final = 1024**2
_GIB: Final = 1024**3


def clean(text: object) -> str:
    """
    Make a string from a video or certificate safe to look at.

    Control, format (bidirectional overrides among them), private and unassigned characters go, so
    that a name cannot pretend to be other words on the page; length is capped.
    """
    kept = "".join(
        " " if character.isspace() else character
        for character in str(text)[: MAX_SHOWN_CHARS * 4]
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    kept = " ".join(kept.split())
    return kept if len(kept) <= MAX_SHOWN_CHARS else kept[: MAX_SHOWN_CHARS - 1] + "…"


def shown_time(value: object, language: Language) -> str | None:
    """Write an ISO 8601 time with its zone in the reader's way; None when it is no such time."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    at = at.astimezone(UTC)
    if language == "ja":
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}（UTC）"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def shown_span(start_s: float, end_s: float) -> str:
    """Write a part of a video as clock times: 0:05 – 1:20."""
    return f"{_clock(start_s)} – {_clock(end_s)}"


def shown_size(size_bytes: int, words: Words) -> str:
    """Write a size in the largest unit that keeps it whole enough to read."""
    if size_bytes >= _GIB:
        return words("unit.gib", n=f"{size_bytes / _GIB:g}")
    if size_bytes >= _MIB:
        return words("unit.mib", n=f"{size_bytes / _MIB:.3g}")
    return words("unit.bytes", n=f"{size_bytes:,}")


def _clock(at_s: float) -> str:
    minutes, seconds = divmod(int(at_s), 60)
    return f"{minutes}:{seconds:02d}"

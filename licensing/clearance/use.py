"""The use a platform asks for: where, for what purpose, how long, for which audience."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from licensing.clearance.codes import (
    AUDIENCE_RATINGS,
    MAX_DURATION_MS,
    PURPOSES,
    TERRITORIES,
    AudienceRating,
    Purpose,
)
from licensing.errors import UseMalformed

MAX_CHANNELS: Final = 20
MAX_TEXT_LENGTH: Final = 64

_FIELDS: Final = frozenset(
    {
        *("territory", "purpose", "channels", "duration_s", "duration_ms"),
        *("audience_rating", "resolution"),
    },
)

_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """
    What will be done with the video. `parse_use` makes one out of a request.

    `territory` is ISO 3166-1 alpha-2, `duration_ms` the longest length asked for, `channels` are
    sorted and free of doubles, `audience_rating` is what the content is fit for.
    """

    territory: str
    purpose: Purpose
    channels: tuple[str, ...] = ()
    duration_ms: int
    audience_rating: AudienceRating = "all"
    resolution: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the use as JSON without floats; `parse_use` reads it back."""
        return {
            "territory": self.territory,
            "purpose": self.purpose,
            "channels": list(self.channels),
            "duration_ms": self.duration_ms,
            "audience_rating": self.audience_rating,
            "resolution": self.resolution,
        }


def parse_use(document: Mapping[str, object]) -> Use:
    """
    Read a use out of a request, or raise `UseMalformed` with the first field that is wrong.

    The length is `duration_s` (seconds, whole milliseconds at the finest) or `duration_ms`.
    Without an `audience_rating` the content is promised to be fit for all.
    """
    for field in document:
        if field not in _FIELDS:
            raise UseMalformed(field, f"is not known; the fields are {', '.join(sorted(_FIELDS))}")
    return Use(
        territory=_territory(document.get("territory")),
        purpose=_one_of("purpose", document.get("purpose"), PURPOSES),
        channels=_channels(document.get("channels")),
        duration_ms=_duration_ms(document),
        audience_rating=_one_of(
            "audience_rating",
            document.get("audience_rating", "all"),
            AUDIENCE_RATINGS,
        ),
        resolution=_resolution(document.get("resolution")),
    )


def _territory(value: object) -> str:
    if isinstance(value, str) and value in TERRITORIES:
        return value
    raise UseMalformed(
        "territory",
        f"{_shown(value)} is not an ISO 3166-1 alpha-2 code, such as JP or GB",
    )


def _one_of(field: str, value: object, words: tuple[_Word, ...]) -> _Word:
    for word in words:
        if value == word:
            return word
    raise UseMalformed(field, f"{_shown(value)} is not one of {', '.join(words)}")


def _duration_ms(document: Mapping[str, object]) -> int:
    if ("duration_s" in document) == ("duration_ms" in document):
        raise UseMalformed("duration_s", "give the length once, in seconds")
    field, factor = ("duration_s", 1000) if "duration_s" in document else ("duration_ms", 1)
    value = document[field]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise UseMalformed(field, f"{_shown(value)} is not a number")
    # The shortest decimal that reads back as this float is what was written in the JSON: 7.1
    # means 7100 ms, though the float lies beside it.
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    limit = MAX_DURATION_MS // factor
    if not exact.is_finite() or not 0 < exact <= limit:
        raise UseMalformed(field, f"must be above 0 and at most {limit}")
    if exact * factor % 1:
        raise UseMalformed(field, "must be whole milliseconds")
    return int(exact * factor)


def _channels(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > MAX_CHANNELS:
        raise UseMalformed("channels", f"must be a list of at most {MAX_CHANNELS} names")
    return tuple(sorted({_text("channels", channel) for channel in value}))


def _resolution(value: object) -> str | None:
    return None if value is None else _text("resolution", value)


def _text(field: str, value: object) -> str:
    printable = isinstance(value, str) and not any(
        unicodedata.category(character).startswith("C") for character in value
    )
    if not isinstance(value, str) or not printable or not 0 < len(value) <= MAX_TEXT_LENGTH:
        raise UseMalformed(
            field,
            f"{_shown(value)} must be printable text of 1 to {MAX_TEXT_LENGTH} characters",
        )
    return value


def _shown(value: object) -> str:
    """Write a value as a message may repeat it: short, with control characters escaped."""
    return ascii(value)[:40] if value is not None else "nothing"

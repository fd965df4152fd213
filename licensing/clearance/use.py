"""The use a platform asks for: where, for what purpose, how long, for which audience."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from licensing.clearance.codes import (
    AUDIENCE_RATINGS,
    CONTENT_CATEGORIES,
    MAX_DURATION_MS,
    MEDIA,
    PURPOSES,
    TERRITORIES,
    USER_CLASSES,
    AudienceRating,
    ContentCategory,
    Medium,
    Purpose,
    UserClass,
)
from licensing.errors import UseMalformed

MAX_CHANNELS: Final = 20
MAX_TEXT_LENGTH: Final = 64

_FIELDS: Final = frozenset(
    {
        *("territory", "purpose", "channels", "duration_s", "duration_ms"),
        *("audience_rating", "resolution", "user_class", "media", "content"),
    },
)

# 1080p, 2160i; 1920x1080 with the letter or the sign; the marketing words for two heights.
_LINES: Final = re.compile(r"([1-9][0-9]{1,4})[pi]", re.ASCII | re.IGNORECASE)
_SIZE: Final = re.compile(r"([1-9][0-9]{1,4})[x×]([1-9][0-9]{1,4})", re.ASCII | re.IGNORECASE)
_MARKETED_LINES: Final[Mapping[str, int]] = {"4K": 2160, "8K": 4320}

_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """
    What will be done with the video. `parse_use` makes one out of a request.

    `territory` is ISO 3166-1 alpha-2, `duration_ms` the longest length asked for, `channels` are
    sorted and free of doubles, `audience_rating` is what the content is fit for. `user_class` and
    `media` say who makes the video and where it is shown; left out, they could be any. `content`
    lists what the video contains of the closed vocabulary, in its order; whatever it does not
    list, the platform promises to leave out.
    """

    territory: str
    purpose: Purpose
    channels: tuple[str, ...] = ()
    duration_ms: int
    audience_rating: AudienceRating = "all"
    resolution: str | None = None
    user_class: UserClass | None = None
    media: tuple[Medium, ...] = ()
    content: tuple[ContentCategory, ...] = ()

    @property
    def lines(self) -> int | None:
        """Pixels on the short side that `resolution` speaks of; None when it says no such thing."""
        return _lines(self.resolution) if self.resolution is not None else None

    def to_json(self) -> dict[str, Any]:
        """
        Give the use as JSON without floats; `parse_use` reads it back.

        What was left unsaid is left out, so that a use keeps the digest it has always had.
        """
        document: dict[str, Any] = {
            "territory": self.territory,
            "purpose": self.purpose,
            "channels": list(self.channels),
            "duration_ms": self.duration_ms,
            "audience_rating": self.audience_rating,
            "resolution": self.resolution,
        }
        if self.user_class is not None:
            document["user_class"] = self.user_class
        if self.media:
            document["media"] = list(self.media)
        if self.content:
            document["content"] = list(self.content)
        return document


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
        user_class=(
            _one_of("user_class", document["user_class"], USER_CLASSES)
            if document.get("user_class") is not None
            else None
        ),
        media=_words("media", document.get("media"), MEDIA),
        content=_words("content", document.get("content"), CONTENT_CATEGORIES),
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


def _words(field: str, value: object, words: tuple[_Word, ...]) -> tuple[_Word, ...]:
    """Read a list of words of a closed list, into the order of that list."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise UseMalformed(field, "must be a list")
    named = {_one_of(field, word, words) for word in value}
    return tuple(word for word in words if word in named)


def _lines(resolution: str) -> int | None:
    if found := _LINES.fullmatch(resolution):
        return int(found[1])
    if found := _SIZE.fullmatch(resolution):
        return min(int(found[1]), int(found[2]))
    return _MARKETED_LINES.get(resolution.upper())


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

"""The conditions of an offer: small values, each of which says by itself why it refuses a use."""

from dataclasses import dataclass
from datetime import datetime

from licensing.clearance.codes import (
    AUDIENCE_RATINGS,
    CONTENT_CATEGORIES,
    MEDIA,
    PURPOSES,
    USER_CLASSES,
)
from licensing.clearance.japanese import listed
from licensing.clearance.reasons import Refusal, refuse
from licensing.clearance.use import Use
from licensing.registry.terms_nodes import decimal_text, instant_text


@dataclass(frozen=True, slots=True)
class Territories:
    """Where the video may be shown, as ISO 3166-1 alpha-2 codes."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a territory outside the list."""
        if use.territory in self.allowed:
            return None
        allowed = ", ".join(sorted(self.allowed))
        return refuse("terms.territory", territory=use.territory, allowed=allowed)


@dataclass(frozen=True, slots=True)
class Purposes:
    """What the video may be made for."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a purpose outside the list."""
        if use.purpose in self.allowed:
            return None
        allowed = _ordered(PURPOSES, self.allowed)
        return refuse(
            "terms.purpose",
            purpose=use.purpose,
            purpose_ja=listed([use.purpose]),
            allowed=", ".join(allowed),
            allowed_ja=listed(allowed),
        )


@dataclass(frozen=True, slots=True)
class UserClasses:
    """Who may make the video; a use that does not say who makes it could be anybody's."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a class outside the list, and a use that does not say its class."""
        if use.user_class in self.allowed:
            return None
        allowed = _ordered(USER_CLASSES, self.allowed)
        return refuse(
            "terms.user_class",
            user_class=use.user_class or "an unnamed class of user",
            user_class_ja=listed([use.user_class or "（未記載）"]),
            allowed=", ".join(allowed),
            allowed_ja=listed(allowed),
        )


@dataclass(frozen=True, slots=True)
class Media:
    """In which media the video may be shown; a use that names none could be in any."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse media outside the list, and a use that does not say its media."""
        outside = [medium for medium in use.media if medium not in self.allowed]
        if use.media and not outside:
            return None
        allowed = _ordered(MEDIA, self.allowed)
        return refuse(
            "terms.media",
            media=", ".join(outside) or "an unnamed medium",
            media_ja=listed(outside) or "（未記載）",
            allowed=", ".join(allowed),
            allowed_ja=listed(allowed),
        )


@dataclass(frozen=True, slots=True)
class Channels:
    """Where the video may be published; a use that names no channel could be anywhere."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse channels outside the list, and a use that does not say its channels."""
        outside = [channel for channel in use.channels if channel not in self.allowed]
        if use.channels and not outside:
            return None
        return refuse(
            "terms.channel",
            channels=", ".join(outside) or "an unnamed channel",
            channels_ja=", ".join(outside) or "（未記載）",
            allowed=", ".join(sorted(self.allowed)),
        )


@dataclass(frozen=True, slots=True)
class MaxDuration:
    """How long the video may be at most, in whole seconds written as milliseconds."""

    limit_ms: int

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a longer video."""
        if use.duration_ms <= self.limit_ms:
            return None
        asked, limit = seconds_text(use.duration_ms), seconds_text(self.limit_ms)
        return refuse(
            "terms.duration",
            asked=asked,
            asked_ja=seconds_ja(use.duration_ms),
            limit=limit,
            limit_ja=seconds_ja(self.limit_ms),
        )


@dataclass(frozen=True, slots=True)
class MaxLines:
    """How fine the video may be at most, in pixels of its short side."""

    limit: int

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse a finer video, and a use whose resolution nobody can read."""
        if use.lines is not None and use.lines <= self.limit:
            return None
        return refuse(
            "terms.resolution",
            asked=use.resolution or "an unnamed resolution",
            asked_ja=use.resolution or "（未記載）",
            limit=self.limit,
        )


@dataclass(frozen=True, slots=True)
class AudienceRatings:
    """Which content the subject may appear in, by the audience it is fit for."""

    allowed: frozenset[str]

    def refuse(self, use: Use) -> Refusal | None:
        """Refuse content of another rating."""
        if use.audience_rating in self.allowed:
            return None
        allowed = _ordered(AUDIENCE_RATINGS, self.allowed)
        return refuse(
            "terms.rating",
            rating=use.audience_rating,
            rating_ja=listed([use.audience_rating]),
            allowed=", ".join(allowed),
            allowed_ja=listed(allowed),
        )


@dataclass(frozen=True, slots=True)
class Guideline:
    """What the licensor asks for in its own words, in one language (BCP 47). It decides nothing."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What must not be in the video beside the subject, by the closed vocabulary."""

    forbidden: frozenset[str]

    def refusals(self, use: Use) -> tuple[Refusal, ...]:
        """Refuse each kind of content that is not wanted, by a reason of its own."""
        return tuple(
            refuse(
                f"content.category.{category}", category=category, category_ja=listed([category])
            )
            for category in use.content
            if category in self.forbidden
        )

    def ordered(self) -> list[str]:
        """List what is forbidden in the order of the vocabulary."""
        return _ordered(CONTENT_CATEGORIES, self.forbidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """When the offer stands: from `starts_at` until just before `ends_at` (None: no end)."""

    starts_at: datetime
    ends_at: datetime | None

    def refuse(self, at: datetime) -> Refusal | None:
        """Refuse a moment outside the window."""
        if at < self.starts_at:
            return refuse("terms.window.begins", at=instant_text(self.starts_at))
        if self.ends_at is not None and at >= self.ends_at:
            return refuse("terms.window.ended", at=instant_text(self.ends_at))
        return None

    def overlaps(self, other: "Validity") -> bool:
        """Say whether both stand at some moment."""
        return (self.ends_at is None or other.starts_at < self.ends_at) and (
            other.ends_at is None or self.starts_at < other.ends_at
        )


@dataclass(frozen=True, slots=True)
class Embargo:
    """Until when the subject must not be shown yet, such as a film before its first night."""

    until: datetime

    def refuse(self, at: datetime) -> Refusal | None:
        """Refuse an earlier moment."""
        return refuse("terms.embargo", at=instant_text(self.until)) if at < self.until else None


@dataclass(frozen=True, slots=True)
class Sunset:
    """Since when no video under the offer may be shown any more, however old it is."""

    at: datetime

    def refuse(self, at: datetime) -> Refusal | None:
        """Refuse that moment and every later one."""
        return refuse("terms.sunset", at=instant_text(self.at)) if at >= self.at else None


def seconds_text(duration_ms: int) -> str:
    """Write a length as seconds without trailing zeros: 30 s, 7.5 s."""
    return f"{decimal_text(duration_ms * 1000)} s"


def seconds_ja(duration_ms: int) -> str:
    """Write a length as Japanese does: 30秒."""
    return f"{decimal_text(duration_ms * 1000)}秒"


def _ordered(order: tuple[str, ...], allowed: frozenset[str]) -> list[str]:
    return [word for word in order if word in allowed]

"""What the constraints of an ODRL rule bound: territory, users, time, length, audience."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from licensing.clearance.codes import (
    AUDIENCE_RATINGS,
    CONTENT_CATEGORIES,
    MAX_DURATION_MS,
    TERRITORIES,
)
from licensing.standards.errors import DeclarationMalformed
from licensing.standards.words import moment

USER_CLASS: Final = "/ns/odrl#userClass"
AUDIENCE_RATING: Final = "/ns/odrl#audienceRating"
OUTPUT_SECONDS: Final = "/ns/odrl#outputSeconds"
CONTENT_CATEGORY: Final = "/ns/odrl#contentCategory"
SILENCE: Final = "/ns/odrl#silenceMeans"

# The profile's classes of users in RSL's words.
_USERS_OF: Final[Mapping[str, frozenset[str]]] = {
    "personal": frozenset({"personal", "non-commercial"}),
    "commercial": frozenset({"commercial"}),
}

_CHOICES: Final[Mapping[str, frozenset[str]]] = {
    "spatial": TERRITORIES,
    USER_CLASS: frozenset(_USERS_OF),
    AUDIENCE_RATING: frozenset(AUDIENCE_RATINGS),
    CONTENT_CATEGORY: frozenset(CONTENT_CATEGORIES),
}

# Words that others use for ours.
_ALSO_CALLED: Final[Mapping[str, str]] = {
    "political": "politics",
    "religious": "religion",
    "violent": "violence",
    "hateful": "hate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One constraint in its own words; `right` holds one or several operands as text."""

    left: str
    operator: str
    right: tuple[str, ...]
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What all constraints of a rule bound together, as `Statement` names it; None: no bound."""

    territories: frozenset[str] | None = None
    users: frozenset[str] | None = None
    not_before: datetime | None = None
    before: datetime | None = None
    max_duration_ms: int | None = None
    audience_ratings: frozenset[str] | None = None
    content: frozenset[str] | None = None


def bounds_of(constraints: Iterable[Constraint], *, permitting: bool) -> Bounds | None:
    """
    Take all constraints together; None when one of them cannot be weighed.

    Among words that are not known here a permission keeps those that are; a prohibition cannot be
    weighed any more, since the others may name the same thing.
    """
    bounds = Bounds()
    for constraint in constraints:
        narrowed = _narrowed(bounds, constraint, permitting=permitting)
        if narrowed is None:
            return None
        bounds = narrowed
    return bounds


def _narrowed(bounds: Bounds, constraint: Constraint, *, permitting: bool) -> Bounds | None:
    known = _CHOICES.get(constraint.left)
    if known is not None:
        chosen = _chosen(constraint, known, permitting=permitting)
        return None if chosen is None else _within(bounds, constraint.left, chosen)
    if constraint.left == OUTPUT_SECONDS:
        return _length(bounds, constraint)
    if constraint.left == "dateTime":
        return _window(bounds, constraint)
    # Ours says that silence is no permission, which is the rule here anyway.
    return bounds if (constraint.left, constraint.right) == (SILENCE, ("deny",)) else None


def _chosen(
    constraint: Constraint, known: frozenset[str], *, permitting: bool
) -> frozenset[str] | None:
    """Read a choice; None when its operator is another, or its words cannot be weighed."""
    words = frozenset(_ALSO_CALLED.get(word, word) for word in constraint.right)
    if not permitting and not words <= known:
        return None
    if constraint.left == CONTENT_CATEGORY and not permitting and _excludes(constraint):
        # A video in which there is none of these prohibits itself without naming any.
        return None
    match constraint.operator:
        case "eq" if len(words) == 1:
            return words & known
        case "isAnyOf" | "isPartOf":
            return words & known
        case "neq" | "isNoneOf" if words <= known:
            return known - words
        case _:
            return None


def _excludes(constraint: Constraint) -> bool:
    return constraint.operator in {"neq", "isNoneOf"}


def _within(bounds: Bounds, left: str, chosen: frozenset[str]) -> Bounds:
    """Narrow one of the choices further."""
    if left == "spatial":
        return replace(bounds, territories=_both(bounds.territories, chosen))
    if left == AUDIENCE_RATING:
        return replace(bounds, audience_ratings=_both(bounds.audience_ratings, chosen))
    if left == CONTENT_CATEGORY:
        return replace(bounds, content=_both(bounds.content, chosen))
    users = frozenset[str]().union(*(_USERS_OF[word] for word in chosen))
    return replace(bounds, users=_both(bounds.users, users))


def _both(known: frozenset[str] | None, more: frozenset[str]) -> frozenset[str]:
    return more if known is None else known & more


def _length(bounds: Bounds, constraint: Constraint) -> Bounds | None:
    if constraint.operator not in {"lteq", "eq"} or len(constraint.right) != 1:
        return None
    try:
        length_ms = Decimal(constraint.right[0]) * 1000
    except InvalidOperation:
        return None
    if not length_ms.is_finite() or not 0 < length_ms <= MAX_DURATION_MS or length_ms % 1:
        return None
    most = int(length_ms)
    known = bounds.max_duration_ms
    return replace(bounds, max_duration_ms=most if known is None else min(known, most))


def _window(bounds: Bounds, constraint: Constraint) -> Bounds | None:
    if len(constraint.right) != 1:
        return None
    try:
        at = moment("dateTime", constraint.right[0])
    except DeclarationMalformed:
        return None
    match constraint.operator:
        case "gteq":
            known = bounds.not_before
            return replace(bounds, not_before=at if known is None else max(known, at))
        case "lt":
            known = bounds.before
            return replace(bounds, before=at if known is None else min(known, at))
        case _:
            return None

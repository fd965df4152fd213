"""Names that strangers chose, made safe to stand in a sentence."""

import unicodedata

NAME_LENGTH_LIMIT = 120
"""Code points; a longer name ends in an ellipsis."""

HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Controls, bidirectional overrides and other marks that change how their neighbours look."""

JOINERS = frozenset("\u200c\u200d")
"""Zero-width joiners: of category Cf, yet part of correct spelling in Persian or of emoji."""


def display_name(name: str) -> str:
    """
    Drop what could hide or reorder text, and shorten what would push everything else away.

    The result is still data: whoever puts it into HTML escapes it there.
    """
    kept = "".join(
        character
        for character in name
        if character in JOINERS or unicodedata.category(character) not in HIDDEN_CATEGORIES
    )
    visible = " ".join(kept.split()).strip("".join(JOINERS))
    if len(visible) <= NAME_LENGTH_LIMIT:
        return visible
    return visible[: NAME_LENGTH_LIMIT - 1] + "…"

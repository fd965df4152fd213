"""One reason why a use is not, or not yet, granted: a code of the closed list, in two languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from licensing.clearance.phrases import PHRASES

REASON_CODES: Final[frozenset[str]] = frozenset(phrase.code for phrase in PHRASES.values())
"""Every code that a decision may carry."""

# How codes begin that the platform can mend by asking for another use. Territory, time and quota
# are the licensor's, and who somebody is cannot be asked differently.
_CHANGEABLE: Final = (
    *("terms.purpose", "terms.duration", "terms.rating", "terms.channel", "terms.media"),
    *("terms.resolution", "content.category.", "combo."),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    A reason. `message` is English, `message_ja` Japanese.

    Decisions that were written before reasons spoke Japanese have no `message_ja`; they keep
    their digest.
    """

    code: str
    message: str
    message_ja: str | None = None

    @property
    def is_changeable(self) -> bool:
        """Say whether another use, or another prompt, could do without this reason."""
        return self.code.startswith(_CHANGEABLE)

    def to_json(self) -> dict[str, str]:
        """Give the reason as it stands in a decision; `from_json` reads it back."""
        document = {"code": self.code, "message": self.message}
        if self.message_ja is not None:
            document["message_ja"] = self.message_ja
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Refusal":
        """Rebuild what `to_json` wrote."""
        return cls(document["code"], document["message"], document.get("message_ja"))

    def said_by(self, name: str, name_ja: str) -> "Refusal":
        """Put the name of the one who objects before the reason."""
        japanese = None if self.message_ja is None else f"{name_ja}：{self.message_ja}"
        return Refusal(self.code, f"{name}: {self.message}", japanese)


def refuse(phrase: str, /, **facts: object) -> Refusal:
    """
    Word a reason out of its phrase and the facts that the phrase asks for.

    A fact named `x_ja` stands in for `x` in the Japanese sentence.
    """
    wording = PHRASES[phrase]
    translated = {name.removesuffix("_ja"): fact for name, fact in facts.items()}
    return Refusal(
        wording.code,
        wording.en.format_map(facts),
        wording.ja.format_map(translated),
    )

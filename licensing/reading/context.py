"""How far to believe a name that also means something else: the words and names around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from licensing.reading.lexicon import Hit, Sense
from licensing.reading.mentions import Strength
from licensing.registry.subjects import Ambiguity

_ALSO: Final[dict[Ambiguity, str]] = {
    "name": "is also a name of somebody or something else",
    "common": "is also an ordinary word",
    "generic": "is hardly ever a reference",
}

# How often an uncertain text means the subject when nothing around it says so: a ranking for
# display, not a measured probability.
_WEAK_CONFIDENCE: Final[dict[Ambiguity, float]] = {"name": 0.5, "common": 0.3, "generic": 0.1}
_CONTEXT_CONFIDENCE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Belief:
    """How strongly a sense of a name is meant, and why, in sentences."""

    strength: Strength
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Relative:
    """A name that speaks for its franchise; `sure` when it does not need company itself."""

    text: str
    subject_id: str
    sure: bool


class Context:
    """
    Everything found in one text: `hits` are all of them, `chosen` those that name subjects.

    An ambiguous name is meant when one of its curator's words stands in the text, or a sure name of
    the same franchise, or, unless it is generic, another subject of the franchise by a proper name:
    two people's names from one story support each other, two ordinary words do not.
    """

    def __init__(self, hits: Iterable[Hit], chosen: Iterable[Hit]) -> None:
        self._words: dict[str, list[Hit]] = {}
        for hit in hits:
            self._words.setdefault(hit.entry.text, []).append(hit)
        # Dicts as ordered sets: a name repeated a thousand times is one relative.
        self._relatives: dict[str, dict[_Relative, None]] = {}
        for hit in chosen:
            for sense in hit.entry.senses:
                if self._word_beside(hit, sense.excludes_any):
                    continue
                sure = sense.name.ambiguity == "unique" or bool(
                    self._word_beside(hit, sense.requires_any),
                )
                if sure or sense.name.ambiguity == "name":
                    relative = _Relative(hit.entry.text, sense.subject_id, sure)
                    self._relatives.setdefault(sense.franchise_id, {})[relative] = None

    def judge(self, hit: Hit, sense: Sense) -> Belief | None:
        """Believe `hit` to mean `sense`, strongly or weakly; None when a word rules it out."""
        if self._word_beside(hit, sense.excludes_any):
            return None
        name = sense.name
        stated = f"{name.text!r} is a name of it ({name.lang}, {name.kind})"
        if name.ambiguity == "unique":
            return Belief("strong", 1.0, (stated,))
        doubt = f"{stated} and {_ALSO[name.ambiguity]}"
        if word := self._word_beside(hit, sense.requires_any):
            return Belief("strong", _CONTEXT_CONFIDENCE, (doubt, f"{word!r} stands in the text"))
        if relative := self._relative_beside(hit, sense):
            reason = f"{relative!r} of the same franchise stands in the text"
            return Belief("strong", _CONTEXT_CONFIDENCE, (doubt, reason))
        return Belief(
            "weak",
            _WEAK_CONFIDENCE[name.ambiguity],
            (doubt, "nothing else in the text points at it"),
        )

    def _word_beside(self, hit: Hit, words: Iterable[str]) -> str | None:
        """Find the first of `words` that stands in the text other than inside `hit`."""
        for word in words:
            if any(not found.within(hit) for found in self._words.get(word, ())):
                return word
        return None

    def _relative_beside(self, hit: Hit, sense: Sense) -> str | None:
        """Find a name in the text that speaks for the subject's franchise."""
        for relative in self._relatives.get(sense.franchise_id, ()):
            if relative.text == hit.entry.text:
                continue
            other = relative.subject_id != sense.subject_id
            if relative.sure or (other and sense.name.ambiguity != "generic"):
                return relative.text
        return None

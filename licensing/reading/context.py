"""How far to believe a name that also means something else: the words and names around it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from licensing.reading.entries import Hit, Sense, Text
from licensing.reading.marks import Lettering, Mark, is_announced
from licensing.reading.mentions import Strength
from licensing.reading.polarity import refusal_side
from licensing.reading.rules import BY_CHANGE, Rule
from licensing.reading.words import is_ordinary
from licensing.registry.subjects import Ambiguity

AROUND_CHARS: Final = 64

_ALSO: Final[dict[Ambiguity, str]] = {
    "unique": "is an ordinary word when written small",
    "name": "is also a name of somebody or something else",
    "common": "is also an ordinary word",
    "generic": "is hardly ever a reference",
}
# How often an uncertain text means the subject when nothing around it says so: a ranking for
# display, not a measured probability.
_WEAK_CONFIDENCE: Final[dict[Ambiguity, float]] = {
    "unique": 0.4,
    "name": 0.5,
    "common": 0.3,
    "generic": 0.1,
}
_CONTEXT_CONFIDENCE: Final = 0.9
DISGUISED_CONFIDENCE: Final = 0.95
_MISSPELT_CONFIDENCE: Final = 0.8
_FEWEST_HINTS: Final = 2
_FEWEST_STRANGE: Final = 3
_WORDS: Final = re.compile(r"\b[a-z\u00df-\u024f]+\b")
THRESHOLDS: Final = {
    **{f"{ambiguity}.weak_confidence": each for ambiguity, each in _WEAK_CONFIDENCE.items()},
    "context.confidence": _CONTEXT_CONFIDENCE,
    "disguise.confidence": DISGUISED_CONFIDENCE,
    "misspelt.confidence": _MISSPELT_CONFIDENCE,
    "context.fewest_traits": _FEWEST_HINTS,
}
# Words of every prompt about drawings: they do not lift an ordinary word that is written small.
_MEDIA: Final = frozenset({"anime", "manga"})


@dataclass(frozen=True, slots=True)
class Belief:
    """How strongly a sense of a name is meant, and why, in sentences and by rule."""

    strength: Strength
    confidence: float
    reasons: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class _Relative:
    """A name that speaks for its franchise; `sure` when it does not need company itself."""

    text: str
    subject_id: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The folded text on both sides of a hit, next to it."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for an ambiguous name: a rule, a sentence, and the word that says so."""

    rule: Rule
    reason: str
    word: str | None = field(default=None)


class Context:
    """
    Everything found in one text: `hits` are all of them, `chosen` those that name subjects.

    An ambiguous name is meant when one of its curator's words stands in the text, or a sure name of
    the same franchise, or, unless it is generic, another subject of the franchise by a proper name:
    two people's names from one story support each other, two ordinary words do not. A word beside
    it that announces a name counts too, and two of the subject's traits. An ordinary word that is
    written small, in a text that knows capitals, stays uncertain all the same, and is not worth
    showing when nothing speaks for it.
    """

    def __init__(self, text: Text, hits: Iterable[Hit], chosen: Iterable[Hit]) -> None:
        self._text = text
        self._lettering = Lettering.of(text.original)
        self._words: dict[str, list[Hit]] = {}
        for hit in hits:
            if not hit.changes:
                self._words.setdefault(hit.entry.text, []).append(hit)
        # Dicts as ordered sets: a name repeated a thousand times is one relative.
        self._relatives: dict[str, dict[_Relative, None]] = {}
        for hit in chosen:
            for sense in hit.entry.senses:
                if hit.misspelt or self._word_beside(hit, sense.excludes_any):
                    continue
                sure = sense.name.ambiguity == "unique" or bool(
                    self._word_beside(hit, sense.requires_any),
                )
                if sure or sense.name.ambiguity == "name":
                    relative = _Relative(hit.entry.text, sense.subject_id, sure)
                    self._relatives.setdefault(sense.franchise_id, {})[relative] = None

    def judge(self, hit: Hit, sense: Sense, around: Surroundings) -> Belief | None:
        """
        Believe `hit` to mean `sense`, strongly or weakly.

        None when a word rules it out, or when an ordinary word is used as one.
        """
        if self._word_beside(hit, sense.excludes_any):
            return None
        name = sense.name
        stated = f"{name.text!r} is a name of it ({name.lang}, {name.kind})"
        mark = self._lettering.mark(hit.start, hit.end)
        alone = mark != "marked" and _is_one_letter(hit)
        as_a_word = alone or (
            mark == "unmarked" and not hit.changes and is_ordinary(hit.entry.text)
        )
        if name.ambiguity == "unique" and (hit.misspelt or not as_a_word):
            return self._sure(hit, stated)
        doubt = f"{stated} and {'is a single letter' if alone else _ALSO[name.ambiguity]}"
        found = _found_by(hit)
        evidence = self._evidence(hit, sense, around, mark)
        if evidence is not None and self._convinces(evidence, hit, sense, mark):
            reasons = (doubt, evidence.reason)
            return Belief("strong", _CONTEXT_CONFIDENCE, reasons, (*found, evidence.rule))
        confidence = _WEAK_CONFIDENCE[name.ambiguity]
        if evidence is not None:
            as_word = (doubt, evidence.reason, "it is written as a word")
            return Belief("weak", confidence, as_word, (*found, "lowered.ordinary_word"))
        if _is_silent(name.ambiguity, mark, hit.entry.left_script):
            return None
        reasons = (doubt, "nothing else in the text points at it")
        return Belief("weak", confidence, reasons, (*found, "lowered.ambiguous"))

    def _sure(self, hit: Hit, stated: str) -> Belief:
        """Believe a name that means nothing else, the more the closer the text is to it."""
        found = _found_by(hit)
        sure: tuple[Rule, ...] = (*found, "sure.unique")
        if hit.misspelt:
            reason = f"{stated}; the text has one spelling mistake"
            if self._is_english:
                return Belief("strong", _MISSPELT_CONFIDENCE, (reason,), sure)
            # Its ordinary words are unknown here: `Kamera` is no mistake in German.
            lowered: tuple[Rule, ...] = (*found, "lowered.foreign_spelling")
            return Belief("weak", _WEAK_CONFIDENCE["unique"], (reason,), lowered)
        if hit.changes:
            how = ", ".join(sorted(hit.changes))
            reason = f"{stated}; the text writes it otherwise ({how})"
            return Belief("strong", DISGUISED_CONFIDENCE, (reason,), sure)
        return Belief("strong", 1.0, (stated,), sure)

    @cached_property
    def _is_english(self) -> bool:
        """Whether the words with small letters are English, or too few to tell."""
        words = [word for word in _WORDS.findall(self._text.original) if len(word) > 1]
        strange = sum(not is_ordinary(word) for word in words)
        return strange < _FEWEST_STRANGE or strange * 2 <= len(words)

    def _evidence(
        self,
        hit: Hit,
        sense: Sense,
        around: Surroundings,
        mark: Mark,
    ) -> _Evidence | None:
        """Find what speaks for an ambiguous name."""
        if word := self._curators_word(hit, sense, around):
            return _Evidence("raised.curator_word", f"{word!r} stands in the text", word)
        if relative := self._relative_beside(hit, sense):
            reason = f"{relative!r} of the same franchise stands in the text"
            return _Evidence("raised.relative", reason, relative)
        hints = [hint for hint in sense.hints if self._word_beside(hit, (hint,))]
        if len(hints) >= _FEWEST_HINTS:
            traits = " and ".join(map(repr, hints[:_FEWEST_HINTS]))
            return _Evidence("raised.traits", f"its traits {traits} stand in the text")
        worth = sense.name.ambiguity == "name" or mark == "marked"
        if worth and is_announced(around.before, around.after):
            return _Evidence("raised.announced", "a word beside it announces a name")
        return None

    def _convinces(self, evidence: _Evidence, hit: Hit, sense: Sense, mark: Mark) -> bool:
        """Whether evidence outweighs that the name is written like an ordinary word."""
        if sense.name.ambiguity == "name" or mark == "marked":
            return True
        if hit.entry.left_script is None or hit.entry.left_script == "HANGUL":
            return True
        word = evidence.word
        if mark == "unmarked" or word is None or word in _MEDIA:
            return False
        return not is_ordinary(word) or any(
            self._text.original[other.start].isupper() for other in self._words.get(word, ())
        )

    def _curators_word(self, hit: Hit, sense: Sense, around: Surroundings) -> str | None:
        """
        Find a word of the curator that speaks for the hit.

        One that the text refuses, as in "Snow White, but not Disney's", says the opposite, unless
        the name is refused along with it.
        """
        words = [word for word in sense.requires_any if self._word_beside(hit, (word,))]
        if not words or refusal_side(around.before, around.after) is not None:
            return words[0] if words else None
        return next((word for word in words if not self._is_refused(hit, word)), None)

    def _is_refused(self, hit: Hit, word: str) -> bool:
        """Whether the text refuses a word wherever it stands beside the hit."""
        folded = self._text.folded.text
        return all(
            refusal_side(
                folded[max(0, found.folded_start - AROUND_CHARS) : found.folded_start],
                folded[found.folded_end : found.folded_end + AROUND_CHARS],
            )
            for found in self._words.get(word, ())
            if not found.within(hit)
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


def _found_by(hit: Hit) -> tuple[Rule, ...]:
    """Name the rules that found a name: as it is, misspelt, or in which disguise."""
    if hit.misspelt:
        return ("name.misspelt",)
    return tuple(BY_CHANGE[change] for change in sorted(hit.changes)) or ("name.exact",)


def _is_one_letter(hit: Hit) -> bool:
    """Whether a name is one letter or kanji; a Hangul syllable is bounded by a space at least."""
    text = hit.entry.text
    return len(text) == 1 and text.isalpha() and hit.entry.left_script != "HANGUL"


def _is_silent(ambiguity: Ambiguity, mark: Mark, script: str | None) -> bool:
    """Whether a name without any support is a plain word, not worth a question."""
    if ambiguity in {"unique", "name"} or mark == "marked":
        return False
    cased = script is not None and script != "HANGUL"
    return cased or ambiguity == "generic"

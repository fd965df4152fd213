"""Mentions: the references that a reading found, with where they stand and why they count."""

from dataclasses import dataclass
from typing import Any, Literal

from licensing.reading.rules import Rule

Evidence = Literal["exact", "skeleton", "fuzzy", "description", "style", "judge"]
Strength = Literal["strong", "weak"]
Polarity = Literal["affirmed", "negated"]
Source = Literal["prompt", "negative_prompt"]
JudgeOutcome = Literal["answered", "late", "failed", "nonsense", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """
    One reference to one subject.

    `start` and `end` count code points of the text named by `source`, and that text's
    `[start:end]` is `surface`. A strong mention goes to clearance, a weak one is shown and may be
    confirmed. `confidence` lies between 0 and 1 and comes from a fixed table. `reasons` are
    sentences for a person, `rules` say the same by id: what found it, then what raised, lowered or
    negated it.
    """

    subject_id: str
    start: int
    end: int
    surface: str
    evidence: Evidence
    strength: Strength
    confidence: float
    polarity: Polarity
    reasons: tuple[str, ...]
    source: Source = "prompt"
    rules: tuple[Rule, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the mention as the API shows it."""
        return {
            "subject": self.subject_id,
            "start": self.start,
            "end": self.end,
            "surface": self.surface,
            "evidence": self.evidence,
            "strength": self.strength,
            "confidence": self.confidence,
            "polarity": self.polarity,
            "reasons": list(self.reasons),
            "source": self.source,
            "rules": list(self.rules),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeNote:
    """
    How asking the judge went.

    Only `answered` changed anything; else the rules stand alone, because of `problem`.
    """

    outcome: JudgeOutcome
    model: str
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the note as the API shows it."""
        return {"outcome": self.outcome, "model": self.model, "problem": self.problem}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    Everything that one version of the registry finds in a prompt.

    `id` is the same for the same texts and version. `mentions` are in the order of the text,
    those of the negative prompt last. `judge` says how asking went, if a judge was asked.
    """

    id: str
    registry_version: int
    mentions: tuple[Mention, ...]
    judge: JudgeNote | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the reading as the API shows it."""
        facts: dict[str, Any] = {
            "id": self.id,
            "registry_version": self.registry_version,
            "mentions": [mention.to_json() for mention in self.mentions],
        }
        return facts if self.judge is None else facts | {"judge": self.judge.to_json()}

"""
The judge: somebody who is asked about the mentions that the rules could not settle.

    reading → question (its weak mentions, if any) → a judge's answer → reading

A judge is a model that reads a prompt whose author may have written it for the judge. So its word
counts within narrow bounds, whoever talked it into it:

- It is asked about weak, affirmed mentions of the prompt, and decides about nothing else.
- It may raise a mention by name to strong. A description stays weak: its user is to confirm it.
- What it denies stays as it was. It clears nothing, and a strong mention is not its business.
- It must quote the words that refer to the subject, and they must be the mention's in the prompt.

When it is late, fails or answers nonsense, the reading stands as the rules made it, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from licensing.reading.mentions import JudgeNote, JudgeOutcome, Mention, Reading
from licensing.registry.subjects import Subject, SubjectKind

MOST_CANDIDATES: Final = 20
LONGEST_PROMPT_CHARS: Final = 4000
# Below a name that the rules believe by its context (0.9): a stranger's word, though a checked one.
JUDGED_CONFIDENCE: Final = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One weak mention, with what its subject is, for somebody who does not know the registry."""

    subject_id: str
    name: str
    kind: SubjectKind
    parent_name: str | None
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A prompt and the mentions to be judged, in the order of the text; never empty."""

    prompt: str
    candidates: tuple[Candidate, ...]

    @property
    def shortlist(self) -> tuple[str, ...]:
        """Ids of the subjects that an answer may speak of, each once."""
        return tuple(dict.fromkeys(candidate.subject_id for candidate in self.candidates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """
    What a judge said of one subject.

    The words that it quotes stand at `[quote_start:quote_end]` of the prompt, on a candidate of it.
    """

    subject_id: str
    is_reference: bool
    quote_start: int
    quote_end: int

    def to_json(self) -> dict[str, Any]:
        """Give the ruling without any words of the prompt; `from_json` reads it back."""
        return {
            "subject": self.subject_id,
            "is_reference": self.is_reference,
            "quote": [self.quote_start, self.quote_end],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Ruling":
        """Rebuild what `to_json` wrote."""
        start, end = document["quote"]
        return cls(
            subject_id=document["subject"],
            is_reference=document["is_reference"],
            quote_start=start,
            quote_end=end,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """
    What came of asking: rulings, or the problem because of which the rules stand alone.

    `request` are the exact bytes that were sent, empty when nothing was.
    """

    outcome: JudgeOutcome
    model: str
    request: bytes = b""
    rulings: tuple[Ruling, ...] = ()
    problem: str | None = None

    @property
    def note(self) -> JudgeNote:
        """Say how the asking went."""
        return JudgeNote(outcome=self.outcome, model=self.model, problem=self.problem)


class Judge(Protocol):
    """Answers questions about mentions. Never raises: a failure is an answer, too."""

    def judge(self, question: Question) -> Judgement:
        """Answer within the time that the operator allows."""
        ...


def question_of(prompt: str, reading: Reading, subjects: Mapping[str, Subject]) -> Question | None:
    """
    Ask about the weak, affirmed mentions of a prompt; None when the rules settled everything.

    A prompt longer than `LONGEST_PROMPT_CHARS` is not sent anywhere, and of very many mentions the
    first are asked about.
    """
    if len(prompt) > LONGEST_PROMPT_CHARS:
        return None
    candidates = tuple(
        _candidate(mention, subjects) for mention in reading.mentions if is_open(mention)
    )
    if not candidates:
        return None
    return Question(prompt=prompt, candidates=candidates[:MOST_CANDIDATES])


def is_open(mention: Mention) -> bool:
    """Whether the rules left a mention of the prompt unsettled."""
    return (
        mention.strength == "weak" and mention.polarity == "affirmed" and mention.source == "prompt"
    )


def judged(reading: Reading, question: Question, judgement: Judgement) -> Reading:
    """Carry rulings into the reading they were asked for; other mentions never change."""
    asked = {(each.subject_id, each.start, each.end) for each in question.candidates}
    mentions = tuple(
        _ruled(mention, judgement.rulings)
        if is_open(mention) and (mention.subject_id, mention.start, mention.end) in asked
        else mention
        for mention in reading.mentions
    )
    return replace(reading, mentions=mentions, judge=judgement.note)


def _ruled(mention: Mention, rulings: tuple[Ruling, ...]) -> Mention:
    """Change one open mention as the first ruling on it says."""
    for ruling in rulings:
        touches = ruling.quote_start < mention.end and mention.start < ruling.quote_end
        if ruling.subject_id != mention.subject_id or not touches:
            continue
        if not ruling.is_reference:
            return replace(
                mention,
                reasons=(*mention.reasons, "the judge takes it for no reference"),
                rules=(*mention.rules, "kept.judge_denied"),
            )
        raised = replace(
            mention,
            reasons=(*mention.reasons, "the judge takes it for a reference"),
            rules=(*mention.rules, "raised.judge"),
        )
        if mention.evidence == "description":
            return raised
        return replace(raised, evidence="judge", strength="strong", confidence=JUDGED_CONFIDENCE)
    return mention


def _candidate(mention: Mention, subjects: Mapping[str, Subject]) -> Candidate:
    subject = subjects[mention.subject_id]
    parent = subjects.get(subject.parent_id) if subject.parent_id is not None else None
    return Candidate(
        subject_id=subject.id,
        name=subject.display_name(),
        kind=subject.kind,
        parent_name=parent.display_name() if parent is not None else None,
        start=mention.start,
        end=mention.end,
        surface=mention.surface,
    )

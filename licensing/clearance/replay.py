"""
Make a recorded decision again: the same prompt, registry and rules must give the same bytes.

A replay names every difference that it finds and where it lies: another prompt, another registry,
other rules, a mention more, less or otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from licensing.canonical import canonical_json
from licensing.clearance.action import prompt_digest
from licensing.clearance.decision import Decision, decide
from licensing.clearance.reading_record import (
    JudgeRecord,
    ReadingRecord,
    facts_of,
    judge_record,
    reading_digest,
)
from licensing.clearance.use import Use
from licensing.reading.chat import request_body
from licensing.reading.judging import judged, question_of
from licensing.reading.mentions import Reading
from licensing.reading.read import read
from licensing.reading.versions import NORMALISER, rules_sha256
from licensing.registry.snapshot import RegistrySnapshot

DifferenceCode = Literal[
    "prompt_differs",
    "registry_differs",
    "normaliser_differs",
    "rules_differ",
    "judge_question_differs",
    "mention_missing",
    "mention_added",
    "mention_differs",
    "reading_differs",
    "decision_differs",
    "surroundings_differ",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What was asked for in words, and what was asked to be left out."""

    text: str
    negative_text: str | None = None

    @property
    def joined(self) -> str:
        """Both in one text: what the digest of a prompt is of."""
        parts = [self.text, *filter(None, [self.negative_text])]
        return canonical_json(parts).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it was recorded, in a sentence with the next step."""

    code: DifferenceCode
    message: str

    def to_json(self) -> dict[str, str]:
        """Give the difference as the API shows it."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """
    What making a decision again came to.

    `is_identical`: reading and decision are the recorded ones, byte for byte. Other rules alone are
    told in `differences` and do not spoil that. Without the right prompt and registry nothing is
    read, and `reading` and `decision` are None.
    """

    is_identical: bool
    differences: tuple[Difference, ...]
    reading: Reading | None = None
    decision: Decision | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the replay as the API shows it."""
        return {
            "identical": self.is_identical,
            "differences": [difference.to_json() for difference in self.differences],
            "reading": self.reading.to_json() if self.reading is not None else None,
            "decision": self.decision.to_json() if self.decision is not None else None,
        }


def replay(
    record: ReadingRecord,
    prompt: Prompt,
    snapshot: RegistrySnapshot,
    *,
    nonce: str,
    use: Use,
    at: datetime,
    platform_id: str | None = None,
) -> Replay:
    """
    Read and decide again.

    `nonce` is the clearance's; `use`, `at` and `platform_id` say what it decided on, when and for
    whom. A judge is not asked again: what it said is a part of the record.
    """
    if prompt_digest(nonce, prompt.joined) != record.prompt_sha256:
        told = "This is not the prompt that was read. Give it, and its negative prompt, exactly."
        return _stopped("prompt_differs", told)
    if snapshot.sha256 != record.registry_sha256:
        return _stopped("registry_differs", _registry_needed(record, snapshot))
    differences = list(_reader_differences(record))
    by_rules = read(
        prompt.text,
        snapshot.lexicon,
        registry_version=record.registry_version,
        negative_text=prompt.negative_text,
    )
    reading, problem = _judged_again(record.judge, by_rules, prompt.text, snapshot, nonce)
    differences += problem
    decision = decide(
        reading.mentions,
        use,
        replace_version(snapshot, record.registry_version),
        at=at,
        platform_id=platform_id,
    )
    same_reading = reading_digest(nonce, reading) == record.reading_sha256
    same_decision = decision.sha256 == record.decision_sha256
    if not same_reading:
        differences += _mention_differences(record.mentions, reading)
    if not same_decision:
        differences += _decision_differences(record, snapshot)
    return Replay(
        is_identical=same_reading and same_decision and not problem,
        differences=tuple(differences),
        reading=reading,
        decision=decision,
    )


def _decision_differences(
    record: ReadingRecord, snapshot: RegistrySnapshot
) -> Iterable[Difference]:
    """Say that the decision is another one, and whether it may be for what is no part of a file."""
    yield _difference("decision_differs", "The decision is another one.")
    if snapshot.surroundings_sha256 != record.surroundings_sha256:
        told = (
            "What owners declared elsewhere, who may not be served, or what is granted exclusively "
            "is not as it was then, and an export does not hold it."
        )
        yield _difference("surroundings_differ", told)


def replace_version(snapshot: RegistrySnapshot, version: int) -> RegistrySnapshot:
    """Give the same registry under the number that it had."""
    return snapshot if snapshot.version == version else replace(snapshot, version=version)


def _difference(code: DifferenceCode, message: str) -> Difference:
    return Difference(code=code, message=message)


def _stopped(code: DifferenceCode, message: str) -> Replay:
    return Replay(is_identical=False, differences=(_difference(code, message),))


def _registry_needed(record: ReadingRecord, snapshot: RegistrySnapshot) -> str:
    needed = f"version {record.registry_version} of the registry (SHA-256 {record.registry_sha256})"
    other = (
        f"this one is version {snapshot.version}"
        if snapshot.version != record.registry_version
        else "what was given is another"
    )
    return (
        f"It was read against {needed}; {other} (SHA-256 {snapshot.sha256}). "
        "Give the export of that version."
    )


def _reader_differences(record: ReadingRecord) -> Iterable[Difference]:
    if record.normaliser != NORMALISER:
        told = f"It was folded by {record.normaliser}, and now by {NORMALISER}."
        yield _difference("normaliser_differs", told)
    if record.rules_sha256 != rules_sha256():
        told = f"It was read by other rules (SHA-256 {record.rules_sha256}) than these."
        yield _difference("rules_differ", told)


def _judged_again(
    judge: JudgeRecord | None,
    reading: Reading,
    prompt: str,
    snapshot: RegistrySnapshot,
    nonce: str,
) -> tuple[Reading, list[Difference]]:
    """Carry into a reading what the judge said then, and compare what it was asked."""
    if judge is None:
        return reading, []
    question = question_of(prompt, reading, snapshot.subjects)
    if judge.request_sha256 is None or question is None:
        unasked = [] if judge.request_sha256 is None else [_OTHER_QUESTION]
        return replace(reading, judge=judge.judgement.note), unasked
    request = request_body(question, judge.judgement.model)
    asked = judge_record(nonce, replace(judge.judgement, request=request))
    problem = [] if asked.request_sha256 == judge.request_sha256 else [_OTHER_QUESTION]
    return judged(reading, question, judge.judgement), problem


_OTHER_QUESTION = Difference(
    code="judge_question_differs",
    message="The judge would be asked something else than it was.",
)


def _mention_differences(
    recorded: Iterable[Mapping[str, Any]], reading: Reading
) -> Iterable[Difference]:
    """Name every mention that is missing, new or changed; if none, its words are."""
    then = {_place(facts): facts for facts in recorded}
    now = {_place(facts): facts for facts in map(facts_of, reading.mentions)}
    found: list[Difference] = [
        _difference("mention_missing", f"{_named(then[place])} is not found any more.")
        for place in then.keys() - now.keys()
    ]
    found += [
        _difference("mention_added", f"{_named(now[place])} was not found then.")
        for place in now.keys() - then.keys()
    ]
    for place in then.keys() & now.keys():
        changed = [
            f"{name} was {then[place].get(name)!r} and is {value!r}"
            for name, value in now[place].items()
            if then[place].get(name) != value
        ]
        if changed:
            told = f"{_named(then[place])}: {'; '.join(changed)}."
            found.append(_difference("mention_differs", told))
    if not found:
        found.append(_difference("reading_differs", "The reasons given are worded otherwise."))
    return sorted(found, key=lambda difference: difference.message)


def _place(facts: Mapping[str, Any]) -> tuple[str, int, int, str]:
    return facts["source"], facts["start"], facts["end"], facts["subject"]


def _named(facts: Mapping[str, Any]) -> str:
    where = f"{facts['start']}-{facts['end']} of the {facts['source'].replace('_', ' ')}"
    return f"The mention of {facts['subject']!r} at {where}"

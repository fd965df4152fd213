"""
What is kept of a reading, so that its decision can be made again from the same prompt.

Prompts are personal data: a record holds facts about places and rules and no word of the prompt.
Whatever would hold one (surfaces, reasons, the judge's question) is there as an HMAC under the
nonce of the clearance, so that nobody can test a guess without it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from licensing.clearance.action import prompt_digest
from licensing.clearance.decision import Decision
from licensing.reading.judging import Judgement, Ruling
from licensing.reading.mentions import Mention, Reading
from licensing.reading.versions import NORMALISER, rules_sha256, thresholds
from licensing.registry.snapshot import RegistrySnapshot

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRecord:
    """What a judge was asked and said. `request_sha256` is None when nothing was sent."""

    judgement: Judgement
    request_sha256: str | None

    def to_json(self) -> dict[str, Any]:
        """Write how it went; `from_json` reads it back."""
        return {
            **self.judgement.note.to_json(),
            "request_sha256": self.request_sha256,
            "rulings": [ruling.to_json() for ruling in self.judgement.rulings],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "JudgeRecord":
        """Rebuild what `to_json` wrote; the bytes of the request are not kept."""
        return cls(
            judgement=Judgement(
                outcome=document["outcome"],
                model=document["model"],
                problem=document["problem"],
                rulings=tuple(Ruling.from_json(each) for each in document["rulings"]),
            ),
            request_sha256=document["request_sha256"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRecord:
    """
    The facts of one reading.

    `normaliser`, `rules_sha256` and `thresholds` say which reader read; `registry_version`,
    `registry_sha256` and `surroundings_sha256` what was known. `mentions` are facts without words.
    `reading_sha256` is keyed and covers every byte of the reading; `decision_sha256` is the digest
    of what mentions, use and terms alone decide, before budget and credit.
    """

    prompt_sha256: str
    normaliser: str
    rules_sha256: str
    thresholds: Mapping[str, Any]
    registry_version: int
    registry_sha256: str
    surroundings_sha256: str
    mentions: tuple[Mapping[str, Any], ...]
    reading_sha256: str
    decision_sha256: str
    judge: JudgeRecord | None

    def to_json(self) -> dict[str, Any]:
        """Write the record; `from_json` reads it back."""
        return {
            "version": VERSION,
            "prompt_sha256": self.prompt_sha256,
            "normaliser": self.normaliser,
            "rules_sha256": self.rules_sha256,
            "thresholds": dict(self.thresholds),
            "registry_version": self.registry_version,
            "registry_sha256": self.registry_sha256,
            "surroundings_sha256": self.surroundings_sha256,
            "mentions": [dict(mention) for mention in self.mentions],
            "reading_sha256": self.reading_sha256,
            "decision_sha256": self.decision_sha256,
            "judge": self.judge.to_json() if self.judge is not None else None,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "ReadingRecord":
        """Rebuild what `to_json` wrote."""
        judge = document["judge"]
        return cls(
            prompt_sha256=document["prompt_sha256"],
            normaliser=document["normaliser"],
            rules_sha256=document["rules_sha256"],
            thresholds=document["thresholds"],
            registry_version=document["registry_version"],
            registry_sha256=document["registry_sha256"],
            surroundings_sha256=document["surroundings_sha256"],
            mentions=tuple(document["mentions"]),
            reading_sha256=document["reading_sha256"],
            decision_sha256=document["decision_sha256"],
            judge=JudgeRecord.from_json(judge) if judge is not None else None,
        )


def record_of(
    reading: Reading,
    decision: Decision,
    snapshot: RegistrySnapshot,
    *,
    judgement: Judgement | None,
    nonce: str,
    prompt_sha256: str,
) -> ReadingRecord:
    """Write down how a reading came about; `decision` is the one before budget and credit."""
    return ReadingRecord(
        prompt_sha256=prompt_sha256,
        normaliser=NORMALISER,
        rules_sha256=rules_sha256(),
        thresholds=thresholds(),
        registry_version=reading.registry_version,
        registry_sha256=snapshot.sha256,
        surroundings_sha256=snapshot.surroundings_sha256,
        mentions=tuple(facts_of(mention) for mention in reading.mentions),
        reading_sha256=reading_digest(nonce, reading),
        decision_sha256=decision.sha256,
        judge=None if judgement is None else judge_record(nonce, judgement),
    )


def judge_record(nonce: str, judgement: Judgement) -> JudgeRecord:
    """Keep what a judge said, and the digest of what it was asked."""
    sent = judgement.request
    return JudgeRecord(
        judgement=judgement,
        request_sha256=prompt_digest(nonce, sent.decode()) if sent else None,
    )


def reading_digest(nonce: str, reading: Reading) -> str:
    """Digest every byte of a reading under the nonce; its JSON may hold words of the prompt."""
    # Escaped, because a prompt may hold a lone surrogate, which UTF-8 cannot write.
    return prompt_digest(nonce, json.dumps(reading.to_json(), sort_keys=True))


def facts_of(mention: Mention) -> dict[str, Any]:
    """Give what may be kept of a mention: all of it but its words."""
    facts = mention.to_json()
    del facts["surface"], facts["reasons"]
    return facts

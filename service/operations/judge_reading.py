"""Read a prompt by the rules, and ask the judge, if there is one, about what they leave open."""

from dataclasses import dataclass, replace

from licensing.reading.judging import Judgement, judged, question_of
from licensing.reading.mentions import Reading
from licensing.reading.read import read
from licensing.registry.snapshot import RegistrySnapshot
from service.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """
    A reading, and what the judge said when one was asked.

    It holds for the registry of its version alone.
    """

    reading: Reading
    judgement: Judgement | None = None


def hear(
    runtime: Runtime,
    snapshot: RegistrySnapshot,
    prompt: str,
    negative_prompt: str | None,
) -> Hearing:
    """
    Read a prompt and wait for the judge. Call it outside of any transaction.

    A connection that is held while a stranger thinks would be missing elsewhere.
    """
    reading = read_by_rules(snapshot, prompt, negative_prompt)
    if runtime.judge is None:
        return Hearing(reading=reading)
    question = question_of(prompt, reading, snapshot.subjects)
    if question is None:
        return Hearing(reading=reading)
    judgement = runtime.judge.judge(question)
    return Hearing(reading=judged(reading, question, judgement), judgement=judgement)


def heard_now(
    hearing: Hearing | None,
    snapshot: RegistrySnapshot,
    prompt: str,
    negative_prompt: str | None,
) -> Hearing:
    """
    Give a hearing as it holds for this registry; without one, read by the rules.

    When the registry changed while the judge was thinking, the rules read again, and stand alone.
    """
    if hearing is not None and hearing.reading.registry_version == snapshot.version:
        return hearing
    reading = read_by_rules(snapshot, prompt, negative_prompt)
    if hearing is None or hearing.judgement is None:
        return Hearing(reading=reading)
    unheard = Judgement(
        outcome="skipped",
        model=hearing.judgement.model,
        problem="the registry changed while it was asked",
    )
    return Hearing(reading=replace(reading, judge=unheard.note), judgement=unheard)


def read_by_rules(
    snapshot: RegistrySnapshot,
    prompt: str,
    negative_prompt: str | None,
) -> Reading:
    """Read a prompt by the rules alone."""
    return read(
        prompt,
        snapshot.lexicon,
        registry_version=snapshot.version,
        negative_text=negative_prompt,
    )

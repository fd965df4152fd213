"""
What the names of a registry do to ordinary prompts, before they go live.

Each name is read against prompts that mean nobody's work, and gets a proposal for how far it can be
believed. Nothing is changed: a person decides.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from licensing.reading.lexicon import Lexicon
from licensing.reading.mentions import Strength
from licensing.reading.normalise import fold
from licensing.reading.read import read
from licensing.reading.skeleton import skeleton
from licensing.registry.ambiguity import LOOSER, Clue, Proposal, is_looser, propose
from licensing.registry.prompts import Prompt
from licensing.registry.subjects import Ambiguity, Name, Subject
from licensing.registry.variants import with_variants

Severity = Literal["warning", "note"]

_MOST_EXAMPLES: Final = 3
_MOST_SHARED: Final = 5
_MOST_COMPARED: Final = 100
# What is certain about a text; that two words are ordinary, or that somebody is called so, is not
# reason enough to hold a release up.
_CERTAIN: Final[frozenset[Clue]] = frozenset(
    {"one_character", "very_short", "commonest_word", "ordinary_word", "year_or_number", "hits"},
)
_NEXT_LOOSER: Final[dict[Ambiguity, Ambiguity]] = {
    "unique": "common",
    "name": "common",
    "common": "generic",
    "generic": "generic",
}


@dataclass(frozen=True, slots=True)
class Example:
    """An ordinary prompt that a subject is found in, and where: code points of the text."""

    prompt: Prompt
    start: int
    end: int
    strength: Strength

    def to_json(self) -> dict[str, Any]:
        """Give the example with the surface that was taken for the name."""
        return {
            "lang": self.prompt.lang,
            "text": self.prompt.text,
            "start": self.start,
            "end": self.end,
            "surface": self.prompt.text[self.start : self.end],
            "strength": self.strength,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFinding:
    """
    What is to be said of one name.

    `strong` and `weak` count the ordinary prompts that it was found in so, `languages` all of them
    by language. `shared_with` are other subjects with the same name.
    """

    subject_id: str
    name: Name
    proposal: Proposal
    strong: int
    weak: int
    languages: Mapping[str, int]
    examples: tuple[Example, ...]
    shared_with: tuple[str, ...]

    @property
    def is_believed_too_much(self) -> bool:
        """Whether the name's class is stricter about the text than the proposal."""
        return is_looser(self.proposal.ambiguity, self.name.ambiguity)

    @property
    def severity(self) -> Severity:
        """Whether somebody should look before the name goes live, or only may."""
        certain = self.is_believed_too_much and self.proposal.clue in _CERTAIN
        return "warning" if self.strong or certain else "note"

    def to_json(self) -> dict[str, Any]:
        """Give the finding as commands and the API show it."""
        return {
            "subject": self.subject_id,
            "name": self.name.to_json(),
            "severity": self.severity,
            "proposed": self.proposal.to_json(),
            "strong": self.strong,
            "weak": self.weak,
            "languages": dict(self.languages),
            "examples": [each.to_json() for each in self.examples],
            "shared_with": list(self.shared_with),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionFinding:
    """A subject whose traits describe ordinary prompts: how many, and some of them."""

    subject_id: str
    prompts: int
    examples: tuple[Example, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the finding as commands and the API show it."""
        return {
            "subject": self.subject_id,
            "prompts": self.prompts,
            "examples": [each.to_json() for each in self.examples],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """
    All that is to be said of a registry's names, what hits most first.

    `prompts` counts the ordinary prompts by language, `names` those that somebody wrote, and
    `generated` the spellings made from them, which are read too.
    """

    subjects: int
    names: int
    generated: int
    prompts: Mapping[str, int]
    findings: tuple[NameFinding, ...]
    descriptions: tuple[DescriptionFinding, ...]

    @property
    def warnings(self) -> int:
        """Count the findings that somebody should look at."""
        return sum(each.severity == "warning" for each in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Give the report as commands and the API show it."""
        return {
            "subjects": self.subjects,
            "names": self.names,
            "generated": self.generated,
            "prompts": dict(self.prompts),
            "warnings": self.warnings,
            "findings": [each.to_json() for each in self.findings],
            "descriptions": [each.to_json() for each in self.descriptions],
        }


def lint(subjects: Iterable[Subject], prompts: Sequence[Prompt]) -> LintReport:
    """Read `prompts`, which mean nobody's work, against the names of `subjects`."""
    spelt = tuple(map(with_variants, subjects))
    hits = _hits(spelt, prompts)
    holders = _holders(spelt)
    findings = [
        finding
        for subject in spelt
        for place, name in _distinct(subject)
        if (finding := _finding(subject.id, name, hits.get((subject.id, place), ()), holders))
    ]
    findings.sort(key=_order)
    written = sum(name.origin == "given" for subject in spelt for name in subject.names)
    return LintReport(
        subjects=len(spelt),
        names=written,
        generated=sum(len(subject.names) for subject in spelt) - written,
        prompts=dict(sorted(Counter(prompt.lang for prompt in prompts).items())),
        findings=tuple(findings),
        descriptions=tuple(_descriptions(hits)),
    )


def believed_too_much(subjects: Iterable[Subject]) -> list[Name]:
    """List the names whose text is certainly an ordinary word, and whose class ignores that."""
    return [
        name
        for subject in subjects
        for _, name in _distinct(subject)
        if (proposal := propose(name)).clue in _CERTAIN
        and is_looser(proposal.ambiguity, name.ambiguity)
    ]


def _distinct(subject: Subject) -> Iterable[tuple[int, Name]]:
    """Yield the names of a subject with their places, a text of several languages once."""
    seen: set[str] = set()
    for place, name in enumerate(subject.names):
        text = fold(name.text).text
        if text not in seen:
            seen.add(text)
            yield place, name


_Hits = Mapping[tuple[str, int | None], Sequence[Example]]


def _hits(subjects: Sequence[Subject], prompts: Sequence[Prompt]) -> _Hits:
    """Collect what is found, by subject and place of the name; descriptions have no place."""
    lexicon = Lexicon.build(subjects)
    named = {subject.id: _by_bones(subject) for subject in subjects}
    places: dict[tuple[str, str], int] = {}
    hits: dict[tuple[str, int | None], list[Example]] = defaultdict(list)
    for prompt in prompts:
        for mention in read(prompt.text, lexicon, registry_version=0).mentions:
            subject_id, place = mention.subject_id, None
            if mention.evidence != "description":
                key = (subject_id, mention.surface)
                if key not in places:
                    places[key] = _place(mention.surface, named[subject_id])
                place = places[key]
            example = Example(prompt, mention.start, mention.end, mention.strength)
            hits[subject_id, place].append(example)
    return hits


def _place(surface: str, names: Mapping[str, int]) -> int:
    """
    Find which of a subject's names, given by their skeletons, a surface stands for.

    A plural and a drawn-out name begin with it; a misspelt one is the one most like it.
    """
    bones = _bones(surface)
    for length in range(len(bones), 0, -1):
        if (place := names.get(bones[:length])) is not None:
            return place
    compared = list(names)[:_MOST_COMPARED]
    return names[max(compared, key=lambda each: SequenceMatcher(None, each, bones).ratio())]


def _by_bones(subject: Subject) -> dict[str, int]:
    """Index the names of a subject by their skeletons, the first of equals."""
    places: dict[str, int] = {}
    for place, name in enumerate(subject.names):
        places.setdefault(_bones(name.text), place)
    return places


def _bones(text: str) -> str:
    return skeleton(fold(text), text).text or fold(text).text


def _holders(subjects: Sequence[Subject]) -> Mapping[str, Sequence[str]]:
    """Collect the subjects of every text that somebody wrote as a name, each once."""
    holders: dict[str, dict[str, None]] = defaultdict(dict)
    for subject in subjects:
        for name in subject.names:
            if name.origin == "given":
                holders[fold(name.text).text][subject.id] = None
    return {text: tuple(ids) for text, ids in holders.items()}


def _finding(
    subject_id: str,
    name: Name,
    hits: Sequence[Example],
    holders: Mapping[str, Sequence[str]],
) -> NameFinding | None:
    """Say what is to be said of a name; None when it is nothing."""
    strong = [hit for hit in hits if hit.strength == "strong"]
    weak = [hit for hit in hits if hit.strength == "weak"]
    proposal = _proposal(name, strong)
    shared = [each for each in holders.get(fold(name.text).text, ()) if each != subject_id]
    shared = shared if name.origin == "given" else []
    too_much = is_looser(proposal.ambiguity, name.ambiguity)
    if not (hits or (shared and name.ambiguity == "unique") or too_much):
        return None
    counted = Counter(hit.prompt.lang for hit in hits)
    return NameFinding(
        subject_id=subject_id,
        name=name,
        proposal=proposal,
        strong=len(strong),
        weak=len(weak),
        languages=dict(sorted(counted.items())),
        examples=(*strong, *weak)[:_MOST_EXAMPLES],
        shared_with=tuple(shared[:_MOST_SHARED]),
    )


def _proposal(name: Name, strong: Sequence[Example]) -> Proposal:
    """Propose by the text, unless the prompts say more; a generated name keeps its class."""
    proposal = propose(name)
    if name.origin == "generated" and not strong:
        return Proposal(name.ambiguity, proposal.clue, proposal.word)
    if strong and not is_looser(proposal.ambiguity, name.ambiguity):
        first = strong[0]
        word = first.prompt.text[first.start : first.end]
        return Proposal(_NEXT_LOOSER[name.ambiguity], "hits", word)
    return proposal


def _descriptions(hits: _Hits) -> Iterable[DescriptionFinding]:
    """Yield the subjects that ordinary prompts describe, the most often described first."""
    described = [
        (subject_id, found) for (subject_id, place), found in hits.items() if place is None
    ]
    for subject_id, found in sorted(described, key=lambda each: (-len(each[1]), each[0])):
        yield DescriptionFinding(
            subject_id=subject_id,
            prompts=len(found),
            examples=tuple(found[:_MOST_EXAMPLES]),
        )


def _order(finding: NameFinding) -> tuple[bool, int, int, int, str, str]:
    distance = LOOSER[finding.proposal.ambiguity] - LOOSER[finding.name.ambiguity]
    return (
        finding.severity != "warning",
        -finding.strong,
        -finding.weak,
        -distance,
        finding.subject_id,
        finding.name.text,
    )

"""All names of a registry compiled into one automaton, and its hits in a text."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick, Implementation

from licensing.reading.boundaries import joins, word_script
from licensing.reading.normalise import fold
from licensing.registry.subjects import Name, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """
    One subject that a text can name.

    `franchise_id` is the subject's last ancestor, shared by everything that supports one another.
    `requires_any` and `excludes_any` are folded, and are texts of the lexicon too.
    """

    subject_id: str
    franchise_id: str
    name: Name
    requires_any: tuple[str, ...]
    excludes_any: tuple[str, ...]

    def says_the_same_as(self, other: "Sense") -> bool:
        """Whether both read alike: the same name in two languages is one sense."""
        return (self.subject_id, self.name.ambiguity, self.requires_any, self.excludes_any) == (
            other.subject_id,
            other.name.ambiguity,
            other.requires_any,
            other.excludes_any,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One folded text: a name with its senses in the order of the registry, or only a context word.

    The scripts are those of its first and last character (see `boundaries.word_script`).
    """

    text: str
    senses: tuple[Sense, ...]
    left_script: str | None
    right_script: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that stands in a text, bounded as its script asks, at a span of the original."""

    start: int
    end: int
    entry: Entry

    def within(self, other: "Hit") -> bool:
        """Whether this hit adds no character to the other one."""
        return other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every name and every context word of a registry, ready to be found in one pass."""

    entries: tuple[Entry, ...]
    _automaton: AhoCorasick = field(repr=False, compare=False)

    @classmethod
    def build(cls, subjects: Iterable[Subject]) -> "Lexicon":
        """Compile the names of `subjects`; names that fold to nothing are left out."""
        subjects = tuple(subjects)
        parents = {subject.id: subject.parent_id for subject in subjects}
        senses: dict[str, list[Sense]] = {}
        for subject in subjects:
            franchise_id = _last_ancestor(subject.id, parents)
            for name in subject.names:
                sense = Sense(
                    subject_id=subject.id,
                    franchise_id=franchise_id,
                    name=name,
                    requires_any=_folded(name.requires_any),
                    excludes_any=_folded(name.excludes_any),
                )
                known = senses.setdefault(fold(name.text).text, [])
                if not any(sense.says_the_same_as(other) for other in known):
                    known.append(sense)
                for word in (*sense.requires_any, *sense.excludes_any):
                    senses.setdefault(word, [])
        senses.pop("", None)
        entries = tuple(
            Entry(text, tuple(named), word_script(text[0]), word_script(text[-1]))
            for text, named in sorted(senses.items())
        )
        automaton = AhoCorasick(
            [entry.text for entry in entries],
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )
        return cls(entries, automaton)

    def find(self, text: str) -> list[Hit]:
        """Find every entry in `text`, overlapping ones too, ordered by start and then end."""
        folded = fold(text)
        offsets = folded.offsets
        length = len(folded.text)
        hits: list[Hit] = []
        for index, start, end in self._automaton.find_matches_as_indexes(
            folded.text,
            overlapping=True,
        ):
            entry = self.entries[index]
            # Neighbours are judged as the original writes them: ™ folds to letters but ends a word.
            if start and joins(entry.left_script, text[offsets[start - 1]], side="left"):
                continue
            if end < length and joins(entry.right_script, text[offsets[end]], side="right"):
                continue
            hits.append(Hit(*folded.span(start, end), entry))
        hits.sort(key=lambda hit: (hit.start, hit.end, hit.entry.text))
        return hits


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(folded for word in words if (folded := fold(word).text))


def _last_ancestor(subject_id: str, parents: dict[str, str | None]) -> str:
    """Climb to the top; a parent outside the lexicon counts, and a circle ends where it closes."""
    seen = {subject_id}
    current = subject_id
    while (parent := parents.get(current)) is not None and parent not in seen:
        seen.add(parent)
        current = parent
    return current

"""All names of a registry compiled into one automaton over skeletons, and its hits in a text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ahocorasick_rs import AhoCorasick, Implementation

from licensing.reading.descriptions import Descriptions
from licensing.reading.disguise import disguise
from licensing.reading.entries import Entry, Hit, Sense, Text
from licensing.reading.joining import in_tag, joined
from licensing.reading.kana import inside_longer_word
from licensing.reading.lookalikes import Change
from licensing.reading.normalise import fold
from licensing.reading.spelling import Spelling
from licensing.registry.subjects import Subject

_FEWEST_TRAIT_CHARS = 4
# A name that also means something else is not believed in every disguise.
_BEARABLE: frozenset[Change] = frozenset({"accent", "separator", "lookalike"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every name and every context word of a registry, ready to be found in one pass."""

    entries: tuple[Entry, ...]
    spelling: Spelling = field(repr=False, compare=False)
    descriptions: Descriptions = field(repr=False, compare=False)
    _groups: tuple[tuple[Entry, ...], ...] = field(repr=False, compare=False)
    _automaton: AhoCorasick = field(repr=False, compare=False)
    _boneless: tuple[Entry, ...] = field(repr=False, compare=False)
    _boneless_automaton: AhoCorasick | None = field(repr=False, compare=False)

    @classmethod
    def build(cls, subjects: Iterable[Subject]) -> "Lexicon":
        """Compile the names of `subjects`; names that fold to nothing are left out."""
        subjects = tuple(subjects)
        senses = _senses(subjects)
        entries = tuple(Entry.of(text, _given(named)) for text, named in sorted(senses.items()))
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.key:
                groups.setdefault(entry.key, []).append(entry)
        boneless = tuple(entry for entry in entries if not entry.key)
        return cls(
            entries,
            Spelling.of(_spellable(entries)),
            Descriptions.of(subjects),
            tuple(map(tuple, groups.values())),
            _compiled(groups),
            boneless,
            _compiled(entry.text for entry in boneless) if boneless else None,
        )

    def find(self, text: Text) -> list[Hit]:
        """Find every entry in `text`, overlapping ones too, ordered by start and then end."""
        hits = [*self._with_letters(text), *self._without_letters(text)]
        hits.sort(key=lambda hit: (hit.start, hit.end, hit.entry.text))
        return hits

    def misspelt(self, text: Text) -> list[Hit]:
        """Find names with one spelling mistake, the longest first."""
        hits = [
            Hit.at(text, start, end, self.entries[place], misspelt=True)
            for start, end, place in self.spelling.find(text.folded.text)
        ]
        hits.sort(key=lambda hit: (hit.start - hit.end, hit.start, hit.entry.text))
        return hits

    def _with_letters(self, text: Text) -> Iterator[Hit]:
        folded, places = text.folded, text.bones.places
        for index, start, end in self._automaton.find_matches_as_indexes(
            text.bones.text,
            overlapping=True,
        ):
            first = places[start]
            if first and _plainlyjoined(text, first):
                continue
            group = self._groups[index]
            exact = [hit for entry in group if (hit := _exact(entry, text, first)) is not None]
            if exact:
                yield from exact
                continue
            for entry in group:
                if entry.senses and entry.shape is not None:
                    found = disguise(entry.shape, folded, text.original, places[start:end])
                    if found is None:
                        continue
                    joins_by = joined(text, first, found.end, entry)
                    if joins_by is not None:
                        hit = _hit(entry, text, first, found.end, found.changes | joins_by)
                        if hit is not None:
                            yield hit

    def _without_letters(self, text: Text) -> Iterator[Hit]:
        if self._boneless_automaton is None:
            return
        for index, start, end in self._boneless_automaton.find_matches_as_indexes(
            text.folded.text,
            overlapping=True,
        ):
            yield Hit.at(text, start, end, self._boneless[index])


def _compiled(patterns: Iterable[str]) -> AhoCorasick:
    return AhoCorasick(
        list(patterns),
        store_patterns=False,
        implementation=Implementation.ContiguousNFA,
    )


def _spellable(entries: Iterable[Entry]) -> Iterator[tuple[int, str, int]]:
    """Yield the names whose misspellings count: (place, letters, number of words)."""
    for place, entry in enumerate(entries):
        wanted = any(
            sense.licensed
            and sense.name.ambiguity == "unique"
            and sense.name.kind != "generated"  # Two guesses on top of each other are no evidence.
            for sense in entry.senses
        )
        if wanted and entry.shape is not None and entry.shape.spaced:
            yield place, entry.shape.core, len(entry.shape.gaps.between) + 1


def _plainlyjoined(text: Text, first: int) -> bool:
    """Turn down at once most places inside a word: small Latin letters on both sides of a start."""
    before, after = text.folded.text[first - 1], text.folded.text[first]
    if not ("a" <= before <= "z" and "a" <= after <= "z"):
        return False
    return not text.shown(first).isupper() and not in_tag(text, first)


def _exact(entry: Entry, text: Text, first: int) -> Hit | None:
    """Find the entry written as it is, its skeleton beginning at the place `first`."""
    start = first - (0 if entry.shape is None else entry.shape.lead)
    end = start + len(entry.text)
    if start < 0 or not text.folded.text.startswith(entry.text, start):
        return None
    joins_by = joined(text, start, end, entry)
    if joins_by is None:
        return None
    return _hit(entry, text, start, end, joins_by)


def _hit(entry: Entry, text: Text, start: int, end: int, changes: frozenset[Change]) -> Hit | None:
    """Make a hit of the senses that can carry the changes; None when no name is left."""
    inside = inside_longer_word(text.folded.text, start, end)
    if not inside and changes <= {"accent"}:
        return Hit.at(text, start, end, entry, changes=changes)
    carried = tuple(
        sense
        for sense in entry.senses
        if not inside
        and (
            sense.name.ambiguity == "unique"
            or (sense.name.ambiguity == "name" and changes <= _BEARABLE)
        )
    )
    if not carried:
        return None
    return Hit.at(text, start, end, replace(entry, senses=carried), changes=changes)


def _senses(subjects: tuple[Subject, ...]) -> dict[str, list[Sense]]:
    """Collect what every folded text can name; context words name nothing."""
    parents = {subject.id: subject.parent_id for subject in subjects}
    senses: dict[str, list[Sense]] = {}
    for subject in subjects:
        franchise_id = _last_ancestor(subject.id, parents)
        hints = _folded(trait.text for trait in subject.traits if _tells(trait.text))
        for name in subject.names:
            sense = Sense(
                subject_id=subject.id,
                subject_kind=subject.kind,
                franchise_id=franchise_id,
                licensed=subject.licensed,
                name=name,
                requires_any=_folded(name.requires_any),
                excludes_any=_folded(name.excludes_any),
                hints=() if name.ambiguity == "unique" else hints,
            )
            known = senses.setdefault(fold(name.text).text, [])
            if not any(sense.says_the_same_as(other) for other in known):
                known.append(sense)
            for word in (*sense.requires_any, *sense.excludes_any, *sense.hints):
                senses.setdefault(word, [])
    senses.pop("", None)
    return senses


def _given(senses: Iterable[Sense]) -> tuple[Sense, ...]:
    """Leave out generated names where the same text is a name that somebody gave."""
    senses = tuple(senses)
    given = tuple(sense for sense in senses if sense.name.kind != "generated")
    return given or senses


def _tells(trait: str) -> bool:
    """Whether a trait is more than one common word."""
    return len(trait.split()) > 1 or (not trait.isascii() and len(trait) >= _FEWEST_TRAIT_CHARS)


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

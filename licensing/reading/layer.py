"""A compiled registry, ready to be searched: entries are made of its columns where they are hit."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from daachorse import CharwiseDoubleArrayAhoCorasick

from licensing.reading.columns import Buffer, Columns, Rows, Strings, numbers
from licensing.reading.compiling import (
    AMBIGUITIES,
    NAME_KINDS,
    SUBJECT_KINDS,
    folded_words,
    spells,
)
from licensing.reading.entries import Entry, Sense, bones_of
from licensing.reading.spelling import Misspelt, Spelling, Spellings
from licensing.registry.subjects import Name

# What is hit again and again is made once. A group weighs about a kilobyte.
MOST_GROUPS: Final = 8192

Found = tuple[int, int, int]
"""Start and end in the text that was searched, and the number of what was found."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What takes time to load, shared by all views of the same columns."""

    lettered: CharwiseDoubleArrayAhoCorasick
    boneless: CharwiseDoubleArrayAhoCorasick | None
    spelling: Spelling

    @classmethod
    def of(cls, columns: Columns) -> "Engines":
        """Load them; a registry without symbols for names has no automaton for such."""
        boneless = columns["boneless.automaton"]
        return cls(
            _loaded(columns["automaton"]),
            _loaded(boneless) if len(boneless) else None,
            Spelling(columns),
        )


class Layer:
    """
    The names of some subjects. Those of `masked` subjects, given by number, do not count.

    `franchise_of` tells the franchise of a subject by its number, where not the columns count. Safe
    to share between threads: nothing in it changes but caches.
    """

    def __init__(
        self,
        columns: Columns,
        *,
        engines: Engines | None = None,
        masked: Collection[int] = frozenset(),
        franchise_of: Callable[[int], str] | None = None,
    ) -> None:
        self.columns = columns
        self.engines = engines or Engines.of(columns)
        self.masked = masked
        self._franchise_of = franchise_of or self._franchise
        self.subject_ids = Strings(columns, "subject.id")
        self._subject_kinds = columns["subject.kind"]
        self._subject_licensed = columns["subject.licensed"]
        self._subject_parents = numbers(columns["subject.parent"])
        self._subject_franchises = numbers(columns["subject.franchise"])
        self._parent_ids = Strings(columns, "parent.id")
        self._franchise_ids = Strings(columns, "franchise.id")
        self._key_entries = numbers(columns["key.entries"])
        self._katakana = columns["key.katakana"]
        self.texts = Strings(columns, "entry.text")
        self._leads = numbers(columns["entry.lead"])
        self._entry_senses = numbers(columns["entry.senses"])
        self._users = Rows(columns, "entry.users")
        self._sense_subjects = numbers(columns["sense.subject"])
        self._sense_langs = numbers(columns["sense.lang"])
        self._sense_contexts = numbers(columns["sense.context"])
        self._sense_codes = columns["sense.code"]
        self._sense_names = Strings(columns, "sense.name")
        self._langs = Strings(columns, "lang")
        self._words = Strings(columns, "word")
        self._contexts = Rows(columns, "context")
        self.spellings = Spellings.of((self.engines.spelling, self.can_be_misspelt))
        self.group = lru_cache(maxsize=MOST_GROUPS)(self._group)
        self.sense = lru_cache(maxsize=MOST_GROUPS)(self._sense)

    def masking(
        self,
        masked: Collection[int],
        *,
        franchise_of: Callable[[int], str] | None = None,
    ) -> "Layer":
        """Look at the same columns without some subjects."""
        return Layer(
            self.columns,
            engines=self.engines,
            masked=masked,
            franchise_of=franchise_of,
        )

    def keys_in(self, skeleton: str) -> list[Found]:
        """Find every key in a skeleton, overlapping ones too."""
        return self.engines.lettered.find_overlapping(skeleton)

    def boneless_in(self, folded: str) -> Iterator[tuple[int, int, Entry]]:
        """Find every entry without letters in a folded text, as (start, end, entry)."""
        if self.engines.boneless is None:
            return
        for start, end, number in self.engines.boneless.find_overlapping(folded):
            entry = self.entry(self._key_entries[-1] + number, "")
            if entry is not None:
                yield start, end, entry

    def is_katakana(self, number: int) -> bool:
        """Whether all entries of a key are katakana."""
        return bool(self._katakana[number])

    @property
    def keys(self) -> Iterator[str]:
        """Every key, by number."""
        firsts = self._key_entries[:-1]
        return (bones_of(self.texts[first]).text for first in firsts)

    def key_number(self, key: str) -> int | None:
        """Find a key."""
        spans = self.keys_in(key)
        return next((number for start, end, number in spans if end - start == len(key)), None)

    def _group(self, number: int, key: str) -> tuple[Entry, ...]:
        """Make the entries of one key."""
        entries = (self.entry(each, key) for each in self.entries_of(number))
        return tuple(entry for entry in entries if entry is not None)

    def entries_of(self, number: int) -> range:
        """Tell the numbers of the entries of one key."""
        return range(self._key_entries[number], self._key_entries[number + 1])

    def entry(self, number: int, key: str) -> Entry | None:
        """Make the entry of a number, whose skeleton is `key`; None when it has nothing left."""
        if not self.is_live(number):
            return None
        return Entry(self.texts[number], given(self.senses(number)), key, self._leads[number])

    def spelt(self, found: Misspelt) -> Entry:
        """Make the entry of a misspelt name."""
        number = found.entry
        text = self.texts[number]
        return Entry(text, given(self.senses(number)), bones_of(text).text, self._leads[number])

    def is_live(self, number: int) -> bool:
        """Whether an entry still is a name or a context word of a subject that is not masked."""
        return not self.masked or any(
            subject not in self.masked
            for subjects in (self._subjects_of(number), self._users[number])
            for subject in subjects
        )

    def senses(self, number: int) -> tuple[Sense, ...]:
        """Make the senses of an entry, in the order of subject ids, generated ones included."""
        first, last = self._entry_senses[number], self._entry_senses[number + 1]
        return tuple(
            self.sense(at)
            for at in range(first, last)
            if self._sense_subjects[at] not in self.masked
        )

    def can_be_misspelt(self, number: int) -> bool:
        """Whether an entry of the spelling index still has a name that counts there."""
        first = self._entry_senses[number]
        return not self.masked or any(
            subject not in self.masked
            and self._subject_licensed[subject]
            and spells(self._sense_codes[first + at])
            for at, subject in enumerate(self._subjects_of(number))
        )

    def subject_number(self, subject_id: str) -> int | None:
        """Find a subject, masked or not, by its id."""
        number = bisect_left(self.subject_ids, subject_id)
        found = number < len(self.subject_ids) and self.subject_ids[number] == subject_id
        return number if found else None

    def is_parent(self, subject_id: str) -> bool:
        """Whether some subject, masked or not, has this one for its parent."""
        number = bisect_left(self._parent_ids, subject_id)
        return number < len(self._parent_ids) and self._parent_ids[number] == subject_id

    def parent_id(self, number: int) -> str | None:
        """Tell a subject's parent."""
        return self._parent_ids[self._subject_parents[number]] or None

    def _subjects_of(self, number: int) -> Sequence[int]:
        return self._sense_subjects[self._entry_senses[number] : self._entry_senses[number + 1]]

    def _sense(self, at: int) -> Sense:
        subject = self._sense_subjects[at]
        kind, ambiguity = divmod(self._sense_codes[at], len(AMBIGUITIES))
        context = 3 * self._sense_contexts[at]
        requires, excludes, hints = (self._told(row) for row in range(context, context + 3))
        name = Name(
            text=self._sense_names[at],
            lang=self._langs[self._sense_langs[at]],
            kind=NAME_KINDS[kind],
            ambiguity=AMBIGUITIES[ambiguity],
            requires_any=requires,
            excludes_any=excludes,
        )
        return Sense(
            subject_id=self.subject_ids[subject],
            subject_kind=SUBJECT_KINDS[self._subject_kinds[subject]],
            franchise_id=self._franchise_of(subject),
            licensed=bool(self._subject_licensed[subject]),
            name=name,
            requires_any=folded_words(requires),
            excludes_any=folded_words(excludes),
            hints=hints,
        )

    def _told(self, row: int) -> tuple[str, ...]:
        return tuple(self._words[word] for word in self._contexts[row])

    def _franchise(self, subject: int) -> str:
        return self._franchise_ids[self._subject_franchises[subject]]


def given(senses: tuple[Sense, ...]) -> tuple[Sense, ...]:
    """
    Leave out generated names where the same text is a name that somebody gave.

    A spelling that several franchises come to points at none of them by itself.
    """
    chosen = tuple(sense for sense in senses if sense.name.kind != "generated")
    if chosen:
        return chosen
    if len({sense.franchise_id for sense in senses}) > 1:
        return tuple(_doubtful(sense) for sense in senses)
    return senses


def _doubtful(sense: Sense) -> Sense:
    if sense.name.ambiguity != "unique":
        return sense
    return replace(sense, name=replace(sense.name, ambiguity="name"))


def _loaded(automaton: Buffer) -> CharwiseDoubleArrayAhoCorasick:
    return CharwiseDoubleArrayAhoCorasick.deserialize(bytes(automaton))

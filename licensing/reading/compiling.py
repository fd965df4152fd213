"""
Compiling: the names of subjects into columns and one automaton over their skeletons.

    subject.*   by number, in the order of their ids: id, kind, whether licensed, parent, franchise
    key.*       by pattern of the automaton: where its entries begin, the last one's end behind
                them; whether all of them are katakana
    entry.*     by number, those of one skeleton in a row: folded text, where the skeleton begins,
                where its senses begin, and the subjects whose context word it is
    sense.*     by number, those of one entry in a row: subject, name, language, kind, context
    context.*   three rows a context: `requires_any` and `excludes_any` as written, folded hints
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, get_args

from daachorse import CharwiseDoubleArrayAhoCorasick

from licensing.reading.columns import Buffer, Pool, Rows, Strings, packed
from licensing.reading.entries import bones_of, shape_of
from licensing.reading.normalise import fold
from licensing.reading.spelling import Spelling
from licensing.registry.subjects import Ambiguity, Name, NameKind, Subject, SubjectKind

SUBJECT_KINDS: Final[tuple[SubjectKind, ...]] = get_args(SubjectKind)
NAME_KINDS: Final[tuple[NameKind, ...]] = get_args(NameKind)
AMBIGUITIES: Final[tuple[Ambiguity, ...]] = get_args(Ambiguity)

_FEWEST_TRAIT_CHARS: Final = 4
_KATAKANA: Final = re.compile("[ァ-ヺー]+")
_NO_CONTEXT: Final = 0
_NOTHING: Final[tuple[tuple[int, ...], ...]] = ((), (), ())


def compiled(
    subjects: Iterable[Subject],
    *,
    parent_of: Callable[[str], str | None] = lambda _: None,
) -> dict[str, Buffer]:
    """
    Compile the names of `subjects`; names that fold to nothing are left out.

    `parent_of` tells the parent of a subject that is not among them.
    """
    ordered = sorted(subjects, key=lambda subject: subject.id)
    draft = _Draft()
    for number, subject in enumerate(ordered):
        draft.take(number, subject)
    return {**_subject_columns(ordered, parent_of), **draft.columns(ordered)}


def folded_words(words: Iterable[str]) -> tuple[str, ...]:
    """Fold context words; what folds to nothing says nothing."""
    return tuple(folded for word in words if (folded := fold(word).text))


def last_ancestor(subject_id: str, parent_of: Callable[[str], str | None]) -> str:
    """Climb to the top; a parent outside the lexicon counts, and a circle ends where it closes."""
    seen = {subject_id}
    current = subject_id
    while (parent := parent_of(current)) is not None and parent not in seen:
        seen.add(parent)
        current = parent
    return current


def name_code(name: Name) -> int:
    """Put a name's kind and ambiguity in one byte."""
    return NAME_KINDS.index(name.kind) * len(AMBIGUITIES) + AMBIGUITIES.index(name.ambiguity)


def _subject_columns(
    subjects: list[Subject],
    parent_of: Callable[[str], str | None],
) -> dict[str, Buffer]:
    parents = {subject.id: subject.parent_id for subject in subjects}

    def above(subject_id: str) -> str | None:
        return parents[subject_id] if subject_id in parents else parent_of(subject_id)

    parent_ids, franchise_ids = Pool(), Pool()
    # Sorted, so that one can be found; number 0 means none.
    for parent_id in sorted({"", *(parent or "" for parent in parents.values())}):
        parent_ids(parent_id)
    return {
        **Strings.written("subject.id", (subject.id for subject in subjects)),
        "subject.kind": bytes(SUBJECT_KINDS.index(subject.kind) for subject in subjects),
        "subject.licensed": bytes(subject.licensed for subject in subjects),
        "subject.parent": packed(parent_ids(subject.parent_id or "") for subject in subjects),
        "subject.franchise": packed(
            franchise_ids(last_ancestor(subject.id, above)) for subject in subjects
        ),
        **Strings.written("parent.id", parent_ids),
        **Strings.written("franchise.id", franchise_ids),
    }


@dataclass(frozen=True, slots=True)
class _Draft:
    """Texts, senses and contexts as they come; `columns` puts them in their order."""

    texts: Pool = field(default_factory=Pool)
    words: Pool = field(default_factory=Pool)
    languages: Pool = field(default_factory=Pool)
    # Senses in rows of equal length.
    sense_text: "array[int]" = field(default_factory=lambda: array("I"))
    sense_subject: "array[int]" = field(default_factory=lambda: array("I"))
    sense_lang: "array[int]" = field(default_factory=lambda: array("I"))
    sense_context: "array[int]" = field(default_factory=lambda: array("I"))
    sense_code: bytearray = field(default_factory=bytearray)
    sense_name: list[str] = field(default_factory=list)
    contexts: dict[tuple[tuple[int, ...], ...], int] = field(
        default_factory=lambda: {_NOTHING: _NO_CONTEXT}
    )
    # Which subjects have a text as a context word, as (text, subject).
    users: dict[tuple[int, int], None] = field(default_factory=dict)

    def take(self, number: int, subject: Subject) -> None:
        """Take up a subject; the same name in two languages is one sense."""
        hints = folded_words(trait.text for trait in subject.traits if _tells(trait.text))
        said: set[tuple[str, Ambiguity, tuple[str, ...], tuple[str, ...]]] = set()
        for name in subject.names:
            text = fold(name.text).text
            requires, excludes = folded_words(name.requires_any), folded_words(name.excludes_any)
            saying = (text, name.ambiguity, requires, excludes)
            useful = () if name.ambiguity == "unique" else hints
            for word in (*requires, *excludes, *useful):
                self.users[self.texts(word), number] = None
            if not text or saying in said:
                continue
            said.add(saying)
            self.sense_text.append(self.texts(text))
            self.sense_subject.append(number)
            self.sense_lang.append(self.languages(name.lang))
            self.sense_context.append(self._context(name, useful))
            self.sense_code.append(name_code(name))
            self.sense_name.append(name.text)

    def _context(self, name: Name, hints: tuple[str, ...]) -> int:
        rows = tuple(
            tuple(map(self.words, words)) for words in (name.requires_any, name.excludes_any, hints)
        )
        return self.contexts.setdefault(rows, len(self.contexts))

    def columns(self, subjects: list[Subject]) -> dict[str, Buffer]:
        """Order entries by skeleton and senses by entry."""
        texts = list(self.texts)
        keyed: list[tuple[str, str, int]] = []
        boneless: list[tuple[str, int]] = []
        leads = array("I", bytes(4 * len(texts)))
        for number, text in enumerate(texts):
            bones = bones_of(text)
            if bones.text:
                leads[number] = bones.places[0]
                keyed.append((bones.text, text, number))
            else:
                boneless.append((text, number))
        keyed.sort()
        boneless.sort()
        order = [number for _, _, number in keyed] + [number for _, number in boneless]
        patterns = Pool()
        key_starts = array("I")
        for entry, (key, _, _) in enumerate(keyed):
            if patterns(key) == len(key_starts):
                key_starts.append(entry)
        key_starts.append(len(keyed))
        return {
            "automaton": _automaton(patterns),
            "boneless.automaton": _automaton(text for text, _ in boneless) if boneless else b"",
            "key.entries": key_starts.tobytes(),
            "key.katakana": bytes(
                all(_KATAKANA.fullmatch(text) for _, text, _ in keyed[first:last])
                for first, last in pairwise(key_starts)
            ),
            **Strings.written("entry.text", (texts[number] for number in order)),
            "entry.lead": packed(leads[number] for number in order),
            **self._entry_senses(order),
            **Strings.written("lang", self.languages),
            **Strings.written("word", self.words),
            **Rows.written("context", (row for rows in self.contexts for row in rows)),
            **Spelling.columns(self._spellable(order[: len(keyed)], texts, subjects)),
        }

    def _entry_senses(self, order: list[int]) -> dict[str, Buffer]:
        entry_of = array("I", bytes(4 * len(order)))
        for entry, number in enumerate(order):
            entry_of[number] = entry
        # Stable: the senses of an entry stay in the order of subjects and names.
        senses = sorted(range(len(self.sense_text)), key=lambda at: entry_of[self.sense_text[at]])
        starts = array("I", bytes(4 * (len(order) + 1)))
        for at in self.sense_text:
            starts[entry_of[at] + 1] += 1
        for entry in range(len(order)):
            starts[entry + 1] += starts[entry]
        users: dict[int, list[int]] = {}
        for text, subject in self.users:
            users.setdefault(entry_of[text], []).append(subject)
        return {
            "entry.senses": starts.tobytes(),
            **Rows.written("entry.users", (users.get(entry, ()) for entry in range(len(order)))),
            "sense.subject": packed(self.sense_subject[at] for at in senses),
            "sense.lang": packed(self.sense_lang[at] for at in senses),
            "sense.context": packed(self.sense_context[at] for at in senses),
            "sense.code": bytes(self.sense_code[at] for at in senses),
            **Strings.written("sense.name", (self.sense_name[at] for at in senses)),
        }

    def _spellable(
        self,
        order: list[int],
        texts: list[str],
        subjects: list[Subject],
    ) -> Iterator[tuple[int, str, int]]:
        """Yield the names whose misspellings count: (entry, letters, number of words)."""
        wanted = {
            text
            for text, subject, code in zip(
                self.sense_text, self.sense_subject, self.sense_code, strict=True
            )
            if subjects[subject].licensed and spells(code)
        }
        for entry, number in enumerate(order):
            if number in wanted:
                shape = shape_of(texts[number])
                if shape.spaced:
                    yield entry, shape.core, len(shape.gaps.between) + 1


def spells(code: int) -> bool:
    """Whether misspellings of a name count. Two guesses on top of each other are no evidence."""
    kind, ambiguity = divmod(code, len(AMBIGUITIES))
    return AMBIGUITIES[ambiguity] == "unique" and NAME_KINDS[kind] != "generated"


def _automaton(patterns: Iterable[str]) -> bytes:
    return CharwiseDoubleArrayAhoCorasick(list(patterns)).serialize()


def _tells(trait: str) -> bool:
    """Whether a trait is more than one common word."""
    return len(trait.split()) > 1 or (not trait.isascii() and len(trait) >= _FEWEST_TRAIT_CHARS)

"""
What changed since a layer was compiled, read as if all of it had been compiled together.

A million names are compiled once in a while, a few changed subjects at once. Changed and removed
subjects are masked in the old layer; the changed ones have a small layer of their own, in which the
names of one skeleton stand beside those that the old layer still has.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from licensing.reading.compiling import compiled, last_ancestor
from licensing.reading.entries import Entry
from licensing.reading.layer import MOST_GROUPS, Found, Layer, given
from licensing.reading.spelling import Misspelt, Spellings
from licensing.registry.subjects import Subject


class Delta:
    """A layer with changes over it. Offers what a lexicon asks of a layer."""

    def __init__(
        self,
        base: Layer,
        changed: Iterable[Subject],
        removed: Collection[str] = frozenset(),
    ) -> None:
        subjects = {subject.id: subject for subject in changed}

        def parent_of(subject_id: str) -> str | None:
            if subject_id in subjects:
                return subjects[subject_id].parent_id
            number = None if subject_id in removed else base.subject_number(subject_id)
            return None if number is None else base.parent_id(number)

        def franchise_of(number: int) -> str:
            return last_ancestor(base.subject_ids[number], parent_of)

        numbered = {each: base.subject_number(each) for each in (*subjects, *removed)}
        masked = frozenset(number for number in numbered.values() if number is not None)
        # A parent that moved, came or went moves all below it.
        moved = any(
            base.is_parent(each) if number is None else base.parent_id(number) != parent_of(each)
            for each, number in numbered.items()
        )
        self._base = base.masking(masked, franchise_of=franchise_of if moved else None)
        self._new = Layer(compiled(subjects.values(), parent_of=parent_of))
        self._base_keys = {
            number: old
            for number, key in enumerate(self._new.keys)
            if (old := base.key_number(key)) is not None
        }
        self._covered = frozenset(self._base_keys.values())
        self._merged = lru_cache(maxsize=MOST_GROUPS)(self._merge)
        self.spellings = Spellings.of(
            (base.engines.spelling, self._base.can_be_misspelt),
            (self._new.engines.spelling, self._new.can_be_misspelt),
        )

    @property
    def texts(self) -> Iterator[str]:
        """Every name and context word, folded: what changed last."""
        for layer in (self._base, self._new):
            yield from (text for at, text in enumerate(layer.texts) if layer.is_live(at))

    def keys_in(self, skeleton: str) -> list[Found]:
        """Find every key in a skeleton; those of changed subjects have negative numbers."""
        found = [each for each in self._base.keys_in(skeleton) if each[2] not in self._covered]
        found += [(start, end, ~number) for start, end, number in self._new.keys_in(skeleton)]
        return found

    def group(self, number: int, key: str) -> tuple[Entry, ...]:
        """Make the entries of one key."""
        return self._base.group(number, key) if number >= 0 else self._merged(~number, key)

    def is_katakana(self, number: int) -> bool:
        """Whether all entries of a key are katakana."""
        if number >= 0:
            return self._base.is_katakana(number)
        old = self._base_keys.get(~number)
        return self._new.is_katakana(~number) and (old is None or self._base.is_katakana(old))

    def boneless_in(self, folded: str) -> Iterator[tuple[int, int, Entry]]:
        """Find every entry without letters in a folded text, as (start, end, entry)."""
        found: dict[tuple[int, int], Entry] = {}
        for layer in (self._base, self._new):
            for start, end, entry in layer.boneless_in(folded):
                known = found.get((start, end))
                found[start, end] = entry if known is None else _joined(known, entry)
        return ((start, end, entry) for (start, end), entry in found.items())

    def spelt(self, found: Misspelt) -> Entry:
        """Make the entry of a misspelt name."""
        layer = (self._base, self._new)[found.index]
        entry = layer.spelt(found)
        number = self._new.key_number(entry.key)
        if number is None:
            return entry
        return next(each for each in self._merged(number, entry.key) if each.text == entry.text)

    def _merge(self, number: int, key: str) -> tuple[Entry, ...]:
        """Put entries of one key side by side, those of one text together."""
        entries = {entry.text: entry for entry in self._new.group(number, key)}
        if (old := self._base_keys.get(number)) is not None:
            for entry in self._base.group(old, key):
                new = entries.get(entry.text)
                entries[entry.text] = entry if new is None else _joined(entry, new)
        return tuple(entries[text] for text in sorted(entries))


def _joined(one: Entry, other: Entry) -> Entry:
    """Join two entries of the same text; of both, only names that somebody gave count if any."""
    senses = sorted((*one.senses, *other.senses), key=lambda sense: sense.subject_id)
    return replace(one, senses=given(tuple(senses)))

"""All names of a registry, found in a text by one automaton over skeletons."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from licensing.reading.columns import Columns
from licensing.reading.compiling import compiled
from licensing.reading.delta import Delta
from licensing.reading.descriptions import Descriptions, profiles_of
from licensing.reading.disguise import disguise
from licensing.reading.edges import edges
from licensing.reading.entries import Entry, Hit, Text
from licensing.reading.joining import joined
from licensing.reading.kana import inside_longer_word, rules_katakana_out
from licensing.reading.layer import Layer
from licensing.reading.lookalikes import Change
from licensing.reading.profiles import Profiles
from licensing.registry.subjects import Subject

# A name that also means something else is not believed in every disguise.
_BEARABLE: frozenset[Change] = frozenset({"accent", "separator", "lookalike"})


class Lexicon:
    """Every name and every context word of a registry, ready to be found in one pass."""

    def __init__(self, layer: Layer | Delta, descriptions: Descriptions) -> None:
        self._layer = layer
        self.descriptions = descriptions

    @classmethod
    def build(cls, subjects: Iterable[Subject]) -> "Lexicon":
        """Compile the names of `subjects`; names that fold to nothing are left out."""
        subjects = tuple(subjects)
        return cls(Layer(compiled(subjects)), Descriptions.of(subjects))

    @classmethod
    def load(cls, columns: Columns) -> "Lexicon":
        """Read what `lexicon_columns` wrote."""
        return cls(Layer(columns), Descriptions(Profiles.load(columns)))

    def changed(
        self,
        subjects: Iterable[Subject],
        removed: Collection[str] = frozenset(),
    ) -> "Lexicon":
        """
        Read as if it had been compiled with these subjects and without the removed ones.

        Raises `TypeError` for a lexicon that has changes itself.
        """
        if isinstance(self._layer, Delta):
            raise TypeError("changes are made to what was compiled as a whole")
        subjects = tuple(subjects)
        gone = frozenset(subject.id for subject in subjects).union(removed)
        profiles = self.descriptions.profiles.changed(gone, profiles_of(subjects))
        same = profiles is self.descriptions.profiles
        return Lexicon(
            Delta(self._layer, subjects, removed),
            self.descriptions if same else Descriptions(profiles),
        )

    @property
    def texts(self) -> Iterable[str]:
        """Every name and context word, folded, in the order of their skeletons."""
        return self._layer.texts

    def find(self, text: Text) -> list[Hit]:
        """Find every entry in `text`, overlapping ones too, ordered by start and then end."""
        hits = [*self._with_letters(text), *self._without_letters(text)]
        hits.sort(key=lambda hit: (hit.start, hit.end, hit.entry.text))
        return hits

    def misspelt(self, text: Text) -> list[Hit]:
        """Find names with one spelling mistake, the longest first."""
        hits: dict[tuple[int, int, str], Hit] = {}
        for found in self._layer.spellings.find(text.folded.text):
            entry = self._layer.spelt(found)
            hit = Hit.at(text, found.start, found.end, entry, misspelt=True)
            hits[hit.start, hit.end, entry.text] = hit
        return sorted(
            hits.values(),
            key=lambda hit: (hit.start - hit.end, hit.start, hit.entry.text),
        )

    def _with_letters(self, text: Text) -> Iterator[Hit]:
        bones, places = text.bones.text, text.bones.places
        begins, ends = edges(text)
        folded = text.folded.text
        for start, end, number in self._layer.keys_in(bones):
            first, last = places[start], places[end - 1]
            if not (begins[first] and ends[last]):
                continue
            if self._layer.is_katakana(number) and rules_katakana_out(folded, first, last):
                continue
            group = self._layer.group(number, bones[start:end])
            yield from _of_group(group, text, places[start:end])

    def _without_letters(self, text: Text) -> Iterator[Hit]:
        for start, end, entry in self._layer.boneless_in(text.folded.text):
            yield Hit.at(text, start, end, entry)


def _of_group(group: tuple[Entry, ...], text: Text, places: Sequence[int]) -> Iterator[Hit]:
    """Find entries of one skeleton at a place that has it: as they are, else in disguise."""
    first = places[0]
    exact = [hit for entry in group if (hit := _exact(entry, text, first)) is not None]
    if exact:
        yield from exact
        return
    for entry in group:
        if entry.senses:
            found = disguise(entry.shape, text.folded, text.original, places)
            if found is None:
                continue
            joins_by = joined(text, first, found.end, entry)
            if joins_by is not None:
                hit = _hit(entry, text, first, found.end, found.changes | joins_by)
                if hit is not None:
                    yield hit


def _exact(entry: Entry, text: Text, first: int) -> Hit | None:
    """Find the entry written as it is, its skeleton beginning at the place `first`."""
    start = first - entry.lead
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


def lexicon_columns(subjects: Iterable[Subject]) -> Columns:
    """Compile `subjects` into the columns of a lexicon that can be kept."""
    subjects = tuple(subjects)
    return {**compiled(subjects), **profiles_of(subjects).columns()}

"""What a lexicon is made of, and what it finds: senses, entries, hits, and a text to search."""

from dataclasses import dataclass, replace
from functools import lru_cache

from licensing.reading.boundaries import word_script
from licensing.reading.disguise import Shape
from licensing.reading.lookalikes import Change
from licensing.reading.normalise import Folded, fold
from licensing.reading.skeleton import Skeleton, skeleton
from licensing.registry.subjects import Name, SubjectKind

NO_CHANGE: frozenset[Change] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """
    One subject that a text can name.

    `franchise_id` is the subject's last ancestor, shared by everything that supports one another.
    `requires_any` and `excludes_any` are folded, and are texts of the lexicon too; so are
    `hints`, the telling ones among the subject's traits.
    """

    subject_id: str
    subject_kind: SubjectKind
    franchise_id: str
    licensed: bool
    name: Name
    requires_any: tuple[str, ...]
    excludes_any: tuple[str, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One folded text: a name with its senses in the order of the registry, or only a context word.

    `key` is its skeleton, which begins at the place `lead` of the text; a text without letters has
    none, and no shape.
    """

    text: str
    senses: tuple[Sense, ...]
    key: str
    lead: int = 0

    @property
    def left_script(self) -> str | None:
        """Name the script of the first character (see `boundaries.word_script`)."""
        return word_script(self.text[0])

    @property
    def shape(self) -> Shape:
        """Describe how a text with letters is written."""
        return shape_of(self.text)


def bones_of(text: str) -> Skeleton:
    """Take the skeleton of a folded text that is a name or a context word."""
    return skeleton(Folded(text, range(len(text) + 1)), text)


@lru_cache(maxsize=8192)
def shape_of(text: str) -> Shape:
    """Describe how a folded text with letters is written."""
    return Shape.of(text, bones_of(text).places)


@dataclass(frozen=True, slots=True)
class Hit:
    """
    An entry that stands in a text, bounded as its script asks, at a span of the original.

    `changes` say how the text differs from the entry; none means that it is written exactly so.
    """

    start: int
    end: int
    entry: Entry
    folded_start: int
    folded_end: int
    changes: frozenset[Change] = NO_CHANGE
    misspelt: bool = False

    @classmethod
    def at(
        cls,
        text: "Text",
        start: int,
        end: int,
        entry: Entry,
        *,
        changes: frozenset[Change] = NO_CHANGE,
        misspelt: bool = False,
    ) -> "Hit":
        """Make a hit of a place in the folded text."""
        return cls(*text.folded.span(start, end), entry, start, end, changes, misspelt)

    def within(self, other: "Hit") -> bool:
        """Whether this hit adds no character to the other one."""
        return other.start <= self.start and self.end <= other.end

    def stands_for_the_same_place(self, other: "Hit") -> bool:
        """Whether both are names of one skeleton at one span."""
        return (self.start, self.end, self.entry.key) == (other.start, other.end, other.entry.key)

    def inside(self, other: "Hit") -> bool:
        """Whether the other hit has all of this one, and more."""
        return self.within(other) and not other.within(self)

    @property
    def is_sure(self) -> bool:
        """Whether the text names a subject whatever stands around it."""
        return any(sense.name.ambiguity == "unique" for sense in self.entry.senses)

    def joined_by(self, other: "Hit") -> "Hit":
        """Take up the senses of another entry at the same place."""
        entry = replace(self.entry, senses=self.entry.senses + other.entry.senses)
        return replace(self, entry=entry)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in all the forms that finding names needs."""

    original: str
    folded: Folded
    bones: Skeleton

    @classmethod
    def of(cls, original: str) -> "Text":
        """Fold a text and take its skeleton."""
        folded = fold(original)
        return cls(original, folded, skeleton(folded, original))

    @property
    def shown_text(self) -> str:
        """For every place of the folded text, the character of the original that made it."""
        offsets = self.folded.offsets
        if isinstance(offsets, range):
            return self.original
        return "".join(map(self.original.__getitem__, offsets[:-1]))

    def shown(self, place: int) -> str:
        """Give the character of the original that made a place of the folded text."""
        return self.original[self.folded.offsets[place]]

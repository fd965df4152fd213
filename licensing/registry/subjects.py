"""What a prompt can refer to: subjects, their names, and what is known of them."""

from dataclasses import dataclass
from typing import Any, Literal

from licensing.registry.identifiers import Identifier
from licensing.registry.identity import Identity
from licensing.registry.references import ReferenceMedia

SubjectKind = Literal[
    "franchise",
    "work",
    "character",
    "object",
    "place",
    "mark",
    "style",
    "person",
]
NameKind = Literal["official", "alias", "nickname", "romanised", "abbreviation", "generated"]
Ambiguity = Literal["unique", "name", "common", "generic"]
Origin = Literal["given", "generated"]

# The kind that a page would rather print, first.
_KINDS_BY_DIGNITY: tuple[NameKind, ...] = (
    "official",
    "alias",
    "romanised",
    "nickname",
    "abbreviation",
    "generated",
)


@dataclass(frozen=True, slots=True)
class Name:
    """
    One text that points at a subject, in one language (BCP 47).

    `ambiguity` says how far the text alone can be believed: `unique` points at the subject,
    `name` is also a person's or a place's, `common` also an ordinary word, `generic` hardly ever a
    reference. `requires_any` are words that make an ambiguous text believable, `excludes_any` words
    that make it something else. `reading` is how it is pronounced, in kana or Latin letters, which
    nobody can tell from kanji. `source` is the name that a spelling was generated from.
    """

    text: str
    lang: str
    kind: NameKind
    ambiguity: Ambiguity = "unique"
    requires_any: tuple[str, ...] = ()
    excludes_any: tuple[str, ...] = ()
    reading: str | None = None
    source: str | None = None

    @property
    def origin(self) -> Origin:
        """Whether somebody wrote this name, or it was generated from one that somebody wrote."""
        return "given" if self.source is None else "generated"

    def to_json(self) -> dict[str, Any]:
        """Give the name with its origin, as a registry shows it; absent members are left out."""
        told = {
            "text": self.text,
            "lang": self.lang,
            "kind": self.kind,
            "ambiguity": self.ambiguity,
            "origin": self.origin,
            "source": self.source,
            "reading": self.reading,
            "requires_any": list(self.requires_any) or None,
            "excludes_any": list(self.excludes_any) or None,
        }
        return {member: value for member, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Description:
    """What the subject looks like, told without its name, in one language (BCP 47)."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Trait:
    """One short visible or narrative feature, in one language (BCP 47)."""

    lang: str
    text: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """
    A franchise, work, character, object, place, mark or style.

    `parent_id` is the subject it belongs to, such as a character's franchise. `names` is never
    empty. `licensed` is false when its owner wants no use of it at all. `tags` are short words by
    which terms exclude what must not stand beside it, and by which neighbours are found. `identity`
    speaks of whom the subject shows. `public_domain` lists territories where nobody owns it any
    more, None meaning nowhere.
    """

    id: str
    kind: SubjectKind
    parent_id: str | None
    names: tuple[Name, ...]
    descriptions: tuple[Description, ...] = ()
    traits: tuple[Trait, ...] = ()
    licensed: bool = True
    tags: frozenset[str] = frozenset()
    identity: Identity | None = None
    public_domain: frozenset[str] | None = None
    identifiers: tuple[Identifier, ...] = ()
    references: tuple[ReferenceMedia, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the subject with all its names, the generated ones too."""
        return {
            "id": self.id,
            "kind": self.kind,
            "parent": self.parent_id,
            "licensed": self.licensed,
            "names": [name.to_json() for name in self.names],
            "descriptions": [{"lang": each.lang, "text": each.text} for each in self.descriptions],
            "traits": [
                {"lang": each.lang, "text": each.text}
                | ({} if each.kind is None else {"kind": each.kind})
                for each in self.traits
            ],
        }

    def display_name(self, lang: str = "en") -> str:
        """
        Choose the name to print for a reader of `lang`.

        The reader's language counts most, then its relatives (`zh` for `zh-Hans`), then English;
        within a language an official name comes before an alias. Ties go to the earlier name.
        """

        def distance(name: Name) -> tuple[int, int]:
            return _language_distance(name.lang, lang), _KINDS_BY_DIGNITY.index(name.kind)

        return min(self.names, key=distance).text


def _language_distance(lang: str, wanted: str) -> int:
    """0 for the wanted tag, 1 for its relatives, 2 for English, 3 for the rest."""
    lang, wanted = lang.casefold(), wanted.casefold()
    primary = lang.split("-", 1)[0]
    if lang == wanted:
        return 0
    if primary == wanted.split("-", 1)[0]:
        return 1
    return 2 if primary == "en" else 3

"""
The interchange format `rakkan-registry/1`: parsed into values with every rule checked, and written.

`parse_document(export_document(document)) == document` for every document that parses.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar, get_args

from licensing.errors import RegistryMalformed
from licensing.reading.normalise import fold
from licensing.registry.document_checks import (
    check_distinct,
    check_entries,
    check_mandates,
    check_parents,
    check_shares,
)
from licensing.registry.facts_document import FACTS, facts_from_document, facts_to_document
from licensing.registry.nodes import Node
from licensing.registry.owners import Licensor, Mandate, Share
from licensing.registry.owners_document import (
    licensor_from_document,
    licensor_to_document,
    mandate_from_document,
    mandate_to_document,
    share_from_document,
    share_to_document,
)
from licensing.registry.subjects import (
    Ambiguity,
    Description,
    Name,
    NameKind,
    Subject,
    SubjectKind,
    Trait,
)
from licensing.registry.terms import Terms

FORMAT: Final = "rakkan-registry/1"
MAX_ID_CHARS = 200


# Kana, or Latin letters with the tones of pinyin as marks or digits, spaced or dotted.
_READING = re.compile(
    r"[ぁ-ゖァ-ヺー・ ]+|[a-z\u00df-\u024f][a-z\u00df-\u024f\u0300-\u0304\u030c' 1-5-]*"
)

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True, slots=True)
class RegistryDocument:
    """A whole registry: subjects in their order, and whose they are on which terms."""

    subjects: tuple[Subject, ...]
    licensors: tuple[Licensor, ...] = ()
    ownership: tuple[Share, ...] = ()
    terms: tuple[Terms, ...] = ()
    mandates: tuple[Mandate, ...] = ()


def parse_document(data: bytes | str) -> RegistryDocument:
    """
    Read a registry document.

    Raises `RegistryMalformed` with the place of the first fault: broken JSON, an unknown or missing
    member, a control character, an id used twice, a reference to nothing, parents in a circle,
    shares above the whole.
    """
    root = Node(load_json(data), "").members(
        required=("format", "subjects"),
        optional=("licensors", "ownership", "terms", "mandates"),
    )
    if root["format"].value != FORMAT:
        root["format"].fail(f"must be {FORMAT!r}")

    def entries(member: str) -> list[Node]:
        return root[member].items() if member in root else []

    document = RegistryDocument(
        subjects=tuple(_subject(node) for node in entries("subjects")),
        licensors=tuple(licensor_from_document(node) for node in entries("licensors")),
        ownership=tuple(share_from_document(node) for node in entries("ownership")),
        terms=tuple(Terms.from_document(node.value, node.where) for node in entries("terms")),
        mandates=tuple(mandate_from_document(node) for node in entries("mandates")),
    )
    _check_references(document)
    return document


def export_document(document: RegistryDocument) -> str:
    """Write a registry document, one entry a line, leaving out members at their default."""
    members = [f'"format":"{FORMAT}"', _lines("subjects", map(_subject_json, document.subjects))]
    if document.licensors:
        members.append(_lines("licensors", map(licensor_to_document, document.licensors)))
    if document.ownership:
        members.append(_lines("ownership", map(share_to_document, document.ownership)))
    if document.terms:
        members.append(_lines("terms", (entry.to_document() for entry in document.terms)))
    if document.mandates:
        members.append(_lines("mandates", map(mandate_to_document, document.mandates)))
    return f"{{{','.join(members)}}}\n"


def load_json(data: bytes | str) -> object:
    """Decode UTF-8 JSON, refusing what the JSON module lets pass: NaN, members given twice."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise RegistryMalformed("document", f"is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RegistryMalformed(where, f"is not JSON ({error.msg})") from error
    except RecursionError as error:
        raise RegistryMalformed("document", "is nested too deeply") from error
    except ValueError as error:  # A number of thousands of digits; no member holds one.
        raise RegistryMalformed("document", "holds a number that is too long") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RegistryMalformed("document", f"an object has the member {twice!r} twice")
    return members


def _no_constant(word: str) -> NoReturn:
    raise RegistryMalformed("document", f"{word} is not JSON")


def _subject(node: Node) -> Subject:
    members = node.members(
        required=("id", "kind", "names"),
        optional=("parent", "descriptions", "traits", "licensed", *FACTS),
    )
    names = tuple(_name(entry) for entry in members["names"].items())
    if not names:
        members["names"].fail("must not be empty")
    parent = members.get("parent")
    descriptions = members["descriptions"].items() if "descriptions" in members else []
    traits = members["traits"].items() if "traits" in members else []
    return Subject(
        id=_id(members["id"]),
        kind=_choice(members["kind"], get_args(SubjectKind)),
        parent_id=None if parent is None or parent.value is None else _id(parent),
        names=names,
        descriptions=tuple(_description(entry) for entry in descriptions),
        traits=tuple(_trait(entry) for entry in traits),
        licensed=members["licensed"].flag() if "licensed" in members else True,
        **facts_from_document(members),
    )


def _name(node: Node) -> Name:
    members = node.members(
        required=("text", "lang", "kind"),
        optional=("ambiguity", "requires_any", "excludes_any", "reading"),
    )
    text = members["text"].text()
    # A name of punctuation or invisible characters alone would be found in every prompt, or none.
    if not any(unicodedata.category(character)[0] in "LNS" for character in fold(text).text):
        members["text"].fail("needs at least one letter, number or symbol")
    ambiguity = members.get("ambiguity")
    return Name(
        text=text,
        lang=members["lang"].language(),
        kind=_choice(members["kind"], get_args(NameKind)),
        ambiguity="unique" if ambiguity is None else _choice(ambiguity, get_args(Ambiguity)),
        requires_any=members["requires_any"].texts() if "requires_any" in members else (),
        excludes_any=members["excludes_any"].texts() if "excludes_any" in members else (),
        reading=_reading(members["reading"]) if "reading" in members else None,
    )


def _reading(node: Node) -> str:
    """Read how a name is pronounced: a rule can spell kana and Latin letters, nothing else."""
    text = node.text(max_chars=MAX_ID_CHARS)
    if not _READING.fullmatch(fold(text).text):
        node.fail("must be written in kana, or in Latin letters as pinyin is")
    return text


def _description(node: Node) -> Description:
    members = node.members(required=("lang", "text"))
    return Description(lang=members["lang"].language(), text=members["text"].text())


def _trait(node: Node) -> Trait:
    members = node.members(required=("lang", "text"), optional=("kind",))
    return Trait(
        lang=members["lang"].language(),
        text=members["text"].text(),
        kind=members["kind"].text() if "kind" in members else None,
    )


def _id(node: Node) -> str:
    return node.text(max_chars=MAX_ID_CHARS)


def _choice(node: Node, choices: tuple[Choice, ...]) -> Choice:
    for choice in choices:
        if node.value == choice:
            return choice
    return node.fail(f"must be one of {', '.join(choices)}")


def _check_references(document: RegistryDocument) -> None:
    """Check what only the whole document can show."""
    subjects = check_distinct("subjects", (subject.id for subject in document.subjects))
    licensors = check_distinct("licensors", (licensor.id for licensor in document.licensors))
    check_distinct("terms", (terms.id for terms in document.terms))
    check_distinct("mandates", (mandate.id for mandate in document.mandates))
    check_parents(document.subjects)
    check_entries("ownership", document.ownership, subjects, licensors)
    check_entries("terms", document.terms, subjects, licensors)
    check_mandates(document.mandates, subjects, licensors)
    check_shares(document.ownership)


def _lines(member: str, entries: Iterable[Mapping[str, Any]]) -> str:
    written = ",\n".join(
        json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries
    )
    return f'"{member}":[\n{written}\n]'


def _subject_json(subject: Subject) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": subject.id,
        "kind": subject.kind,
        "parent": subject.parent_id,
        "names": [_name_json(name) for name in subject.names],
    }
    if subject.descriptions:
        entry["descriptions"] = [
            {"lang": description.lang, "text": description.text}
            for description in subject.descriptions
        ]
    if subject.traits:
        entry["traits"] = [_trait_json(trait) for trait in subject.traits]
    if not subject.licensed:
        entry["licensed"] = False
    return entry | facts_to_document(subject)


def _name_json(name: Name) -> dict[str, Any]:
    entry: dict[str, Any] = {"text": name.text, "lang": name.lang, "kind": name.kind}
    entry["ambiguity"] = name.ambiguity
    if name.reading is not None:
        entry["reading"] = name.reading
    if name.requires_any:
        entry["requires_any"] = list(name.requires_any)
    if name.excludes_any:
        entry["excludes_any"] = list(name.excludes_any)
    return entry


def _trait_json(trait: Trait) -> dict[str, str]:
    kind = {} if trait.kind is None else {"kind": trait.kind}
    return {"lang": trait.lang, "text": trait.text, **kind}

"""
The words of ODRL, of its AI vocabulary and of this service's profile, and how JSON-LD spells them.

This is no general JSON-LD processor: it knows prefixes given in the document, the official context
by its address, and the places where ODRL allows a text, an object or a list of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from licensing.standards.errors import DeclarationMalformed
from licensing.standards.odrl_constraints import Constraint
from licensing.standards.usages import Usage
from licensing.standards.words import kept_text, shown

CONTEXT: Final = "http://www.w3.org/ns/odrl.jsonld"
ODRL: Final = "http://www.w3.org/ns/odrl/2/"
AI_VOCABULARY: Final = "https://w3c.github.io/odrl/ai-vocab/#"
TDM: Final = "http://www.w3.org/ns/tdmrep#"
PREFIX: Final = "rk"
"""How documents written here abbreviate the namespace of the profile."""

PROFILE_PATH: Final = "/ns/odrl"
_PROFILE_END: Final = f"{PROFILE_PATH}#"

_CONTEXTS: Final = frozenset({CONTEXT, CONTEXT.replace("http:", "https:")})
_PREFIXES: Final = {
    "odrl": ODRL,
    "tdm": TDM,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# The host of the profile is the operator's: here its words stand without one, in a form that no
# document can write.
DEPICT: Final = f"{_PROFILE_END}depict"

USAGE_OF_ACTION: Final[Mapping[str, Usage]] = {
    f"{ODRL}use": "all",
    f"{ODRL}index": "ai-index",
    f"{AI_VOCABULARY}data-mining": "data-mining",
    f"{AI_VOCABULARY}ai-training": "ai-train",
    f"{AI_VOCABULARY}gen-ai": "gen-ai-train",
    f"{AI_VOCABULARY}ai-augment": "ai-input",
    f"{AI_VOCABULARY}search": "search",
    f"{AI_VOCABULARY}index": "ai-index",
    f"{TDM}mine": "data-mining",
    DEPICT: "depict",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How one document abbreviates addresses."""

    prefixes: Mapping[str, str]

    def full(self, word: str) -> str:
        """Spell a word of ODRL, an abbreviated or a full address in its one form."""
        prefix, colon, rest = word.partition(":")
        address = word
        if not colon:
            address = ODRL + word
        elif prefix in self.prefixes:
            address = self.prefixes[prefix] + rest
        head, end, name = address.partition(_PROFILE_END)
        if end and head.startswith(("http://", "https://")):
            return _PROFILE_END + name
        if address.startswith("https://w3c.github.io/odrl/ai-vocab#"):
            return AI_VOCABULARY + address.partition("#")[2]
        return address

    def short(self, word: str) -> str:
        """Spell a word of ODRL without its namespace."""
        return self.full(word).removeprefix(ODRL)

    def of_profile(self, word: str) -> str:
        """Give the name of a word in this service's profile; empty for any other word."""
        full = self.full(word)
        return full.removeprefix(_PROFILE_END) if full.startswith(_PROFILE_END) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConstraint:
    """The constraints that must all hold; `is_clear` is false when something was not understood."""

    constraints: tuple[Constraint, ...] = ()
    is_clear: bool = True


def vocabulary_of(context: object, notes: list[str]) -> Vocabulary:
    """
    Read `@context`. Raises `DeclarationMalformed` when it is not ODRL's.

    An address other than the official context's is named and not fetched.
    """
    prefixes: dict[str, str] = dict(_PREFIXES)
    is_odrl = False
    for each in as_list(context):
        if isinstance(each, dict):
            for name, address in each.items():
                if isinstance(address, str):
                    prefixes[name] = address
                else:
                    notes.append(f"@context: {shown(name)} is more than a prefix")
        elif each in _CONTEXTS:
            is_odrl = True
        else:
            notes.append(f"@context: {shown(each)} is not fetched")
    if not is_odrl:
        raise DeclarationMalformed("@context", f"must name {CONTEXT}")
    return Vocabulary(prefixes)


def as_list(value: object) -> list[object]:
    """Take one or several: JSON-LD leaves the list out around a single value."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def identifier(value: object, where: str) -> str:
    """Read an address, given alone or as the `uid` or `@id` of an object."""
    if isinstance(value, dict):
        value = value.get("uid", value.get("@id"))
    return kept_text(where, value)


def read_constraint(
    value: object, words: Vocabulary, where: str, notes: list[str]
) -> ReadConstraint:
    """Read one constraint, or a group of which all must hold."""
    if not isinstance(value, dict):
        raise DeclarationMalformed(where, "must be an object")
    if "leftOperand" not in value:
        return _group(value, words, where, notes)
    left = words.short(identifier(value["leftOperand"], f"{where}.leftOperand"))
    operator = words.short(identifier(value.get("operator"), f"{where}.operator"))
    right = value.get("rightOperand")
    operands = [_operand(each) for each in as_list(right)]
    clear = [each for each in operands if each is not None]
    if not clear or len(clear) < len(operands):
        notes.append(f"{where}: the right operand is not understood")
        return ReadConstraint(is_clear=False)
    unit = value.get("unit")
    return ReadConstraint(
        constraints=(
            Constraint(
                left=left,
                operator=operator,
                right=tuple(kept_text(f"{where}.rightOperand", each) for each in clear),
                unit=None if unit is None else identifier(unit, f"{where}.unit"),
            ),
        ),
    )


def _group(
    value: Mapping[str, object], words: Vocabulary, where: str, notes: list[str]
) -> ReadConstraint:
    """Read a logical constraint: `and` alone can be taken apart."""
    members = {words.short(name): inside for name, inside in value.items()}
    inside = members.get("and")
    if set(members) - {"@type", "type", "uid", "@id", "http:@type"} != {"and"}:
        notes.append(f"{where}: a choice between constraints cannot be weighed")
        return ReadConstraint(is_clear=False)
    if isinstance(inside, dict):
        inside = inside.get("@list")
    read = [read_constraint(each, words, where, notes) for each in as_list(inside)]
    return ReadConstraint(
        constraints=tuple(each for one in read for each in one.constraints),
        is_clear=all(one.is_clear for one in read),
    )


def _operand(value: object) -> str | None:
    """Read a right operand as text; None when it is something else."""
    if isinstance(value, dict):
        value = value.get("@value", value.get("@id"))
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None

"""
The CAWG assertion `cawg.training-mining` 1.1: what may be learnt from the file that carries it.

The older `c2pa.training-mining` is read and never written. It speaks of the file, not of the
licence under which the file was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from licensing.standards.declaration import Conditions, Statement
from licensing.standards.errors import DeclarationMalformed
from licensing.standards.json_tree import parse_json
from licensing.standards.usages import Usage
from licensing.standards.words import kept_text, shown

LABEL: Final = "cawg.training-mining"
OLDER_LABEL: Final = "c2pa.training-mining"

Permission = Literal["allowed", "notAllowed", "constrained"]
PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)

_USAGE_OF: Final[Mapping[str, Usage]] = {
    "data_mining": "data-mining",
    "ai_inference": "ai-input",
    "ai_training": "ai-train",
    "ai_generative_training": "gen-ai-train",
}
KEYS: Final = tuple(f"cawg.{name}" for name in _USAGE_OF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One use of the file; `constraint` says when a constrained one is allowed."""

    key: str
    permission: Permission
    constraint: str | None = None

    def statement(self) -> Statement | None:
        """Say it as a statement; None for a key that speaks of nothing known here."""
        usage = _USAGE_OF.get(self.key.partition(".")[2])
        if usage is None:
            return None
        if self.permission == "allowed":
            return Statement(usage=usage, effect="permits")
        if self.permission == "constrained" and self.constraint is not None:
            conditions = Conditions(others=(self.constraint,))
            return Statement(usage=usage, effect="permits", conditions=conditions)
        # Constrained by nobody knows what is not allowed (section 3 of the specification).
        return Statement(usage=usage, effect="prohibits")


@dataclass(frozen=True, slots=True, kw_only=True)
class CawgReading:
    """The entries sorted by key, and what in the assertion was not understood."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


def read_cawg(data: bytes) -> CawgReading:
    """Read the assertion as JSON. Raises as `parse_json` does."""
    return read_assertion(parse_json(data))


def read_assertion(value: object) -> CawgReading:
    """
    Read the assertion as it stands in a manifest.

    Raises `DeclarationMalformed`.
    """
    if not isinstance(value, dict) or not isinstance(value.get("entries"), dict):
        raise DeclarationMalformed("entries", "must be an object")
    notes = [f"member {shown(name)}" for name in value if name not in {"entries", "metadata"}]
    entries = tuple(_entry(key, value["entries"][key], notes) for key in sorted(value["entries"]))
    if not entries:
        raise DeclarationMalformed("entries", "is empty")
    return CawgReading(entries=entries, notes=tuple(notes))


def write_assertion(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Write the assertion as it stands in a manifest; `read_assertion` reads it back."""
    return {
        "entries": {
            entry.key: {
                "use": entry.permission,
                **({"constraint_info": entry.constraint} if entry.constraint is not None else {}),
            }
            for entry in entries
        },
    }


def _entry(key: str, value: object, notes: list[str]) -> Entry:
    where = f"entries.{shown(key)[1:-1]}"
    kept_text("entries", key)
    if not isinstance(value, dict):
        raise DeclarationMalformed(where, "must be an object")
    permission = _permission(value.get("use"), f"{where}.use")
    prefix, _, name = key.partition(".")
    if prefix == "c2pa" and name in _USAGE_OF:
        notes.append(f"{where}: {key} is an older key, read as cawg.{name}")
        key = f"cawg.{name}"
    elif key not in KEYS:
        notes.append(f"{where}: the key is not known")
    notes.extend(
        f"{where}: member {shown(member)}"
        for member in value
        if member not in {"use", "constraint_info", "constraints_info"}
    )
    constraint = value.get("constraint_info", value.get("constraints_info"))
    return Entry(
        key=key,
        permission=permission,
        constraint=None
        if constraint is None
        else kept_text(f"{where}.constraint_info", constraint),
    )


def _permission(value: object, where: str) -> Permission:
    for known in PERMISSIONS:
        if value == known:
            return known
    raise DeclarationMalformed(where, f"{shown(value)} is not one of {', '.join(PERMISSIONS)}")

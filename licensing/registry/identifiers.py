"""
Identifiers that others gave to works and parties, each checked by its own rule.

| scheme | form | check | source |
|---|---|---|---|
| `eidr` | 10.5240/XXXX-XXXX-XXXX-XXXX-XXXX-C | ISO 7064 mod 37,36 | RFC 7972, EIDR ID format |
| `isan` | XXXX-XXXX-XXXX-XXXX-C-XXXX-XXXX-C | ISO 7064 mod 37,36, twice | RFC 4246, ISO 15706 |
| `isni` | 16 digits, the last may be X | ISO 7064 mod 11-2 | ISO 27729 |
| `iscc` | ISCC: and base32 | header of a known main type | ISO 24138 |
| `wikidata` | Q and a number | none | wikidata.org |
| `anilist` | anime/, manga/, character/ or staff/ and a number | none | anilist.co |
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from licensing.registry.nodes import Node

Scheme = Literal["eidr", "isan", "isni", "iscc", "wikidata", "anilist"]
SCHEMES: Final[tuple[Scheme, ...]] = get_args(Scheme)

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EIDR: Final = re.compile(r"10\.5240/((?:[0-9A-F]{4}-){5})([0-9A-Z])", re.ASCII)
_ISAN: Final = re.compile(
    r"((?:[0-9A-F]{4}-){4})([0-9A-Z])(?:-([0-9A-F]{4}-[0-9A-F]{4})-([0-9A-Z]))?", re.ASCII
)
_ISNI: Final = re.compile(r"[0-9]{15}[0-9X]", re.ASCII)
_WIKIDATA: Final = re.compile(r"Q[1-9][0-9]{0,11}", re.ASCII)
_ANILIST: Final = re.compile(r"(anime|manga|character|staff)/[1-9][0-9]{0,9}", re.ASCII)
# Meta, semantic, content, data, instance, code, id and flake: the main types up to now.
_ISCC_MAIN_TYPES: Final = 8
_ISCC_MIN_BYTES: Final = 10


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A name that a registration authority gave, in its normal form."""

    scheme: Scheme
    value: str


def parse_identifier(node: Node) -> Identifier:
    """Read `scheme` and `value`. Raises `RegistryMalformed`, also for a wrong check digit."""
    members = node.members(required=("scheme", "value"))
    for scheme in SCHEMES:
        if members["scheme"].value == scheme:
            value = members["value"].text(max_chars=200)
            normal = _NORMALISE[scheme](value)
            if normal is None:
                members["value"].fail(f"{ascii(value)[:60]} is not a valid {scheme.upper()}")
            return Identifier(scheme, normal)
    return members["scheme"].fail(f"must be one of {', '.join(SCHEMES)}")


def identifier_to_json(identifier: Identifier) -> dict[str, str]:
    """Write an identifier; `parse_identifier` reads it."""
    return {"scheme": identifier.scheme, "value": identifier.value}


def mod_37_36(text: str) -> str:
    """Compute the check character of ISO 7064 mod 37,36 over digits and capital letters."""
    carry = 36
    for character in text:
        carry = (carry + _DIGITS.index(character)) % 36 or 36
        carry = carry * 2 % 37
    return _DIGITS[(37 - carry) % 36]


def mod_11_2(digits: str) -> str:
    """Compute the check character of ISO 7064 mod 11-2 over digits."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    check = (12 - total) % 11
    return "X" if check == len("0123456789") else str(check)


def _eidr(value: str) -> str | None:
    found = _EIDR.fullmatch(value.upper().removeprefix("URN:EIDR:").replace("10.5240:", "10.5240/"))
    if found is None or mod_37_36(found[1].replace("-", "")) != found[2]:
        return None
    return found[0]


def _isan(value: str) -> str | None:
    found = _ISAN.fullmatch(value.upper().removeprefix("URN:").removeprefix("ISAN:").strip())
    if found is None:
        return None
    root, check, version, version_check = found.groups()
    digits = root.replace("-", "")
    if mod_37_36(digits) != check:
        return None
    # The second character covers the whole number, without the first one.
    if version is not None and mod_37_36(digits + version.replace("-", "")) != version_check:
        return None
    return found[0]


def _isni(value: str) -> str | None:
    digits = re.sub(r"[ -]", "", value.upper())
    if not _ISNI.fullmatch(digits) or mod_11_2(digits[:15]) != digits[15]:
        return None
    return digits


def _iscc(value: str) -> str | None:
    code = value.upper().removeprefix("ISCC:")
    try:
        decoded = base64.b32decode(code + "=" * (-len(code) % 8))
    except (binascii.Error, ValueError):
        return None
    # Four bits each: main type, subtype, version, length. Only version 0 is standardised.
    if len(decoded) < _ISCC_MIN_BYTES or decoded[0] >> 4 >= _ISCC_MAIN_TYPES or decoded[1] >> 4:
        return None
    return f"ISCC:{code}"


def _wikidata(value: str) -> str | None:
    return value if _WIKIDATA.fullmatch(value) else None


def _anilist(value: str) -> str | None:
    return value if _ANILIST.fullmatch(value) else None


_NORMALISE: Final[Mapping[Scheme, Callable[[str], str | None]]] = {
    "eidr": _eidr,
    "isan": _isan,
    "isni": _isni,
    "iscc": _iscc,
    "wikidata": _wikidata,
    "anilist": _anilist,
}

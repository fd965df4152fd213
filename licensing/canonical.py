"""
One value, one text: the JSON form that is hashed and signed.

It follows RFC 8785 (JSON Canonicalization Scheme) for the values this library hashes: members
sorted by UTF-16 code units, no spaces, UTF-8, the shortest escapes. Floats are refused, because
two writers may print the same one differently; amounts are integers or decimal strings.
"""

import hashlib
import json


def canonical_json(value: object) -> bytes:
    """
    Write `value` in its one canonical form; a tuple is written like a list.

    Raises `TypeError` for anything but None, booleans, integers, strings, lists and dicts with
    string keys, and `ValueError` for a lone surrogate, which has no UTF-8 form.
    """
    ordered = _ordered(value)
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def sha256_hex(value: object) -> str:
    """SHA-256 of the canonical form, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _ordered(value: object) -> object:
    """Copy `value` with the members of every object in canonical order."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a member of a JSON object needs a string as its name")
        # Big-endian UTF-16 bytes compare like the code units that RFC 8785 section 3.2.3 sorts by.
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
    raise TypeError(f"{type(value).__name__} has no canonical JSON form here")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")

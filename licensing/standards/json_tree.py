"""JSON of strangers: bounded in bytes and depth, no member given twice, no NaN."""

import json
from typing import Any, Final, NoReturn

from licensing.standards.errors import DeclarationMalformed, DeclarationTooLarge

MAX_BYTES: Final = 1024**2
MAX_DEPTH: Final = 32


def parse_json(data: bytes) -> object:
    """
    Decode a whole UTF-8 document.

    Raises `DeclarationTooLarge`, and `DeclarationMalformed` with the place of the fault.
    """
    if len(data) > MAX_BYTES:
        raise DeclarationTooLarge("bytes", MAX_BYTES)
    try:
        value: object = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise DeclarationMalformed("document", f"is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DeclarationMalformed(where, f"is not JSON ({error.msg})") from error
    except RecursionError as error:
        raise DeclarationTooLarge("levels", MAX_DEPTH) from error
    except ValueError as error:  # a number of thousands of digits
        raise DeclarationMalformed("document", "holds a number that is too long") from error
    _bound(value, MAX_DEPTH)
    return value


def _bound(value: object, depth: int) -> None:
    """Raise `DeclarationTooLarge` when the value is nested deeper than `depth`."""
    inside: list[object] = []
    if isinstance(value, dict):
        inside = list(value.values())
    elif isinstance(value, list):
        inside = value
    if inside and depth == 0:
        raise DeclarationTooLarge("levels", MAX_DEPTH)
    for item in inside:
        _bound(item, depth - 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DeclarationMalformed(
            "document", f"an object has the member {ascii(twice)[:60]} twice"
        )
    return members


def _no_constant(word: str) -> NoReturn:
    raise DeclarationMalformed("document", f"{word} is not JSON")

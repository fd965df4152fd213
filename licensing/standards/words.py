"""Texts inside documents of strangers: what may be kept and shown, and how moments are written."""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from licensing.standards.errors import DeclarationMalformed

MAX_TEXT_CHARS: Final = 2_000

# C0, DEL and C1 controls but space, tab and line ends; bidirectional controls; lone surrogates.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)",
    re.ASCII,
)
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?", re.ASCII)


def shown(value: object) -> str:
    """Write a value as a message may repeat it: short, with control characters escaped."""
    return ascii(value)[:60]


def kept_text(where: str, value: object) -> str:
    """Take a text that may be stored and shown. Raises `DeclarationMalformed`."""
    if not isinstance(value, str) or not value.strip():
        raise DeclarationMalformed(where, "must be a text that is not empty")
    text = value.strip()
    if len(text) > MAX_TEXT_CHARS:
        raise DeclarationMalformed(where, f"must not be longer than {MAX_TEXT_CHARS} characters")
    if found := _FORBIDDEN.search(text):
        raise DeclarationMalformed(where, f"contains the control character U+{ord(found[0]):04X}")
    return text


def web_address(where: str, value: object) -> str:
    """Take an http or https address. It is kept and shown, never fetched."""
    text = kept_text(where, value)
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise DeclarationMalformed(where, f"{shown(text)} is not a web address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise DeclarationMalformed(where, f"{shown(text)} is not a web address")
    return text


def moment(where: str, value: object) -> datetime:
    """Read an RFC 3339 moment, such as 2026-11-20T09:00:00Z."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # such as a 30th of February: the same complaint
    raise DeclarationMalformed(where, "must be a moment such as 2026-11-20T09:00:00Z")


def moment_text(value: datetime) -> str:
    """Write an aware moment as UTC with a Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def amount(where: str, value: str) -> str:
    """Read a decimal amount and give it in its one shortest form: "50.10" is "50.1"."""
    if not _AMOUNT.fullmatch(value):
        raise DeclarationMalformed(where, f"{shown(value)} is not an amount such as 50 or 0.70")
    return value.rstrip("0").rstrip(".") if "." in value else value

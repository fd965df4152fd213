"""
TDMRep (final report of 10 May 2024): reserving text and data mining, for whole paths of a site.

It speaks of mining alone: evidence of a reservation, never a licence to generate.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from licensing.standards.declaration import Conditions, Statement
from licensing.standards.errors import DeclarationMalformed
from licensing.standards.json_tree import parse_json
from licensing.standards.words import kept_text, shown, web_address

RESERVATION: Final = "tdm-reservation"
POLICY: Final = "tdm-policy"
MAX_ENTRIES: Final = 10_000

_MAX_HTML_CHARS: Final = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """
    What holds for the paths that match `location`: mining is reserved, or not.

    `policy_url` leads to the conditions under which it is allowed all the same.
    """

    location: str
    is_reserved: bool
    policy_url: str | None = None

    def statements(self) -> tuple[Statement, ...]:
        """Say it as statements; what is not reserved may be mined, and no more."""
        if not self.is_reserved:
            return (Statement(usage="data-mining", effect="permits"),)
        links = () if self.policy_url is None else (self.policy_url,)
        return (
            Statement(
                usage="data-mining",
                effect="prohibits",
                conditions=Conditions(licence_urls=links),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmReading:
    """The reservations of a site in their order, and what in the file was not understood."""

    reservations: tuple[Reservation, ...]
    notes: tuple[str, ...] = ()


def read_tdmrep(data: bytes) -> TdmReading:
    """Read the file `/.well-known/tdmrep.json`. Raises as `parse_json` does."""
    entries = parse_json(data)
    if not isinstance(entries, list):
        raise DeclarationMalformed("document", "must be a list")
    if len(entries) > MAX_ENTRIES:
        raise DeclarationMalformed("document", f"has more than {MAX_ENTRIES} entries")
    notes: list[str] = []
    reservations = tuple(_entry(entry, f"[{index}]", notes) for index, entry in enumerate(entries))
    if not reservations:
        raise DeclarationMalformed("document", "reserves nothing: the list is empty")
    return TdmReading(reservations=reservations, notes=tuple(notes))


def read_headers(headers: Mapping[str, str], location: str) -> Reservation | None:
    """Read the two HTTP headers of an answer; None when they do not speak of mining."""
    found = {name.lower(): value.strip() for name, value in headers.items()}
    return _reservation(found.get(RESERVATION), found.get(POLICY), location)


def read_html(page: str, location: str) -> Reservation | None:
    """Read the two `meta` elements of a page; None when they do not speak of mining."""
    finder = _MetaFinder()
    finder.feed(page[:_MAX_HTML_CHARS])
    return _reservation(finder.found.get(RESERVATION), finder.found.get(POLICY), location)


def write_tdmrep(reservations: tuple[Reservation, ...]) -> bytes:
    """Write the file; `read_tdmrep` reads it back."""
    entries = [
        {
            "location": each.location,
            RESERVATION: int(each.is_reserved),
            **({POLICY: each.policy_url} if each.policy_url is not None else {}),
        }
        for each in reservations
    ]
    return (json.dumps(entries, ensure_ascii=False, indent=1) + "\n").encode()


def write_headers(reservation: Reservation) -> dict[str, str]:
    """Write the two HTTP headers."""
    headers = {RESERVATION: str(int(reservation.is_reserved))}
    if reservation.policy_url is not None:
        headers[POLICY] = reservation.policy_url
    return headers


def _entry(entry: object, where: str, notes: list[str]) -> Reservation:
    if not isinstance(entry, dict):
        raise DeclarationMalformed(where, "must be an object")
    notes.extend(
        f"{where}: member {shown(name)}"
        for name in entry
        if name not in {"location", RESERVATION, POLICY}
    )
    value = entry.get(RESERVATION)
    # JSON's true is Python's 1; the report asks for the number.
    if isinstance(value, bool) or value not in (0, 1):
        raise DeclarationMalformed(f"{where}.{RESERVATION}", f"{shown(value)} is not 0 or 1")
    policy = entry.get(POLICY)
    return Reservation(
        location=kept_text(f"{where}.location", entry.get("location")),
        is_reserved=value == 1,
        policy_url=None if policy is None else web_address(f"{where}.{POLICY}", policy),
    )


def _reservation(value: str | None, policy: str | None, location: str) -> Reservation | None:
    if value is None:
        return None
    if value not in {"0", "1"}:
        raise DeclarationMalformed(RESERVATION, f"{shown(value)} is not 0 or 1")
    return Reservation(
        location=location,
        is_reserved=value == "1",
        policy_url=web_address(POLICY, policy) if policy else None,
    )


class _MetaFinder(HTMLParser):
    """Keeps the first value of each of the two names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at every `meta`."""
        if tag == "meta":
            given = {name: value or "" for name, value in attrs}
            name = given.get("name", "").lower()
            if name in {RESERVATION, POLICY}:
                self.found.setdefault(name, given.get("content", "").strip())

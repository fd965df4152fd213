"""A cursor over parsed JSON that knows where it stands, so that every complaint names the place."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn

from licensing.errors import RegistryMalformed

MAX_TEXT_CHARS = 10_000

# C0, DEL and C1 controls; the bidirectional controls, with which a name could be shown as another
# (Unicode Technical Standard 39); lone surrogates, which no UTF-8 database can store.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document and its path, such as `subjects[3].names[0].lang`."""

    value: object
    where: str

    def fail(self, problem: str) -> NoReturn:
        """Refuse the document because of this value."""
        raise RegistryMalformed(self.where or "document", problem)

    def members(
        self,
        *,
        required: Collection[str],
        optional: Collection[str] = (),
    ) -> "dict[str, Node]":
        """
        Open a JSON object whose members are known.

        An unknown member is refused, since a misspelt `licensed` or `excludes_any` would otherwise
        be lost in silence.
        """
        if not isinstance(self.value, dict):
            self.fail("must be an object")
        for name in self.value:
            if name not in required and name not in optional:
                self.fail(f"{name!r} is not a known member")
        for name in required:
            if name not in self.value:
                self.fail(f"needs the member {name!r}")
        prefix = f"{self.where}." if self.where else ""
        return {name: Node(value, f"{prefix}{name}") for name, value in self.value.items()}

    def items(self) -> "list[Node]":
        """Open a JSON array."""
        if not isinstance(self.value, list):
            self.fail("must be a list")
        return [Node(item, f"{self.where}[{index}]") for index, item in enumerate(self.value)]

    def text(self, *, max_chars: int = MAX_TEXT_CHARS) -> str:
        """Read a string: not blank, not padded, not too long, free of control characters."""
        if not isinstance(self.value, str):
            self.fail("must be a string")
        if not self.value.strip():
            self.fail("must not be empty")
        if self.value != self.value.strip():
            self.fail("must not begin or end with a space")
        if len(self.value) > max_chars:
            self.fail(f"must not be longer than {max_chars} characters")
        if found := _FORBIDDEN.search(self.value):
            self.fail(f"contains the control character U+{ord(found[0]):04X}")
        return self.value

    def language(self) -> str:
        """Read a BCP 47 tag."""
        tag = self.text()
        if not _LANGUAGE.fullmatch(tag):
            self.fail("must be a BCP 47 language tag, such as ja or zh-Hans")
        return tag

    def texts(self) -> tuple[str, ...]:
        """Read a list of such strings."""
        return tuple(item.text() for item in self.items())

    def flag(self) -> bool:
        """Read true or false."""
        if not isinstance(self.value, bool):
            self.fail("must be true or false")
        return self.value

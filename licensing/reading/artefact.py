"""
The artefact: a compiled registry as one signed file that can be kept, and loaded in a moment.

    magic          8 bytes
    header length  8 bytes, little-endian
    header         JSON: the version of the registry, the digest of the reading rules, the places of
                   the columns, the digest of the body
    signature      64 bytes, Ed25519 over magic, length and header
    body           the columns, each at a multiple of eight bytes

Loading an automaton trusts its bytes, so nothing of the body is looked at before the signature and
the digest are right. Whoever reads or writes the file passes bytes in and out; nothing here does.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from licensing.reading.columns import BYTE_ORDER, Buffer, Columns
from licensing.reading.refusal import ArtefactRefused

MAGIC: Final = b"RAKKLEX1"
SIGNATURE_BYTES: Final = 64
_LENGTH_BYTES: Final = 8
PREFIX_BYTES: Final = len(MAGIC) + _LENGTH_BYTES
_ALIGNMENT: Final = 8
# Far above any header, far below what could fill the memory.
_MOST_HEADER_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """
    What an artefact says of itself.

    `rules_sha256` digests the code that compiled it (`versions.rules_sha256`): other rules may fold
    or hash otherwise. `places` gives offset and size in the body of every column.
    """

    registry_version: int
    rules_sha256: str
    subjects: int
    body_sha256: str
    body_bytes: int
    places: dict[str, tuple[int, int]]

    @classmethod
    def of(
        cls,
        columns: Columns,
        *,
        registry_version: int,
        rules_sha256: str,
        subjects: int,
    ) -> "Header":
        """Lay the columns out, one behind another."""
        places: dict[str, tuple[int, int]] = {}
        offset = 0
        for name, column in columns.items():
            size = memoryview(column).nbytes
            places[name] = offset, size
            offset += size + -size % _ALIGNMENT
        digest = hashlib.sha256()
        for piece in body(columns):
            digest.update(piece)
        return cls(
            registry_version=registry_version,
            rules_sha256=rules_sha256,
            subjects=subjects,
            body_sha256=digest.hexdigest(),
            body_bytes=offset,
            places=places,
        )

    def signed(self, sign: Callable[[bytes], bytes]) -> bytes:
        """Write all that stands before the body."""
        told = json.dumps(
            {
                "byte_order": BYTE_ORDER,
                "registry_version": self.registry_version,
                "rules_sha256": self.rules_sha256,
                "subjects": self.subjects,
                "body_sha256": self.body_sha256,
                "body_bytes": self.body_bytes,
                "places": self.places,
            },
            sort_keys=True,
        ).encode()
        told += b" " * (-len(told) % _ALIGNMENT)
        text = MAGIC + len(told).to_bytes(_LENGTH_BYTES, "little") + told
        return text + sign(text)

    def columns(self, body_view: memoryview) -> dict[str, Buffer]:
        """Cut the columns out of the body."""
        return {
            name: body_view[offset : offset + size] for name, (offset, size) in self.places.items()
        }


def body(columns: Columns) -> Iterator[Buffer]:
    """Yield the columns as they follow one another."""
    for column in columns.values():
        yield column
        yield b"\0" * (-memoryview(column).nbytes % _ALIGNMENT)


def header_bytes(prefix: bytes) -> int:
    """Tell from the first `PREFIX_BYTES` where the signature begins. Raises `ArtefactRefused`."""
    if len(prefix) < PREFIX_BYTES or not prefix.startswith(MAGIC):
        raise ArtefactRefused("it does not begin like one")
    length = int.from_bytes(prefix[len(MAGIC) :], "little")
    if length > _MOST_HEADER_BYTES:
        raise ArtefactRefused("its header is too long")
    return PREFIX_BYTES + length


def read_header(
    head: bytes,
    *,
    verify: Callable[[bytes, bytes], bool],
    rules_sha256: str,
) -> Header:
    """
    Read all that stands before the body; `verify` judges (signature, what is signed).

    Raises `ArtefactRefused` when it is cut short, signed by nobody we trust, or compiled by other
    rules or for a machine with another order of bytes.
    """
    length = header_bytes(head[:PREFIX_BYTES])
    if len(head) != length + SIGNATURE_BYTES:
        raise ArtefactRefused("it is cut short")
    if not verify(head[length:], head[:length]):
        raise ArtefactRefused("its signature is not by this service's key")
    told: dict[str, Any] = json.loads(head[PREFIX_BYTES:length])
    if told["rules_sha256"] != rules_sha256 or told["byte_order"] != BYTE_ORDER:
        raise ArtefactRefused("it was compiled by another version of this program")
    return Header(
        registry_version=told["registry_version"],
        rules_sha256=told["rules_sha256"],
        subjects=told["subjects"],
        body_sha256=told["body_sha256"],
        body_bytes=told["body_bytes"],
        places={name: (offset, size) for name, (offset, size) in told["places"].items()},
    )

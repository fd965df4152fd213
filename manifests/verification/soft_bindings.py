"""
Soft bindings: which manifest a watermark or fingerprint leads to, keyed by (algorithm, value).

A value is compared as text: base64 of the standard alphabet, padding left off, so that two writers
of one value meet. What is longer than an index entry may be is kept as its digest.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlmodel import Session, col, delete, select

from manifests.credentials import cbor
from manifests.credentials.jumbf import cbor_assertions
from manifests.verification.tables import SoftBindingRow

WATERMARK_ALG: Final = "org.rakkan.latticemark.1"
FINGERPRINT_ALG: Final = "io.iscc.v0"

ASSERTION_LABEL: Final = "c2pa.soft-binding"
VALUE_LIMIT_CHARS: Final = 1024

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:pair, 0))")
_FIND = text(
    "select manifest_id from public_soft_binding where alg = :alg and value = :value "
    "order by manifest_id limit :limit",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftBinding:
    """A mark or fingerprint that leads to a manifest. `value` is base64, padded or not."""

    alg: str
    value: str
    manifest_id: str
    owner_id: str
    created_at: datetime


def stored_value(value: str) -> str:
    """Write a value as it is kept and compared."""
    bare = value.rstrip("=")
    if len(bare) <= VALUE_LIMIT_CHARS:
        return bare
    # A colon is no base64: a digest never meets a short value.
    return f"sha256:{hashlib.sha256(bare.encode()).hexdigest()}"


def encoded_value(content: bytes) -> str:
    """Write the bytes of a mark or fingerprint as a value."""
    return base64.b64encode(content).decode()


def save_binding(session: Session, binding: SoftBinding) -> None:
    """Tie the value to the manifest; again changes nothing."""
    value = stored_value(binding.value)
    if session.get(SoftBindingRow, (binding.alg, value, binding.manifest_id)) is None:
        session.add(
            SoftBindingRow(
                alg=binding.alg,
                value=value,
                manifest_id=binding.manifest_id,
                owner_id=binding.owner_id,
                created_at=binding.created_at,
            )
        )
        session.flush()


def replace_bindings(session: Session, binding: SoftBinding) -> bool:
    """Lead the value to this manifest alone; False when the tenant has no such binding."""
    if not holds_pair(session, binding.alg, binding.value):
        return False
    session.execute(
        delete(SoftBindingRow).where(
            col(SoftBindingRow.alg) == binding.alg,
            col(SoftBindingRow.value) == stored_value(binding.value),
        )
    )
    save_binding(session, binding)
    return True


def holds_pair(session: Session, alg: str, value: str) -> bool:
    """Tell whether the session's tenant has a binding of this pair."""
    held = select(SoftBindingRow.manifest_id).where(
        SoftBindingRow.alg == alg, SoftBindingRow.value == stored_value(value)
    )
    return session.exec(held.limit(1)).first() is not None


def lock_pair(session: Session, alg: str, value: str) -> None:
    """Let nobody else bind this pair until the transaction ends."""
    session.execute(_LOCK, {"pair": f"{alg} {stored_value(value)}"})


def find_manifest_ids(session: Session, alg: str, value: str, *, limit: int) -> tuple[str, ...]:
    """Find the manifests that a pair leads to, whoever owns them."""
    found = session.execute(
        _FIND, {"alg": alg, "value": stored_value(value), "limit": limit}
    ).scalars()
    return tuple(found)


def bindings_in(store: bytes) -> frozenset[tuple[str, str]]:
    """
    Read the (algorithm, value) pairs that the active manifest itself names.

    An assertion may write a value as bytes, as a list of bytes, or as text that is the value or
    stands for it; text therefore counts both ways. What cannot be read names nothing.
    """
    try:
        assertions = [cbor.decode(data) for data in cbor_assertions(store, ASSERTION_LABEL)]
    except ValueError:
        return frozenset()
    return frozenset(pair for assertion in assertions for pair in _pairs(assertion))


def algorithms_of(pairs: Iterable[tuple[str, str]], value: str) -> tuple[str, ...]:
    """List the algorithms under which a manifest names this value."""
    wanted = stored_value(value)
    return tuple(sorted({alg for alg, named in pairs if named == wanted}))


def _pairs(assertion: object) -> Iterable[tuple[str, str]]:
    if not isinstance(assertion, dict):
        return
    alg, blocks = assertion.get("alg"), assertion.get("blocks")
    if not isinstance(alg, str) or not isinstance(blocks, list):
        return
    for block in blocks:
        if isinstance(block, dict):
            for value in _readings(block.get("value")):
                yield alg, stored_value(value)


def _readings(value: object) -> tuple[str, ...]:
    match value:
        case bytes():
            return (encoded_value(value),)
        case str():
            return (value, encoded_value(value.encode()))
        case list() if all(isinstance(each, int) and 0 <= each <= 0xFF for each in value):  # noqa: PLR2004
            return (encoded_value(bytes(value)),)
        case _:
            return ()

"""
Delete the files that a killed attempt left behind: nobody names them, and nobody will.

A file is stored before the row that names it, so that a row never names what is not there. Whoever
is killed in between leaves a file without a row. Its key says where the row would be.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlmodel import Session

from service.runtime import Runtime

ORPHANED_AFTER: Final = timedelta(hours=24)
"""No attempt takes this long between storing a file and writing its row down."""

_OF_STAMPS: Final = text(
    "select upload_blob, output_blob, case when status in ('completed', 'failed') then '[]' "
    "else ingredients end as ingredients from stamp where id = any(:ids)"
)
_OF_MANIFESTS: Final = text("select store_blob from manifest where stamp_id = any(:ids)")
_OF_STORES: Final = text("select blob from manifest_store where sha256 = any(:ids)")
_OF_LEXICONS: Final = text("select blob from lexicon where blob = any(:keys)")
_OF_CHECKS: Final = text("select upload_blob from verification where upload_blob = any(:keys)")

log = structlog.get_logger(__name__)


def sweep_blobs(runtime: Runtime) -> int:
    """Delete what nobody names and is old enough; answers how much. Again deletes nothing more."""
    until = runtime.now() - ORPHANED_AFTER
    swept = 0
    for prefix, named in _NAMED.items():
        for keys in runtime.blobs.pages(prefix, until=until):
            with runtime.transaction() as session:
                orphans = set(keys) - named(session, keys)
            for key in orphans:
                runtime.blobs.delete(key)
            swept += len(orphans)
    if swept:
        log.info("orphaned files deleted", count=swept)
    return swept


def _named_by_stamps(session: Session, keys: Iterable[str]) -> set[str]:
    """Read `uploads/<stamp>/…` and `stamps/<stamp>/…`."""
    ids = {"ids": list({_second_part(key) for key in keys})}
    named: set[str] = set(session.execute(_OF_MANIFESTS, ids).scalars())
    for row in session.execute(_OF_STAMPS, ids):
        named |= {row.upload_blob, row.output_blob, *(each["blob"] for each in row.ingredients)}
    return named


def _named_by_checks(session: Session, keys: Iterable[str]) -> set[str]:
    """Read `checks/…`."""
    return set(session.execute(_OF_CHECKS, {"keys": list(keys)}).scalars())


def _named_by_stores(session: Session, keys: Iterable[str]) -> set[str]:
    """Read `manifests/<sha256>/…`: those of stamps lie with the stamps."""
    digests = {"ids": list({_second_part(key) for key in keys})}
    return set(session.execute(_OF_STORES, digests).scalars())


def _named_by_lexicons(session: Session, keys: Iterable[str]) -> set[str]:
    """Read `lexicons/…`."""
    return set(session.execute(_OF_LEXICONS, {"keys": list(keys)}).scalars())


def _second_part(key: str) -> str:
    return next(iter(key.split("/")[1:]), "")


_NAMED: Final[Mapping[str, Callable[[Session, Iterable[str]], set[str]]]] = {
    "uploads": _named_by_stamps,
    "stamps": _named_by_stamps,
    "checks": _named_by_checks,
    "lexicons": _named_by_lexicons,
    "manifests": _named_by_stores,
}

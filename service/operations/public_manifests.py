"""What anyone may know of a video that was stamped here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from service.resolution_errors import UnknownManifest
from service.runtime import PUBLIC, Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicManifest:
    """The public part of a stamped video's record: system, signer, times, licence."""

    id: str
    duration_ms: int
    signer_name: str
    generator: str
    generator_version: str
    signed_at: datetime
    licence_id: str | None


def public_manifest(runtime: Runtime, manifest_id: str) -> PublicManifest:
    """Read the record of a manifest that was signed here. Raises `UnknownManifest`."""
    with runtime.transaction(PUBLIC) as session:
        row = session.execute(
            # The view crosses row-level security on purpose: it holds the public columns alone.
            text(
                "select id, duration_ms, signer_name, generator, generator_version, signed_at, "
                "licence_id from public_manifest where id = :id",
            ),
            {"id": manifest_id},
        ).one_or_none()
    if row is None:
        raise UnknownManifest(manifest_id)
    return PublicManifest(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented accessor

"""Rows of the manifest repository. They stay inside `repository.py`."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class ManifestRow(SQLModel, table=True):
    """A manifest this service signed, with the facts a public page may show."""

    __tablename__ = "manifest"

    id: str = Field(primary_key=True)
    owner_id: str = Field(index=True)
    stamp_id: str = Field(unique=True)
    store_blob: str
    output_sha256: str = Field(index=True)
    size_bytes: int = Field(sa_type=BigInteger)
    duration_ms: int = Field(sa_type=BigInteger)
    signer_name: str
    generator: str
    generator_version: str
    signed_at: datetime
    licence_id: str | None = Field(default=None, index=True)

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


class ManifestStoreRow(SQLModel, table=True):
    """
    A manifest store that the repository keeps, signed here or handed in by its owner.

    `sha256` of the store is absent for those kept before digests were recorded.
    """

    __tablename__ = "manifest_store"

    manifest_id: str = Field(primary_key=True)
    owner_id: str = Field(index=True)
    blob: str
    sha256: str | None = Field(default=None, index=True)
    stored_at: datetime


class SoftBindingRow(SQLModel, table=True):
    """A soft binding of a kept store: `value` as `soft_bindings.stored_value` writes it."""

    __tablename__ = "soft_binding"

    alg: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    manifest_id: str = Field(
        primary_key=True,
        foreign_key="manifest_store.manifest_id",
        ondelete="CASCADE",
        index=True,
    )
    owner_id: str = Field(index=True)
    created_at: datetime

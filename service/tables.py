"""Rows of the doors: API keys, stamps on their way, verifications on their way."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class ApiKeyRow(SQLModel, table=True):
    """A key of one tenant; only its SHA-256 is kept."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="party.id", index=True)
    label: str
    key_sha256: str = Field(unique=True)
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    created_at: datetime
    revoked_at: datetime | None = None


class StampRow(SQLModel, table=True):
    """One video to be stamped, from the request to the finished file."""

    __tablename__ = "stamp"
    __table_args__ = (
        CheckConstraint(
            "status in ('awaiting_upload', 'queued', 'running', 'completed', 'failed')",
            name="stamp_status",
        ),
        CheckConstraint("(status = 'failed') = (error_code is not null)", name="stamp_error"),
        CheckConstraint("strength in ('quality', 'balanced', 'robust')", name="stamp_strength"),
        CheckConstraint(
            "(status = 'completed') = (output_blob is not null and manifest_id is not null)",
            name="stamp_output",
        ),
    )

    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="party.id", index=True)
    clearance_id: str | None = Field(default=None, foreign_key="clearance.id", unique=True)
    status: str
    progress: float = 0.0
    generator: str
    generator_version: str
    generated_at: datetime
    upload_blob: str | None = None
    upload_sha256: str | None = None
    output_blob: str | None = None
    output_media_type: str | None = None
    output_sha256: str | None = None
    output_size_bytes: int | None = Field(default=None, sa_type=BigInteger)
    duration_ms: int | None = Field(default=None, sa_type=BigInteger)
    manifest_id: str | None = Field(default=None, unique=True)
    watermark_id: str | None = Field(default=None, unique=True)
    strength: str = Field(default="balanced", sa_column_kwargs={"server_default": "balanced"})
    licence_id: str | None = None
    ingredients: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_column=Column(JSONB, nullable=False, server_default=text("'[]'")),
    )
    error_code: str | None = None
    error_detail: str | None = None
    created_at: datetime
    updated_at: datetime


class VerificationRow(SQLModel, table=True):
    """One anonymous check. Its id is an unguessable capability; the upload goes when it ends."""

    __tablename__ = "verification"
    __table_args__ = (
        CheckConstraint(
            "status in ('queued', 'running', 'completed', 'failed')",
            name="verification_status",
        ),
    )

    id: str = Field(primary_key=True)
    status: str
    progress: float = 0.0
    upload_blob: str | None = None
    consent: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    error_code: str | None = None
    error_detail: str | None = None
    created_at: datetime
    expires_at: datetime = Field(index=True)

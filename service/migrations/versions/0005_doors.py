"""Manifests, API keys, stamps and verifications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_doors"
down_revision = "0004_royalties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _manifest()
    _api_key()
    _stamp()
    _verification()


def _manifest() -> None:
    op.create_table(
        "manifest",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("stamp_id", sa.String(), nullable=False),
        sa.Column("store_blob", sa.String(), nullable=False),
        sa.Column("output_sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("generator", sa.String(), nullable=False),
        sa.Column("generator_version", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("licence_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stamp_id"),
    )
    op.create_index("ix_manifest_licence_id", "manifest", ["licence_id"])
    op.create_index("ix_manifest_output_sha256", "manifest", ["output_sha256"])
    op.create_index("ix_manifest_owner_id", "manifest", ["owner_id"])


def _api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_sha256"),
    )
    op.create_index("ix_api_key_tenant_id", "api_key", ["tenant_id"])


def _stamp() -> None:
    op.create_table(
        "stamp",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("clearance_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("generator", sa.String(), nullable=False),
        sa.Column("generator_version", sa.String(), nullable=False),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upload_blob", sa.String(), nullable=True),
        sa.Column("upload_sha256", sa.String(), nullable=True),
        sa.Column("output_blob", sa.String(), nullable=True),
        sa.Column("output_media_type", sa.String(), nullable=True),
        sa.Column("output_sha256", sa.String(), nullable=True),
        sa.Column("output_size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("manifest_id", sa.String(), nullable=True),
        sa.Column("licence_id", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_detail", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'completed') = (output_blob is not null and manifest_id is not null)",
            name="stamp_output",
        ),
        sa.CheckConstraint("(status = 'failed') = (error_code is not null)", name="stamp_error"),
        sa.CheckConstraint(
            "status in ('awaiting_upload', 'queued', 'running', 'completed', 'failed')",
            name="stamp_status",
        ),
        sa.ForeignKeyConstraint(["clearance_id"], ["clearance.id"]),
        sa.ForeignKeyConstraint(["tenant_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clearance_id"),
        sa.UniqueConstraint("manifest_id"),
    )
    op.create_index("ix_stamp_tenant_id", "stamp", ["tenant_id"])


def _verification() -> None:
    op.create_table(
        "verification",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("upload_blob", sa.String(), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_detail", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('queued', 'running', 'completed', 'failed')", name="verification_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_verification_expires_at", "verification", ["expires_at"])

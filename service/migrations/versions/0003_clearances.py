"""Clearances, and the licences that stamped videos carry."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_clearances"
down_revision = "0002_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _clearance()
    _licence()


def _clearance() -> None:
    op.create_table(
        "clearance",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("request_sha256", sa.String(), nullable=False),
        sa.Column("prompt_nonce", sa.String(), nullable=False),
        sa.Column("prompt_sha256", sa.String(), nullable=False),
        sa.Column("prompt_text", sa.String(), nullable=True),
        sa.Column("use", postgresql.JSONB(), nullable=False),
        sa.Column("decision", postgresql.JSONB(), nullable=False),
        sa.Column("decision_sha256", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("hold_id", sa.String(), nullable=True),
        sa.Column("action_sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('answered', 'quoted', 'reserved', 'captured', 'voided', 'expired')",
            name="clearance_status",
        ),
        sa.CheckConstraint("(price_micros is null) = (currency is null)", name="clearance_price"),
        sa.ForeignKeyConstraint(["hold_id"], ["transfer.id"]),
        sa.ForeignKeyConstraint(["platform_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("platform_id", "idempotency_key", name="clearance_idempotency"),
    )
    op.create_index("ix_clearance_expires_at", "clearance", ["expires_at"])
    op.create_index("ix_clearance_hold_id", "clearance", ["hold_id"])
    op.create_index("ix_clearance_platform_id", "clearance", ["platform_id"])


def _licence() -> None:
    op.create_table(
        "licence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("clearance_id", sa.String(), nullable=False),
        sa.Column("stamp_id", sa.String(), nullable=False),
        sa.Column("manifest_id", sa.String(), nullable=False),
        sa.Column("grants", postgresql.JSONB(), nullable=False),
        sa.Column("territory", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("decision_sha256", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("status in ('active', 'expired', 'withdrawn')", name="licence_status"),
        sa.ForeignKeyConstraint(["clearance_id"], ["clearance.id"]),
        sa.ForeignKeyConstraint(["platform_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clearance_id"),
        sa.UniqueConstraint("stamp_id"),
    )
    op.create_index("ix_licence_platform_id", "licence", ["platform_id"])

"""Usage, closed months, statements and payouts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_royalties"
down_revision = "0003_clearances"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _usage()
    _period()
    _statement()
    _payout()


def _usage() -> None:
    op.create_table(
        "usage",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("licence_id", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("licensor_id", sa.String(), nullable=False),
        sa.Column("terms_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("territory", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("transfer_id", sa.String(), nullable=True),
        sa.CheckConstraint("amount_micros >= 0", name="usage_amount"),
        sa.CheckConstraint("duration_ms > 0", name="usage_duration"),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"]),
        sa.ForeignKeyConstraint(["licensor_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["platform_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"]),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"]),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("licence_id", "terms_id", "licensor_id", name="usage_once"),
        sa.UniqueConstraint("transfer_id"),
    )
    op.create_index("ix_usage_licence_id", "usage", ["licence_id"])
    op.create_index("ix_usage_platform_id", "usage", ["platform_id"])
    op.create_index("ix_usage_subject_id", "usage", ["subject_id"])
    op.create_index("ix_usage_terms_id", "usage", ["terms_id"])
    op.create_index("usage_statement", "usage", ["period", "licensor_id", "currency"])
    op.create_index("usage_licensor", "usage", ["licensor_id"])


def _period() -> None:
    op.create_table(
        "period",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _statement() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("licensor_id", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("payable_minor", sa.BigInteger(), nullable=False),
        sa.Column("carried_out_micros", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["licensor_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["period"], ["period.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("licensor_id", "period", "currency", name="statement_once"),
    )
    op.create_index("ix_statement_licensor_id", "statement", ["licensor_id"])
    op.create_index("ix_statement_period", "statement", ["period"])


def _payout() -> None:
    op.create_table(
        "payout",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("licensor_id", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in ('exported', 'paid')", name="payout_status"),
        sa.CheckConstraint("amount_minor > 0", name="payout_amount"),
        sa.ForeignKeyConstraint(["licensor_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("statement_id"),
    )
    op.create_index("ix_payout_licensor_id", "payout", ["licensor_id"])

"""Stamps remember the mark that was set into their pictures, and how strongly."""

import sqlalchemy as sa
from alembic import op

revision = "0011_stamp_marks"
down_revision = "0010_manifest_repository"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; videos stamped before carry no mark."""
    op.add_column("stamp", sa.Column("watermark_id", sa.String(), nullable=True))
    op.add_column(
        "stamp",
        sa.Column("strength", sa.String(), nullable=False, server_default="balanced"),
    )
    op.create_unique_constraint("stamp_watermark_id_key", "stamp", ["watermark_id"])
    op.create_check_constraint(
        "stamp_strength",
        "stamp",
        "strength in ('quality', 'balanced', 'robust')",
    )

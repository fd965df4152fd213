"""Clearances remember the other ways that were open when they were refused."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_alternatives"
down_revision = "0022_revocations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a refusal from before names no other way."""
    op.add_column(
        "clearance",
        sa.Column("alternatives", postgresql.JSONB(), nullable=False, server_default="[]"),
    )

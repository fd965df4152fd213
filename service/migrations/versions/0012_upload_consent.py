"""A check remembers to whom its sender agreed that the file may be sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012_upload_consent"
down_revision = "0011_stamp_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody agreed to anything before."""
    op.add_column("verification", sa.Column("consent", JSONB(), nullable=True))

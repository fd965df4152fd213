"""A stamp names the pictures that its video was made from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018_stamp_ingredients"
down_revision = "0017_owners_and_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; videos stamped before name none."""
    op.add_column(
        "stamp",
        sa.Column("ingredients", JSONB(), nullable=False, server_default=sa.text("'[]'")),
    )

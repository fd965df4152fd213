"""Names may carry their reading, and the spellings generated from a name say which it is."""

import sqlalchemy as sa
from alembic import op

revision = "0013_name_spellings"
down_revision = "0012_upload_consent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; names from before have no spellings until their document comes again."""
    op.add_column("name", sa.Column("reading", sa.String(), nullable=True))
    op.add_column("name", sa.Column("source", sa.String(), nullable=True))
    op.create_check_constraint("name_source", "name", "source is null or kind = 'generated'")

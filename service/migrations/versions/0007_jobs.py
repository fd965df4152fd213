"""The job queue: procrastinate's own schema, as its package ships it."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0007_jobs"
down_revision = "0006_append_only"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """
    Apply the schema of the installed release, which pyproject.toml holds to one minor version.

    A newer one ships the statements that lead to it; they become a revision of their own.
    """
    # The driver's own execute: several statements at once, and neither % nor : mean anything.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())

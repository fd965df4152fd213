"""Records of readings: added with their clearance, never changed, deleted only when expired."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_readings"
down_revision = "0013_name_spellings"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"


def upgrade() -> None:
    """Make the table, bind it to its platform, and keep it from being changed."""
    op.create_table(
        "reading",
        sa.Column("clearance_id", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("registry_version", sa.Integer(), nullable=False),
        sa.Column("record", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clearance_id"], ["clearance.id"]),
        sa.ForeignKeyConstraint(["platform_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("clearance_id"),
    )
    op.create_index("ix_reading_expires_at", "reading", ["expires_at"])
    op.create_index("ix_reading_platform_id", "reading", ["platform_id"])
    _bind_to_tenants()
    _keep_unchanged()


def _bind_to_tenants() -> None:
    op.execute("grant select, insert, delete on reading to rakkan_app")
    op.execute("alter table reading enable row level security")
    op.execute("alter table reading force row level security")
    op.execute(f"create policy operator on reading to rakkan_app using ({TENANT} = 'operator')")
    for command, clause in (("select", "using"), ("insert", "with check")):
        op.execute(
            f"create policy tenant_{command} on reading for {command} to rakkan_app "
            f"{clause} (platform_id = {TENANT})",
        )


def _keep_unchanged() -> None:
    op.execute(
        """
        create trigger reading_append_only before update on reading
            for each row execute function refuse_change()
        """,
    )
    # Housekeeping deletes what has expired, and nobody anything else.
    op.execute(
        """
        create trigger reading_kept_for_its_time before delete on reading
            for each row when (old.expires_at > now()) execute function refuse_change()
        """,
    )
    op.execute(
        """
        create trigger reading_append_only_truncate before truncate on reading
            for each statement execute function refuse_change()
        """,
    )

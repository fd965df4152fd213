"""Compiled registries are kept, and subjects remember in which version they changed last."""

import sqlalchemy as sa
from alembic import op

revision = "0019_lexicons"
down_revision = "0018_stamp_ingredients"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"


def upgrade() -> None:
    """Add the column and the table; what was there before counts as never changed."""
    op.add_column(
        "subject",
        sa.Column("changed_in", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_index("ix_subject_changed_in", "subject", ["changed_in"])
    op.create_table(
        "lexicon",
        sa.Column("registry_version", sa.Integer(), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("registry_version"),
    )
    op.execute("grant select, insert, update, delete on lexicon to rakkan_app")
    op.execute("alter table lexicon enable row level security")
    op.execute("alter table lexicon force row level security")
    op.execute(f"create policy operator on lexicon to rakkan_app using ({TENANT} = 'operator')")
    op.execute(
        f"create policy tenant_select on lexicon for select to rakkan_app using ({TENANT} <> '')",
    )

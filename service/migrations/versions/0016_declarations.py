"""What owners declared elsewhere: the imported documents, and every later look at their sources."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016_declarations"
down_revision = "0015_webhooks"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"
TABLES = ("declaration", "declaration_check")


def upgrade() -> None:
    """Make the tables, keep them from changing, bind them to row-level security, open the view."""
    _declaration()
    _declaration_check()
    for table in TABLES:
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table} "
            "for each row execute function refuse_change()",
        )
        op.execute(
            f"create trigger {table}_append_only_truncate before truncate on {table} "
            "for each statement execute function refuse_change()",
        )
        op.execute(f"grant select, insert on {table} to rakkan_app")
        op.execute(f"grant usage on sequence {table}_number_seq to rakkan_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy operator on {table} to rakkan_app using ({TENANT} = 'operator')",
        )
        op.execute(
            f"create policy tenant_select on {table} for select to rakkan_app "
            f"using (owner_id = {TENANT})",
        )
        op.execute(f"create policy views on {table} for select to current_user using (true)")
    # The only crossing: a decision hears what is declared, whoever asks; not whose import it was.
    op.execute(
        """
        create view current_declaration with (security_barrier) as
        select newest.subject_id, newest.source, newest.standard, newest.sha256, newest.status,
            newest.statements, seen.checked_at as fetched_at, seen.fresh_until
        from (
            select distinct on (owner_id, subject_id, source, part) *
            from declaration
            order by owner_id, subject_id, source, part, number desc
        ) as newest
        join lateral (
            select checked_at, fresh_until from declaration_check
            where declaration_id = newest.id and problem is null
            order by number desc limit 1
        ) as seen on true
        where not newest.ended
        """,
    )
    op.execute("grant select on current_declaration to rakkan_app")


def _declaration() -> None:
    op.create_table(
        "declaration",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("statements", JSONB(), nullable=False),
        sa.Column("notes", JSONB(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status in ('active', 'withdrawn', 'superseded')", name="declaration_status"
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_declaration_owner_id", "declaration", ["owner_id"])
    op.create_index("ix_declaration_subject_id", "declaration", ["subject_id"])
    op.create_index(
        "ix_declaration_source",
        "declaration",
        ["owner_id", "subject_id", "source", "part", "number"],
    )


def _declaration_check() -> None:
    op.create_table(
        "declaration_check",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("declaration_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fresh_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(problem is null) = (fresh_until is not null)", name="declaration_check_outcome"
        ),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(
        "ix_declaration_check_declaration_id", "declaration_check", ["declaration_id", "number"]
    )
    op.create_index("ix_declaration_check_owner_id", "declaration_check", ["owner_id"])

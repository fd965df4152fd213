"""Money and statements are only ever added: the database refuses every change, whoever asks."""

from alembic import op

revision = "0006_append_only"
down_revision = "0005_doors"
branch_labels = None
depends_on = None

APPEND_ONLY = ("transfer", "usage", "statement", "period")


def upgrade() -> None:
    """Put a trigger before every change, deletion and truncation."""
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only: add a correcting row instead', tg_table_name
                using errcode = 'restrict_violation';
        end
        $$
        """,
    )
    for table in APPEND_ONLY:
        op.execute(
            f"""
            create trigger {table}_append_only
                before update or delete on "{table}"
                for each row execute function refuse_change()
            """,
        )
        op.execute(
            f"""
            create trigger {table}_append_only_truncate
                before truncate on "{table}"
                for each statement execute function refuse_change()
            """,
        )

"""
Alembic's entry: runs the revisions on the connection that `service.database` hands over.

`alembic revision --autogenerate` has no such connection; then the database of the settings is used.
"""

from alembic import context
from sqlalchemy import Connection

from service.migrations.metadata import all_tables, include_object


def run(connection: Connection) -> None:
    """Run in one transaction: PostgreSQL's DDL allows it, so an upgrade is all or nothing."""
    context.configure(
        connection=connection,
        target_metadata=all_tables(),
        include_object=include_object,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    from service.database import opened_database
    from service.settings import Settings

    with opened_database(Settings()) as database, database.owner_connection() as own:
        run(own)

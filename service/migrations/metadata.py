"""Every table of the three packages in one place, for Alembic to compare the database with."""

from sqlalchemy import MetaData
from sqlalchemy.schema import SchemaItem
from sqlmodel import SQLModel

import licensing.clearance.approval_tables
import licensing.clearance.grant_tables
import licensing.clearance.quota_tables
import licensing.clearance.revocation_tables
import licensing.clearance.tables
import licensing.registry.declaration_tables
import licensing.registry.tables
import licensing.royalties.tables
import manifests.marks.tables
import manifests.verification.tables
import service.tables
import service.webhooks.tables

# SQLModel registers a table when its module is imported; naming the modules keeps them imported.
TABLE_MODULES = (
    licensing.registry.tables,
    licensing.registry.declaration_tables,
    licensing.clearance.tables,
    licensing.clearance.quota_tables,
    licensing.clearance.approval_tables,
    licensing.clearance.grant_tables,
    licensing.clearance.revocation_tables,
    licensing.royalties.tables,
    manifests.verification.tables,
    manifests.marks.tables,
    service.tables,
    service.webhooks.tables,
)


def all_tables() -> MetaData:
    """Collect the tables as the code declares them."""
    return SQLModel.metadata


def include_object(
    item: SchemaItem,  # noqa: ARG001 - Alembic calls it with five arguments
    name: str | None,
    kind: str,  # noqa: ARG001
    reflected: bool,  # noqa: ARG001, FBT001
    compare_to: SchemaItem | None,  # noqa: ARG001
) -> bool:
    """Leave the tables and indexes of the job queue to procrastinate."""
    return name is None or not name.startswith(("procrastinate_", "idx_procrastinate_"))

"""
The manifest repository: every manifest store that is kept, whether signed here or handed in.

What this service signed stays on record in `manifest`; what the public can fetch is in
`manifest_store`, and its owner may take it back, its soft bindings with it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_manifest_repository"
down_revision = "0009_marks"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"


def upgrade() -> None:
    """Make the table, fill it from what was signed, and lead soft bindings to it."""
    op.create_table(
        "manifest_store",
        sa.Column("manifest_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("manifest_id"),
    )
    op.create_index("ix_manifest_store_owner_id", "manifest_store", ["owner_id"])
    op.create_index("ix_manifest_store_sha256", "manifest_store", ["sha256"])
    # The digest of these is not on record; it is taken from the bytes when one is asked for.
    op.execute(
        "insert into manifest_store (manifest_id, owner_id, blob, stored_at) "
        "select id, owner_id, store_blob, signed_at from manifest",
    )
    op.drop_constraint("soft_binding_manifest_id_fkey", "soft_binding")
    op.create_foreign_key(
        "soft_binding_manifest_id_fkey",
        *("soft_binding", "manifest_store", ["manifest_id"], ["manifest_id"]),
        ondelete="CASCADE",
    )
    _open_to_tenants()


def _open_to_tenants() -> None:
    op.execute("grant select, insert, delete on manifest_store to rakkan_app")
    op.execute("grant delete on soft_binding to rakkan_app")
    op.execute("alter table manifest_store enable row level security")
    op.execute("alter table manifest_store force row level security")
    op.execute(
        f"create policy operator on manifest_store to rakkan_app using ({TENANT} = 'operator')",
    )
    op.execute(
        "create policy tenant_all on manifest_store for all to rakkan_app "
        f"using (owner_id = {TENANT})",
    )
    # The only crossing: anyone may fetch a store; whose it is stays inside.
    op.execute("create policy views on manifest_store for select to current_user using (true)")
    op.execute(
        "create view public_manifest_store with (security_barrier) as "
        "select manifest_id, blob, sha256, stored_at from manifest_store",
    )
    op.execute("grant select on public_manifest_store to rakkan_app")

"""What leads back from a stripped copy: soft bindings, and the fingerprints of signed videos."""

import sqlalchemy as sa
from alembic import op

revision = "0009_marks"
down_revision = "0008_row_level_security"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"

TABLES = ("soft_binding", "fingerprint", "fingerprint_window")

# The only crossings, as in revision 0008: whoever holds a mark may ask where it leads, and a copy
# is compared with the record that it names. None of them says whose video it is.
VIEWS = {
    "soft_binding": ("public_soft_binding", "select alg, value, manifest_id from soft_binding"),
    "fingerprint": (
        "public_fingerprint",
        "select manifest_id, whole, duration_ms, frame_hashes, pictures from fingerprint",
    ),
    "fingerprint_window": (
        "public_fingerprint_window",
        "select number, manifest_id, view, start_ms, code, quality from fingerprint_window",
    ),
}


def upgrade() -> None:
    """Make the tables, bind them to row-level security, and open the views."""
    _soft_binding()
    _fingerprint()
    _fingerprint_window()
    for table in TABLES:
        op.execute(f"grant select, insert on {table} to rakkan_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy operator on {table} to rakkan_app using ({TENANT} = 'operator')",
        )
        op.execute(
            f"create policy tenant_all on {table} for all to rakkan_app "
            f"using (owner_id = {TENANT})",
        )
    op.execute("grant usage on sequence fingerprint_window_number_seq to rakkan_app")
    for table, (view, query) in VIEWS.items():
        op.execute(f"create policy views on {table} for select to current_user using (true)")
        op.execute(f"create view {view} with (security_barrier) as {query}")
        op.execute(f"grant select on {view} to rakkan_app")


def _soft_binding() -> None:
    op.create_table(
        "soft_binding",
        sa.Column("alg", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("manifest_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"]),
        sa.PrimaryKeyConstraint("alg", "value", "manifest_id"),
    )
    op.create_index("ix_soft_binding_manifest_id", "soft_binding", ["manifest_id"])
    op.create_index("ix_soft_binding_owner_id", "soft_binding", ["owner_id"])


def _fingerprint() -> None:
    op.create_table(
        "fingerprint",
        sa.Column("manifest_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("frame_hashes", sa.LargeBinary(), nullable=False),
        sa.Column("pictures", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(whole) = 32", name="fingerprint_whole"),
        sa.CheckConstraint("octet_length(frame_hashes) % 8 = 0", name="fingerprint_frame_hashes"),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"]),
        sa.PrimaryKeyConstraint("manifest_id"),
    )
    op.create_index("ix_fingerprint_owner_id", "fingerprint", ["owner_id"])
    # JPEG pictures do not shrink further; compressing them again would only cost time.
    op.execute("alter table fingerprint alter column pictures set storage external")


def _fingerprint_window() -> None:
    op.create_table(
        "fingerprint_window",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("manifest_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("quality", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("octet_length(code) = 32", name="fingerprint_window_code"),
        sa.CheckConstraint("start_ms >= 0", name="fingerprint_window_start"),
        sa.CheckConstraint("quality between 0 and 255", name="fingerprint_window_quality"),
        sa.CheckConstraint(
            "view in ('full', 'crop90', 'crop80', 'mirror')", name="fingerprint_window_view"
        ),
        sa.ForeignKeyConstraint(["manifest_id"], ["fingerprint.manifest_id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("manifest_id", "view", "start_ms"),
    )
    op.create_index("ix_fingerprint_window_owner_id", "fingerprint_window", ["owner_id"])

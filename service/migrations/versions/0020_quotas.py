"""Quotas: what is taken in each window, and what each clearance took of it."""

import sqlalchemy as sa
from alembic import op

revision = "0020_quotas"
down_revision = "0019_lexicons"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"

# What all platforms share is counted by each of them; a platform's own is counted by it alone. The
# licensor reads both.
POLICIES = (
    ("quota_use", "all", f"holder_id in ({TENANT}, '') and {TENANT} <> ''"),
    ("quota_use", "select", f"licensor_id = {TENANT}"),
    ("quota_hold", "all", f"platform_id = {TENANT}"),
)


def upgrade() -> None:
    """Add the tables, bound by row-level security."""
    op.create_table(
        "quota_use",
        sa.Column("terms_id", sa.String(), sa.ForeignKey("terms.id"), nullable=False),
        sa.Column("quota", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("holder_id", sa.String(), nullable=False),
        sa.Column("licensor_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("limit_units", sa.BigInteger(), nullable=False),
        sa.Column("used_units", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terms_id", "quota", "window", "holder_id"),
        sa.CheckConstraint(
            "used_units between 0 and limit_units",
            name="quota_use_within_limit",
        ),
    )
    op.create_index("ix_quota_use_licensor_id", "quota_use", ["licensor_id"])
    op.create_table(
        "quota_hold",
        sa.Column("clearance_id", sa.String(), sa.ForeignKey("clearance.id"), nullable=False),
        sa.Column("terms_id", sa.String(), sa.ForeignKey("terms.id"), nullable=False),
        sa.Column("quota", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("holder_id", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("kept_units", sa.BigInteger()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("clearance_id", "terms_id", "quota"),
        sa.CheckConstraint(
            "units > 0 and (kept_units is null or kept_units between 0 and units)",
            name="quota_hold_units",
        ),
        sa.CheckConstraint(
            "(kept_units is null) = (settled_at is null)",
            name="quota_hold_settled",
        ),
    )
    op.create_index("ix_quota_hold_platform_id", "quota_hold", ["platform_id"])
    for table in ("quota_use", "quota_hold"):
        op.execute(f"grant select, insert, update on {table} to rakkan_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy operator on {table} to rakkan_app using ({TENANT} = 'operator')",
        )
    for table, command, condition in POLICIES:
        op.execute(
            f"create policy tenant_{command} on {table} for {command} to rakkan_app "
            f"using ({condition})",
        )

"""Revocations of terms, and the part of them that everybody may see."""

import sqlalchemy as sa
from alembic import op

revision = "0022_revocations"
down_revision = "0021_approvals"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table, its policies and its public view."""
    op.create_table(
        "revocation",
        sa.Column("terms_id", sa.String(), sa.ForeignKey("terms.id"), primary_key=True),
        sa.Column("terms_sha256", sa.String(), nullable=False),
        sa.Column("licensor_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("revoked_at", TIME, nullable=False),
        sa.Column("new_uses_end", TIME, nullable=False),
        sa.Column("distribution_ends", TIME),
        sa.Column("applied_at", TIME),
        sa.CheckConstraint(
            "effect in ('grandfather', 'stop_new', 'stop_distribution_by', 'immediate')",
            name="revocation_effect",
        ),
    )
    op.create_index("ix_revocation_terms_sha256", "revocation", ["terms_sha256"])
    op.create_index("ix_revocation_licensor_id", "revocation", ["licensor_id"])
    op.execute("grant select, insert, update on revocation to rakkan_app")
    op.execute("alter table revocation enable row level security")
    op.execute("alter table revocation force row level security")
    op.execute(
        f"create policy operator on revocation to rakkan_app using ({TENANT} = 'operator')",
    )
    op.execute(
        f"create policy tenant_all on revocation to rakkan_app using (licensor_id = {TENANT})",
    )
    op.execute("create policy views on revocation for select to current_user using (true)")
    op.execute(
        "create view public_revocation with (security_barrier) as "
        "select terms_sha256, effect, revoked_at, distribution_ends from revocation",
    )
    op.execute("grant select on public_revocation to rakkan_app")
    # The digest of the decision is the proof that a video was licensed when it was made; the
    # manifest says it as well.
    op.execute(
        "create or replace view public_licence with (security_barrier) as "
        "select id, status, grants, territory, purpose, granted_at, manifest_id, decision_sha256 "
        "from licence",
    )

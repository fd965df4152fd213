"""Approvals, the answers given, and the grants that come of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_approvals"
down_revision = "0020_quotas"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"
TIME = sa.DateTime(timezone=True)
PARTIES = f"{TENANT} in (platform_id, licensor_id)"

# An approval has two parties, and those the licensor lets answer for it.
POLICIES = {
    "approval": f"{PARTIES} or {TENANT} = any(delegates)",
    "approval_move": "exists (select from approval where approval.id = approval_id)",
    "agreement": PARTIES,
}


def upgrade() -> None:
    """Add the tables, and the state of a clearance that waits for its owners."""
    op.drop_constraint("clearance_status", "clearance")
    op.create_check_constraint(
        "clearance_status",
        "clearance",
        "status in ('answered', 'quoted', 'waiting', 'reserved', 'captured', 'voided', 'expired')",
    )
    _make_approval()
    _make_agreement()
    for table, condition in POLICIES.items():
        rights = "select, insert" if table == "approval_move" else "select, insert, update"
        op.execute(f"grant {rights} on {table} to rakkan_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy operator on {table} to rakkan_app using ({TENANT} = 'operator')",
        )
        op.execute(f"create policy tenant_all on {table} to rakkan_app using ({condition})")
    op.execute(
        "create trigger approval_move_append_only before update or delete on approval_move "
        "for each row execute function refuse_change()",
    )


def _make_approval() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("clearance_id", sa.String(), sa.ForeignKey("clearance.id"), nullable=False),
        sa.Column("platform_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("licensor_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("delegates", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("request", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("turn", sa.String(), nullable=False),
        sa.Column("clock_s", sa.BigInteger(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("last", postgresql.JSONB()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("answered_at", TIME),
        sa.Column("used_by", sa.String(), sa.ForeignKey("clearance.id")),
        sa.UniqueConstraint("clearance_id", "licensor_id", name="approval_once"),
        sa.CheckConstraint(
            "status in ('requested', 'countered', 'granted', 'conditional', 'declined', "
            "'lapsed', 'withdrawn')",
            name="approval_status",
        ),
        sa.CheckConstraint("turn in ('licensor', 'platform')", name="approval_turn"),
    )
    for column in ("platform_id", "licensor_id", "due_at", "used_by"):
        op.create_index(f"ix_approval_{column}", "approval", [column])
    op.create_table(
        "approval_move",
        sa.Column("approval_id", sa.String(), sa.ForeignKey("approval.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_key", sa.String(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("approval_id", "number"),
    )


def _make_agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("licensor_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("platform_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("clearance_id", sa.String(), sa.ForeignKey("clearance.id")),
        sa.Column("approval_id", sa.String(), sa.ForeignKey("approval.id"), unique=True),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("accepted_at", TIME),
        sa.Column("ended_at", TIME),
        sa.CheckConstraint("kind in ('one_shot', 'standing')", name="agreement_kind"),
        sa.CheckConstraint(
            "status in ('offered', 'active', 'declined', 'ended')",
            name="agreement_status",
        ),
        sa.CheckConstraint(
            "(kind = 'one_shot') = (clearance_id is not null)",
            name="agreement_clearance",
        ),
    )
    for column in ("licensor_id", "platform_id", "clearance_id"):
        op.create_index(f"ix_agreement_{column}", "agreement", [column])

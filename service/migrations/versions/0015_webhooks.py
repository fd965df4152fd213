"""Webhooks: endpoints, events written with their effects, deliveries, the log of attempts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_webhooks"
down_revision = "0014_readings"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"
TIME = sa.DateTime(timezone=True)

RIGHTS = {
    "webhook": "select, insert, update",
    "webhook_event": "select, insert",
    "webhook_delivery": "select, insert, update",
    "webhook_attempt": "select, insert",
}

# An event is written by whoever causes it, for whoever is to be told. Only the operator's job reads
# the endpoints of another tenant.
POLICIES = (
    ("webhook", "all", f"tenant_id = {TENANT}"),
    ("webhook_event", "select", f"tenant_id = {TENANT}"),
    ("webhook_event", "insert", f"{TENANT} <> '' and originator_id = {TENANT}"),
    ("webhook_delivery", "all", f"tenant_id = {TENANT}"),
    ("webhook_attempt", "select", f"tenant_id = {TENANT}"),
)


def upgrade() -> None:
    """Add the tables, bound by row-level security."""
    _make_tables()
    _make_log()
    for table, rights in RIGHTS.items():
        op.execute(f"grant {rights} on {table} to rakkan_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy operator on {table} to rakkan_app using ({TENANT} = 'operator')",
        )
    for table, command, condition in POLICIES:
        clause = "with check" if command == "insert" else "using"
        op.execute(
            f"create policy tenant_{command} on {table} for {command} to rakkan_app "
            f"{clause} ({condition})",
        )
    op.execute("grant usage on sequence webhook_attempt_id_seq to rakkan_app")
    for table in ("webhook_event", "webhook_attempt"):
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table} "
            "for each row execute function refuse_change()",
        )


def _make_tables() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("tenant_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("disabled_reason", sa.String()),
        sa.Column("failing_since", TIME),
        sa.Column("secret_number", sa.Integer(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("previous_secret_until", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("status in ('active', 'disabled', 'deleted')", name="webhook_status"),
        sa.CheckConstraint(
            "(status = 'disabled') = (disabled_reason is not null)",
            name="webhook_disabled",
        ),
    )
    op.create_index("ix_webhook_tenant_id", "webhook", ["tenant_id"])
    op.create_table(
        "webhook_event",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("tenant_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("originator_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
    )
    op.create_index("ix_webhook_event_tenant_id", "webhook_event", ["tenant_id"])


def _make_log() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("tenant_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("event_id", sa.String(), sa.ForeignKey("webhook_event.id"), nullable=False),
        sa.Column("webhook_id", sa.String(), sa.ForeignKey("webhook.id"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.UniqueConstraint("event_id", "webhook_id", name="webhook_delivery_once"),
        sa.CheckConstraint(
            "status in ('pending', 'delivered', 'failed')",
            name="webhook_delivery_status",
        ),
    )
    op.create_index("ix_webhook_delivery_tenant_id", "webhook_delivery", ["tenant_id"])
    op.create_index(
        "webhook_delivery_latest",
        "webhook_delivery",
        ["webhook_id", sa.text("created_at desc"), sa.text("id desc")],
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("tenant_id", sa.String(), sa.ForeignKey("party.id"), nullable=False),
        sa.Column("delivery_id", sa.String(), sa.ForeignKey("webhook_delivery.id"), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("problem", sa.String()),
        sa.Column("response_excerpt", sa.String(), nullable=False),
    )
    op.create_index("ix_webhook_attempt_tenant_id", "webhook_attempt", ["tenant_id"])
    op.create_index("ix_webhook_attempt_delivery_id", "webhook_attempt", ["delivery_id"])

"""The ledger: accounts, and transfers that are only ever added."""

import sqlalchemy as sa
from alembic import op

revision = "0002_ledger"
down_revision = "0001_registry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _account()
    _transfer()


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=True),
        sa.Column("floor_micros", sa.BigInteger(), nullable=True),
        sa.Column("posted_micros", sa.BigInteger(), nullable=False),
        sa.Column("held_micros", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "floor_micros is null or posted_micros - held_micros >= floor_micros",
            name="account_floor",
        ),
        sa.CheckConstraint("held_micros >= 0", name="account_held"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "currency", name="account_id_currency"),
    )
    op.create_index("ix_account_party_id", "account", ["party_id"])


def _transfer() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("debit_account", sa.String(), nullable=False),
        sa.Column("credit_account", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("pending_id", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("originator_id", sa.String(), nullable=True),
        sa.Column("debit_party_id", sa.String(), nullable=True),
        sa.Column("credit_party_id", sa.String(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'pending') = (expires_at is not null)", name="transfer_expires"
        ),
        sa.CheckConstraint(
            "(kind in ('post_pending', 'void_pending')) = (pending_id is not null)",
            name="transfer_settles",
        ),
        sa.CheckConstraint(
            "kind in ('posted', 'pending', 'post_pending', 'void_pending')", name="transfer_kind"
        ),
        sa.CheckConstraint("amount_micros > 0", name="transfer_amount"),
        sa.CheckConstraint("debit_account <> credit_account", name="transfer_two_accounts"),
        sa.ForeignKeyConstraint(["credit_account", "currency"], ["account.id", "account.currency"]),
        sa.ForeignKeyConstraint(["credit_party_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["debit_account", "currency"], ["account.id", "account.currency"]),
        sa.ForeignKeyConstraint(["debit_party_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["originator_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["pending_id"], ["transfer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("pending_id"),
    )
    op.create_index("ix_transfer_credit_party_id", "transfer", ["credit_party_id"])
    op.create_index("ix_transfer_debit_party_id", "transfer", ["debit_party_id"])
    op.create_index("ix_transfer_originator_id", "transfer", ["originator_id"])
    op.create_index("ix_transfer_reference", "transfer", ["reference"])
    op.create_index("transfer_credit_account", "transfer", ["credit_account", "currency"])
    op.create_index("transfer_debit_account", "transfer", ["debit_account", "currency"])

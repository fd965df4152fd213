"""The registry: parties, subjects, names, ownership, terms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_registry"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _party()
    _subject()
    _name()
    _ownership()
    _terms()
    _registry_state()


def _party() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('platform', 'licensor')", name="party_kind"),
        sa.PrimaryKeyConstraint("id"),
    )


def _subject() -> None:
    op.create_table(
        "subject",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("licensed", sa.Boolean(), nullable=False),
        sa.Column("descriptions", postgresql.JSONB(), nullable=False),
        sa.Column("traits", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "kind in ('franchise', 'work', 'character', 'object', 'place', 'mark', 'style')",
            name="subject_kind",
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["subject.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_subject_parent_id", "subject", ["parent_id"])


def _name() -> None:
    op.create_table(
        "name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ambiguity", sa.String(), nullable=False),
        sa.Column("requires_any", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("excludes_any", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_name_subject_id", "name", ["subject_id"])


def _ownership() -> None:
    op.create_table(
        "ownership",
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("licensor_id", sa.String(), nullable=False),
        sa.Column("share_numerator", sa.Integer(), nullable=False),
        sa.Column("share_denominator", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "share_numerator > 0 and share_denominator >= share_numerator", name="ownership_share"
        ),
        sa.ForeignKeyConstraint(["licensor_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"]),
        sa.PrimaryKeyConstraint("subject_id", "licensor_id"),
    )
    op.create_index("ix_ownership_licensor_id", "ownership", ["licensor_id"])


def _terms() -> None:
    op.create_table(
        "terms",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("licensor_id", sa.String(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in ('active', 'withdrawn')", name="terms_status"),
        sa.ForeignKeyConstraint(["licensor_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_terms_licensor_id", "terms", ["licensor_id"])
    op.create_index("ix_terms_subject_id", "terms", ["subject_id"])


def _registry_state() -> None:
    op.create_table(
        "registry_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name="registry_state_single"),
        sa.PrimaryKeyConstraint("id"),
    )

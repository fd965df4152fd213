"""Owners by place, mandates, what is known of subjects, standings, and the life of terms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_owners_and_terms"
down_revision = "0016_declarations"
branch_labels = None
depends_on = None

TENANT = "current_setting('rakkan.tenant', true)"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Widen the tables of the registry; what is in them keeps its meaning."""
    _party()
    _subject()
    _ownership()
    _mandate()
    _terms()


def _party() -> None:
    op.add_column("party", sa.Column("form", sa.String(), nullable=False, server_default="company"))
    op.add_column(
        "party",
        sa.Column("identifiers", postgresql.JSONB(), nullable=False, server_default="[]"),
    )
    op.add_column("party", sa.Column("standing", sa.String(), nullable=True))
    op.create_check_constraint(
        "party_form", "party", "form in ('company', 'person', 'agency', 'society')"
    )
    op.create_check_constraint(
        "party_standing",
        "party",
        "standing is null or (kind = 'platform' and standing in ('suspended', 'sanctioned'))",
    )


def _subject() -> None:
    op.add_column(
        "subject", sa.Column("facts", postgresql.JSONB(), nullable=False, server_default="{}")
    )
    op.drop_constraint("subject_kind", "subject")
    op.create_check_constraint(
        "subject_kind",
        "subject",
        "kind in ('franchise', 'work', 'character', 'object', 'place', 'mark', 'style', 'person')",
    )


def _ownership() -> None:
    # A licensor may own one share in Japan and another one elsewhere.
    op.drop_constraint("ownership_pkey", "ownership", type_="primary")
    op.execute("alter table ownership add column id serial primary key")
    op.execute("grant usage on sequence ownership_id_seq to rakkan_app")
    op.create_index("ix_ownership_subject_id", "ownership", ["subject_id"])
    for name in ("territories", "purposes"):
        op.add_column("ownership", sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=True))


def _mandate() -> None:
    op.create_table(
        "mandate",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("holder_id", sa.String(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.CheckConstraint("agent_id <> holder_id", name="mandate_parties"),
        sa.ForeignKeyConstraint(["agent_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["holder_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_mandate_agent_id", "mandate", ["agent_id"])
    op.create_index("ix_mandate_holder_id", "mandate", ["holder_id"])
    op.execute("grant select, insert, update on mandate to rakkan_app")
    op.execute("alter table mandate enable row level security")
    op.execute("alter table mandate force row level security")
    op.execute(f"create policy operator on mandate to rakkan_app using ({TENANT} = 'operator')")
    # Like shares: a decision for any platform rests on them.
    op.execute(
        f"create policy tenant_select on mandate for select to rakkan_app using ({TENANT} <> '')"
    )


def _terms() -> None:
    op.add_column("terms", sa.Column("created_at", TIME, nullable=True))
    # The owner is bound by row-level security as well, and would see no row to change.
    op.execute("alter table terms no force row level security")
    op.execute("update terms set created_at = published_at")
    op.execute("alter table terms force row level security")
    op.alter_column("terms", "created_at", nullable=False)
    op.alter_column("terms", "published_at", nullable=True)
    op.drop_constraint("terms_status", "terms")
    op.create_check_constraint(
        "terms_status",
        "terms",
        "status in ('draft', 'review', 'active', 'deprecated', 'withdrawn')",
    )
    op.create_check_constraint(
        "terms_published",
        "terms",
        "status not in ('active', 'deprecated') or published_at is not null",
    )
    op.execute(
        """
        create function keep_terms_unchanged() returns trigger language plpgsql as $$
        begin
            if (new.id, new.subject_id, new.licensor_id, new.document, new.sha256)
                is distinct from (old.id, old.subject_id, old.licensor_id, old.document, old.sha256)
            then
                raise exception 'terms are immutable: publish another version under another id'
                    using errcode = 'restrict_violation';
            end if;
            return new;
        end
        $$
        """,
    )
    op.execute(
        """
        create trigger terms_unchanged before update on terms
            for each row execute function keep_terms_unchanged()
        """,
    )

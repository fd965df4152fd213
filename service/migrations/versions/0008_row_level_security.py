"""
Who sees which row: the role of the service, its rights, and row-level security on every table.

A transaction says for whom it acts with `set_config('rakkan.tenant', …, true)`. The tenant
`operator` sees every row. Without a tenant no row is visible, save the checks that an unguessable
id opens, and the public parts that the views show.
"""

from alembic import op

revision = "0008_row_level_security"
down_revision = "0007_jobs"
branch_labels = None
depends_on = None

# The transaction's tenant: NULL or '' when none was set.
TENANT = "current_setting('rakkan.tenant', true)"
ANY_TENANT = f"{TENANT} <> ''"

# What the service may do at all. It never deletes what someone could be asked about later.
RIGHTS = {
    "party": "select, insert, update",
    "subject": "select, insert, update, delete",
    "name": "select, insert, update, delete",
    "ownership": "select, insert, update, delete",
    "registry_state": "select, insert, update",
    "terms": "select, insert, update",
    "account": "select, insert, update",
    "transfer": "select, insert",
    "clearance": "select, insert, update",
    "licence": "select, insert, update",
    "usage": "select, insert",
    "period": "select, insert",
    "statement": "select, insert",
    "payout": "select, insert, update",
    "manifest": "select, insert",
    "api_key": "select, insert, update",
    "stamp": "select, insert, update",
    "verification": "select, insert, update, delete",
}

# table, command, condition: what a tenant sees and writes besides the operator's everything.
POLICIES = (
    ("party", "select", ANY_TENANT),
    ("subject", "select", ANY_TENANT),
    ("name", "select", ANY_TENANT),
    ("ownership", "select", ANY_TENANT),
    ("registry_state", "select", ANY_TENANT),
    ("period", "select", ANY_TENANT),
    ("terms", "all", f"licensor_id = {TENANT}"),
    ("account", "select", f"party_id = {TENANT} or (party_id is null and {ANY_TENANT})"),
    ("account", "update", f"party_id = {TENANT}"),
    ("transfer", "select", f"{TENANT} in (debit_party_id, credit_party_id)"),
    ("transfer", "insert", f"{TENANT} in (originator_id, debit_party_id, credit_party_id)"),
    ("clearance", "all", f"platform_id = {TENANT}"),
    ("licence", "all", f"platform_id = {TENANT}"),
    ("usage", "select", f"{TENANT} in (platform_id, licensor_id)"),
    ("usage", "insert", f"platform_id = {TENANT}"),
    ("statement", "select", f"licensor_id = {TENANT}"),
    ("payout", "select", f"licensor_id = {TENANT}"),
    ("manifest", "all", f"owner_id = {TENANT}"),
    ("api_key", "all", f"tenant_id = {TENANT}"),
    ("stamp", "all", f"tenant_id = {TENANT}"),
    ("verification", "all", "true"),
)

# The only crossings. A view runs as its owner, who under FORCE is bound by row-level security as
# well; the policy `views` lets the owner read these four tables. `security_barrier` keeps a
# condition of the asker from being tried on rows that the view leaves out.
VIEWS = {
    "terms": (
        "active_terms",
        """
        select id, subject_id, licensor_id, document, sha256, published_at
        from terms where status = 'active'
        """,
    ),
    "licence": (
        "public_licence",
        "select id, status, grants, territory, purpose, granted_at, manifest_id from licence",
    ),
    "manifest": (
        "public_manifest",
        """
        select id, store_blob, output_sha256, size_bytes, duration_ms, signer_name, generator,
            generator_version, signed_at, licence_id
        from manifest
        """,
    ),
    "api_key": (
        "api_key_lookup",
        "select key_sha256, id, tenant_id, scopes, revoked_at from api_key",
    ),
}


def upgrade() -> None:
    """Make the role, give it its rights, and bind it, and the owner, to the policies."""
    _make_role()
    op.execute("grant usage on schema public to rakkan_app")
    op.execute("grant select on alembic_version to rakkan_app")
    for table, rights in RIGHTS.items():
        op.execute(f'grant {rights} on "{table}" to rakkan_app')
        op.execute(f'alter table "{table}" enable row level security')
        # Also for the owner: a connection that forgot to change its role sees nothing.
        op.execute(f'alter table "{table}" force row level security')
        op.execute(
            f"create policy operator on \"{table}\" to rakkan_app using ({TENANT} = 'operator')",
        )
    op.execute("grant usage on sequence name_id_seq to rakkan_app")
    for table, command, condition in POLICIES:
        clause = "with check" if command == "insert" else "using"
        op.execute(
            f'create policy tenant_{command} on "{table}" for {command} to rakkan_app '
            f"{clause} ({condition})",
        )
    for table, (view, query) in VIEWS.items():
        op.execute(f"create policy views on {table} for select to current_user using (true)")
        op.execute(f"create view {view} with (security_barrier) as {query}")
        op.execute(f"grant select on {view} to rakkan_app")
    _grant_job_queue()


def _make_role() -> None:
    """
    Make the role, which belongs to all databases of a server, and let the owner take it on.

    Where the owner may not make roles, the administrator does it beforehand:
    `create role rakkan_app; grant rakkan_app to OWNER`.
    """
    op.execute(
        """
        do $$
        begin
            if not exists (select from pg_roles where rolname = 'rakkan_app') then
                create role rakkan_app nologin;
            end if;
        exception when duplicate_object or unique_violation then
            null;  -- another database of this server made it at the same moment
        end
        $$
        """,
    )
    op.execute(
        """
        do $$
        begin
            execute format('grant rakkan_app to %I', current_user);
        exception when insufficient_privilege then
            null;  -- it was granted beforehand
        end
        $$
        """,
    )


def _grant_job_queue() -> None:
    """Let the service defer and work off jobs. They carry ids only, so all tenants share them."""
    op.execute(
        """
        do $$
        declare item record;
        begin
            for item in
                select c.relname, c.relkind from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S')
                    and c.relname like 'procrastinate%'
            loop
                if item.relkind = 'S' then
                    execute format('grant usage on sequence %I to rakkan_app', item.relname);
                else
                    execute format(
                        'grant select, insert, update, delete on %I to rakkan_app', item.relname
                    );
                end if;
            end loop;
            for item in
                select p.oid::regprocedure as signature from pg_proc p
                where p.pronamespace = 'public'::regnamespace and p.proname like 'procrastinate%'
            loop
                execute format('grant execute on function %s to rakkan_app', item.signature);
            end loop;
        end
        $$
        """,
    )

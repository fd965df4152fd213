"""Who sees which row: one row of everything, looked at by each tenant as the service's role."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import psycopg
import pytest
from sqlalchemy import func, select, table, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session, SQLModel

from licensing.clearance.approval_tables import ApprovalMoveRow, ApprovalRow
from licensing.clearance.grant_tables import GrantRow
from licensing.clearance.quota_tables import QuotaHoldRow, QuotaUseRow
from licensing.clearance.revocation_tables import RevocationRow
from licensing.clearance.tables import ClearanceRow, LicenceRow, ReadingRow
from licensing.registry.declaration_tables import DeclarationCheckRow, DeclarationRow
from licensing.registry.tables import (
    LexiconRow,
    MandateRow,
    NameRow,
    OwnershipRow,
    PartyRow,
    RegistryStateRow,
    SubjectRow,
    TermsRow,
)
from licensing.royalties.tables import (
    AccountRow,
    PayoutRow,
    PeriodRow,
    StatementRow,
    TransferRow,
    UsageRow,
)
from manifests.marks.tables import FingerprintRow, FingerprintWindowRow
from manifests.verification.tables import ManifestRow, ManifestStoreRow, SoftBindingRow
from service.database import OPERATOR, Database, set_tenant
from service.embedded_postgres import connect_directly, superuser_address
from service.migrations.metadata import all_tables
from service.tables import ApiKeyRow, StampRow, VerificationRow
from service.webhooks.tables import (
    WebhookAttemptRow,
    WebhookDeliveryRow,
    WebhookEventRow,
    WebhookRow,
)

Column: TypeAlias = Any  # what a column holds

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)

# Platform aurora stamped a video with a subject of licensor sakura. Platform outsider and licensor
# rival have nothing to do with it.
TENANTS = ("", "aurora", "sakura", "outsider")

# table: how many rows each of TENANTS sees
VISIBLE = {
    "party": (0, 4, 4, 4),
    "subject": (0, 1, 1, 1),
    "name": (0, 1, 1, 1),
    "ownership": (0, 1, 1, 1),
    "mandate": (0, 1, 1, 1),
    "registry_state": (0, 1, 1, 1),
    "period": (0, 1, 1, 1),
    "lexicon": (0, 1, 1, 1),
    "terms": (0, 0, 1, 0),
    "declaration": (0, 0, 1, 0),
    "declaration_check": (0, 0, 1, 0),
    "account": (0, 2, 2, 1),
    "transfer": (0, 1, 1, 0),
    "clearance": (0, 1, 0, 0),
    "reading": (0, 1, 0, 0),
    "licence": (0, 1, 0, 0),
    "usage": (0, 1, 1, 0),
    "statement": (0, 0, 1, 0),
    "payout": (0, 0, 1, 0),
    "manifest": (0, 1, 0, 0),
    "manifest_store": (0, 1, 0, 0),
    "soft_binding": (0, 1, 0, 0),
    "fingerprint": (0, 1, 0, 0),
    "fingerprint_window": (0, 1, 0, 0),
    "api_key": (0, 1, 0, 0),
    "stamp": (0, 1, 0, 0),
    "verification": (1, 1, 1, 1),
    "approval": (0, 1, 1, 0),
    "approval_move": (0, 1, 1, 0),
    "agreement": (0, 1, 1, 0),
    "revocation": (0, 0, 1, 0),
    "quota_use": (0, 2, 2, 1),
    "quota_hold": (0, 1, 0, 0),
    "webhook": (0, 1, 0, 0),
    "webhook_event": (0, 1, 0, 0),
    "webhook_delivery": (0, 1, 0, 0),
    "webhook_attempt": (0, 1, 0, 0),
}

# What crosses the tenants on purpose, column by column.
VIEWS = {
    "active_terms": {"id", "subject_id", "licensor_id", "document", "sha256", "published_at"},
    "current_declaration": {
        *("subject_id", "source", "standard", "sha256", "status", "statements"),
        *("fetched_at", "fresh_until"),
    },
    "public_licence": {
        *("id", "status", "grants", "territory", "purpose", "granted_at", "manifest_id"),
        "decision_sha256",
    },
    "public_revocation": {"terms_sha256", "effect", "revoked_at", "distribution_ends"},
    "public_manifest": {
        *("id", "store_blob", "output_sha256", "size_bytes", "duration_ms", "signer_name"),
        *("generator", "generator_version", "signed_at", "licence_id"),
    },
    "public_manifest_store": {"manifest_id", "blob", "sha256", "stored_at"},
    "public_soft_binding": {"alg", "value", "manifest_id"},
    "public_fingerprint": {"manifest_id", "whole", "duration_ms", "frame_hashes", "pictures"},
    "public_fingerprint_window": {
        *("number", "manifest_id", "view", "start_ms", "code", "quality"),
    },
    "api_key_lookup": {"key_sha256", "id", "tenant_id", "scopes", "revoked_at"},
}


def party(id: str, kind: str) -> PartyRow:  # noqa: A002 - the column's name
    return PartyRow(id=id, kind=kind, name=id.title(), created_at=AT)


def account(id: str, party_id: str | None) -> AccountRow:  # noqa: A002
    return AccountRow(id=id, currency="JPY", party_id=party_id)


def terms(**changes: Column) -> TermsRow:
    facts: dict[str, Column] = {"id": "terms1", "subject_id": "s1", "licensor_id": "sakura"}
    more = {"document": {}, "sha256": "00", "status": "active", "published_at": AT}
    return TermsRow(**(facts | more | {"created_at": AT} | changes))


def declaration(**changes: Column) -> DeclarationRow:
    facts: dict[str, Column] = {"id": "dec1", "owner_id": "sakura", "subject_id": "s1"}
    where = {"source": "file:a", "part": "", "standard": "rsl-1.0", "sha256": "00"}
    rest = {"document": b"", "status": "active", "statements": [], "notes": []}
    return DeclarationRow(**(facts | where | rest | {"imported_at": AT, "ended": False} | changes))


def declaration_check(**changes: Column) -> DeclarationCheckRow:
    facts: dict[str, Column] = {"declaration_id": "dec1", "owner_id": "sakura"}
    return DeclarationCheckRow(**(facts | {"checked_at": AT, "fresh_until": AT} | changes))


def transfer(**changes: Column) -> TransferRow:
    facts: dict[str, Column] = {"id": "t1", "kind": "posted", "currency": "JPY"}
    accounts = {"debit_account": "aurora:JPY", "credit_account": "sakura:JPY"}
    parties = {"originator_id": "aurora", "debit_party_id": "aurora", "credit_party_id": "sakura"}
    rest = {"amount_micros": 7, "reference": "r", "effective_at": AT, "recorded_at": AT}
    return TransferRow(**(facts | accounts | parties | rest | changes))


def clearance(**changes: Column) -> ClearanceRow:
    facts: dict[str, Column] = {"id": "c1", "platform_id": "aurora", "idempotency_key": "k1"}
    digests = dict.fromkeys(
        ("request_sha256", "prompt_nonce", "prompt_sha256", "decision_sha256", "action_sha256"),
        "00",
    )
    rest = {"use": {}, "decision": {}, "outcome": "granted_free", "status": "captured"}
    return ClearanceRow(**(facts | digests | rest | {"created_at": AT} | changes))


def reading(**changes: Column) -> ReadingRow:
    facts: dict[str, Column] = {"clearance_id": "c1", "platform_id": "aurora", "record": {}}
    later = AT.replace(year=9999)
    rest = {"registry_version": 1, "created_at": AT, "expires_at": later}
    return ReadingRow(**(facts | rest | changes))


def licence() -> LicenceRow:
    return LicenceRow(
        id="l1",
        platform_id="aurora",
        clearance_id="c1",
        stamp_id="stm1",
        manifest_id="m1",
        grants=[],
        territory="JP",
        purpose="personal",
        decision_sha256="00",
        granted_at=AT,
        status="active",
    )


def usage(**changes: Column) -> UsageRow:
    facts: dict[str, Column] = {"id": "u1", "licence_id": "l1", "platform_id": "aurora"}
    what = {"licensor_id": "sakura", "terms_id": "terms1", "subject_id": "s1"}
    use = {"territory": "JP", "purpose": "personal", "duration_ms": 8000, "amount_micros": 7}
    rest = {"currency": "JPY", "occurred_at": AT, "period": "2026-11"}
    return UsageRow(**(facts | what | use | rest | changes))


def statement(**changes: Column) -> StatementRow:
    facts: dict[str, Column] = {"id": "st1", "licensor_id": "sakura", "period": "2026-11"}
    rest = {"currency": "JPY", "document": {}, "document_sha256": "00", "created_at": AT}
    amounts = {"payable_minor": 1, "carried_out_micros": 0}
    return StatementRow(**(facts | rest | amounts | changes))


def payout(**changes: Column) -> PayoutRow:
    facts: dict[str, Column] = {"id": "p1", "statement_id": "st1", "licensor_id": "sakura"}
    rest = {"amount_minor": 1, "currency": "JPY", "status": "exported", "created_at": AT}
    return PayoutRow(**(facts | rest | changes))


def manifest(**changes: Column) -> ManifestRow:
    facts: dict[str, Column] = {"id": "m1", "owner_id": "aurora", "stamp_id": "stm1"}
    file = {"store_blob": "b", "output_sha256": "00", "size_bytes": 1, "duration_ms": 8000}
    rest = {"signer_name": "R", "generator": "g", "generator_version": "1", "signed_at": AT}
    return ManifestRow(**(facts | file | rest | changes))


def manifest_store(**changes: Column) -> ManifestStoreRow:
    facts: dict[str, Column] = {"manifest_id": "m1", "owner_id": "aurora", "blob": "b"}
    return ManifestStoreRow(**(facts | {"stored_at": AT} | changes))


def soft_binding(**changes: Column) -> SoftBindingRow:
    facts: dict[str, Column] = {"alg": "a", "value": "v", "manifest_id": "m1"}
    return SoftBindingRow(**(facts | {"owner_id": "aurora", "created_at": AT} | changes))


def fingerprint(**changes: Column) -> FingerprintRow:
    facts: dict[str, Column] = {"manifest_id": "m1", "owner_id": "aurora", "duration_ms": 8000}
    codes = {"whole": bytes(32), "frame_hashes": b"", "pictures": b""}
    return FingerprintRow(**(facts | codes | {"created_at": AT} | changes))


def window(**changes: Column) -> FingerprintWindowRow:
    facts: dict[str, Column] = {"manifest_id": "m1", "owner_id": "aurora", "view": "full"}
    return FingerprintWindowRow(
        **(facts | {"start_ms": 0, "code": bytes(32), "quality": 9} | changes)
    )


def api_key(**changes: Column) -> ApiKeyRow:
    facts: dict[str, Column] = {"id": "key1", "tenant_id": "aurora", "label": "test"}
    return ApiKeyRow(**(facts | {"key_sha256": "00", "scopes": [], "created_at": AT} | changes))


def stamp(**changes: Column) -> StampRow:
    facts: dict[str, Column] = {"id": "stm1", "tenant_id": "aurora", "clearance_id": "c1"}
    source = {"generator": "g", "generator_version": "1", "generated_at": AT}
    rest = {"status": "queued", "created_at": AT, "updated_at": AT}
    return StampRow(**(facts | source | rest | changes))


def webhook(**changes: Column) -> WebhookRow:
    facts: dict[str, Column] = {"id": "whk1", "tenant_id": "aurora", "url": "https://a.example"}
    rest = {"event_types": [], "status": "active", "secret_sha256": "00", "created_at": AT}
    return WebhookRow(**(facts | rest | changes))


def webhook_event(**changes: Column) -> WebhookEventRow:
    facts: dict[str, Column] = {"id": "evt1", "tenant_id": "aurora", "originator_id": "sakura"}
    return WebhookEventRow(**(facts | {"type": "t", "data": {}, "occurred_at": AT} | changes))


def webhook_delivery(**changes: Column) -> WebhookDeliveryRow:
    facts: dict[str, Column] = {"id": "whd1", "tenant_id": "aurora", "event_id": "evt1"}
    rest = {"webhook_id": "whk1", "status": "pending", "created_at": AT}
    return WebhookDeliveryRow(**(facts | rest | changes))


def quota_use(**changes: Column) -> QuotaUseRow:
    facts: dict[str, Column] = {"terms_id": "terms1", "quota": "uses/day/all", "window": "w"}
    rest = {"holder_id": "", "licensor_id": "sakura", "limit_units": 9, "used_units": 1}
    return QuotaUseRow(**(facts | rest | changes))


def quota_hold(**changes: Column) -> QuotaHoldRow:
    facts: dict[str, Column] = {"clearance_id": "c1", "terms_id": "terms1", "quota": "uses/day/all"}
    rest = {"window": "w", "holder_id": "", "platform_id": "aurora", "units": 1}
    return QuotaHoldRow(**(facts | rest | changes))


def approval(**changes: Column) -> ApprovalRow:
    facts: dict[str, Column] = {"id": "apr1", "clearance_id": "c1", "platform_id": "aurora"}
    state = {"licensor_id": "sakura", "status": "requested", "turn": "licensor", "moves": 0}
    rest = {"delegates": [], "terms": [], "request": {}, "clock_s": 60, "due_at": AT}
    return ApprovalRow(**(facts | state | rest | {"created_at": AT} | changes))


def approval_move(**changes: Column) -> ApprovalMoveRow:
    facts: dict[str, Column] = {"approval_id": "apr1", "number": 1, "side": "licensor"}
    rest = {"actor_id": "sakura", "actor_key": "key1", "document": {}, "at": AT}
    return ApprovalMoveRow(**(facts | rest | changes))


def agreement(**changes: Column) -> GrantRow:
    facts: dict[str, Column] = {"id": "grt1", "kind": "standing", "licensor_id": "sakura"}
    rest = {"platform_id": "aurora", "document": {}, "sha256": "00", "status": "offered"}
    return GrantRow(**(facts | rest | {"created_at": AT} | changes))


def revocation(**changes: Column) -> RevocationRow:
    facts: dict[str, Column] = {"terms_id": "terms1", "terms_sha256": "00", "reason": ""}
    rest = {"licensor_id": "sakura", "effect": "immediate", "revoked_at": AT, "new_uses_end": AT}
    return RevocationRow(**(facts | rest | changes))


def add_world(session: Session) -> None:
    """Add one row of everything, each after the rows it names."""
    parties = [party("aurora", "platform"), party("outsider", "platform")]
    parties += [party("sakura", "licensor"), party("rival", "licensor")]
    name = NameRow(subject_id="s1", text="Sakura", lang="en", kind="official", ambiguity="unique")
    accounts = [account("aurora:JPY", "aurora"), account("sakura:JPY", "sakura")]
    share = OwnershipRow(
        subject_id="s1", licensor_id="sakura", share_numerator=1, share_denominator=1
    )
    layers: list[list[SQLModel]] = [
        [
            *parties,
            SubjectRow(id="s1", kind="character"),
            RegistryStateRow(version=1, changed_at=AT),
            LexiconRow(
                registry_version=1,
                blob="lexicons/1",
                body_sha256="00",
                size_bytes=1,
                subjects=1,
                built_at=AT,
            ),
        ],
        [
            MandateRow(id="m1", agent_id="rival", holder_id="sakura", document={}, changed_at=AT),
        ],
        [name, share, terms(), *accounts, account("clearing:JPY", None), api_key()],
        [webhook(), webhook_event()],
        [webhook_delivery()],
        [
            WebhookAttemptRow(
                id=1, tenant_id="aurora", delivery_id="whd1", started_at=AT, latency_ms=1
            )
        ],
        [
            PeriodRow(id="2026-11", closed_at=AT),
            transfer(),
            clearance(),
            declaration(),
            manifest(),
            manifest_store(),
        ],
        [quota_use(), quota_use(holder_id="aurora"), quota_hold()],
        [approval(), agreement(), revocation()],
        [approval_move()],
        [licence(), reading(), stamp(), statement(), soft_binding(), fingerprint()],
        [declaration_check()],
        [
            usage(),
            payout(),
            window(),
            VerificationRow(id="v1", status="queued", created_at=AT, expires_at=AT),
        ],
    ]
    for rows in layers:
        session.add_all(rows)
        session.flush()


@pytest.fixture
def world(session: Session) -> Session:
    add_world(session)
    return session


def count(session: Session, relation: str) -> int:
    rows = select(func.count()).select_from(table(relation))
    return session.connection().execute(rows).scalar_one()


def test_the_expectations_name_every_table() -> None:
    assert set(VISIBLE) == set(all_tables().tables)


@pytest.mark.parametrize("name", VISIBLE)
def test_a_tenant_sees_its_own_side_only(world: Session, name: str) -> None:
    seen = []
    for tenant in TENANTS:
        set_tenant(world, tenant)
        seen.append(count(world, name))

    assert tuple(seen) == VISIBLE[name]


@pytest.mark.parametrize("name", VISIBLE)
def test_the_owner_of_the_tables_is_bound_as_well(session: Session, name: str) -> None:
    question = text(
        "select relrowsecurity and relforcerowsecurity from pg_class where oid = to_regclass(:name)"
    )

    bound = session.connection().execute(question, {"name": f'"{name}"'}).scalar_one()

    assert bound is True


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("tenant", TENANTS, ids=lambda tenant: tenant or "no tenant")
def test_the_views_show_their_public_part_to_everyone(
    world: Session, view: str, tenant: str
) -> None:
    set_tenant(world, tenant)

    rows = world.connection().execute(select(text("*")).select_from(table(view))).mappings().all()

    assert len(rows) == 1
    assert set(rows[0]) == VIEWS[view]


def test_nobody_writes_through_a_view(world: Session) -> None:
    set_tenant(world, "aurora")

    with pytest.raises(ProgrammingError, match="permission denied for view"):
        world.connection().execute(text("update api_key_lookup set tenant_id = 'outsider'"))


def test_withdrawn_terms_are_no_longer_offered(world: Session) -> None:
    set_tenant(world, "sakura")
    world.connection().execute(text("update terms set status = 'withdrawn'"))

    set_tenant(world, "aurora")

    assert count(world, "active_terms") == 0


FORGERIES: dict[str, tuple[str, Callable[[], SQLModel]]] = {
    "a platform clears in another's name": (
        "outsider",
        lambda: clearance(id="c2", idempotency_key="k2"),
    ),
    "a platform records a reading in another's name": (
        "outsider",
        lambda: reading(clearance_id="c2"),
    ),
    "a platform moves money between others": ("outsider", lambda: transfer(id="t2")),
    "a platform reports usage of another": ("outsider", lambda: usage(id="u2")),
    "a platform writes a statement": ("aurora", lambda: statement(id="st2", currency="USD")),
    "a platform pays out": ("aurora", lambda: payout(id="p2")),
    "a platform closes a month": ("aurora", lambda: PeriodRow(id="2026-10", closed_at=AT)),
    "a platform adds a subject": ("aurora", lambda: SubjectRow(id="s2", kind="work")),
    "a platform adds a platform": ("aurora", lambda: party("friend", "platform")),
    "a platform opens an account": ("aurora", lambda: account("second", "aurora")),
    "a platform makes a key for another": ("outsider", lambda: api_key(id="key2")),
    "a platform keeps a manifest as another's": ("outsider", lambda: manifest(id="m2")),
    "a platform keeps a store as another's": ("outsider", lambda: manifest_store(manifest_id="m2")),
    "a platform binds a mark to another's manifest": ("outsider", lambda: soft_binding(value="w")),
    "a platform adds a window to another's": ("outsider", lambda: window(start_ms=1000)),
    "a licensor offers what is another's": ("rival", lambda: terms(id="terms2")),
    "a licensor declares by itself": ("sakura", lambda: declaration(id="dec2")),
    "a licensor calls another's fresh": ("rival", declaration_check),
    "a licensor gives itself a share": (
        "rival",
        lambda: OwnershipRow(
            subject_id="s1", licensor_id="rival", share_numerator=1, share_denominator=1
        ),
    ),
    "a platform asks in another's name": (
        "outsider",
        lambda: approval(id="apr2", licensor_id="rival"),
    ),
    "a platform answers what is not its own": ("outsider", lambda: approval_move(number=2)),
    "a platform agrees for others": ("outsider", lambda: agreement(id="grt2")),
    "a licensor revokes another's terms": ("rival", lambda: revocation(terms_id="terms1")),
    "a platform takes another's quota": ("outsider", lambda: quota_use(holder_id="friend")),
    "a platform holds quota as another": ("outsider", lambda: quota_hold(quota="q")),
    "a platform listens for another": ("outsider", lambda: webhook(id="whk2")),
    "a platform tells in another's name": ("outsider", lambda: webhook_event(id="evt2")),
    "a platform delivers for another": ("outsider", lambda: webhook_delivery(id="whd2")),
    "nobody stamps": ("", lambda: stamp(id="stm2")),
}


@pytest.mark.parametrize(("tenant", "row"), FORGERIES.values(), ids=FORGERIES)
def test_no_tenant_writes_in_the_name_of_another(
    world: Session, tenant: str, row: Callable[[], SQLModel]
) -> None:
    set_tenant(world, tenant)
    world.add(row())

    with pytest.raises(ProgrammingError, match="row-level security"):
        world.flush()


def test_a_tenant_changes_no_account_of_another(world: Session) -> None:
    set_tenant(world, "outsider")

    changed = world.connection().execute(text("update account set posted_micros = 1"))

    assert changed.rowcount == 0


def test_a_tenant_pays_into_an_account_that_it_cannot_see(world: Session) -> None:
    set_tenant(world, "aurora")
    world.add(transfer(id="t2", debit_account="clearing:JPY", debit_party_id=None))

    world.flush()

    assert count(world, "transfer") == 1
    set_tenant(world, "sakura")
    assert count(world, "transfer") == 2


def test_the_tenant_is_forgotten_with_its_transaction(database: Database) -> None:
    with database.transaction(OPERATOR) as session:
        add_world(session)

    with database.engine.connect() as connection:
        seen = connection.execute(text("select count(*) from party")).scalar_one()

    assert seen == 0


def test_even_the_superuser_changes_nothing_that_was_booked(database: Database) -> None:
    with database.transaction(OPERATOR) as session:
        add_world(session)
    address = superuser_address(database.url).set(database=database.url.database)
    changes = ('update "{}" set {} = {}', 'delete from "{}"', 'truncate "{}" cascade')
    kept = dict.fromkeys(("transfer", "usage", "statement", "period"), "id")
    kept |= dict.fromkeys(("declaration", "declaration_check"), "owner_id")

    with connect_directly(address) as connection:
        for name, column in kept.items():
            for change in changes:
                with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                    connection.execute(change.format(name, column, column))


def test_the_record_of_a_reading_is_kept_for_its_time(database: Database) -> None:
    with database.transaction(OPERATOR) as session:
        add_world(session)
    address = superuser_address(database.url).set(database=database.url.database)

    with connect_directly(address) as connection:
        for change in ("update reading set record = '{}'", "delete from reading"):
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                connection.execute(change)

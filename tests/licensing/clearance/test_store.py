"""Clearances in PostgreSQL: each is answered once, ends once, and is its platform's alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from licensing.clearance import store
from licensing.clearance.decision import Decision, with_payment_needed
from licensing.clearance.finding import CitedTerms, Finding, Span
from licensing.clearance.store import Clearance, Licence
from licensing.clearance.use import Use
from licensing.errors import ClearanceNotReserved, UnknownClearance
from licensing.money import Money
from licensing.registry.store import add_party
from licensing.registry.terms import Flat
from licensing.royalties import accounts, ledger
from licensing.royalties.transfers import Transfer
from service.database import set_tenant

AT = datetime(2026, 11, 1, tzinfo=UTC)
LATER = AT + timedelta(minutes=15)
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
FEE = Money(50_000_000, "JPY")
GRANTED = Decision(
    outcome="granted_priced",
    findings=(
        Finding(
            subject_id="garden",
            mention=Span(start=0, end=5, surface="星灯りの庭"),
            outcome="granted_priced",
            terms=CitedTerms(id="t", sha256="ab" * 32, licensor_id="aoyama", price=Flat(FEE)),
            price=FEE,
        ),
    ),
    price=FEE,
    use=USE,
    registry_version=3,
)
RESERVED = Clearance(
    id="clr_1",
    platform_id="kirin",
    idempotency_key="key-1",
    request_sha256="00" * 32,
    prompt_nonce="n",
    prompt_sha256="11" * 32,
    prompt_text=None,
    use=USE,
    decision=GRANTED,
    status="reserved",
    hold_id=None,
    action_sha256="22" * 32,
    created_at=AT,
    token_expires_at=LATER,
    expires_at=LATER,
    settled_at=None,
)
QUOTED = replace(RESERVED, status="quoted", token_expires_at=None)
LICENCE = Licence(
    id="lic_1",
    platform_id="kirin",
    clearance_id="clr_1",
    stamp_id="stp_1",
    manifest_id="urn:c2pa:1",
    grants=({"subject": {"id": "garden", "name": "The Garden"}, "licensor": "Aoyama"},),
    territory="JP",
    purpose="personal",
    decision_sha256=GRANTED.sha256,
    granted_at=AT,
    status="active",
)


@pytest.fixture
def books(session: Session) -> Session:
    """A session with two platforms."""
    for platform in ("kirin", "tatsu"):
        add_party(session, platform, kind="platform", name=platform.title(), at=AT)
    return session


@pytest.mark.parametrize(
    "clearance",
    [
        pytest.param(RESERVED, id="reserved"),
        pytest.param(QUOTED, id="quoted"),
        pytest.param(
            replace(RESERVED, decision=replace(GRANTED, outcome="not_referenced", price=None)),
            id="free",
        ),
    ],
)
def test_a_clearance_is_found_by_id_and_by_key(books: Session, clearance: Clearance) -> None:
    store.insert(books, clearance)

    assert store.get(books, "kirin", "clr_1") == clearance
    assert store.get(books, "kirin", "clr_1", lock=True) == clearance
    assert store.find_by_key(books, "kirin", "key-1") == clearance
    assert store.platform_of(books, "clr_1") == "kirin"
    assert clearance.decision_sha256 == clearance.decision.sha256


def test_another_platform_finds_nothing(books: Session) -> None:
    store.insert(books, RESERVED)

    assert store.get(books, "tatsu", "clr_1") is None
    assert store.find_by_key(books, "tatsu", "key-1") is None
    assert store.platform_of(books, "clr_2") is None


def test_row_level_security_keeps_platforms_apart(books: Session) -> None:
    store.insert(books, RESERVED)
    store.insert_licence(books, LICENCE)
    set_tenant(books, "tatsu")

    assert store.platform_of(books, "clr_1") is None
    assert store.get_licence(books, "lic_1") is None
    with pytest.raises(UnknownClearance):
        store.settle(books, "clr_1", status="voided", at=AT)
    with pytest.raises(DBAPIError, match="row-level security"):
        store.insert(books, replace(RESERVED, id="clr_2", idempotency_key="key-2"))


def test_one_key_is_answered_once(books: Session) -> None:
    store.insert(books, RESERVED)

    with pytest.raises(IntegrityError):
        store.insert(books, replace(RESERVED, id="clr_2"))


def test_the_same_key_of_another_platform_is_another_key(books: Session) -> None:
    theirs = replace(RESERVED, id="clr_2", platform_id="tatsu")

    store.insert(books, RESERVED)
    store.insert(books, theirs)

    assert store.find_by_key(books, "tatsu", "key-1") == theirs


def test_a_quote_is_confirmed_with_its_hold(books: Session) -> None:
    store.insert(books, QUOTED)
    credit = accounts.platform_credit("kirin", "JPY")
    ledger.open_account(books, credit, currency="JPY", party_id="kirin", floor_micros=-(10**9))
    hold = Transfer(
        id="hold:clr_1",
        debit_account=credit,
        credit_account=accounts.clearing_royalties("JPY"),
        amount=FEE,
        reference="clr_1",
        effective_at=AT,
        originator_id="kirin",
    )
    ledger.hold(books, hold, expires_at=LATER)
    confirmed = replace(RESERVED, hold_id="hold:clr_1", expires_at=LATER + timedelta(hours=1))

    store.reserve(books, confirmed)

    assert store.get(books, "kirin", "clr_1") == confirmed
    with pytest.raises(ClearanceNotReserved):
        store.reserve(books, confirmed)


def test_a_quote_stays_one_when_credit_is_short(books: Session) -> None:
    store.insert(books, QUOTED)
    unpaid = replace(QUOTED, decision=with_payment_needed(GRANTED))

    store.reserve(books, unpaid)

    assert store.get(books, "kirin", "clr_1") == unpaid
    assert unpaid.decision.outcome == "needs_payment"


def test_a_reservation_gets_time_for_its_video(books: Session) -> None:
    store.insert(books, RESERVED)
    until = LATER + timedelta(hours=6)

    store.extend(books, "clr_1", expires_at=until)

    assert store.get(books, "kirin", "clr_1") == replace(RESERVED, expires_at=until)


@pytest.mark.parametrize(
    ("before", "status"),
    [
        pytest.param(RESERVED, "captured", id="a reservation is captured"),
        pytest.param(RESERVED, "voided", id="a reservation is voided"),
        pytest.param(RESERVED, "expired", id="a reservation expires"),
        pytest.param(QUOTED, "voided", id="a quote is voided"),
        pytest.param(QUOTED, "expired", id="a quote expires"),
    ],
)
def test_a_clearance_ends_once(books: Session, before: Clearance, status: str) -> None:
    store.insert(books, before)

    store.settle(books, "clr_1", status=status, at=LATER)

    assert store.get(books, "kirin", "clr_1") == replace(before, status=status, settled_at=LATER)
    for second in ("captured", "voided", "expired"):
        with pytest.raises(ClearanceNotReserved) as refusal:
            store.settle(books, "clr_1", status=second, at=LATER)
        assert refusal.value.status == status
    with pytest.raises(ClearanceNotReserved):
        store.extend(books, "clr_1", expires_at=LATER)


def test_what_was_never_reserved_cannot_be_captured(books: Session) -> None:
    store.insert(books, QUOTED)

    with pytest.raises(ClearanceNotReserved):
        store.settle(books, "clr_1", status="captured", at=LATER)
    with pytest.raises(UnknownClearance):
        store.settle(books, "clr_2", status="captured", at=LATER)
    with pytest.raises(ValueError, match="does not end"):
        store.settle(books, "clr_1", status="reserved", at=LATER)


def test_what_is_overdue_is_given_longest_first(books: Session) -> None:
    def with_end(number: int, minutes: int, status: str = "reserved") -> Clearance:
        end = AT + timedelta(minutes=minutes)
        clearance = replace(RESERVED, id=f"clr_{number}", idempotency_key=f"key-{number}")
        return replace(clearance, status=status, expires_at=end)

    for clearance in (
        with_end(1, 15),
        with_end(2, 5, "quoted"),
        with_end(3, 16),
        with_end(4, 1, "captured"),
        replace(with_end(5, 1, "answered"), expires_at=None),
    ):
        store.insert(books, clearance)

    due = store.due_for_expiry(books, at=LATER, limit=10)
    first = store.due_for_expiry(books, at=LATER, limit=1)

    assert [clearance.id for clearance in due] == ["clr_2", "clr_1"]
    assert [clearance.id for clearance in first] == ["clr_2"]


def test_a_stamped_video_has_its_licence(books: Session) -> None:
    store.insert(books, RESERVED)

    store.insert_licence(books, LICENCE)

    assert store.get_licence(books, "lic_1") == LICENCE
    assert store.get_licence(books, "lic_2") is None
    with pytest.raises(IntegrityError):
        store.insert_licence(books, replace(LICENCE, id="lic_2", stamp_id="stp_2"))

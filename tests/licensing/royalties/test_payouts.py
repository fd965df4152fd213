"""Payouts: exported once, confirmed once, and every account in between ends at zero."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from licensing.errors import UnknownPayout
from licensing.money import Money
from licensing.royalties.accounts import licensor_payable, operator_cash, payouts_in_transit
from licensing.royalties.ledger import balance, post
from licensing.royalties.payouts import (
    Payout,
    list_payouts,
    mark_paid,
    payouts_csv,
    run_payouts,
)
from licensing.royalties.statement import Usage, make_statement
from licensing.royalties.tables import PeriodRow, StatementRow
from licensing.royalties.transfers import Transfer
from service.database import OPERATOR, Database, set_tenant

MONDAY = datetime(2026, 12, 7, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
PAYOUT = "payout:2026-11.akari.JPY"

Seed = Callable[[Session], None]


def write_statements(session: Session) -> None:
    """`akari` earned ¥12.5 and `boshi` ¥0.5 in November; both are in the ledger."""
    session.add(PeriodRow(id="2026-11", closed_at=MONDAY))
    session.flush()
    for licensor_id, earned_micros in (("akari", 12_500_000), ("boshi", 500_000)):
        post(
            session,
            Transfer(
                id=f"earned-{licensor_id}",
                debit_account=operator_cash("JPY"),
                credit_account=licensor_payable(licensor_id, "JPY"),
                amount=Money(earned_micros, "JPY"),
                reference="test",
                effective_at=MONDAY,
            ),
        )
        usage = Usage(
            subject_id="moku",
            territory="JP",
            purpose="personal",
            duration_ms=6000,
            amount_micros=earned_micros,
        )
        statement = make_statement(licensor_id, "2026-11", "JPY", [usage], 0)
        session.add(
            StatementRow(
                id=statement.id,
                licensor_id=licensor_id,
                period="2026-11",
                currency="JPY",
                document=statement.to_json(),
                document_sha256=statement.sha256,
                payable_minor=statement.total_minor,
                carried_out_micros=statement.carried_out_micros,
                created_at=MONDAY,
            )
        )
    session.flush()


@pytest.fixture
def closed(books: Session) -> Session:
    write_statements(books)
    return books


def posted(session: Session, account_id: str) -> int:
    return balance(session, account_id).posted_micros


def test_whole_units_leave_the_payable_account_and_the_carry_stays(closed: Session) -> None:
    payouts = run_payouts(closed, MONDAY)

    assert payouts == [
        Payout(
            id=PAYOUT,
            statement_id="2026-11.akari.JPY",
            licensor_id="akari",
            amount_minor=12,
            currency="JPY",
            status="exported",
            created_at=MONDAY,
            paid_at=None,
        )
    ]
    assert posted(closed, licensor_payable("akari", "JPY")) == 500_000
    assert posted(closed, licensor_payable("boshi", "JPY")) == 500_000
    assert posted(closed, payouts_in_transit("JPY")) == 12_000_000


def test_running_again_exports_nothing(closed: Session) -> None:
    run_payouts(closed, MONDAY)

    assert run_payouts(closed, TUESDAY) == []
    assert posted(closed, payouts_in_transit("JPY")) == 12_000_000


def test_a_confirmed_payout_leaves_nothing_in_transit(closed: Session) -> None:
    cash_before = posted(closed, operator_cash("JPY"))
    run_payouts(closed, MONDAY)

    payout = mark_paid(closed, PAYOUT, TUESDAY)

    assert (payout.status, payout.paid_at) == ("paid", TUESDAY)
    assert posted(closed, payouts_in_transit("JPY")) == 0
    assert posted(closed, operator_cash("JPY")) == cash_before + 12_000_000


def test_confirming_again_keeps_the_first_date(closed: Session) -> None:
    run_payouts(closed, MONDAY)
    first = mark_paid(closed, PAYOUT, TUESDAY)

    again = mark_paid(closed, PAYOUT, TUESDAY + timedelta(days=1))

    assert again == first
    assert list_payouts(closed) == [first]
    assert posted(closed, payouts_in_transit("JPY")) == 0


def test_only_a_payout_that_exists_is_confirmed(closed: Session) -> None:
    with pytest.raises(UnknownPayout):
        mark_paid(closed, PAYOUT, MONDAY)


def test_a_licensor_sees_its_own_payouts(closed: Session) -> None:
    run_payouts(closed, MONDAY)

    set_tenant(closed, "akari")
    assert [payout.id for payout in list_payouts(closed)] == [PAYOUT]
    set_tenant(closed, "boshi")
    assert list_payouts(closed) == []


def test_payouts_are_written_for_the_bank_and_for_programs(closed: Session) -> None:
    (payout,) = run_payouts(closed, MONDAY)

    assert payouts_csv([payout]).split("\r\n") == [
        "payout,licensor,amount,currency,status,statement,created_at",
        f"{PAYOUT},akari,12,JPY,exported,2026-11.akari.JPY,2026-12-07T09:00:00+00:00",
        "",
    ]
    assert payout.to_json() == {
        "id": PAYOUT,
        "statement": "2026-11.akari.JPY",
        "licensor": "akari",
        "amount_minor": 12,
        "currency": "JPY",
        "status": "exported",
        "created_at": "2026-12-07T09:00:00+00:00",
        "paid_at": None,
    }
    assert mark_paid(closed, PAYOUT, TUESDAY).to_json()["paid_at"] == "2026-12-08T09:00:00+00:00"


def test_two_runs_and_two_confirmations_at_once_pay_once(database: Database, seed: Seed) -> None:
    with database.transaction(OPERATOR) as session:
        seed(session)
        write_statements(session)

    def run(_: int) -> int:
        with database.transaction(OPERATOR) as session:
            return len(run_payouts(session, MONDAY))

    def confirm(_: int) -> datetime | None:
        with database.transaction(OPERATOR) as session:
            return mark_paid(session, PAYOUT, TUESDAY).paid_at

    with ThreadPoolExecutor(4) as pool:
        exported = sorted(pool.map(run, range(4)))
        paid_at = set(pool.map(confirm, range(4)))

    assert exported == [0, 0, 0, 1]
    assert paid_at == {TUESDAY}
    with database.transaction(OPERATOR) as session:
        assert posted(session, payouts_in_transit("JPY")) == 0
        assert posted(session, licensor_payable("akari", "JPY")) == 500_000

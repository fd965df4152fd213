"""Months are closed into statements, in one line, and nothing falls between two of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from licensing.errors import PeriodClosed, PeriodMalformed, PeriodNotBegun, UnknownStatement
from licensing.money import Money, micros_per_minor
from licensing.royalties.accounts import clearing_royalties, licensor_payable, platform_credit
from licensing.royalties.accrual import Charge
from licensing.royalties.ledger import balance, hold
from licensing.royalties.statement import Statement
from licensing.royalties.statement_store import close_period, get_statement, list_statements
from licensing.royalties.transfers import Transfer
from licensing.royalties.usage import StampedUse, capture
from service.database import OPERATOR, Database, set_tenant

NOVEMBER = datetime(2026, 11, 3, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 3, 12, tzinfo=UTC)

Seed = Callable[[Session], None]
AddLicence = Callable[[Session, str], None]
Use = Callable[..., str]


def used(
    session: Session, add_licence: AddLicence, number: int, fee_micros: int, at: datetime
) -> str:
    """Hold and capture a fee that `akari` and `boshi` share one to three."""
    licence_id = f"licence-{number}"
    add_licence(session, licence_id)
    if fee_micros:
        hold(
            session,
            Transfer(
                id=f"hold-{number}",
                debit_account=platform_credit("mugen", "JPY"),
                credit_account=clearing_royalties("JPY"),
                amount=Money(fee_micros, "JPY"),
                reference=licence_id,
                effective_at=at,
                originator_id="mugen",
            ),
            at + timedelta(minutes=10),
        )
    return capture(
        session,
        StampedUse(
            licence_id=licence_id,
            platform_id="mugen",
            hold_id=f"hold-{number}" if fee_micros else None,
            territory="JP",
            purpose="personal",
            duration_ms=6000,
            occurred_at=at,
            charges=(
                Charge(
                    terms_id="moku-1",
                    subject_id="moku",
                    fee=Money(fee_micros, "JPY") if fee_micros else None,
                    shares={"akari": Fraction(1, 4), "boshi": Fraction(3, 4)},
                ),
            ),
        ),
    )


@pytest.fixture
def use(books: Session, add_licence: AddLicence) -> Use:
    """Make one use: its number, its fee, its moment."""

    def make(number: int, fee_micros: int, at: datetime = NOVEMBER) -> str:
        return used(books, add_licence, number, fee_micros, at)

    return make


def facts(statement: Statement) -> tuple[Any, ...]:
    return (statement.id, statement.total_minor, statement.carried_out_micros)


def test_everyone_whose_subjects_were_used_gets_a_statement(books: Session, use: Use) -> None:
    use(1, 5_600_000)
    use(2, 5_600_000)

    statements = close_period(books, "2026-11", DECEMBER)

    assert [facts(each) for each in statements] == [
        ("2026-11.akari.JPY", 2, 800_000),
        ("2026-11.boshi.JPY", 8, 400_000),
    ]
    (line,) = statements[0].lines
    assert (line.subject_id, line.count, line.duration_ms) == ("moku", 2, 12_000)


def test_what_is_carried_out_opens_the_next_statement(books: Session, use: Use) -> None:
    use(1, 5_600_000)
    close_period(books, "2026-11", DECEMBER)
    use(2, 5_600_000, DECEMBER)

    akari, _ = close_period(books, "2026-12", DECEMBER)

    assert akari.carried_in_micros == 400_000
    assert facts(akari) == ("2026-12.akari.JPY", 1, 800_000)


def test_free_uses_have_a_statement_without_currency(books: Session, use: Use) -> None:
    use(1, 0)

    akari, _ = close_period(books, "2026-11", DECEMBER)

    assert facts(akari) == ("2026-11.akari.XXX", 0, 0)
    assert akari.lines[0].count == 1


def test_a_month_without_uses_closes_without_statements(books: Session) -> None:
    assert close_period(books, "2026-11", DECEMBER) == []


def test_months_left_open_are_closed_first_each_with_its_own_statements(
    books: Session, use: Use
) -> None:
    use(1, 5_600_000)
    use(2, 5_600_000, DECEMBER)

    statements = close_period(books, "2027-01", datetime(2027, 1, 1, tzinfo=UTC))

    assert [facts(each) for each in statements if each.licensor_id == "akari"] == [
        ("2026-11.akari.JPY", 1, 400_000),
        ("2026-12.akari.JPY", 1, 800_000),
    ]


@pytest.mark.parametrize("period", ["2026-11", "2026-10"], ids=["the same", "an earlier one"])
def test_a_closed_month_stays_closed(books: Session, period: str) -> None:
    close_period(books, "2026-11", DECEMBER)

    with pytest.raises(PeriodClosed):
        close_period(books, period, DECEMBER)


def test_a_month_can_be_closed_from_its_first_moment_on(books: Session) -> None:
    begins = datetime(2026, 12, 1, tzinfo=UTC)

    with pytest.raises(PeriodNotBegun):
        close_period(books, "2026-12", begins - timedelta(microseconds=1))
    assert close_period(books, "2026-12", begins) == []


def test_only_a_month_can_be_closed(books: Session) -> None:
    with pytest.raises(PeriodMalformed):
        close_period(books, "2026", DECEMBER)


def test_after_an_early_close_later_uses_count_in_the_next_month(books: Session, use: Use) -> None:
    use(1, 5_600_000)
    close_period(books, "2026-11", NOVEMBER)
    use(2, 5_600_000)

    akari, _ = close_period(books, "2026-12", DECEMBER)

    assert akari.lines[0].count == 1
    assert akari.earned_micros == 1_400_000


def test_a_stored_statement_is_the_one_that_was_made(books: Session, use: Use) -> None:
    use(1, 5_600_000)

    made = close_period(books, "2026-11", DECEMBER)

    assert list_statements(books) == made
    assert get_statement(books, made[0].id).sha256 == made[0].sha256
    stored = books.connection().execute(text("select id, document_sha256 from statement"))
    assert {tuple(row) for row in stored} == {(each.id, each.sha256) for each in made}


def test_the_latest_month_is_listed_first(books: Session, use: Use) -> None:
    use(1, 5_600_000)
    use(2, 5_600_000, DECEMBER)
    close_period(books, "2026-12", DECEMBER)

    assert [each.period for each in list_statements(books)] == ["2026-12"] * 2 + ["2026-11"] * 2


def test_a_licensor_reads_its_own_statements_only(books: Session, use: Use) -> None:
    use(1, 5_600_000)
    close_period(books, "2026-11", DECEMBER)
    set_tenant(books, "akari")

    assert [each.licensor_id for each in list_statements(books)] == ["akari"]
    with pytest.raises(UnknownStatement):
        get_statement(books, "2026-11.boshi.JPY")


def test_statements_and_carry_come_to_what_the_ledger_owes(books: Session, use: Use) -> None:
    for number in range(6):
        use(number, 1_234_567 + number, NOVEMBER if number % 2 else DECEMBER)

    statements = close_period(books, "2026-12", DECEMBER)

    for licensor_id in ("akari", "boshi"):
        own = [each for each in statements if each.licensor_id == licensor_id]
        paid_micros = sum(each.total_minor for each in own) * micros_per_minor("JPY")
        owed_micros = balance(books, licensor_payable(licensor_id, "JPY")).posted_micros
        assert paid_micros + own[-1].carried_out_micros == owed_micros


def test_uses_captured_while_a_month_is_closed_are_on_one_statement_each(
    database: Database, seed: Seed, add_licence: AddLicence
) -> None:
    with database.transaction(OPERATOR) as session:
        seed(session)

    def make(number: int) -> str:
        with database.transaction("mugen") as session:
            return used(session, add_licence, number, 1_000_000, NOVEMBER)

    def close(period: str, at: datetime) -> list[Statement]:
        with database.transaction(OPERATOR) as session:
            return close_period(session, period, at)

    with ThreadPoolExecutor(12) as pool:
        uses = [pool.submit(make, number) for number in range(30)]
        closed = pool.submit(close, "2026-11", NOVEMBER)
        periods = [each.result() for each in uses]
    statements = closed.result() + close("2026-12", DECEMBER)

    for period in ("2026-11", "2026-12"):
        counted = sum(each.lines[0].count for each in statements if each.period == period)
        assert counted == 2 * periods.count(period)


def test_a_month_closed_twice_at_once_is_closed_once(database: Database, seed: Seed) -> None:
    with database.transaction(OPERATOR) as session:
        seed(session)

    def close(_: int) -> str:
        try:
            with database.transaction(OPERATOR) as session:
                close_period(session, "2026-11", DECEMBER)
        except PeriodClosed:
            return "closed before"
        return "closed"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(close, range(4)))

    assert answers == ["closed"] + ["closed before"] * 3

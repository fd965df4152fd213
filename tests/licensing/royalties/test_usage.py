"""Capture: the fee of the real length leaves the hold and reaches the owners, once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from sqlmodel import Session, col, select

from licensing.errors import CaptureTooLarge, TransferConflict, TransferSettled, UnknownAccount
from licensing.money import Money
from licensing.royalties.accounts import clearing_royalties, licensor_payable, platform_credit
from licensing.royalties.accrual import Charge
from licensing.royalties.ledger import balance, hold, post_pending
from licensing.royalties.statement_store import close_period
from licensing.royalties.tables import UsageRow
from licensing.royalties.transfers import Balance, Transfer
from licensing.royalties.usage import StampedUse, capture
from service.database import OPERATOR, set_tenant

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
MUGEN = platform_credit("mugen", "JPY")
CLEARING = clearing_royalties("JPY")
PAID_IN = 100_000_000
THIRDS = {"akari": Fraction(1, 3), "boshi": Fraction(2, 3)}

Seed = Callable[[Session], None]
AddLicence = Callable[[Session, str], None]


def charge(fee_micros: int | None, terms_id: str = "moku-1") -> Charge:
    fee = None if fee_micros is None else Money(fee_micros, "JPY")
    return Charge(terms_id=terms_id, subject_id="moku", fee=fee, shares=THIRDS)


def stamped(*charges: Charge, hold_id: str | None = "hold-1") -> StampedUse:
    return StampedUse(
        licence_id="licence-1",
        platform_id="mugen",
        hold_id=hold_id,
        territory="JP",
        purpose="personal",
        duration_ms=6000,
        occurred_at=NOON,
        charges=charges,
    )


@pytest.fixture
def reserved(books: Session, add_licence: AddLicence) -> Session:
    """¥30 of `mugen` are held, the licence is written, and the session is the platform's."""
    set_tenant(books, "mugen")
    hold(
        books,
        Transfer(
            id="hold-1",
            debit_account=MUGEN,
            credit_account=CLEARING,
            amount=Money(30_000_000, "JPY"),
            reference="clearance-1",
            effective_at=NOON,
            originator_id="mugen",
        ),
        NOON + timedelta(minutes=10),
    )
    add_licence(books, "licence-1")
    return books


def payable(session: Session, licensor_id: str) -> int:
    set_tenant(session, OPERATOR)
    return balance(session, licensor_payable(licensor_id, "JPY")).posted_micros


def usages(session: Session) -> list[tuple[str, str, int, str, str | None]]:
    rows = session.exec(select(UsageRow).order_by(col(UsageRow.id)))
    return [
        (row.licensor_id, row.currency, row.amount_micros, row.period, row.transfer_id)
        for row in rows
    ]


def test_the_fee_is_posted_and_split_and_clearing_ends_at_zero(reserved: Session) -> None:
    period = capture(reserved, stamped(charge(10_000_000)))

    assert period == "2026-11"
    assert balance(reserved, MUGEN) == Balance(
        posted_micros=PAID_IN - 10_000_000, held_micros=0, currency="JPY"
    )
    assert (payable(reserved, "akari"), payable(reserved, "boshi")) == (3_333_333, 6_666_667)
    assert balance(reserved, CLEARING).posted_micros == 0
    assert usages(reserved) == [
        ("akari", "JPY", 3_333_333, "2026-11", "licence-1:moku-1:akari"),
        ("boshi", "JPY", 6_666_667, "2026-11", "licence-1:moku-1:boshi"),
    ]


def test_several_terms_are_one_capture(reserved: Session) -> None:
    capture(reserved, stamped(charge(9), charge(3, "moku-2")))

    assert (payable(reserved, "akari"), payable(reserved, "boshi")) == (4, 8)
    assert balance(reserved, MUGEN).posted_micros == PAID_IN - 12


def test_a_retry_changes_nothing(reserved: Session) -> None:
    first = capture(reserved, stamped(charge(10_000_000)))

    again = capture(reserved, stamped(charge(10_000_000)))

    assert (first, again) == ("2026-11", "2026-11")
    assert payable(reserved, "boshi") == 6_666_667
    assert len(usages(reserved)) == 2


def test_a_retry_with_another_fee_is_refused(reserved: Session) -> None:
    capture(reserved, stamped(charge(10_000_000)))

    with pytest.raises(TransferSettled):
        capture(reserved, stamped(charge(9_000_000)))


def test_a_retry_with_the_fee_of_other_terms_is_refused(reserved: Session) -> None:
    capture(reserved, stamped(charge(10_000_000)))

    with pytest.raises(TransferConflict):
        capture(reserved, stamped(charge(10_000_000, "moku-2")))


def test_a_hold_that_something_else_posted_is_not_captured(reserved: Session) -> None:
    post_pending(reserved, "hold-1", 10_000_000, NOON)

    with pytest.raises(TransferSettled):
        capture(reserved, stamped(charge(10_000_000)))
    assert usages(reserved) == []


def test_no_more_is_captured_than_was_held(reserved: Session) -> None:
    with pytest.raises(CaptureTooLarge):
        capture(reserved, stamped(charge(20_000_000), charge(10_000_001, "moku-2")))
    assert usages(reserved) == []


def test_a_free_use_is_reported_and_moves_nothing(reserved: Session) -> None:
    free = stamped(charge(None), hold_id=None)

    assert [capture(reserved, free) for _ in range(2)] == ["2026-11", "2026-11"]

    assert usages(reserved) == [
        ("akari", "XXX", 0, "2026-11", None),
        ("boshi", "XXX", 0, "2026-11", None),
    ]
    assert balance(reserved, MUGEN).held_micros == 30_000_000


def test_a_hold_that_nothing_is_owed_from_is_freed(reserved: Session) -> None:
    capture(reserved, stamped(charge(None)))

    assert balance(reserved, MUGEN).available_micros == PAID_IN
    assert len(usages(reserved)) == 2


def test_a_fee_needs_a_hold(reserved: Session) -> None:
    with pytest.raises(ValueError, match="nothing is held"):
        capture(reserved, stamped(charge(1), hold_id=None))


def test_a_share_below_one_micro_moves_nothing_and_is_still_reported(reserved: Session) -> None:
    capture(reserved, stamped(charge(1)))

    assert usages(reserved) == [
        ("akari", "JPY", 0, "2026-11", None),
        ("boshi", "JPY", 1, "2026-11", "licence-1:moku-1:boshi"),
    ]


def test_a_licensor_without_an_account_is_named(reserved: Session) -> None:
    unknown = replace(charge(10), shares={"nobody": Fraction(1)})

    with pytest.raises(UnknownAccount, match="licensor:nobody:payable:JPY"):
        capture(reserved, stamped(unknown))


def test_a_use_of_a_closed_month_counts_in_the_next(reserved: Session) -> None:
    set_tenant(reserved, OPERATOR)
    close_period(reserved, "2026-11", NOON)
    set_tenant(reserved, "mugen")

    period = capture(reserved, stamped(charge(10_000_000)))

    assert period == "2026-12"
    assert {row[3] for row in usages(reserved)} == {"2026-12"}

"""The ledger under row-level security: a platform pays whom it cannot see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from licensing.errors import TransferConflict, UnknownAccount, UnknownTransfer
from licensing.money import Money
from licensing.royalties.accounts import clearing_royalties, licensor_payable, platform_credit
from licensing.royalties.ledger import balance, hold, post, post_pending, void_pending
from licensing.royalties.transfers import Transfer
from service.database import set_tenant

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
EXPIRY = NOON + timedelta(minutes=10)
MUGEN = platform_credit("mugen", "JPY")
AKARI = licensor_payable("akari", "JPY")
CLEARING = clearing_royalties("JPY")


def move(transfer_id: str, debit: str, credit: str) -> Transfer:
    return Transfer(
        id=transfer_id,
        debit_account=debit,
        credit_account=credit,
        amount=Money(30_000_000, "JPY"),
        reference="clearance-1",
        effective_at=NOON,
        originator_id="mugen",
    )


def test_a_platform_pays_a_licensor_whose_account_it_cannot_see(books: Session) -> None:
    set_tenant(books, "mugen")
    hold(books, move("hold-1", MUGEN, CLEARING), EXPIRY)
    post_pending(books, "hold-1", 30_000_000, NOON)

    post(books, move("move-1", CLEARING, AKARI))

    with pytest.raises(UnknownAccount):
        balance(books, AKARI)
    set_tenant(books, "akari")
    assert balance(books, AKARI).posted_micros == 30_000_000


def test_a_licensor_cannot_settle_what_a_platform_holds(books: Session) -> None:
    hold(books, move("hold-1", MUGEN, CLEARING), EXPIRY)
    set_tenant(books, "akari")

    with pytest.raises(UnknownTransfer):
        void_pending(books, "hold-1", NOON)


def test_an_id_whose_row_the_platform_cannot_see_is_a_conflict(books: Session) -> None:
    set_tenant(books, "mugen")
    post(books, move("move-1", CLEARING, AKARI))

    with pytest.raises(TransferConflict):
        post(books, move("move-1", CLEARING, AKARI))


def test_an_account_that_is_not_open_is_named_without_being_looked_up(books: Session) -> None:
    set_tenant(books, "mugen")

    with pytest.raises(UnknownAccount, match="clearing:x:JPY"):
        post(books, move("move-1", CLEARING, "clearing:x:JPY"))


def test_one_platform_cannot_hold_the_credit_of_another(books: Session) -> None:
    set_tenant(books, "other")
    asked = replace(move("hold-1", MUGEN, CLEARING), originator_id="other")

    with pytest.raises(UnknownAccount):
        hold(books, asked, EXPIRY)

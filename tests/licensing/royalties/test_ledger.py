"""The ledger on a real PostgreSQL: what it writes, what it refuses, and what a retry changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text
from sqlmodel import Session

from licensing.errors import (
    CaptureTooLarge,
    HoldExpired,
    InsufficientCredit,
    LedgerError,
    TransferConflict,
    TransferSettled,
    UnknownAccount,
    UnknownTransfer,
)
from licensing.money import Money
from licensing.royalties.accounts import (
    clearing_royalties,
    licensor_payable,
    operator_cash,
    platform_credit,
)
from licensing.royalties.ledger import (
    balance,
    expire_due,
    hold,
    open_account,
    post,
    post_all,
    post_pending,
    void_pending,
)
from licensing.royalties.transfers import Balance, Transfer

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
EXPIRY = NOON + timedelta(minutes=10)
MUGEN = platform_credit("mugen", "JPY")
OTHER = platform_credit("other", "JPY")
AKARI = licensor_payable("akari", "JPY")
CASH = operator_cash("JPY")
CLEARING = clearing_royalties("JPY")
PAID_IN = 100_000_000


def fee(amount_micros: int = 30_000_000, *, transfer_id: str = "hold-1") -> Transfer:
    return Transfer(
        id=transfer_id,
        debit_account=MUGEN,
        credit_account=CLEARING,
        amount=Money(amount_micros, "JPY"),
        reference="clearance-1",
        effective_at=NOON,
        originator_id="mugen",
    )


def move(debit: str, credit: str, amount_micros: int, *, transfer_id: str = "move-1") -> Transfer:
    return Transfer(
        id=transfer_id,
        debit_account=debit,
        credit_account=credit,
        amount=Money(amount_micros, "JPY"),
        reference="test",
        effective_at=NOON,
    )


def standing(session: Session, account_id: str = MUGEN) -> tuple[int, int]:
    stands_at = balance(session, account_id)
    return stands_at.posted_micros, stands_at.held_micros


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


class TestAccounts:
    def test_paying_in_raises_the_credit_and_lowers_the_cash_account(self, books: Session) -> None:
        assert balance(books, MUGEN) == Balance(
            posted_micros=PAID_IN, held_micros=0, currency="JPY"
        )
        assert standing(books, CASH) == (-PAID_IN, 0)

    def test_opening_an_account_again_changes_nothing(self, books: Session) -> None:
        open_account(books, MUGEN, currency="JPY", party_id="mugen", floor_micros=0)

        assert standing(books) == (PAID_IN, 0)

    def test_opening_it_with_other_facts_is_refused(self, books: Session) -> None:
        with pytest.raises(ValueError, match="other facts"):
            open_account(books, MUGEN, currency="JPY", party_id="mugen", floor_micros=-5)

    def test_the_first_account_of_a_currency_brings_the_system_accounts(
        self, books: Session
    ) -> None:
        open_account(books, "licensor:akari:payable:USD", currency="USD", party_id="akari")

        assert standing(books, clearing_royalties("USD")) == (0, 0)
        assert standing(books, operator_cash("USD")) == (0, 0)

    def test_an_account_nobody_opened_is_unknown(self, books: Session) -> None:
        with pytest.raises(UnknownAccount, match="platform:nobody"):
            balance(books, "platform:nobody:credit:JPY")

    def test_a_floor_below_zero_is_a_credit_line(self, books: Session) -> None:
        line = platform_credit("other", "EUR")
        open_account(books, line, currency="EUR", party_id="other", floor_micros=-50)
        asked = replace(fee(), debit_account=line, credit_account=clearing_royalties("EUR"))

        hold(books, replace(asked, amount=Money(50, "EUR")), EXPIRY)

        with pytest.raises(InsufficientCredit):
            hold(books, replace(asked, id="hold-2", amount=Money(1, "EUR")), EXPIRY)


class TestHold:
    def test_what_is_held_is_no_longer_available_and_not_yet_anybodys(self, books: Session) -> None:
        is_new = hold(books, fee(), EXPIRY)

        assert is_new
        assert balance(books, MUGEN).available_micros == PAID_IN - 30_000_000
        assert standing(books, CLEARING) == (0, 0)

    def test_it_is_one_statement(self, books: Session) -> None:
        with counted(books) as statements:
            hold(books, fee(), EXPIRY)

        assert len(statements) == 1

    def test_the_whole_credit_can_be_held_and_not_a_micro_more(self, books: Session) -> None:
        hold(books, fee(PAID_IN), EXPIRY)

        with pytest.raises(InsufficientCredit) as refused:
            hold(books, fee(1, transfer_id="hold-2"), EXPIRY)
        assert (refused.value.account_id, refused.value.amount_micros) == (MUGEN, 1)
        assert standing(books) == (PAID_IN, PAID_IN)

    def test_a_retry_changes_nothing_even_when_the_credit_is_used_up(self, books: Session) -> None:
        hold(books, fee(PAID_IN), EXPIRY)

        is_new = hold(books, replace(fee(PAID_IN), effective_at=LATER), EXPIRY + timedelta(hours=1))

        assert not is_new
        assert standing(books) == (PAID_IN, PAID_IN)

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(fee(30_000_001), id="amount"),
            pytest.param(replace(fee(), reference="clearance-2"), id="reference"),
            pytest.param(replace(fee(), credit_account=AKARI), id="receiver"),
            pytest.param(move(MUGEN, OTHER, 1, transfer_id="deposit"), id="kind"),
        ],
    )
    def test_the_same_id_with_other_facts_is_a_conflict(
        self, books: Session, other: Transfer
    ) -> None:
        hold(books, fee(), EXPIRY)

        with pytest.raises(TransferConflict):
            hold(books, other, EXPIRY)
        assert standing(books) == (PAID_IN, 30_000_000)

    @pytest.mark.parametrize(
        "transfer",
        [
            pytest.param(replace(fee(), debit_account="platform:x:credit:JPY"), id="payer"),
            pytest.param(replace(fee(), amount=Money(1, "USD")), id="currency"),
            pytest.param(replace(fee(), credit_account="clearing:x:JPY"), id="receiver"),
        ],
    )
    def test_both_accounts_must_be_open_in_its_currency(
        self, books: Session, transfer: Transfer
    ) -> None:
        with pytest.raises(UnknownAccount):
            hold(books, transfer, EXPIRY)

    def test_an_account_without_a_floor_cannot_hold(self, books: Session) -> None:
        with pytest.raises(ValueError, match="no floor"):
            hold(books, move(CASH, CLEARING, 1), EXPIRY)

    def test_what_the_ledger_has_no_words_for_is_left_as_it_is(self, books: Session) -> None:
        with pytest.raises(Exception, match="transfer_originator_id_fkey"):
            hold(books, replace(fee(), originator_id="nobody"), EXPIRY)


class TestSettling:
    @pytest.fixture
    def held(self, books: Session) -> Session:
        hold(books, fee(), EXPIRY)
        return books

    def test_posting_the_whole_moves_it(self, held: Session) -> None:
        is_new = post_pending(held, "hold-1", 30_000_000, LATER)

        assert is_new
        assert standing(held) == (PAID_IN - 30_000_000, 0)
        assert standing(held, CLEARING) == (30_000_000, 0)

    def test_posting_a_part_frees_the_rest(self, held: Session) -> None:
        post_pending(held, "hold-1", 10_000_000, LATER)

        assert standing(held) == (PAID_IN - 10_000_000, 0)
        assert standing(held, CLEARING) == (10_000_000, 0)

    def test_posting_takes_two_statements(self, held: Session) -> None:
        with counted(held) as statements:
            post_pending(held, "hold-1", 30_000_000, LATER)

        assert len(statements) == 2

    def test_posting_nothing_voids(self, held: Session) -> None:
        post_pending(held, "hold-1", 0, LATER)

        assert standing(held) == (PAID_IN, 0)
        assert not void_pending(held, "hold-1", LATER)

    def test_voiding_frees_all_of_it_before_and_after_it_expired(self, held: Session) -> None:
        is_new = void_pending(held, "hold-1", EXPIRY + timedelta(days=1))

        assert is_new
        assert standing(held) == (PAID_IN, 0)
        assert standing(held, CLEARING) == (0, 0)

    def test_a_retry_changes_nothing_even_after_the_time_is_over(self, held: Session) -> None:
        post_pending(held, "hold-1", 10_000_000, LATER)

        again = [post_pending(held, "hold-1", 10_000_000, at) for at in (LATER, EXPIRY)]

        assert again == [False, False]
        assert standing(held) == (PAID_IN - 10_000_000, 0)

    @pytest.mark.parametrize("at", [LATER, EXPIRY], ids=["in time", "after its time"])
    def test_it_is_settled_once(self, held: Session, at: datetime) -> None:
        post_pending(held, "hold-1", 10_000_000, LATER)

        with pytest.raises(TransferSettled):
            void_pending(held, "hold-1", at)
        with pytest.raises(TransferSettled):
            post_pending(held, "hold-1", 20_000_000, at)
        assert standing(held) == (PAID_IN - 10_000_000, 0)

    def test_what_was_voided_cannot_be_posted(self, held: Session) -> None:
        void_pending(held, "hold-1", LATER)

        with pytest.raises(TransferSettled):
            post_pending(held, "hold-1", 10_000_000, LATER)

    def test_it_cannot_be_posted_once_its_time_is_over(self, held: Session) -> None:
        with pytest.raises(HoldExpired) as refused:
            post_pending(held, "hold-1", 30_000_000, EXPIRY)

        assert refused.value.expired_at == EXPIRY
        assert standing(held) == (PAID_IN, 30_000_000)

    def test_no_more_is_posted_than_was_held(self, held: Session) -> None:
        with pytest.raises(CaptureTooLarge) as refused:
            post_pending(held, "hold-1", 30_000_001, LATER)

        assert (refused.value.held_micros, refused.value.asked_micros) == (30_000_000, 30_000_001)

    def test_nothing_is_posted_backwards(self, held: Session) -> None:
        with pytest.raises(ValueError, match="cannot be posted"):
            post_pending(held, "hold-1", -1, LATER)

    @pytest.mark.parametrize("transfer_id", ["nobody", "deposit"], ids=["none", "not pending"])
    def test_only_a_pending_transfer_is_settled(self, held: Session, transfer_id: str) -> None:
        with pytest.raises(UnknownTransfer):
            post_pending(held, transfer_id, 1, LATER)
        with pytest.raises(UnknownTransfer):
            void_pending(held, transfer_id, LATER)

    def test_a_hold_for_another_platform_raises_its_credit_only_when_posted(
        self, books: Session
    ) -> None:
        hold(books, replace(fee(), credit_account=OTHER), EXPIRY)
        before = standing(books, OTHER)

        post_pending(books, "hold-1", 30_000_000, LATER)

        assert before == (0, 0)
        assert standing(books, OTHER) == (30_000_000, 0)
        assert standing(books) == (PAID_IN - 30_000_000, 0)

    def test_due_holds_are_voided_oldest_first(self, held: Session) -> None:
        hold(held, fee(5, transfer_id="hold-2"), EXPIRY - timedelta(minutes=1))
        hold(held, fee(5, transfer_id="hold-3"), EXPIRY + timedelta(minutes=1))
        hold(held, fee(5, transfer_id="hold-4"), LATER)
        post_pending(held, "hold-4", 5, NOON)

        expired = expire_due(held, EXPIRY)

        assert expired == ("hold-2", "hold-1")
        assert standing(held) == (PAID_IN - 5, 5)
        assert expire_due(held, EXPIRY) == ()


class TestPosting:
    def test_an_amount_moves_between_two_accounts(self, books: Session) -> None:
        is_new = post(books, move(MUGEN, OTHER, 1_000))

        assert is_new
        assert standing(books) == (PAID_IN - 1_000, 0)
        assert standing(books, OTHER) == (1_000, 0)

    def test_a_retry_changes_nothing(self, books: Session) -> None:
        post(books, move(CLEARING, AKARI, 7))

        is_new = post(books, replace(move(CLEARING, AKARI, 7), effective_at=LATER))

        assert not is_new
        assert standing(books, AKARI) == (7, 0)

    def test_only_what_is_new_is_written(self, books: Session) -> None:
        first, second = (
            move(CLEARING, AKARI, 7, transfer_id=transfer_id) for transfer_id in ("a", "b")
        )
        post(books, first)

        assert post_all(books, [first, second]) == 1
        assert post_all(books, []) == 0
        assert standing(books, AKARI) == (14, 0)

    @pytest.mark.parametrize(
        ("transfer", "refusal"),
        [
            pytest.param(move(MUGEN, OTHER, PAID_IN + 1), InsufficientCredit, id="too much"),
            pytest.param(move(CLEARING, AKARI, 8, transfer_id="a"), TransferConflict, id="other"),
            pytest.param(move(CLEARING, AKARI, 5, transfer_id="c"), TransferConflict, id="twice"),
            pytest.param(move(CLEARING, "licensor:x", 1), UnknownAccount, id="no receiver"),
            pytest.param(move("licensor:x", CLEARING, 1), UnknownAccount, id="no payer"),
        ],
    )
    def test_a_refusal_writes_none_of_them_and_the_transaction_goes_on(
        self, books: Session, transfer: Transfer, refusal: type[LedgerError]
    ) -> None:
        post(books, move(CLEARING, AKARI, 7, transfer_id="a"))

        with pytest.raises(refusal):
            post_all(books, [move(CLEARING, AKARI, 5, transfer_id="c"), transfer])

        assert standing(books, AKARI) == (7, 0)
        assert standing(books) == (PAID_IN, 0)

    def test_what_is_held_cannot_be_spent(self, books: Session) -> None:
        hold(books, fee(PAID_IN), EXPIRY)

        with pytest.raises(InsufficientCredit):
            post(books, move(MUGEN, OTHER, 1))


def test_all_balances_of_a_currency_sum_to_zero(books: Session) -> None:
    hold(books, fee(), EXPIRY)
    post_pending(books, "hold-1", 20_000_000, LATER)
    post(books, move(CLEARING, AKARI, 20_000_000))

    accounts = books.connection().execute(text("select id from account where currency = 'JPY'"))

    assert sum(standing(books, account_id)[0] for (account_id,) in accounts) == 0

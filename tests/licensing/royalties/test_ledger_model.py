"""The ledger against a model of it: any sequence of holds, settlements and payments agrees."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlmodel import Session

from licensing.errors import (
    CaptureTooLarge,
    HoldExpired,
    InsufficientCredit,
    LedgerError,
    TransferSettled,
    UnknownTransfer,
)
from licensing.money import Money
from licensing.royalties.accounts import clearing_royalties, operator_cash
from licensing.royalties.ledger import balance, hold, open_account, post, post_pending, void_pending
from licensing.royalties.transfers import Transfer

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
_books = itertools.count(1)

amounts = st.integers(1, 60)
minutes = st.integers(0, 20)

Refusals = tuple[type[LedgerError], ...]


class LedgerModel(RuleBasedStateMachine):
    """One bounded account, modelled as two numbers and a dict of holds."""

    holds: Bundle[str] = Bundle("holds")
    session: ClassVar[Session]

    def __init__(self) -> None:
        super().__init__()
        self.payer = f"payer-{next(_books)}"
        self.posted = self.held = 0
        self.open: dict[str, int] = {}
        self.settled: dict[str, int] = {}

    @initialize()
    def open_the_account(self) -> None:
        open_account(self.session, self.payer, currency="JPY", floor_micros=0)

    @rule(amount=amounts)
    def pay_in(self, amount: int) -> None:
        post(self.session, self._transfer(amount, debit=operator_cash("JPY"), credit=self.payer))
        self.posted += amount

    @rule(amount=amounts)
    def spend(self, amount: int) -> None:
        spending = self._transfer(amount, debit=self.payer, credit=operator_cash("JPY"))
        if amount > self.posted - self.held:
            with pytest.raises(InsufficientCredit):
                post(self.session, spending)
        else:
            post(self.session, spending)
            self.posted -= amount

    @rule(target=holds, amount=amounts)
    def set_aside(self, amount: int) -> str:
        asked = self._transfer(amount, debit=self.payer, credit=clearing_royalties("JPY"))
        if amount > self.posted - self.held:
            with pytest.raises(InsufficientCredit):
                hold(self.session, asked, NOON + timedelta(minutes=10))
        else:
            assert hold(self.session, asked, NOON + timedelta(minutes=10))
            assert not hold(self.session, asked, NOON + timedelta(minutes=10))
            self.held += amount
            self.open[asked.id] = amount
        return asked.id

    @rule(hold_id=holds, amount=amounts, minute=minutes)
    def settle(self, hold_id: str, amount: int, minute: int) -> None:
        at = NOON + timedelta(minutes=minute)
        refusals = self._refusal_to_post(hold_id, amount, minute)
        if refusals:
            with pytest.raises(refusals):
                post_pending(self.session, hold_id, amount, at)
            return
        is_new = post_pending(self.session, hold_id, amount, at)
        assert is_new == (hold_id in self.open)
        if is_new:
            self.held -= self.open.pop(hold_id)
            self.posted -= amount
            self.settled[hold_id] = amount

    @rule(hold_id=holds)
    def void(self, hold_id: str) -> None:
        if self.settled.get(hold_id) or hold_id not in {*self.open, *self.settled}:
            with pytest.raises((TransferSettled, UnknownTransfer)):
                void_pending(self.session, hold_id, NOON)
            return
        is_new = void_pending(self.session, hold_id, NOON)
        assert is_new == (hold_id in self.open)
        if is_new:
            self.held -= self.open.pop(hold_id)
            self.settled[hold_id] = 0

    @invariant()
    def the_row_agrees_with_the_model(self) -> None:
        if self.posted or self.held or self.settled:
            stands_at = balance(self.session, self.payer)
            assert (stands_at.posted_micros, stands_at.held_micros) == (self.posted, self.held)
            assert 0 <= self.held <= self.posted

    def teardown(self) -> None:
        """At the end the stored balance is what all its transfers, replayed, come to."""
        replayed = self.session.connection().execute(_REPLAY, {"id": self.payer}).one()
        assert tuple(replayed) == (self.posted, self.held)

    def _refusal_to_post(self, hold_id: str, amount: int, minute: int) -> Refusals:
        if hold_id in self.open:
            if amount > self.open[hold_id]:
                return (CaptureTooLarge,)
            return (HoldExpired,) if minute >= 10 else ()
        if hold_id in self.settled:
            return () if self.settled[hold_id] == amount else (CaptureTooLarge, TransferSettled)
        return (UnknownTransfer,)

    def _transfer(self, amount: int, *, debit: str, credit: str) -> Transfer:
        return Transfer(
            id=f"{self.payer}-{next(_books)}",
            debit_account=debit,
            credit_account=credit,
            amount=Money(amount, "JPY"),
            reference="model",
            effective_at=NOON,
        )


_REPLAY = text("""
    select
        coalesce(sum(case
            when kind in ('pending', 'void_pending') then 0
            when credit_account = :id then amount_micros
            else -amount_micros
        end), 0),
        coalesce(sum(amount_micros) filter (
            where kind = 'pending' and debit_account = :id
            and not exists (select from transfer as settled where settled.pending_id = transfer.id)
        ), 0)
    from transfer where :id in (debit_account, credit_account)
""")


def test_any_sequence_of_transfers_agrees_with_the_model(books: Session) -> None:
    class OnThisSession(LedgerModel):
        session = books

    run_state_machine_as_test(
        OnThisSession,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

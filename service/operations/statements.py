"""Close a month into statements, and pay what they say."""

from licensing.royalties import payouts, statement_store
from licensing.royalties.payouts import Payout
from licensing.royalties.statement import Statement
from service.runtime import OPERATOR, Runtime


def close_period(runtime: Runtime, period: str) -> list[Statement]:
    """
    Close a month and write one final statement per licensor and currency.

    Raises `PeriodMalformed`, `PeriodNotBegun` or `PeriodClosed`.
    """
    with runtime.transaction() as session:
        return statement_store.close_period(session, period, at=runtime.now())


def list_statements(runtime: Runtime, tenant: str = OPERATOR) -> list[Statement]:
    """Statements the tenant may see, newest first."""
    with runtime.transaction(tenant) as session:
        return statement_store.list_statements(session)


def show_statement(
    runtime: Runtime,
    statement_id: str,
    tenant: str = OPERATOR,
) -> Statement:
    """One statement. Raises `UnknownStatement`."""
    with runtime.transaction(tenant) as session:
        return statement_store.get_statement(session, statement_id)


def run_payouts(runtime: Runtime) -> list[Payout]:
    """Write a payout for every payable statement that has none; again changes nothing."""
    with runtime.transaction() as session:
        return payouts.run_payouts(session, at=runtime.now())


def list_payouts(runtime: Runtime, tenant: str = OPERATOR) -> list[Payout]:
    """Payouts the tenant may see, newest first."""
    with runtime.transaction(tenant) as session:
        return payouts.list_payouts(session)


def mark_payout_paid(runtime: Runtime, payout_id: str) -> Payout:
    """Note that the bank sent a payout; again changes nothing. Raises `UnknownPayout`."""
    with runtime.transaction() as session:
        return payouts.mark_paid(session, payout_id, at=runtime.now())

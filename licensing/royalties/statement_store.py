"""Closing a month into statements, and reading them back."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, insert, text
from sqlmodel import Session, col, select

from licensing.errors import PeriodClosed, PeriodNotBegun, UnknownStatement
from licensing.royalties.accrual import period_begins
from licensing.royalties.closing import last_closed_period, take_the_books
from licensing.royalties.statement import Statement, Usage, make_statement
from licensing.royalties.tables import PeriodRow, StatementRow

_OPEN_BEFORE = text("""
    select distinct period from usage
    where period < :period and (cast(:last as text) is null or period > :last)
    order by period
""")

# Summed up here, because a month may have more uses than fit into memory; lines are sums anyway.
_USAGES = text("""
    select licensor_id, currency, subject_id, territory, purpose, count(*) as count,
        sum(duration_ms)::bigint as duration_ms, sum(amount_micros)::bigint as amount_micros
    from usage where period = :period
    group by licensor_id, currency, subject_id, territory, purpose
    order by licensor_id, currency, subject_id, territory, purpose
""")

_CARRIES = text("""
    select distinct on (licensor_id, currency) licensor_id, currency, carried_out_micros
    from statement order by licensor_id, currency, period desc
""")


def close_period(session: Session, period: str, at: datetime) -> list[Statement]:
    """
    Close a month for good and write a statement for everyone whose subjects were used in it.

    Earlier months with uses that nobody closed are closed first, each with its own statements, so
    that what is carried forward runs in one line. The month under way may be closed early: later
    uses count in the next. Raises `PeriodMalformed`, `PeriodNotBegun` or `PeriodClosed`.
    """
    if period_begins(period) > at:
        raise PeriodNotBegun(period)
    session.flush()
    take_the_books(session)
    last = last_closed_period(session)
    if last is not None and period <= last:
        raise PeriodClosed(period)
    earlier = session.connection().execute(_OPEN_BEFORE, {"period": period, "last": last})
    return [
        statement
        for month in (*earlier.scalars().all(), period)
        for statement in _close(session, month, at)
    ]


def list_statements(session: Session) -> list[Statement]:
    """Read the statements the tenant may see, latest month first."""
    rows = session.exec(
        select(StatementRow).order_by(
            col(StatementRow.period).desc(),
            col(StatementRow.licensor_id),
            col(StatementRow.currency),
        ),
    )
    return [Statement.from_json(row.document) for row in rows]


def get_statement(session: Session, statement_id: str) -> Statement:
    """Read one statement. Raises `UnknownStatement`, also when it is another tenant's."""
    row = session.get(StatementRow, statement_id)
    if row is None:
        raise UnknownStatement(statement_id)
    return Statement.from_json(row.document)


def _close(session: Session, period: str, at: datetime) -> list[Statement]:
    connection = session.connection()
    connection.execute(insert(PeriodRow), {"id": period, "closed_at": at})
    carries = {
        (row.licensor_id, row.currency): row.carried_out_micros
        for row in connection.execute(_CARRIES)
    }
    usages = connection.execute(_USAGES, {"period": period}).mappings().all()
    statements = [
        make_statement(
            licensor_id, period, currency, _usages(rows), carries.get((licensor_id, currency), 0)
        )
        for (licensor_id, currency), rows in groupby(usages, key=_licensor_and_currency)
    ]
    if statements:
        connection.execute(insert(StatementRow), [_row(each, at) for each in statements])
    return statements


def _licensor_and_currency(row: RowMapping) -> tuple[str, str]:
    return row["licensor_id"], row["currency"]


def _usages(rows: Iterable[RowMapping]) -> list[Usage]:
    return [
        Usage(
            subject_id=row["subject_id"],
            territory=row["territory"],
            purpose=row["purpose"],
            duration_ms=row["duration_ms"],
            amount_micros=row["amount_micros"],
            count=row["count"],
        )
        for row in rows
    ]


def _row(statement: Statement, at: datetime) -> dict[str, Any]:
    return {
        "id": statement.id,
        "licensor_id": statement.licensor_id,
        "period": statement.period,
        "currency": statement.currency,
        "document": statement.to_json(),
        "document_sha256": statement.sha256,
        "payable_minor": statement.total_minor,
        "carried_out_micros": statement.carried_out_micros,
        "created_at": at,
    }

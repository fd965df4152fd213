"""`rakkan statements` and `rakkan payouts`: close a month, see who earned what, pay it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, table
from service.cli.said import money_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from licensing.royalties.payouts import Payout
    from licensing.royalties.statement import Statement

statements = typer.Typer(no_args_is_help=True, help="What rights holders earned, month by month.")
payouts = typer.Typer(no_args_is_help=True, help="Pay what the statements say.")


@statements.command("close")
def close(
    period: Annotated[str, typer.Argument(help="The month, such as 2026-11.")],
    *,
    as_json: Json = False,
) -> None:
    """
    Close a month for good and write a statement for every rights holder with uses in it.

    Example: `rakkan statements close 2026-11`
    """
    from service.operations.statements import close_period

    with opened_runtime() as runtime:
        closed = close_period(runtime, period)
    facts = {"period": period, "statements": [statement.to_json() for statement in closed]}
    answer(facts, _statement_lines(closed), as_json=as_json)


@statements.command("list")
def list_all(*, as_json: Json = False) -> None:
    """
    List all statements, latest month first.

    Example: `rakkan statements list`
    """
    from service.operations.statements import list_statements

    with opened_runtime() as runtime:
        known = list_statements(runtime)
    facts = {"statements": [statement.to_json() for statement in known]}
    answer(facts, _statement_lines(known), as_json=as_json)


@statements.command("show")
def show(
    statement_id: Annotated[str, typer.Argument(metavar="ID", help="See `statements list`.")],
    *,
    csv: Annotated[bool, typer.Option("--csv", help="Print it as CSV.")] = False,
    as_json: Json = False,
) -> None:
    """
    Show one statement with its lines.

    Example: `rakkan statements show 2026-11.licensor-a.JPY`
    """
    from service.operations.statements import show_statement

    if csv and as_json:
        raise typer.BadParameter("Choose --csv or --json.", param_hint="--csv")
    with opened_runtime() as runtime:
        statement = show_statement(runtime, statement_id)
    if csv:
        sys.stdout.write(statement.to_csv())
        return
    answer(statement.to_json(), _one_statement_lines(statement), as_json=as_json)


@payouts.command("run")
def run(
    *,
    csv: Annotated[Path | None, typer.Option(help="Write them to this file for the bank.")] = None,
    as_json: Json = False,
) -> None:
    """
    Make a payout for every statement that has none. Again changes nothing.

    Example: `rakkan payouts run --csv payouts.csv`
    """
    from licensing.royalties.payouts import payouts_csv
    from service.operations.statements import run_payouts

    with opened_runtime() as runtime:
        made = run_payouts(runtime)
    if csv is not None:
        csv.write_text(payouts_csv(made), encoding="utf-8", newline="")
    answer(
        {"payouts": [payout.to_json() for payout in made]},
        _payout_lines(made) if made else ["Nothing is left to pay."],
        as_json=as_json,
    )


@payouts.command("list")
def list_payouts_(*, as_json: Json = False) -> None:
    """
    List all payouts, latest first.

    Example: `rakkan payouts list`
    """
    from service.operations.statements import list_payouts

    with opened_runtime() as runtime:
        known = list_payouts(runtime)
    facts = {"payouts": [payout.to_json() for payout in known]}
    answer(facts, _payout_lines(known) if known else ["No payouts yet."], as_json=as_json)


@payouts.command("mark-paid")
def mark_paid(
    payout_id: Annotated[str, typer.Argument(metavar="ID", help="See `payouts list`.")],
    *,
    as_json: Json = False,
) -> None:
    """
    Note that the bank sent a payout. Again changes nothing.

    Example: `rakkan payouts mark-paid payout:2026-11.licensor-a.JPY`
    """
    from service.operations.statements import mark_payout_paid

    with opened_runtime() as runtime:
        payout = mark_payout_paid(runtime, payout_id)
    answer(payout.to_json(), _payout_lines([payout]), as_json=as_json)


def _statement_lines(known: "Sequence[Statement]") -> list[str]:
    if not known:
        return ["No uses, so no statements."]
    return table(
        ("statement", "rights holder", "uses", "payable"),
        [
            (
                statement.id,
                statement.licensor_id,
                sum(line.count for line in statement.lines),
                _minor(statement.total_minor, statement.currency),
            )
            for statement in known
        ],
    )


def _one_statement_lines(statement: "Statement") -> list[str]:
    from licensing.money import Money

    rows = [
        (
            line.subject_id,
            line.territory,
            line.purpose,
            line.count,
            f"{line.duration_ms / 1000:g} s",
            money_text(Money(line.amount_micros, statement.currency)),
            _minor(line.payable_minor, statement.currency),
        )
        for line in statement.lines
    ]
    header = ("subject", "territory", "purpose", "uses", "length", "earned", "payable")
    carried_in = Money(statement.carried_in_micros, statement.currency)
    carried_out = Money(statement.carried_out_micros, statement.currency)
    return [
        f"Statement {statement.id} for {statement.licensor_id}, {statement.period}",
        *table(header, rows),
        f"Carried in    {money_text(carried_in)}",
        f"Payable       {_minor(statement.total_minor, statement.currency)}",
        f"Carried forward  {money_text(carried_out)}",
    ]


def _payout_lines(known: "Sequence[Payout]") -> list[str]:
    return table(
        ("payout", "rights holder", "amount", "status"),
        [
            (payout.id, payout.licensor_id, money_text(payout.amount), payout.status)
            for payout in known
        ],
    )


def _minor(amount_minor: int, currency: str) -> str:
    from licensing.money import Money, micros_per_minor

    return money_text(Money(amount_minor * micros_per_minor(currency), currency))

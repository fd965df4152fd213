"""
The commands of `rakkan` put together, and how each run ends.

Exit codes: 0 the command could answer, 1 it could not, 2 it was written wrongly, 130 interrupted.
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

import typer
from typer.exceptions import TyperException

from service.cli import (
    accounts,
    approvals,
    clearing,
    database,
    grants,
    keys,
    marks,
    reading,
    readings,
    registry,
    revoking,
    royalties,
    serving,
    settings,
    standards,
    terms,
    video,
    webhooks,
)
from service.cli.output import note, print_json

INTERRUPTED: Final = 130

app = typer.Typer(
    name="rakkan",
    help=(
        "Rakkan signs, licenses and settles AI video.\n\n"
        "Start with `rakkan demo`: a prompt becomes a licensed, signed, verifiable video."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(serving.demo)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("read")(reading.read)
app.command("clear")(clearing.clear)
app.command("revoke")(revoking.revoke)
app.command("stamp")(video.stamp)
app.command("verify")(video.verify)
app.command("settings")(settings.show)
app.add_typer(registry.app, name="registry")
app.add_typer(terms.app, name="terms")
app.add_typer(standards.app, name="standards")
app.add_typer(readings.app, name="readings")
app.add_typer(royalties.statements, name="statements")
app.add_typer(royalties.payouts, name="payouts")
app.add_typer(accounts.platforms, name="platforms")
app.add_typer(accounts.api_keys, name="api-keys")
app.add_typer(approvals.app, name="approvals")
app.add_typer(grants.app, name="grants")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(marks.app, name="mark")
app.add_typer(keys.app, name="keys")
app.add_typer(database.app, name="db")


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    sys.exit(run(sys.argv[1:] if args is None else args))


def run(args: Sequence[str]) -> int:
    """Run one command and tell its exit code."""
    as_json = "--json" in args
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # Prompts are in every script, whatever the locale of this terminal.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    try:
        # Left to itself, Typer writes usage errors for people; programs get them as JSON.
        code = app(args=list(args), prog_name="rakkan", standalone_mode=not as_json)
    except SystemExit as ended:
        code = ended.code
    except TyperException as error:
        return _usage_error(error)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`rakkan … | head`). Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 — the last place that can say anything
        return _failed(error, as_json=as_json)
    return code if isinstance(code, int) else 0


def _usage_error(error: TyperException) -> int:
    title = "The command was written in a way that it does not take."
    print_json(
        {"error": {"code": "usage_error", "title": title, "detail": error.format_message()}},
    )
    return error.exit_code


def _failed(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong; a defect of ours also leaves its trace on stderr."""
    from service.cli.failures import error_facts

    facts = error_facts(error)
    if facts.code == "internal_error":
        import traceback

        traceback.print_exception(error)
    if as_json:
        print_json({"error": facts.to_json()})
    else:
        note(f"{facts.title}\n{facts.detail}\n({facts.code})")
    return 1

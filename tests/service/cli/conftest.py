"""The command, run in this process against a database of the tests."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import URL

from service.cli.app import run
from service.embedded_postgres import connect_directly, superuser_address

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def installation(postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of one installation that all tests of commands share."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database cli template {postgres.database} owner rakkan")
    return {
        "RAKKAN_DATA_DIR": str(tmp_path_factory.mktemp("cli")),
        "RAKKAN_DATABASE_URL": postgres.set(
            database="cli",
            drivername="postgresql",
        ).render_as_string(hide_password=False),
    }


@pytest.fixture
def rakkan(
    installation: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Run a command; answers exit code, stdout and stderr."""
    for name, value in installation.items():
        monkeypatch.setenv(name, value)

    def command(*args: str | Path) -> tuple[int, str, str]:
        code = run([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return code, out, err

    return command


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Commands send logs to stderr, which is another one in the next test."""
    before = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


@pytest.fixture
def rakkan_json(rakkan: Run) -> Callable[..., Any]:
    """Run a command with --json that must succeed; answers its one object."""

    def command(*args: str | Path, exit_code: int = 0) -> dict[str, Any]:
        code, out, err = rakkan(*args, "--json")
        assert code == exit_code, (out, err)
        assert out.count("\n") == 1
        facts: dict[str, Any] = json.loads(out)
        return facts

    return command

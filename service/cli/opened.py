"""The runtime of a command: opened when the command needs it, closed with it."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from service.cli.output import note

if TYPE_CHECKING:
    from service.runtime import Runtime
    from service.settings import Settings


def read_settings() -> "Settings":
    """Read the settings from the environment; a wrong one is a usage error that names it."""
    import typer
    from pydantic import ValidationError

    from service.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"RAKKAN_{'_'.join(str(step) for step in found['loc']).upper()}: {found['msg']}"
            for found in error.errors()
        )
        raise typer.BadParameter(problems, param_hint="the environment") from None


@contextmanager
def opened_runtime() -> "Generator[Runtime]":
    """
    Open the runtime, setting an empty data folder up on the way.

    Says so on stderr while development keys are in use.
    """
    from service.logging import configure_logging
    from service.runtime import Runtime

    settings = read_settings()
    configure_logging(settings)
    with Runtime.open(settings) as runtime:
        if runtime.keys.is_development:
            note(
                "Development keys are in use: "
                "signatures made here prove nothing outside this machine.",
            )
        yield runtime

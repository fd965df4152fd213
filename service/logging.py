"""Logs on stderr: one event a line, with the id of its request or job, and never a secret."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO, cast

import structlog
from structlog.types import Processor

from service.settings import Settings

HIDDEN: Final = "•••"

# A value is hidden by the words of its name. Prompts are personal data, so they count as well.
_SECRET_WORDS: Final = frozenset(
    {"authorization", "cookie", "key", "password", "prompt", "secret", "token"},
)
# Names that hold one of those words and no secret.
_HARMLESS_NAMES: Final = frozenset({"key_id", "blob_key"})
# And wherever it stands: an API key, a signed token, the password of an address.
_SECRETS_IN_TEXT: Final = (
    (re.compile(r"\brk_[A-Za-z0-9_-]{8,}"), f"rk_{HIDDEN}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), HIDDEN),
    (re.compile(r"(?<=://)([^:/@\s]*):[^@/\s]+(?=@)"), rf"\1:{HIDDEN}"),
)
# What these say at `info` repeats our own lines.
_QUIET: Final = ("alembic", "asyncio", "procrastinate", "psycopg", "uvicorn")


def configure_logging(settings: Settings, *, stream: TextIO | None = None) -> None:
    """
    Send every log, ours and the libraries', to stderr in one form.

    Called once by a door, before its first log line; a later call replaces the first.
    """
    out = stream or sys.stderr
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    as_console = settings.log_format == "console" or (
        settings.log_format == "auto" and out.isatty()
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        # Before hiding: a traceback may quote what must not be logged.
        structlog.processors.format_exc_info,
        hide_secrets,
        structlog.dev.ConsoleRenderer(
            colors=out.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        )
        if as_console
        else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last),
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def hide_secrets(
    _logger: object,
    _method: str,
    event: MutableMapping[str, Any],
) -> MutableMapping[str, Any]:
    """Replace what must not be read in a log, by the name it has or by how it looks."""
    return cast("MutableMapping[str, Any]", _hidden(event))


def _hidden(value: object) -> object:
    match value:
        case Mapping():
            return {
                name: HIDDEN if _is_secret(str(name)) else _hidden(item)
                for name, item in value.items()
            }
        case list() | tuple():
            return [_hidden(item) for item in value]
        case str():
            for pattern, instead in _SECRETS_IN_TEXT:
                value = pattern.sub(instead, value)
            return value
        case _:
            return value


def _is_secret(name: str) -> bool:
    words = re.split(r"[^a-z]+", name.lower())
    return name not in _HARMLESS_NAMES and not _SECRET_WORDS.isdisjoint(words)

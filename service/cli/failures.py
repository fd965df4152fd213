"""Errors as a command says them: the same facts as the API, without a status."""

from service.error_facts import KNOWN_ERRORS, ErrorFacts, facts_of
from service.errors import DatabaseUnavailable, FileUnreadable


def error_facts(error: Exception) -> ErrorFacts:
    """Tell what an exception means to the person who typed the command."""
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    match error:
        case OperationalError() | PoolTimeout():
            return facts_of(DatabaseUnavailable())
        case OSError(filename=str(name)):
            return facts_of(FileUnreadable(name, error.strerror or str(error)))
        case _ if isinstance(error, KNOWN_ERRORS):
            return facts_of(error)
        case _:
            return ErrorFacts(
                "internal_error",
                "This command made a mistake.",
                f"{type(error).__name__}: {error}. Please report it with the lines above.",
                {},
            )

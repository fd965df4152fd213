"""The command `rakkan`: translate arguments into operations and answers into text or JSON."""

from service.cli.app import main

__all__ = ["main"]

"""Ids of new rows: a readable prefix and 96 random bits."""

import secrets


def new_id(prefix: str) -> str:
    """Make an id nobody can guess, such as `clr_9f2c…`."""
    return f"{prefix}_{secrets.token_hex(12)}"

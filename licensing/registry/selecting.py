"""Conditions that the stores of the registry share."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Text, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col


def among(attribute: str, ids: Iterable[str]) -> ColumnElement[bool]:
    """Compare with any number of ids as one parameter; a list of parameters ends at 65,535."""
    return col(attribute) == any_(literal(list(ids), ARRAY(Text)))

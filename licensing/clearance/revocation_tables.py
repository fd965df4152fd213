"""Rows of revocations. They stay inside `revocation_store.py`."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class RevocationRow(SQLModel, table=True):
    """One version of terms that its licensor revoked, and what that means from when on."""

    __tablename__ = "revocation"
    __table_args__ = (
        CheckConstraint(
            "effect in ('grandfather', 'stop_new', 'stop_distribution_by', 'immediate')",
            name="revocation_effect",
        ),
    )

    terms_id: str = Field(primary_key=True, foreign_key="terms.id")
    terms_sha256: str = Field(index=True)
    licensor_id: str = Field(foreign_key="party.id", index=True)
    effect: str
    reason: str
    revoked_at: datetime
    new_uses_end: datetime
    distribution_ends: datetime | None = None
    applied_at: datetime | None = None

"""Rows of quotas: what is taken in each window, and by which clearance. They stay in the store."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel


class QuotaUseRow(SQLModel, table=True):
    """How much of one quota is taken in one window. `holder_id` is empty where all share it."""

    __tablename__ = "quota_use"
    __table_args__ = (
        # The limit itself: whatever the code does, no window is ever overdrawn.
        CheckConstraint("used_units between 0 and limit_units", name="quota_use_within_limit"),
    )

    terms_id: str = Field(primary_key=True, foreign_key="terms.id")
    quota: str = Field(primary_key=True)
    window: str = Field(primary_key=True)
    holder_id: str = Field(primary_key=True)
    licensor_id: str = Field(foreign_key="party.id", index=True)
    limit_units: int = Field(sa_type=BigInteger)
    used_units: int = Field(sa_type=BigInteger)


class QuotaHoldRow(SQLModel, table=True):
    """What one clearance took of one quota; `kept_units` is null until it is settled."""

    __tablename__ = "quota_hold"
    __table_args__ = (
        CheckConstraint(
            "units > 0 and (kept_units is null or kept_units between 0 and units)",
            name="quota_hold_units",
        ),
        CheckConstraint(
            "(kept_units is null) = (settled_at is null)",
            name="quota_hold_settled",
        ),
    )

    clearance_id: str = Field(primary_key=True, foreign_key="clearance.id")
    terms_id: str = Field(primary_key=True, foreign_key="terms.id")
    quota: str = Field(primary_key=True)
    window: str
    holder_id: str
    platform_id: str = Field(foreign_key="party.id", index=True)
    units: int = Field(sa_type=BigInteger)
    kept_units: int | None = Field(default=None, sa_type=BigInteger)
    settled_at: datetime | None = None

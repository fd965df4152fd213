"""Rows of the ledger, of usage and of statements. They stay inside the stores beside this file."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class AccountRow(SQLModel, table=True):
    """
    One account in one currency.

    A bounded account (`floor_micros` set) keeps its balance in the row, where the check guards it;
    an unbounded one is only ever appended to, and its balance is the sum of its transfers.
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("id", "currency", name="account_id_currency"),
        CheckConstraint("held_micros >= 0", name="account_held"),
        CheckConstraint(
            "floor_micros is null or posted_micros - held_micros >= floor_micros",
            name="account_floor",
        ),
    )

    id: str = Field(primary_key=True)
    currency: str
    party_id: str | None = Field(default=None, foreign_key="party.id", index=True)
    floor_micros: int | None = Field(default=None, sa_type=BigInteger)
    posted_micros: int = Field(default=0, sa_type=BigInteger)
    held_micros: int = Field(default=0, sa_type=BigInteger)


class TransferRow(SQLModel, table=True):
    """
    An append-only, two-sided movement: it cannot be unbalanced, because it has one amount.

    `pending_id` names the pending transfer that this one posts or voids; it is unique, so a
    pending transfer is settled once.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        ForeignKeyConstraint(["debit_account", "currency"], ["account.id", "account.currency"]),
        ForeignKeyConstraint(["credit_account", "currency"], ["account.id", "account.currency"]),
        Index("transfer_debit_account", "debit_account", "currency"),
        Index("transfer_credit_account", "credit_account", "currency"),
        CheckConstraint(
            "kind in ('posted', 'pending', 'post_pending', 'void_pending')",
            name="transfer_kind",
        ),
        CheckConstraint("amount_micros > 0", name="transfer_amount"),
        CheckConstraint("debit_account <> credit_account", name="transfer_two_accounts"),
        CheckConstraint(
            "(kind in ('post_pending', 'void_pending')) = (pending_id is not null)",
            name="transfer_settles",
        ),
        CheckConstraint("(kind = 'pending') = (expires_at is not null)", name="transfer_expires"),
    )

    id: str = Field(primary_key=True)
    kind: str
    debit_account: str
    credit_account: str
    currency: str
    amount_micros: int = Field(sa_type=BigInteger)
    pending_id: str | None = Field(default=None, foreign_key="transfer.id", unique=True)
    expires_at: datetime | None = None
    reference: str = Field(index=True)
    originator_id: str | None = Field(default=None, foreign_key="party.id", index=True)
    debit_party_id: str | None = Field(default=None, foreign_key="party.id", index=True)
    credit_party_id: str | None = Field(default=None, foreign_key="party.id", index=True)
    effective_at: datetime
    recorded_at: datetime


class UsageRow(SQLModel, table=True):
    """One licensor's part of the fee of one stamped video: the line a statement drills down to."""

    __tablename__ = "usage"
    __table_args__ = (
        UniqueConstraint("licence_id", "terms_id", "licensor_id", name="usage_once"),
        CheckConstraint("amount_micros >= 0", name="usage_amount"),
        CheckConstraint("duration_ms > 0", name="usage_duration"),
        Index("usage_statement", "period", "licensor_id", "currency"),
        Index("usage_licensor", "licensor_id"),
    )

    id: str = Field(primary_key=True)
    licence_id: str = Field(foreign_key="licence.id", index=True)
    platform_id: str = Field(foreign_key="party.id", index=True)
    licensor_id: str = Field(foreign_key="party.id")
    terms_id: str = Field(foreign_key="terms.id", index=True)
    subject_id: str = Field(foreign_key="subject.id", index=True)
    territory: str
    purpose: str
    duration_ms: int = Field(sa_type=BigInteger)
    amount_micros: int = Field(sa_type=BigInteger)
    currency: str
    occurred_at: datetime
    period: str
    transfer_id: str | None = Field(default=None, foreign_key="transfer.id", unique=True)


class PeriodRow(SQLModel, table=True):
    """A closed month. A month without a row is open."""

    __tablename__ = "period"

    id: str = Field(primary_key=True)
    closed_at: datetime


class StatementRow(SQLModel, table=True):
    """One licensor's statement of one month in one currency, final once written."""

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("licensor_id", "period", "currency", name="statement_once"),)

    id: str = Field(primary_key=True)
    licensor_id: str = Field(foreign_key="party.id", index=True)
    period: str = Field(foreign_key="period.id", index=True)
    currency: str
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    document_sha256: str
    payable_minor: int = Field(sa_type=BigInteger)
    carried_out_micros: int = Field(sa_type=BigInteger)
    created_at: datetime


class PayoutRow(SQLModel, table=True):
    """Money on its way to one licensor for one statement."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("status in ('exported', 'paid')", name="payout_status"),
        CheckConstraint("amount_minor > 0", name="payout_amount"),
    )

    id: str = Field(primary_key=True)
    statement_id: str = Field(foreign_key="statement.id", unique=True)
    licensor_id: str = Field(foreign_key="party.id", index=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    status: str
    created_at: datetime
    paid_at: datetime | None = None

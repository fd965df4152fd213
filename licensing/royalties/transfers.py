"""The values of the ledger: what moves between two accounts, and what an account stands at."""

from dataclasses import dataclass
from datetime import datetime

from licensing.money import Money
from licensing.royalties.accounts import party_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """
    A positive amount out of one account into another; it cannot be unbalanced.

    The caller gives the id, the same on every retry, so that a retry changes nothing. `reference`
    names what it is for (a clearance, a licence, a statement), `originator_id` the party on whose
    behalf it is written, `effective_at` the moment of business it belongs to.
    """

    id: str
    debit_account: str
    credit_account: str
    amount: Money
    reference: str
    effective_at: datetime
    originator_id: str | None = None

    def __post_init__(self) -> None:
        if self.amount.amount_micros <= 0:
            raise ValueError(f"transfer {self.id} moves {self.amount.amount_micros} micros")
        if self.debit_account == self.credit_account:
            raise ValueError(f"transfer {self.id} moves from {self.debit_account} to itself")

    @property
    def debit_party_id(self) -> str | None:
        """Whose account is lowered; None for a system account."""
        return party_of(self.debit_account)

    @property
    def credit_party_id(self) -> str | None:
        """Whose account is raised; None for a system account."""
        return party_of(self.credit_account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account stands at. `posted_micros` is negative when more went out than came in."""

    posted_micros: int
    held_micros: int
    currency: str

    @property
    def available_micros(self) -> int:
        """What is posted and not held for a pending transfer."""
        return self.posted_micros - self.held_micros

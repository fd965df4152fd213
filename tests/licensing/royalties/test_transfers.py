"""A transfer that makes no sense cannot be written down."""

from datetime import UTC, datetime

import pytest

from licensing.money import Money
from licensing.royalties.transfers import Balance, Transfer

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def transfer(amount_micros: int, debit: str = "platform:p:credit:JPY") -> Transfer:
    return Transfer(
        id="t1",
        debit_account=debit,
        credit_account="licensor:l:payable:JPY",
        amount=Money(amount_micros, "JPY"),
        reference="test",
        effective_at=NOON,
    )


def test_a_transfer_names_both_parties() -> None:
    moved = transfer(100)

    assert (moved.debit_party_id, moved.credit_party_id) == ("p", "l")


@pytest.mark.parametrize("amount_micros", [0, -1])
def test_only_a_positive_amount_moves(amount_micros: int) -> None:
    with pytest.raises(ValueError, match="moves"):
        transfer(amount_micros)


def test_an_account_cannot_pay_itself() -> None:
    with pytest.raises(ValueError, match="to itself"):
        transfer(100, debit="licensor:l:payable:JPY")


def test_what_is_held_is_not_available() -> None:
    standing = Balance(posted_micros=1000, held_micros=300, currency="JPY")

    assert standing.available_micros == 700

"""The names of accounts say whose they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.royalties import accounts

ids = st.text(min_size=1)


@pytest.mark.parametrize(
    ("account_id", "owner"),
    [
        pytest.param("platform:mugen:credit:JPY", "mugen", id="platform"),
        pytest.param("licensor:akari:payable:JPY", "akari", id="licensor"),
        pytest.param("clearing:royalties:JPY", None, id="clearing"),
        pytest.param("operator:cash:JPY", None, id="cash"),
        pytest.param("payouts:in_transit:JPY", None, id="in transit"),
        pytest.param("platform:mugen:payable:JPY", None, id="no such account"),
    ],
)
def test_an_account_name_tells_its_owner(account_id: str, owner: str | None) -> None:
    assert accounts.party_of(account_id) == owner


@given(ids)
def test_the_owner_is_read_back_whatever_the_id_looks_like(party_id: str) -> None:
    assert accounts.party_of(accounts.platform_credit(party_id, "JPY")) == party_id
    assert accounts.party_of(accounts.licensor_payable(party_id, "JPY")) == party_id


def test_a_currency_needs_three_accounts_that_belong_to_nobody() -> None:
    names = accounts.system_accounts("USD")

    assert names == ("clearing:royalties:USD", "operator:cash:USD", "payouts:in_transit:USD")
    assert [accounts.party_of(name) for name in names] == [None, None, None]

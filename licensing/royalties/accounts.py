"""
The accounts, and how money moves between them.

Every account is of one currency, and its name says whose it is:

    operator:cash:JPY               what platforms paid in and licensors were paid out
    platform:<id>:credit:JPY        what a platform paid in and has not used; never below its floor
    clearing:royalties:JPY          a fee on its way from a platform to the owners; ends at zero
    licensor:<id>:payable:JPY       what a licensor earned and was not yet paid
    payouts:in_transit:JPY          payouts that were exported and are not yet confirmed as paid

A transfer takes one positive amount out of one account (debit) and puts it into another (credit):

    a platform buys credit      operator:cash      ─▶ platform credit     posted
    a clearance is granted      platform credit    ─▶ clearing            pending
    its video is stamped        platform credit    ─▶ clearing            posts the pending one
                                clearing           ─▶ licensors' payable  posted, split by ownership
    nothing is stamped          platform credit    ─▶ clearing            voids the pending one
    a statement is paid out     licensor payable   ─▶ payouts in transit  posted
    the bank confirms           payouts in transit ─▶ operator:cash       posted

The credit side raises a balance and the debit side lowers it, whatever the account, so the
balances of one currency always sum to zero and `operator:cash` stands at minus the cash at hand.
A fee is posted into clearing and split out of it in one transaction: a clearing account that is
not at zero means that a split is missing.
"""

import re

_OF_A_PARTY = re.compile(r"(?:platform:(.+):credit|licensor:(.+):payable):[A-Z]{3}", re.DOTALL)


def platform_credit(platform_id: str, currency: str) -> str:
    """Name the bounded account that holds what a platform paid in."""
    return f"platform:{platform_id}:credit:{currency}"


def licensor_payable(licensor_id: str, currency: str) -> str:
    """Name the account of what a licensor earned and was not yet paid."""
    return f"licensor:{licensor_id}:payable:{currency}"


def clearing_royalties(currency: str) -> str:
    """Name the account that fees pass through on their way to the owners; it ends at zero."""
    return f"clearing:royalties:{currency}"


def operator_cash(currency: str) -> str:
    """Name the account that stands for the operator's bank account."""
    return f"operator:cash:{currency}"


def payouts_in_transit(currency: str) -> str:
    """Name the account of payouts that were exported and are not yet confirmed as paid."""
    return f"payouts:in_transit:{currency}"


def system_accounts(currency: str) -> tuple[str, ...]:
    """Name the accounts that belong to no party and that every currency needs."""
    return (clearing_royalties(currency), operator_cash(currency), payouts_in_transit(currency))


def party_of(account_id: str) -> str | None:
    """
    Read the owner from an account's name; None for a system account.

    Rows are guarded by tenant, and a platform may not look at a licensor's account: the name has
    to be enough.
    """
    found = _OF_A_PARTY.fullmatch(account_id)
    return found and (found[1] or found[2])

"""Clearing a prompt, with a real registry, a real ledger and many clients at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from licensing.clearance.use import Use
from licensing.errors import ClearanceNotReserved, IdempotencyKeyReused, UnknownClearance
from licensing.money import Money
from licensing.royalties import accounts, ledger
from service.operations.clearance_answer import ClearanceAnswer
from service.operations.clearances import (
    ClearanceRequest,
    clear_prompt,
    confirm_clearance,
    expire_clearances,
    get_clearance,
    void_clearance,
)
from service.runtime import Runtime

PLATFORM = "kirin-studio"
YEN = 1_000_000
PROMPT = "星灯りの庭のミオが夜の温室で小さなロボットに花をわたす"


def clear(runtime: Runtime, use: Use, key: str, **changes: object) -> ClearanceAnswer:
    request = ClearanceRequest(prompt=PROMPT, use=use)
    return clear_prompt(
        runtime,
        PLATFORM,
        replace(request, **changes),  # type: ignore[arg-type]
        idempotency_key=key,
    )


def credit(runtime: Runtime) -> ledger.Balance:
    with runtime.transaction() as session:
        return ledger.balance(session, accounts.platform_credit(PLATFORM, "JPY"))


def test_a_licensed_prompt_is_granted_and_its_price_held(garden: Runtime, use: Use) -> None:
    answer = clear(garden, use, "one")

    assert answer.outcome == "granted_priced"
    assert answer.price == Money(98_800_000, "JPY")  # 8 s at ¥12.35
    assert answer.token is not None
    assert credit(garden).held_micros == 98_800_000


@pytest.mark.parametrize(
    ("territory", "outcome"),
    [
        pytest.param("JP", "granted_priced", id="priced at home"),
        pytest.param("FR", "needs_approval", id="asks the owner first"),
        pytest.param("US", "denied", id="not offered there"),
    ],
)
def test_three_territories_have_three_outcomes(
    garden: Runtime,
    use: Use,
    territory: str,
    outcome: str,
) -> None:
    answer = clear(garden, replace(use, territory=territory), territory)

    assert answer.outcome == outcome
    assert (answer.token is not None) == (outcome == "granted_priced")


def test_a_prompt_that_refers_to_nothing_costs_nothing(garden: Runtime, use: Use) -> None:
    answer = clear(garden, use, "plain", prompt="雨の日の古い駅")

    assert (answer.outcome, answer.price) == ("not_referenced", None)
    assert answer.token is not None


def test_the_same_key_gives_the_same_answer_and_the_same_token(garden: Runtime, use: Use) -> None:
    first = clear(garden, use, "again")
    second = clear(garden, use, "again")

    assert second == first
    assert credit(garden).held_micros == 98_800_000


def test_the_same_key_with_other_facts_is_an_error(garden: Runtime, use: Use) -> None:
    clear(garden, use, "mixed")

    with pytest.raises(IdempotencyKeyReused):
        clear(garden, replace(use, duration_ms=9000), "mixed")
    assert credit(garden).held_micros == 98_800_000


def test_twenty_equal_requests_at_once_hold_once(garden: Runtime, use: Use) -> None:
    with ThreadPoolExecutor(20) as clients:
        answers = set(clients.map(lambda _: clear(garden, use, "rush").token, range(20)))

    assert len(answers) == 1
    assert credit(garden).held_micros == 98_800_000


def test_fifty_clients_get_exactly_the_ten_clearances_that_the_credit_covers(
    garden: Runtime,
    use: Use,
) -> None:
    with ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(lambda i: clear(garden, use, f"client-{i}"), range(50)))

    outcomes = [answer.outcome for answer in answers]
    assert outcomes.count("granted_priced") == 10  # ten times ¥98.80 fit into ¥1,000
    assert outcomes.count("needs_payment") == 40
    assert credit(garden).held_micros == 988_000_000


def test_a_price_over_the_budget_asks_for_a_change(garden: Runtime, use: Use) -> None:
    answer = clear(garden, use, "thrifty", budget=Money(50 * YEN, "JPY"))

    assert answer.outcome == "needs_change"
    codes = {r["code"] for finding in answer.findings for r in finding["reasons"]}
    assert codes == {"price.over_budget"}
    assert credit(garden).held_micros == 0


def test_a_quote_holds_nothing_until_it_is_confirmed(garden: Runtime, use: Use) -> None:
    quote = clear(garden, use, "quote", quote_only=True)
    held_by_quote = credit(garden).held_micros
    confirmed = confirm_clearance(garden, PLATFORM, quote.id)

    assert (quote.token, held_by_quote) == (None, 0)
    assert confirmed.token is not None
    assert confirm_clearance(garden, PLATFORM, quote.id) == confirmed
    assert credit(garden).held_micros == 98_800_000


def test_voiding_gives_the_credit_back_once(garden: Runtime, use: Use) -> None:
    answer = clear(garden, use, "void")

    voided = void_clearance(garden, PLATFORM, answer.id)

    assert void_clearance(garden, PLATFORM, answer.id) == voided
    assert (voided.status, voided.token) == ("voided", None)
    assert credit(garden) == replace(credit(garden), held_micros=0, posted_micros=1000 * YEN)


def test_a_refusal_cannot_be_confirmed_or_voided(garden: Runtime, use: Use) -> None:
    refused = clear(garden, replace(use, territory="US"), "no")

    with pytest.raises(ClearanceNotReserved):
        confirm_clearance(garden, PLATFORM, refused.id)
    with pytest.raises(ClearanceNotReserved):
        void_clearance(garden, PLATFORM, refused.id)


def test_an_unused_reservation_expires_and_is_given_back(
    garden: Runtime,
    use: Use,
    advance: Callable[[timedelta], None],
) -> None:
    answer = clear(garden, use, "late")
    advance(garden.settings.clearance_lifetime + timedelta(seconds=1))

    assert expire_clearances(garden) == 1
    assert expire_clearances(garden) == 0
    assert get_clearance(garden, PLATFORM, answer.id).status == "expired"
    assert credit(garden).held_micros == 0


def test_another_platform_does_not_find_the_clearance(garden: Runtime, use: Use) -> None:
    answer = clear(garden, use, "mine")

    with pytest.raises(UnknownClearance):
        get_clearance(garden, "someone-else", answer.id)

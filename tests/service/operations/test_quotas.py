"""Quotas: exact under many clients, given back in full or in part, all or nothing with money."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from licensing.clearance import quota_store, store
from licensing.clearance.use import parse_use
from licensing.errors import ClearanceNotReserved
from licensing.money import Money
from licensing.royalties.accounts import platform_credit
from service.operations.clearance_answer import ClearanceAnswer
from service.operations.clearances import (
    ClearanceRequest,
    clear_prompt,
    confirm_clearance,
    expire_clearances,
    void_clearance,
)
from service.operations.registry import import_registry
from service.operations.tenants import add_platform, credit_platform
from service.runtime import Runtime

PLATFORM = "kirin-studio"


def offer(*quotas: dict[str, Any], price: str = "10") -> bytes:
    """A registry of one character under terms with these quotas."""
    subject = {"id": "kumo", "kind": "character", "parent": None}
    name = {"text": "Kumo Sentinel", "lang": "en", "kind": "official", "ambiguity": "unique"}
    terms = {
        "id": "kumo-1",
        "subject": "kumo",
        "licensor": "kumo-house",
        "version": 1,
        "territories": ["JP"],
        "purposes": ["personal"],
        "max_duration_s": 60,
        "audience_ratings": ["all"],
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": None,
        "approval_required": False,
        "quotas": list(quotas),
        "price": {"kind": "flat", "amount": price, "currency": "JPY"},
    }
    return json.dumps(
        {
            "format": "rakkan-registry/1",
            "subjects": [{**subject, "names": [name]}],
            "licensors": [{"id": "kumo-house", "name": "Kumo House"}],
            "ownership": [{"subject": "kumo", "licensor": "kumo-house", "share": "1/1"}],
            "terms": [terms],
        }
    ).encode()


def quota(limit: int, unit: str = "uses", period: str = "day", per: str = "all") -> dict[str, Any]:
    return {"limit": limit, "unit": unit, "period": period, "per": per}


def platform(runtime: Runtime, name: str = PLATFORM, yen: int = 1_000_000) -> None:
    add_platform(runtime, name, name)
    credit_platform(runtime, name, Money(yen * 1_000_000, "JPY"), reference="start")


def ask(
    runtime: Runtime, key: str, *, seconds: int = 10, by: str = PLATFORM, quote_only: bool = False
) -> ClearanceAnswer:
    use = parse_use({"territory": "JP", "purpose": "personal", "duration_s": seconds})
    request = ClearanceRequest(prompt="Kumo Sentinel at dawn", use=use, quote_only=quote_only)
    return clear_prompt(runtime, by, request, idempotency_key=key)


def used(runtime: Runtime) -> dict[str, int]:
    with runtime.transaction() as session:
        rows = session.connection().execute(
            text("select quota, holder_id, sum(used_units) as n from quota_use group by 1, 2")
        )
        return {f"{row.quota} {row.holder_id}".strip(): int(row.n) for row in rows}


def held_micros(runtime: Runtime) -> int:
    with runtime.transaction() as session:
        return (
            session.connection()
            .execute(text("select held_micros from account where id = :id"), {"id": _account()})
            .scalar_one()
        )


def _account() -> str:
    return platform_credit(PLATFORM, "JPY")


def test_a_quota_is_exact_under_many_clients_at_once(runtime: Runtime) -> None:
    import_registry(runtime, offer(quota(20)))
    platform(runtime)

    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(lambda n: ask(runtime, f"key-{n}"), range(40)))

    outcomes = [answer.outcome for answer in answers]
    assert outcomes.count("granted_priced") == 20
    assert outcomes.count("denied") == 20
    assert used(runtime) == {"uses/day/all": 20}
    assert held_micros(runtime) == 20 * 10_000_000
    refused = next(answer for answer in answers if answer.outcome == "denied")
    assert refused.findings[0]["reasons"][0]["code"] == "terms.quota"
    assert "上限" in refused.findings[0]["reasons"][0]["message_ja"]


def test_what_is_voided_or_expired_can_be_had_again(
    runtime: Runtime, advance: Callable[[timedelta], None]
) -> None:
    import_registry(runtime, offer(quota(2, period="term")))
    platform(runtime)
    first, second = ask(runtime, "a"), ask(runtime, "b")
    assert ask(runtime, "c").outcome == "denied"

    void_clearance(runtime, PLATFORM, first.id)
    void_clearance(runtime, PLATFORM, first.id)
    third = ask(runtime, "d")
    advance(timedelta(hours=2))
    expired = expire_clearances(runtime)

    assert (third.outcome, expired) == ("granted_priced", 2)
    assert used(runtime) == {"uses/term/all": 0}
    assert held_micros(runtime) == 0
    with pytest.raises(ClearanceNotReserved):
        void_clearance(runtime, PLATFORM, second.id)


def test_seconds_that_were_not_made_are_given_back(runtime: Runtime) -> None:
    import_registry(runtime, offer(quota(15, "seconds")))
    platform(runtime)
    answer = ask(runtime, "a", seconds=10)

    with runtime.transaction(PLATFORM) as session:
        quota_store.settle(session, answer.id, made_ms=6000, at=runtime.now())
        quota_store.settle(session, answer.id, made_ms=6000, at=runtime.now())

    assert used(runtime) == {"seconds/day/all": 6000}
    assert ask(runtime, "b", seconds=10).outcome == "denied"
    assert ask(runtime, "c", seconds=9).outcome == "granted_priced"


def test_one_quota_without_room_leaves_the_others_and_the_money_alone(runtime: Runtime) -> None:
    import_registry(runtime, offer(quota(100), quota(15, "seconds", "month")))
    platform(runtime)
    ask(runtime, "a", seconds=10)

    refused = ask(runtime, "b", seconds=10)

    assert refused.outcome == "denied"
    assert used(runtime) == {"uses/day/all": 1, "seconds/month/all": 10_000}
    assert held_micros(runtime) == 10_000_000


def test_without_credit_no_quota_is_taken(runtime: Runtime) -> None:
    import_registry(runtime, offer(quota(5)))
    platform(runtime, yen=5)

    answer = ask(runtime, "a")

    assert answer.outcome == "needs_payment"
    assert used(runtime) == {}


def test_a_platforms_own_quota_is_its_own(runtime: Runtime) -> None:
    import_registry(runtime, offer(quota(1, per="platform")))
    platform(runtime)
    platform(runtime, "other")

    outcomes = [ask(runtime, "a").outcome, ask(runtime, "b").outcome]
    other = ask(runtime, "a", by="other").outcome

    assert outcomes == ["granted_priced", "denied"]
    assert other == "granted_priced"
    assert used(runtime) == {f"uses/day/platform {PLATFORM}": 1, "uses/day/platform other": 1}


def test_a_quota_begins_anew_with_its_window(
    runtime: Runtime, advance: Callable[[timedelta], None]
) -> None:
    import_registry(runtime, offer(quota(1, period="hour")))
    platform(runtime)
    ask(runtime, "a")
    assert ask(runtime, "b").outcome == "denied"

    advance(timedelta(hours=1))

    assert ask(runtime, "c").outcome == "granted_priced"


def test_a_quote_takes_its_quota_when_it_is_confirmed(runtime: Runtime) -> None:
    import_registry(runtime, offer(quota(1)))
    platform(runtime)
    quote = ask(runtime, "a", quote_only=True)
    taken = ask(runtime, "b")

    late = confirm_clearance(runtime, PLATFORM, quote.id)

    assert taken.outcome == "granted_priced"
    assert (late.outcome, late.token) == ("denied", None)


def test_the_database_itself_refuses_what_is_beyond_the_limit(runtime: Runtime) -> None:
    import_registry(runtime, offer(quota(1)))
    platform(runtime)
    ask(runtime, "a")

    def overdraw() -> None:
        with runtime.transaction() as session:
            session.connection().execute(text("update quota_use set used_units = 2"))

    with pytest.raises(IntegrityError, match="quota_use_within_limit"):
        overdraw()


class Reservations(RuleBasedStateMachine):
    """Ask, void, capture, let time pass, in any order; `endings` is what must have come of it."""

    runtime: Runtime
    advance: Callable[[timedelta], None]
    numbers: Iterator[int]

    def __init__(self) -> None:
        super().__init__()
        self.endings: dict[str, str] = {}

    @rule(seconds=st.integers(1, 20))
    def ask_for_one(self, seconds: int) -> None:
        answer = ask(self.runtime, f"key-{next(self.numbers)}", seconds=seconds)
        if answer.status == "reserved":
            assert answer.token is not None
            self.endings[answer.id] = "reserved"

    @rule(index=st.integers(0, 30))
    def void_one(self, index: int) -> None:
        self._end(index, "voided", lambda one: void_clearance(self.runtime, PLATFORM, one))

    @rule(index=st.integers(0, 30))
    def capture_one(self, index: int) -> None:
        self._end(index, "captured", self._capture)

    @rule()
    def wait_for_an_hour(self) -> None:
        self.advance(timedelta(hours=1, seconds=1))
        expire_clearances(self.runtime)
        for one, ending in self.endings.items():
            if ending == "reserved":
                self.endings[one] = "expired"

    def _capture(self, clearance_id: str) -> None:
        at = self.runtime.now()
        with self.runtime.transaction(PLATFORM) as session:
            store.settle(session, clearance_id, status="captured", at=at)
            quota_store.settle(session, clearance_id, made_ms=500, at=at)

    def _end(self, index: int, ending: str, end: Callable[[str], object]) -> None:
        if not self.endings:
            return
        one = list(self.endings)[index % len(self.endings)]
        if self.endings[one] == "reserved":
            end(one)
            self.endings[one] = ending
        elif self.endings[one] != ending or ending == "captured":
            with pytest.raises(ClearanceNotReserved):
                end(one)

    @invariant()
    def each_has_one_ending_and_only_what_is_reserved_is_held(self) -> None:
        with self.runtime.transaction() as session:
            rows = session.connection().execute(
                text(
                    "select c.id, c.status, h.kept_units is null as open from clearance c "
                    "join quota_hold h on h.clearance_id = c.id"
                )
            )
            for row in rows:
                assert row.status == self.endings.get(row.id, row.status)
                assert row.open == (row.status == "reserved")

    @invariant()
    def what_is_used_is_what_was_taken(self) -> None:
        with self.runtime.transaction() as session:
            difference = session.connection().execute(
                text(
                    "select (select coalesce(sum(coalesce(kept_units, units)), 0) from quota_hold)"
                    " - (select coalesce(sum(used_units), 0) from quota_use)"
                )
            )
            assert difference.scalar_one() == 0


def test_every_reservation_ends_in_exactly_one_way(
    runtime: Runtime, advance: Callable[[timedelta], None]
) -> None:
    import_registry(runtime, offer(quota(3), quota(40, "seconds", "term")))
    platform(runtime, yen=60)
    world = {"runtime": runtime, "advance": staticmethod(advance), "numbers": iter(range(10_000))}

    run_state_machine_as_test(
        type("ReservationsHere", (Reservations,), world),
        settings=hypothesis_settings(max_examples=8, stateful_step_count=12, deadline=None),
    )

"""Many at once: credit is never spent twice, and a hold is settled once."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from licensing.errors import InsufficientCredit, LedgerError
from licensing.money import Money
from licensing.royalties.accounts import clearing_royalties, platform_credit
from licensing.royalties.ledger import balance, expire_due, hold, post_pending, void_pending
from licensing.royalties.transfers import Balance, Transfer
from service.database import OPERATOR, Database

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
EXPIRY = NOON + timedelta(minutes=10)
MUGEN = platform_credit("mugen", "JPY")

Seed = Callable[[Session], None]


def fee(transfer_id: str) -> Transfer:
    return Transfer(
        id=transfer_id,
        debit_account=MUGEN,
        credit_account=clearing_royalties("JPY"),
        amount=Money(5_000_000, "JPY"),
        reference="clearance-1",
        effective_at=NOON,
        originator_id="mugen",
    )


def at_once(work: Callable[[int], str], count: int) -> Counter[str]:
    """Run `work` on `count` threads that start together, and count the answers."""
    start = threading.Barrier(count)

    def run(index: int) -> str:
        start.wait()
        return work(index)

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(run, range(count)))


def standing(database: Database) -> Balance:
    with database.transaction(OPERATOR) as session:
        return balance(session, MUGEN)


def test_fifty_clients_share_a_credit_for_twenty(database: Database, seed: Seed) -> None:
    with database.transaction(OPERATOR) as session:
        seed(session)

    def ask(index: int) -> str:
        try:
            with database.transaction("mugen") as session:
                hold(session, fee(f"hold-{index}"), EXPIRY)
        except InsufficientCredit:
            return "refused"
        return "held"

    answers = at_once(ask, 50)

    assert answers == {"held": 20, "refused": 30}
    assert standing(database).available_micros == 0
    with database.transaction(OPERATOR) as session:
        held = session.connection().execute(
            text("select count(*) from transfer where kind = 'pending'")
        )
        assert held.scalar_one() == 20


def test_a_hold_asked_for_twenty_times_at_once_is_held_once(database: Database, seed: Seed) -> None:
    with database.transaction(OPERATOR) as session:
        seed(session)

    def ask(_: int) -> str:
        with database.transaction("mugen") as session:
            return "new" if hold(session, fee("hold-1"), EXPIRY) else "again"

    answers = at_once(ask, 20)

    assert answers == {"new": 1, "again": 19}
    assert standing(database).held_micros == 5_000_000


def test_a_hold_posted_twenty_times_at_once_is_posted_once(database: Database, seed: Seed) -> None:
    with database.transaction(OPERATOR) as session:
        seed(session)
        hold(session, fee("hold-1"), EXPIRY)

    def settle(_: int) -> str:
        with database.transaction("mugen") as session:
            return "new" if post_pending(session, "hold-1", 5_000_000, NOON) else "again"

    answers = at_once(settle, 20)

    assert answers == {"new": 1, "again": 19}
    assert standing(database) == Balance(posted_micros=95_000_000, held_micros=0, currency="JPY")


def test_a_sweep_leaves_a_hold_that_is_being_posted(database: Database, seed: Seed) -> None:
    with database.transaction(OPERATOR) as session:
        seed(session)
        hold(session, fee("hold-1"), EXPIRY)

    def sweep() -> tuple[str, ...]:
        with database.transaction(OPERATOR) as session:
            return expire_due(session, EXPIRY)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction("mugen") as session:
            post_pending(session, "hold-1", 5_000_000, NOON)
            expired = pool.submit(sweep)
            wait_until_blocked(database)

        assert expired.result() == ()
    assert standing(database).posted_micros == 95_000_000


def test_voiding_and_posting_at_once_ends_in_one_of_them(database: Database, seed: Seed) -> None:
    with database.transaction(OPERATOR) as session:
        seed(session)
        for index in range(10):
            hold(session, fee(f"hold-{index}"), EXPIRY)

    def settle(index: int) -> str:
        hold_id = f"hold-{index // 2}"
        try:
            with database.transaction("mugen") as session:
                if index % 2:
                    void_pending(session, hold_id, NOON)
                else:
                    post_pending(session, hold_id, 5_000_000, NOON)
        except LedgerError:
            return "settled before"
        return "posted" if index % 2 == 0 else "voided"

    answers = at_once(settle, 20)

    assert answers["settled before"] == 10
    assert standing(database) == Balance(
        posted_micros=100_000_000 - answers["posted"] * 5_000_000, held_micros=0, currency="JPY"
    )


def wait_until_blocked(database: Database) -> None:
    """Wait until some transaction waits for a lock."""
    blocked = text("select count(*) from pg_locks where not granted")
    for _ in range(500):
        with database.transaction(OPERATOR) as session:
            if session.connection().execute(blocked).scalar_one():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")

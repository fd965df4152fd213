"""Jobs live and die with the transaction that asks for them."""

import pytest
from sqlalchemy import text
from sqlmodel import Session

from service.database import OPERATOR, PUBLIC, Database
from service.jobs import QUEUE, defer

FIELDS_OF_A_DEFERRED_JOB = [
    ("queue_name", "character varying"),
    ("task_name", "character varying"),
    ("priority", "integer"),
    ("lock", "text"),
    ("queueing_lock", "text"),
    ("args", "jsonb"),
    ("scheduled_at", "timestamp with time zone"),
]


def queued(session: Session) -> list[tuple[str, str, dict[str, str]]]:
    rows = session.connection().execute(
        text("select queue_name, task_name, args from procrastinate_jobs order by id")
    )
    return [(row.queue_name, row.task_name, row.args) for row in rows]


def test_the_installed_queue_takes_the_fields_that_the_statement_names(session: Session) -> None:
    fields = session.connection().execute(
        text(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "join pg_type on typrelid = attrelid "
            "where typname = 'procrastinate_job_to_defer_v1' order by attnum"
        )
    )

    assert [tuple(field) for field in fields] == FIELDS_OF_A_DEFERRED_JOB


def test_a_deferred_job_carries_its_task_and_arguments(session: Session) -> None:
    defer(session, "run_stamp", {"tenant_id": "aurora", "stamp_id": "stp_1"})

    assert queued(session) == [(QUEUE, "run_stamp", {"tenant_id": "aurora", "stamp_id": "stp_1"})]


def test_a_rolled_back_transaction_leaves_no_job(database: Database) -> None:
    def change_my_mind() -> None:
        with database.transaction(PUBLIC) as session:
            defer(session, "run_verification", {"verification_id": "chk_1"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_my_mind()

    with database.transaction(OPERATOR) as session:
        assert queued(session) == []


@pytest.mark.parametrize("tenant", [PUBLIC, "aurora", OPERATOR])
def test_every_tenant_may_defer(database: Database, tenant: str) -> None:
    with database.transaction(tenant) as session:
        defer(session, "run_stamp", {"tenant_id": tenant, "stamp_id": "stp_1"})

    with database.transaction(OPERATOR) as session:
        assert len(queued(session)) == 1

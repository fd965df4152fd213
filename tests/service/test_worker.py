"""The worker: how it retries, gives up, survives the loss of its database, and stops."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from licensing.registry.tables import PartyRow
from manifests.errors import DiskFull, TimestampUnavailable
from service.database import OPERATOR, PUBLIC
from service.embedded_postgres import connect_directly, superuser_address
from service.errors import BlobStorageFull, DatabaseUnavailable, UnknownStamp
from service.jobs import defer
from service.operations.stamps import StampSource, get_stamp, queue_upload, request_stamp
from service.operations.tenants import add_platform
from service.runtime import Runtime
from service.tables import StampRow, VerificationRow
from service.worker import (
    Interrupted,
    make_app,
    retry_stalled_jobs,
    seconds_until_retry,
    worker_in_background,
)

ROOT = Path(__file__).resolve().parents[2]
CLIP = ROOT / "service" / "demo" / "clip.mp4"
AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)

WORKER_PROGRAM = """
import sys
from pathlib import Path
from service.operations.stamps import StampSource, get_stamp, queue_upload, request_stamp
from service.operations.tenants import add_platform
from service.runtime import Runtime
from service.settings import Settings
from service.worker import run_worker
with Runtime.open(Settings(data_dir=Path(sys.argv[1]), database_url=sys.argv[2])) as runtime:
    print("working", flush=True)
    run_worker(runtime)
print("ended", flush=True)
"""


def wait_for(condition: Callable[[], object], *, limit_s: float = 20.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def jobs(runtime: Runtime) -> list[tuple[str, int]]:
    """Status and attempts of every job that is not housekeeping."""
    with runtime.transaction(OPERATOR) as session:
        rows = session.connection().execute(
            text(
                "select status::text, attempts from procrastinate_jobs "
                "where queue_name <> 'housekeeping' order by id"
            )
        )
        return [(row.status, row.attempts) for row in rows]


def queue_check(runtime: Runtime, content: bytes, *, blob: str = "uploads/chk_1") -> None:
    """Queue the check of an upload."""
    runtime.blobs.put_bytes("uploads/chk_1", content)
    with runtime.transaction(PUBLIC) as session:
        session.add(
            VerificationRow(
                id="chk_1",
                status="queued",
                upload_blob=blob,
                created_at=AT,
                expires_at=LATER,
            )
        )
        defer(session, "run_verification", {"verification_id": "chk_1"})


def check_of(runtime: Runtime) -> VerificationRow:
    with runtime.transaction(PUBLIC) as session:
        row = session.get_one(VerificationRow, "chk_1")
        session.expunge(row)
        return row


@pytest.mark.parametrize(
    ("error", "attempts", "expected"),
    [
        pytest.param(DatabaseUnavailable(), 0, 1, id="database gone: at once"),
        pytest.param(DatabaseUnavailable(), 5, 32, id="each wait is twice the last"),
        pytest.param(DatabaseUnavailable(), 9, 300, id="up to five minutes"),
        pytest.param(BlobStorageFull(), 5000, 300, id="machinery is waited for without end"),
        pytest.param(DiskFull("/scratch"), 5000, 300, id="a full disk is cleared some day"),
        pytest.param(TimestampUnavailable(()), 3, 8, id="authorities come back"),
        pytest.param(TimestampUnavailable(()), 19, None, id="or not"),
        pytest.param(ZeroDivisionError(), 1, 2, id="a defect may depend on the moment"),
        pytest.param(ZeroDivisionError(), 2, None, id="but not three times"),
        pytest.param(UnknownStamp("stp_1"), 0, None, id="what is not there will not come"),
        pytest.param(Interrupted(), 99, 2, id="an interrupted job is left to another worker"),
    ],
)
def test_waits_between_attempts(error: Exception, attempts: int, expected: int | None) -> None:
    assert seconds_until_retry(error, attempts) == expected


def test_a_check_is_worked_off_and_its_upload_deleted(runtime: Runtime) -> None:
    with worker_in_background(runtime):
        queue_check(runtime, b"this is no video")
        wait_for(lambda: check_of(runtime).status == "failed")
        wait_for(lambda: jobs(runtime) == [])

    check = check_of(runtime)
    assert check.error_code == "unsupported_media"
    assert check.upload_blob is None
    assert runtime.blobs.list("uploads") == []


def test_a_check_that_fails_for_our_own_reasons_is_given_up(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.worker._LONGEST_WAIT_S", 0)
    queue_check(runtime, b"", blob="uploads/lost")

    with worker_in_background(runtime):
        wait_for(lambda: jobs(runtime) == [("failed", 3)])

    check = check_of(runtime)
    assert (check.status, check.error_code) == ("failed", "machinery_error")
    assert "uploads/lost" not in str(check.error_detail)


def test_a_stamp_that_fails_for_our_own_reasons_is_given_up(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.worker._LONGEST_WAIT_S", 0)
    with runtime.transaction() as session:
        session.add(PartyRow(id="aurora", kind="platform", name="Aurora", created_at=AT))
        session.flush()
        session.add(
            StampRow(
                id="stp_1",
                tenant_id="aurora",
                status="queued",
                upload_blob="uploads/lost",
                generator="g",
                generator_version="1",
                generated_at=AT,
                created_at=AT,
                updated_at=AT,
            )
        )
        defer(session, "run_stamp", {"tenant_id": "aurora", "stamp_id": "stp_1"})

    with worker_in_background(runtime):
        wait_for(lambda: jobs(runtime) == [("failed", 3)])

    with runtime.transaction("aurora") as session:
        stamp = session.get_one(StampRow, "stp_1")
        assert (stamp.status, stamp.error_code) == ("failed", "machinery_error")


def test_a_worker_outlives_the_loss_of_all_its_connections(runtime: Runtime) -> None:
    address = superuser_address(runtime.database.url)
    with worker_in_background(runtime):
        queue_check(runtime, b"first")
        wait_for(lambda: check_of(runtime).status == "failed")

        with connect_directly(address) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                [runtime.database.url.database],
            )
        with runtime.transaction(PUBLIC) as session:
            session.delete(session.get_one(VerificationRow, "chk_1"))
        queue_check(runtime, b"second")

        wait_for(lambda: check_of(runtime).status == "failed")


def test_a_stamp_under_way_goes_back_to_the_queue_when_its_worker_ends(runtime: Runtime) -> None:
    add_platform(runtime, "aurora", "Aurora")
    source = StampSource(generator="g", generator_version="1", created_at=AT)
    stamp_id = request_stamp(runtime, "aurora", source).stamp.id
    queue_upload(runtime, "aurora", stamp_id, runtime.blobs.put_file("uploads/a", CLIP))

    def status() -> str:
        return get_stamp(runtime, "aurora", stamp_id).stamp.status

    with worker_in_background(runtime):
        wait_for(lambda: status() == "running")
    assert status() == "running"
    assert [state for state, _ in jobs(runtime)] == ["todo"]

    with worker_in_background(runtime):
        wait_for(lambda: status() == "completed")
        wait_for(lambda: jobs(runtime) == [])


def test_jobs_of_a_dead_worker_return_to_the_queue(runtime: Runtime) -> None:
    queue_check(runtime, b"no video")
    with runtime.transaction(OPERATOR) as session:
        session.connection().execute(
            text(
                "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 h')"
            )
        )
        session.connection().execute(
            text(
                "update procrastinate_jobs set status = 'doing', "
                "worker_id = (select max(id) from procrastinate_workers)"
            )
        )

    async def retry() -> int:
        app = make_app(runtime, threading.Event())
        async with app.open_async():
            return await retry_stalled_jobs(app, after_s=30)

    assert asyncio.run(retry()) == 1
    assert jobs(runtime) == [("todo", 1)]


def test_housekeeping_forgets_expired_checks_without_being_asked(runtime: Runtime) -> None:
    runtime.blobs.put_bytes("uploads/old", b"x")
    with runtime.transaction(PUBLIC) as session:
        session.add(
            VerificationRow(
                id="chk_1",
                status="queued",
                upload_blob="uploads/old",
                created_at=AT,
                expires_at=AT.replace(year=2020),
            )
        )

    with worker_in_background(runtime):
        wait_for(lambda: runtime.blobs.list("uploads") == [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_worker_alone_ends_when_asked(runtime: Runtime, number: signal.Signals) -> None:
    url = runtime.database.url.render_as_string(hide_password=False)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER_PROGRAM, str(runtime.settings.data_dir), url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "working\n"
        time.sleep(0.5)

        os.kill(worker.pid, number)

        assert worker.stdout.read() == "ended\n"
    assert worker.returncode == 0

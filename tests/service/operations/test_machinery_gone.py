"""A full disk, or PostgreSQL gone, in the middle of the work: nothing counts, and it can go on."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import sql
from sqlmodel import select
from starlette.testclient import TestClient

from licensing.clearance.tables import ClearanceRow
from licensing.clearance.use import Use
from licensing.royalties import accounts, journal, ledger
from manifests.verification.tables import ManifestRow
from service.auth import SCOPES
from service.embedded_postgres import connect_directly, superuser_address
from service.errors import DatabaseUnavailable
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.stamp_video import run_stamp
from service.operations.stamps import StampSource, get_stamp, queue_upload, request_stamp
from service.operations.tenants import create_api_key
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app
from service.worker import worker_in_background

ROOT = Path(__file__).resolve().parents[3]
PLATFORM = "kirin-studio"
PROMPT = "星灯りの庭のミオが夜の温室で小さなロボットに花をわたす"
SOURCE = StampSource(generator="Kirin", generator_version="2", created_at=datetime.now(UTC))
YEN = 1_000_000
HELD_MICROS = 98_800_000  # 8 s at ¥12.35
FEE_MICROS = 65_208_000  # 5.28 s at ¥12.35
UNTOUCHED = {"credit": (1000 * YEN, HELD_MICROS), "moves": ["pending"], "manifests": 0}
STAMPED = {
    "credit": (1000 * YEN - FEE_MICROS, 0),
    "moves": ["pending", "post_pending"],
    "manifests": 1,
}


@pytest.fixture
def stamp_id(garden: Runtime, use: Use, clip: Path) -> str:
    """A cleared video whose job is queued."""
    request = ClearanceRequest(prompt=PROMPT, use=use)
    token = clear_prompt(garden, PLATFORM, request, idempotency_key="one").token
    stamp_id = request_stamp(garden, PLATFORM, SOURCE, clearance_token=token).stamp.id
    queue_upload(garden, PLATFORM, stamp_id, garden.blobs.put_file(f"uploads/{stamp_id}/a", clip))
    return stamp_id


def books(runtime: Runtime) -> dict[str, object]:
    """What has been held, captured and registered for the one video of the test."""
    with runtime.transaction() as session:
        credit = ledger.balance(session, accounts.platform_credit(PLATFORM, "JPY"))
        clearance = session.exec(select(ClearanceRow.id)).one()
        return {
            "credit": (credit.posted_micros, credit.held_micros),
            "moves": [entry.kind for entry in journal.entries_of(session, clearance)],
            "manifests": len(session.exec(select(ManifestRow.id)).all()),
        }


def on_small_disk(folder: Path, size: str, program: str, environment: dict[str, str]) -> str:
    """Run a program where this folder is a file system of this size; answers what it printed."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = f'mount -t tmpfs -o size={size} none "$0" && exec "$@"'
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c", mount]
    tried = subprocess.run([*namespace, folder, "true"], check=False, capture_output=True)
    if tried.returncode != 0:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no small disk can be made: {tried.stderr.decode()}")
        pytest.skip("this machine allows no mount namespace, so no small disk can be made")
    done = subprocess.run(
        [*namespace, folder, sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment_of(runtime: Runtime) -> dict[str, str]:
    url = runtime.settings.database_url
    assert url is not None
    return {
        "RAKKAN_DATA_DIR": str(runtime.settings.data_dir),
        "RAKKAN_DATABASE_URL": url.get_secret_value(),
    }


RUN_STAMP = """
import json, os, sys, tempfile
from service.operations.stamp_video import run_stamp
from service.retrying import is_worth_retrying
from service.runtime import Runtime
from service.settings import Settings
steps = []
with Runtime.open(Settings()) as runtime:
    try:
        run_stamp(runtime, "kirin-studio", "{stamp_id}", lambda step, _: steps.append(step))
    except Exception as error:
        left = os.listdir(tempfile.gettempdir())
        blobs = [key for key in runtime.blobs.list() if not key.startswith("uploads/")]
        print(json.dumps([steps[-1], error.code, is_worth_retrying(error), left, blobs]))
"""


@pytest.mark.parametrize(
    ("place", "size", "step", "code"),
    [
        pytest.param("scratch", "600k", "fetch", "disk_full", id="the upload's copy"),
        pytest.param("scratch", "1800k", "mark", "disk_full", id="the marked copy"),
        pytest.param("scratch", "4600k", "sign", "disk_full", id="the signed copy"),
        pytest.param("var/blobs/stamps", "600k", "store", "blob_storage_full", id="the file store"),
    ],
)
def test_on_a_full_disk_a_stamp_is_tried_again_and_nothing_counts_until_then(
    garden: Runtime, stamp_id: str, tmp_path: Path, place: str, size: str, step: str, code: str
) -> None:
    folder = tmp_path / place
    scratch = {"TMPDIR": str(folder)} if place == "scratch" else {}
    program = RUN_STAMP.format(stamp_id=stamp_id)

    answer = json.loads(on_small_disk(folder, size, program, environment_of(garden) | scratch))

    assert answer[:3] == [step, code, True]
    assert answer[4] == []
    if place == "scratch":
        assert answer[3] == []
    assert get_stamp(garden, PLATFORM, stamp_id).stamp.status == "running"
    assert books(garden) == UNTOUCHED
    assert run_stamp(garden, PLATFORM, stamp_id).status == "completed"
    assert books(garden) == STAMPED


SEND_UPLOAD = """
from pathlib import Path
from starlette.testclient import TestClient
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app
with Runtime.open(Settings()) as runtime:
    client = TestClient(create_app(runtime), headers={{"Authorization": "Bearer {key}"}})
    video = Path("{clip}").read_bytes()
    stamp = client.put("/v1/stamps/{stamp_id}", content=video)
    check = client.post("/v1/verifications", content=video)
    print([(r.status_code, r.json()["code"]) for r in (stamp, check)], runtime.blobs.list())
"""


def test_an_upload_into_a_full_store_is_refused_and_can_be_sent_again(
    garden: Runtime, clip: Path, tmp_path: Path
) -> None:
    key = create_api_key(garden, PLATFORM, "k", SCOPES).secret
    stamp_id = request_stamp(garden, PLATFORM, SOURCE).stamp.id
    program = SEND_UPLOAD.format(key=key, clip=clip, stamp_id=stamp_id)

    answer = on_small_disk(tmp_path / "var" / "blobs", "600k", program, environment_of(garden))

    assert answer == "[(507, 'blob_storage_full'), (507, 'blob_storage_full')] []\n"
    assert get_stamp(garden, PLATFORM, stamp_id).stamp.status == "awaiting_upload"
    queue_upload(garden, PLATFORM, stamp_id, garden.blobs.put_file("uploads/b", clip))
    assert run_stamp(garden, PLATFORM, stamp_id).status == "completed"


@contextmanager
def postgres_gone(runtime: Runtime) -> Iterator[None]:
    """End every connection to the test's database and let none in until the context ends."""
    name = str(runtime.database.url.database)
    with connect_directly(superuser_address(runtime.database.url)) as connection:
        close, reopen = (
            sql.SQL("alter database {} allow_connections " + word).format(sql.Identifier(name))
            for word in ("false", "true")
        )
        connection.execute(close)
        cut_connections(runtime)
        try:
            yield
        finally:
            connection.execute(reopen)


def cut_connections(runtime: Runtime, *, waiting_only: bool = False) -> int:
    """End connections to the test's database; answers how many."""
    with connect_directly(superuser_address(runtime.database.url)) as connection:
        ended = connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = %s and (wait_event_type = 'Lock' or not %s)",
            [runtime.database.url.database, waiting_only],
        )
        return len(ended.fetchall())


@pytest.mark.parametrize("step", ["fetch", "mark", "record"])
def test_without_postgres_a_stamp_is_tried_again_and_nothing_counts_until_then(
    garden: Runtime, stamp_id: str, step: str
) -> None:
    gone = postgres_gone(garden)

    def lose_it(now: str, _progress: float) -> None:
        if now == step:
            gone.__enter__()

    try:
        with pytest.raises(DatabaseUnavailable, match="Nothing was changed; try again"):
            run_stamp(garden, PLATFORM, stamp_id, lose_it)
    finally:
        gone.__exit__(None, None, None)

    assert books(garden) == UNTOUCHED
    assert run_stamp(garden, PLATFORM, stamp_id).status == "completed"
    assert books(garden) == STAMPED


def test_a_connection_that_dies_while_the_fee_is_captured_captures_nothing(
    garden: Runtime, stamp_id: str
) -> None:
    problems: list[Exception] = []

    def attempt() -> None:
        try:
            run_stamp(garden, PLATFORM, stamp_id)
        except DatabaseUnavailable as problem:
            problems.append(problem)

    # Whoever holds the credit's row makes the capture wait in the middle of its transaction.
    with garden.transaction() as session:
        session.connection().exec_driver_sql(
            "select 1 from account where posted_micros > 0 for update"
        )
        job = threading.Thread(target=attempt)
        job.start()
        wait_for(lambda: cut_connections(garden, waiting_only=True))
        job.join(60)

    assert len(problems) == 1
    assert books(garden) == UNTOUCHED
    assert run_stamp(garden, PLATFORM, stamp_id).status == "completed"
    assert books(garden) == STAMPED


def test_a_worker_finishes_its_stamp_when_postgres_is_back(garden: Runtime, stamp_id: str) -> None:
    settings = Settings(**{**garden.settings.model_dump(), "worker_stalled_after_s": 1.0})
    quick = Runtime(settings, database=garden.database, blobs=garden.blobs)

    def status() -> str:
        return get_stamp(garden, PLATFORM, stamp_id).stamp.status

    with worker_in_background(quick):
        wait_for(lambda: status() == "running")
        with postgres_gone(garden):
            time.sleep(2)
        wait_for(lambda: status() == "completed")

    assert books(garden) == STAMPED


def test_without_postgres_every_request_is_told_to_come_back(
    garden: Runtime, stamp_id: str
) -> None:
    key = create_api_key(garden, PLATFORM, "k", SCOPES).secret
    client = TestClient(create_app(garden), headers={"Authorization": f"Bearer {key}"})
    use = {"territory": "JP", "purpose": "personal", "duration_s": 8}

    with postgres_gone(garden):
        answers = [
            client.post(
                "/v1/clearances",
                json={"prompt": PROMPT, "use": use},
                headers={"Idempotency-Key": "two"},
            ),
            client.get(f"/v1/stamps/{stamp_id}"),
            client.put(f"/v1/stamps/{stamp_id}", content=b"video"),
            client.post("/v1/verifications", content=b"video"),
        ]
        ready = client.get("/readyz")

    problems = [(each.status_code, each.json()["code"]) for each in answers]
    assert problems == [(503, "database_unavailable")] * 4
    assert ready.status_code == 503
    assert client.get("/readyz").status_code == 200
    assert garden.blobs.list() == [f"uploads/{stamp_id}/a"]
    assert books(garden) == UNTOUCHED


def wait_for(condition: Callable[[], object], *, limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)

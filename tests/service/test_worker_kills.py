"""Real workers, killed while they stamp: each video ends with one manifest and one capture."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from licensing.clearance.use import Use
from licensing.money import Money
from licensing.royalties import accounts, ledger
from licensing.royalties.tables import TransferRow
from manifests.verification.tables import ManifestRow
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.registry import import_registry
from service.operations.stamps import StampSource, get_stamp, queue_upload, request_stamp
from service.operations.tenants import add_platform, credit_platform
from service.runtime import Runtime

DEMO = Path(__file__).resolve().parents[2] / "service" / "demo"
PLATFORM = "kirin-studio"
YEN = 1_000_000
FEE_MICROS = 65_208_000  # 5.28 s at ¥12.35
LIMIT_S = 120.0


@contextmanager
def worker(runtime: Runtime) -> Iterator[subprocess.Popen[bytes]]:
    """Run `rakkan worker` on the test's database and folder."""
    url = runtime.settings.database_url
    assert url is not None
    process = subprocess.Popen(
        [Path(sys.executable).with_name("rakkan"), "worker"],
        env={
            **os.environ,
            "RAKKAN_DATA_DIR": str(runtime.settings.data_dir),
            "RAKKAN_DATABASE_URL": url.get_secret_value(),
            "RAKKAN_WORKER_STALLED_AFTER_S": "1",
            "RAKKAN_ENCODER_PRESET": "ultrafast",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def queue_videos(runtime: Runtime, count: int) -> list[str]:
    """Clear and upload so many videos; their jobs wait in the queue."""
    import_registry(runtime, (DEMO / "registry.json").read_bytes())
    add_platform(runtime, PLATFORM, "Kirin Studio")
    credit_platform(runtime, PLATFORM, Money(100 * count * YEN, "JPY"), reference="invoice-1")
    use = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
    source = StampSource(generator="K", generator_version="1", created_at=datetime.now(UTC))
    stamp_ids = []
    for number in range(count):
        answer = clear_prompt(
            runtime,
            PLATFORM,
            ClearanceRequest(prompt="星灯りの庭", use=use),
            idempotency_key=str(number),
        )
        stamp = request_stamp(runtime, PLATFORM, source, clearance_token=answer.token)
        stamp_id = stamp.stamp.id
        blob = runtime.blobs.put_file(f"uploads/{stamp_id}", DEMO / "clip.mp4")
        queue_upload(runtime, PLATFORM, stamp_id, blob)
        stamp_ids.append(stamp_id)
    return stamp_ids


def unfinished(runtime: Runtime, stamp_ids: list[str]) -> int:
    states = [get_stamp(runtime, PLATFORM, stamp_id).stamp.status for stamp_id in stamp_ids]
    assert "failed" not in states
    return len([state for state in states if state != "completed"])


@pytest.mark.parametrize(
    ("videos", "kills"),
    [
        pytest.param(2, 2, id="a few"),
        pytest.param(25, 50, id="fifty", marks=pytest.mark.soak),
    ],
)
def test_killed_workers_leave_one_manifest_and_one_capture_a_video(
    runtime: Runtime,
    videos: int,
    kills: int,
) -> None:
    stamp_ids = queue_videos(runtime, videos)
    moments = random.Random(5)

    for _ in range(kills):
        with worker(runtime):
            # From before the first job is taken to well into the second.
            time.sleep(moments.uniform(0.8, 3.0))
    with worker(runtime):
        ends_at = time.monotonic() + LIMIT_S
        while unfinished(runtime, stamp_ids) and time.monotonic() < ends_at:
            time.sleep(0.3)

    assert unfinished(runtime, stamp_ids) == 0
    with runtime.transaction() as session:
        manifests = session.exec(select(ManifestRow.stamp_id)).all()
        captures = session.exec(
            select(TransferRow.id).where(TransferRow.kind == "post_pending"),
        ).all()
        credit = ledger.balance(session, accounts.platform_credit(PLATFORM, "JPY"))
    assert sorted(manifests) == sorted(stamp_ids)
    assert len(captures) == videos
    assert credit.posted_micros == videos * (100 * YEN - FEE_MICROS)
    assert credit.held_micros == 0

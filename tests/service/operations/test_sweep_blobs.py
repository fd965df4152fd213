"""What a killed attempt left in the blob store is deleted, and nothing else."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from manifests.credentials.boxes import manifest_store
from service.operations.keep_manifest import keep_manifest
from service.operations.stamp_ingredients import add_ingredient
from service.operations.stamps import StampSource, queue_upload, request_stamp
from service.operations.sweep_blobs import sweep_blobs
from service.operations.verifications import request_verification
from service.runtime import Runtime

PLATFORM = "kirin-studio"
GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "signed"
PNG = cv2.imencode(".png", np.zeros((2, 2), np.uint8))[1].tobytes()
SOURCE = StampSource(
    generator="Kirin Video", generator_version="2.1", created_at=datetime(2026, 11, 1, tzinfo=UTC)
)


def put(runtime: Runtime, key: str, content: bytes = b"film") -> str:
    return runtime.blobs.put_bytes(key, content).key


@pytest.fixture
def named(garden: Runtime) -> list[str]:
    """Files that a row names: a video and a picture of open stamps, a check, a kept manifest."""
    open_id = request_stamp(garden, PLATFORM, SOURCE).stamp.id
    picture = garden.blobs.put_bytes(f"uploads/{open_id}/ingredient-1-a", PNG)
    add_ingredient(garden, PLATFORM, open_id, 1, picture)
    queued_id = request_stamp(garden, PLATFORM, SOURCE).stamp.id
    upload = garden.blobs.put_bytes(f"uploads/{queued_id}/a", b"film")
    queue_upload(garden, PLATFORM, queued_id, upload, with_job=False)
    check = garden.blobs.put_bytes("checks/1", b"film")
    request_verification(garden, check)
    with (GOLDEN / "intact.mp4").open("rb") as file:
        keep_manifest(garden, PLATFORM, manifest_store(file) or b"")
    return garden.blobs.list()


def test_what_no_row_names_is_deleted_once_it_is_old(
    garden: Runtime, named: list[str], advance: Callable[[timedelta], None]
) -> None:
    known = request_stamp(garden, PLATFORM, SOURCE).stamp.id
    digest = hashlib.sha256(b"store").hexdigest()
    for key in (
        f"uploads/{known}/killed",
        "uploads/stp_never/killed",
        f"stamps/{known}/attempt.mp4",
        f"stamps/{known}/attempt.c2pa",
        "checks/killed",
        f"manifests/{digest}/killed.c2pa",
    ):
        put(garden, key)

    assert sweep_blobs(garden) == 0
    advance(timedelta(hours=25))

    assert sweep_blobs(garden) == 6
    assert garden.blobs.list() == named
    assert sweep_blobs(garden) == 0


def test_what_other_parts_of_the_service_keep_is_left_alone(
    garden: Runtime, advance: Callable[[timedelta], None]
) -> None:
    put(garden, "elsewhere/file")
    advance(timedelta(days=400))

    assert sweep_blobs(garden) == 0
    assert garden.blobs.list() == ["elsewhere/file"]


def test_a_file_of_this_minute_is_left_even_where_an_old_one_lies(garden: Runtime) -> None:
    put(garden, "checks/new")
    old = garden.settings.blobs_folder / put(garden, "checks/old")
    yesterday = (datetime.now(UTC) - timedelta(hours=30)).timestamp()
    os.utime(old, (yesterday, yesterday))

    assert sweep_blobs(garden) == 1
    assert garden.blobs.list() == ["checks/new"]

"""Stamping real videos: one token one video, one capture one manifest, whatever happens."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from licensing.clearance.use import Use
from licensing.errors import (
    ClearanceNotReserved,
    LicensingError,
    TokenExpired,
    TokenInvalid,
    TokenUsed,
)
from licensing.royalties import accounts, journal, ledger
from manifests.media.commands import ffmpeg_path
from manifests.verification.tables import ManifestRow
from service.errors import StampNotReady, UnknownStamp, UploadNotExpected
from service.operations.clearances import (
    ClearanceRequest,
    clear_prompt,
    get_clearance,
    void_clearance,
)
from service.operations.registry import import_registry
from service.operations.stamp_file import stamp_file
from service.operations.stamp_store import Stamp
from service.operations.stamp_video import run_stamp
from service.operations.stamps import (
    StampSource,
    get_stamp,
    open_content,
    queue_upload,
    request_stamp,
)
from service.operations.verifications import verify_file
from service.runtime import Runtime
from service.web import create_app

DEMO = Path(__file__).resolve().parents[3] / "service" / "demo"
PLATFORM = "kirin-studio"
YEN = 1_000_000
SOURCE = StampSource(
    generator="Kirin Video",
    generator_version="2.1",
    created_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
)
PROMPT = "星灯りの庭のミオが夜の温室で小さなロボットに花をわたす"
FEE_MICROS = 65_208_000  # 5.28 s at ¥12.35


def token(runtime: Runtime, use: Use, key: str = "one") -> str:
    request = ClearanceRequest(prompt=PROMPT, use=use)
    answer = clear_prompt(runtime, PLATFORM, request, idempotency_key=key)
    assert answer.token is not None
    return answer.token


def upload(runtime: Runtime, stamp_id: str, video: Path) -> None:
    blob = runtime.blobs.put_file(f"uploads/{stamp_id}", video)
    queue_upload(runtime, PLATFORM, stamp_id, blob)


def queued(runtime: Runtime, use: Use, video: Path, key: str = "one") -> str:
    stamp = request_stamp(runtime, PLATFORM, SOURCE, clearance_token=token(runtime, use, key))
    upload(runtime, stamp.stamp.id, video)
    return stamp.stamp.id


def balance(runtime: Runtime, account: str) -> ledger.Balance:
    with runtime.transaction() as session:
        return ledger.balance(session, account)


def credit(runtime: Runtime) -> tuple[int, int]:
    found = balance(runtime, accounts.platform_credit(PLATFORM, "JPY"))
    return found.posted_micros, found.held_micros


def test_a_cleared_video_is_stamped_charged_for_its_real_length_and_verified(
    garden: Runtime,
    use: Use,
    clip: Path,
    tmp_path: Path,
) -> None:
    stamp = run_stamp(garden, PLATFORM, queued(garden, use, clip))

    content = open_content(garden, PLATFORM, stamp.id)
    out = tmp_path / "out.mp4"
    garden.blobs.get_file(content.blob_key, out)
    verdict = verify_file(garden, out).to_json()
    assert verdict["verdict"] == "verified"
    assert verdict["manifest_id"] == stamp.manifest_id
    assert verdict["licence"]["status"] == "active"
    assert credit(garden) == (1000 * YEN - FEE_MICROS, 0)
    owners = [accounts.licensor_payable(o, "JPY") for o in ("aoyama-bunko", "studio-kagerou")]
    assert [balance(garden, o).posted_micros for o in owners] == [39_124_800, 26_083_200]
    assert balance(garden, accounts.clearing_royalties("JPY")).posted_micros == 0


def copy_without_label(stamped: Path, copy: Path, *options: str) -> Path:
    """Re-encode as a platform would; the label is lost on the way."""
    arguments = ["-v", "error", "-y", "-i", stamped, *options, copy]
    subprocess.run([ffmpeg_path(), *arguments], check=True)
    return copy


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-c", "copy"), id="label stripped"),
        pytest.param(("-vf", "scale=640:360", "-crf", "28", "-preset", "ultrafast"), id="smaller"),
        pytest.param(("-vf", "hflip", "-preset", "ultrafast"), id="mirrored"),
    ],
)
def test_a_copy_without_its_label_is_found_again_with_its_licence(
    garden: Runtime,
    use: Use,
    clip: Path,
    tmp_path: Path,
    options: tuple[str, ...],
) -> None:
    stamp = run_stamp(garden, PLATFORM, queued(garden, use, clip))
    content = open_content(garden, PLATFORM, stamp.id)
    garden.blobs.get_file(content.blob_key, tmp_path / "out.mp4")

    copy = copy_without_label(tmp_path / "out.mp4", tmp_path / "copy.mp4", *options)
    verdict = verify_file(garden, copy).to_json()

    assert verdict["verdict"] == "recovered"
    assert verdict["manifest_id"] == stamp.manifest_id
    assert verdict["recovered_by"] == ["watermark", "fingerprint"]
    assert verdict["licence"]["status"] == "active"


@pytest.mark.parametrize(("language", "title"), [("en", "A registered video"), ("ja", "登録")])
def test_anyone_may_read_the_record_of_a_stamped_video(
    garden: Runtime,
    use: Use,
    clip: Path,
    language: str,
    title: str,
) -> None:
    stamp = run_stamp(garden, PLATFORM, queued(garden, use, clip))
    client = TestClient(create_app(garden))

    page = client.get(f"/m/{stamp.manifest_id}?lang={language}", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert title in page.text
    assert f'href="/l/{stamp.licence_id}"' in page.text
    assert PLATFORM not in page.text
    absent = client.get("/m/urn:c2pa:none", headers={"Accept": "text/html"})
    assert absent.status_code == 404


def test_the_original_resembles_its_stamped_copy_and_proves_nothing(
    garden: Runtime,
    use: Use,
    clip: Path,
) -> None:
    stamp = run_stamp(garden, PLATFORM, queued(garden, use, clip))

    verdict = verify_file(garden, clip).to_json()

    assert verdict["verdict"] == "possible_match"
    assert verdict["manifest_id"] == stamp.manifest_id


def test_running_a_finished_stamp_again_changes_nothing(
    garden: Runtime,
    use: Use,
    clip: Path,
) -> None:
    first = run_stamp(garden, PLATFORM, queued(garden, use, clip))

    assert run_stamp(garden, PLATFORM, first.id) == first
    assert credit(garden) == (1000 * YEN - FEE_MICROS, 0)


def test_a_token_presented_twenty_times_at_once_opens_one_stamp(
    garden: Runtime,
    use: Use,
) -> None:
    presented = token(garden, use)

    def present(_: int) -> str:
        try:
            return request_stamp(
                garden,
                PLATFORM,
                SOURCE,
                clearance_token=presented,
            ).stamp.id
        except TokenUsed as refusal:
            return refusal.code

    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(present, range(20)))
    assert answers.count("token_used") == 19


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        pytest.param(lambda t: t[:-6] + "AAAAAA", TokenInvalid, id="signature altered"),
        pytest.param(lambda t: "e30." + t.split(".", 1)[1], TokenInvalid, id="header altered"),
        pytest.param(lambda _: "not a token", TokenInvalid, id="no token at all"),
    ],
)
def test_an_altered_token_opens_nothing(
    garden: Runtime,
    use: Use,
    spoil: object,
    error: type[LicensingError],
) -> None:
    presented = token(garden, use)

    with pytest.raises(error):
        request_stamp(garden, PLATFORM, SOURCE, clearance_token=spoil(presented))  # type: ignore[operator]


def test_a_late_token_and_a_voided_one_open_nothing(
    garden: Runtime,
    use: Use,
    advance: Callable[[timedelta], None],
) -> None:
    voided, late = token(garden, use, "voided"), token(garden, use, "late")
    void_clearance(garden, PLATFORM, _clearance_id(garden, use, "voided"))

    with pytest.raises(ClearanceNotReserved):
        request_stamp(garden, PLATFORM, SOURCE, clearance_token=voided)
    advance(garden.settings.clearance_lifetime + timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        request_stamp(garden, PLATFORM, SOURCE, clearance_token=late)


def _clearance_id(runtime: Runtime, use: Use, key: str) -> str:
    request = ClearanceRequest(prompt=PROMPT, use=use)
    return clear_prompt(runtime, PLATFORM, request, idempotency_key=key).id


def test_a_video_longer_than_cleared_fails_and_costs_nothing(
    garden: Runtime,
    use: Use,
    clip: Path,
) -> None:
    short = replace(use, duration_ms=3000)

    stamp = run_stamp(garden, PLATFORM, queued(garden, short, clip))

    assert (stamp.status, stamp.error_code) == ("failed", "longer_than_cleared")
    assert credit(garden) == (1000 * YEN, 0)


def test_owners_who_fall_out_before_the_stamp_are_paid_by_nobody(
    garden: Runtime,
    use: Use,
    clip: Path,
) -> None:
    stamp_id = queued(garden, use, clip)
    disputed = (DEMO / "registry.json").read_bytes().replace(b'"3/5"', b'"1/2"')
    import_registry(garden, disputed)

    stamp = run_stamp(garden, PLATFORM, stamp_id)

    assert (stamp.status, stamp.error_code) == ("failed", "ownership_unclear")
    assert credit(garden) == (1000 * YEN, 0)


def test_what_is_no_video_fails_and_costs_nothing(
    garden: Runtime,
    use: Use,
    clip: Path,
    tmp_path: Path,
) -> None:
    playlist = tmp_path / "playlist.mp4"
    playlist.write_text("#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n")

    stamp = run_stamp(garden, PLATFORM, queued(garden, use, playlist))

    assert (stamp.status, stamp.error_code) == ("failed", "unsupported_media")
    assert credit(garden) == (1000 * YEN, 0)
    with pytest.raises(StampNotReady):
        open_content(garden, PLATFORM, stamp.id)
    with pytest.raises(UploadNotExpected):
        upload(garden, stamp.id, clip)


def test_without_a_clearance_a_video_gets_its_provenance_only(
    garden: Runtime,
    clip: Path,
) -> None:
    opened = request_stamp(garden, PLATFORM, SOURCE)
    upload(garden, opened.stamp.id, clip)

    stamp = run_stamp(garden, PLATFORM, opened.stamp.id)

    assert (stamp.status, stamp.licence_id) == ("completed", None)
    assert credit(garden) == (1000 * YEN, 0)


def test_the_same_upload_twice_is_one_and_another_is_refused(
    garden: Runtime,
    use: Use,
    clip: Path,
    tmp_path: Path,
) -> None:
    stamp_id = queued(garden, use, clip)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"another file")

    upload(garden, stamp_id, clip)
    with pytest.raises(UploadNotExpected):
        upload(garden, stamp_id, other)
    assert get_stamp(garden, PLATFORM, stamp_id).stamp.status == "queued"


def test_another_platform_does_not_find_the_stamp(garden: Runtime, use: Use, clip: Path) -> None:
    stamp_id = queued(garden, use, clip)

    with pytest.raises(UnknownStamp):
        get_stamp(garden, "someone-else", stamp_id)
    with pytest.raises(UnknownStamp):
        open_content(garden, "someone-else", stamp_id)


def test_the_command_stamps_a_file_and_resumes_where_it_was(
    garden: Runtime,
    use: Use,
    clip: Path,
    tmp_path: Path,
) -> None:
    request = ClearanceRequest(prompt=PROMPT, use=use)
    clearance = clear_prompt(garden, PLATFORM, request, idempotency_key="cli")
    before = clip.read_bytes()

    first = stamp_file(garden, clip, tmp_path / "a.mp4", clearance_id=clearance.id)
    again = stamp_file(garden, clip, tmp_path / "b.mp4", clearance_id=clearance.id)

    assert first.stamp == again.stamp
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert clip.read_bytes() == before
    assert get_clearance(garden, PLATFORM, clearance.id).status == "captured"


def _environment(runtime: Runtime) -> dict[str, str]:
    url = runtime.settings.database_url
    assert url is not None
    return {
        "RAKKAN_DATA_DIR": str(runtime.settings.data_dir),
        "RAKKAN_DATABASE_URL": url.get_secret_value(),
        "RAKKAN_ENCODER_PRESET": "ultrafast",
    }


STEPS = ("fetch", "probe", "mark", "sign", "store", "record", "done")


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_next_attempt_leaves_one_manifest_and_one_capture(
    garden: Runtime,
    use: Use,
    clip: Path,
    step: str,
) -> None:
    stamp_id = queued(garden, use, clip)
    program = textwrap.dedent(
        f"""
        import os, signal
        from service.operations.stamp_video import run_stamp
        from service.runtime import Runtime
        from service.settings import Settings

        def die(step, _progress):
            if step == {step!r}:
                os.kill(os.getpid(), signal.SIGKILL)

        with Runtime.open(Settings()) as runtime:
            run_stamp(runtime, {PLATFORM!r}, {stamp_id!r}, die)
        """,
    )
    killed = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **_environment(garden)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL

    stamp: Stamp = run_stamp(garden, PLATFORM, stamp_id)

    assert stamp.status == "completed"
    assert credit(garden) == (1000 * YEN - FEE_MICROS, 0)
    with garden.transaction() as session:
        kinds = [e.kind for e in journal.entries_of(session, stamp.clearance_id or "")]
        manifests = session.exec(select(ManifestRow.id)).all()
    assert kinds == ["pending", "post_pending"]
    assert manifests == [stamp.manifest_id]

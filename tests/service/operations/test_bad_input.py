"""Every kind of bad video at every door: a code, a next step, and nothing that counts."""

import io
import json
import logging
import random
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, cached_property
from itertools import count
from pathlib import Path

import imageio_ffmpeg
import pytest
import structlog
from sqlalchemy import URL
from sqlmodel import func, select

from licensing.clearance.tables import LicenceRow
from licensing.clearance.use import Use
from licensing.money import Money
from licensing.royalties import accounts, ledger
from licensing.royalties.tables import TransferRow, UsageRow
from manifests.verification.tables import ManifestRow
from service.cli.app import run
from service.embedded_postgres import connect_directly, superuser_address
from service.operations.clearances import ClearanceRequest, clear_prompt, get_clearance
from service.operations.registry import import_registry
from service.operations.stamp_video import run_stamp
from service.operations.stamps import StampSource, get_stamp, queue_upload, request_stamp
from service.operations.tenants import add_platform, credit_platform
from service.operations.verifications import (
    get_verification,
    request_verification,
    run_verification,
)
from service.runtime import Runtime
from service.settings import Settings

DEMO = Path(__file__).resolve().parents[3] / "service" / "demo"
PLATFORM = "kirin-studio"
SOURCE = StampSource(generator="Kirin", generator_version="2", created_at=datetime.now(UTC))
USE = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
MOST_BYTES = 2_000_000
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"

SMALL = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=12:duration=1")
HUGE = ("-f", "lavfi", "-i", "color=size=8192x8192:rate=1:duration=1")
TONE = ("-f", "lavfi", "-i", "sine=duration=1:sample_rate=16000")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")

# Code of the refusal, and a word of the sentence that says what to do next.
BAD = {
    "empty": ("malformed_media", "Export it again"),
    "truncated": ("malformed_media", "Export it again"),
    "truncated after its index": ("malformed_media", "Export it again"),
    "noise behind a type box": ("malformed_media", "Export it again"),
    "index of billions of samples": ("malformed_media", "Export it again"),
    "boxes within boxes": ("malformed_media", "Export it again"),
    "text playlist": ("unsupported_media", "Send MP4"),
    "concat script": ("unsupported_media", "Send MP4"),
    "renamed archive": ("unsupported_media", "Send MP4"),
    "renamed picture": ("unsupported_media", "Send MP4"),
    "known codec nobody accepts": ("unsupported_media", "H.264, HEVC, VP9 or AV1"),
    "unknown codec": ("unsupported_media", "H.264, HEVC, VP9 or AV1"),
    "no video stream": ("no_video_stream", "Send a file with moving pictures"),
    "too many bytes": ("media_too_large", "Send a smaller file"),
    "too many seconds": ("media_too_long", "Send a shorter video"),
    "8192x8192 bomb": ("picture_too_large", "Send a smaller picture size"),
    "bomb that claims 64x64": ("picture_too_large", "Send a smaller picture size"),
}
ONE_FOR_EACH_CODE = list({code: name for name, (code, _) in BAD.items()}.values())
_numbers = count(1)


@pytest.fixture(scope="module")
def narrow(postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """One installation for these tests; it takes two megabytes and ten seconds at most."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database bad_input template {postgres.database} owner rakkan")
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("bad input"),
        database_url=postgres.set(database="bad_input").render_as_string(hide_password=False),
        upload_max_bytes=MOST_BYTES,
        video_max_duration_s=10,
    )
    with Runtime.open(settings) as runtime:
        import_registry(runtime, (DEMO / "registry.json").read_bytes())
        add_platform(runtime, PLATFORM, "Kirin Studio")
        credit_platform(runtime, PLATFORM, Money(10**9, "JPY"), reference="invoice-1")
        yield runtime


@pytest.fixture(scope="module")
def bad_video(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make the file of this name (see `BAD`), always called clip.mp4."""
    bench = Bench(tmp_path_factory.mktemp("made"))

    @cache
    def make(name: str) -> Path:
        path = tmp_path_factory.mktemp("bad") / "clip.mp4"
        path.write_bytes(CONTENT[name](bench))
        return path

    return make


class Bench:
    """Makes the bad videos, from one good clip and one large picture."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def made(self, name: str, *arguments: str) -> bytes:
        """Run ffmpeg; the file's name chooses the container."""
        path = self.folder / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
        subprocess.run([*command, *arguments, str(path)], check=True, capture_output=True)
        return path.read_bytes()

    @cached_property
    def small(self) -> bytes:
        return self.made("small.mp4", *SMALL, *H264)

    @cached_property
    def bomb(self) -> bytes:
        return self.made("bomb.mp4", *HUGE, *H264)

    @property
    def archive(self) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as file:
            file.writestr("film.mp4", PLAYLIST)
        return content.getvalue()


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """Overwrite the bytes that stand so far behind the end of a mark."""
    at = data.index(mark) + len(mark) + offset
    return data[:at] + value + data[at + len(value) :]


TYPE_BOX = b"\0\0\0\x10ftypisom\0\0\0\0"
NESTED = b"".join(struct.pack(">I4s", 80_000 - 8 * n, b"moov") for n in range(10_000))
CONTENT: dict[str, Callable[[Bench], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda b: b.small[: len(b.small) // 2],
    "truncated after its index": lambda b: b.made(
        "front.mp4", *SMALL, *H264, "-movflags", "+faststart"
    )[:-2000],
    "noise behind a type box": lambda _: TYPE_BOX + random.Random(7).randbytes(100_000),
    # The size of one sample, 0 for "see the table", and how many there are.
    "index of billions of samples": lambda b: patched(
        b.small, b"stsz", 4, struct.pack(">II", 0, 0xFFFF_FFF0)
    ),
    "boxes within boxes": lambda _: TYPE_BOX + NESTED,
    "text playlist": lambda _: PLAYLIST,
    "concat script": lambda _: b"ffconcat version 1.0\nfile /etc/passwd\n",
    "renamed archive": lambda b: b.archive,
    "renamed picture": lambda b: b.made("picture.png", *SMALL, "-frames:v", "1"),
    "known codec nobody accepts": lambda b: b.made("mpeg4.mp4", *SMALL, "-c:v", "mpeg4"),
    "unknown codec": lambda b: b.small.replace(b"avc1\0\0\0\0", b"zzzz\0\0\0\0"),
    "no video stream": lambda b: b.made("sound.mp4", *TONE, "-c:a", "aac"),
    "too many bytes": lambda b: (
        b.small + struct.pack(">I4s", MOST_BYTES, b"free").ljust(MOST_BYTES, b"\0")
    ),
    "too many seconds": lambda b: b.made(
        "long.mp4", "-f", "lavfi", "-i", "color=size=64x48:rate=2:duration=11"
    ),
    "8192x8192 bomb": lambda b: b.bomb,
    "bomb that claims 64x64": lambda b: patched(
        b.bomb, b"avc1\0\0\0\0", 20, struct.pack(">HH", 64, 64)
    ),
}


def cleared(runtime: Runtime) -> tuple[str, str]:
    """Clear eight seconds: the clearance and its token."""
    answer = clear_prompt(
        runtime,
        PLATFORM,
        ClearanceRequest(prompt="星灯りの庭", use=USE),
        idempotency_key=f"bad-{next(_numbers)}",
    )
    assert answer.token is not None
    return answer.id, answer.token


def what_counts(runtime: Runtime) -> dict[str, object]:
    """Everything that a refused video must leave as it was."""
    with runtime.transaction() as session:
        credit = ledger.balance(session, accounts.platform_credit(PLATFORM, "JPY"))
        kinds = select(func.count()).where(TransferRow.kind.in_(["posted", "post_pending"]))  # type: ignore[attr-defined]
        return {
            "credit": (credit.posted_micros, credit.held_micros),
            "postings": session.exec(kinds).one(),
            "usages": session.exec(select(func.count()).select_from(UsageRow)).one(),
            "licences": session.exec(select(func.count()).select_from(LicenceRow)).one(),
            "manifests": session.exec(select(func.count()).select_from(ManifestRow)).one(),
            "blobs": runtime.blobs.list(),
        }


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, empty at first."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Commands send logs to stderr, which is another one in the next test."""
    before = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_ends_its_stamp_and_nothing_counts(
    narrow: Runtime, bad_video: Callable[[str], Path], scratch: Path, name: str
) -> None:
    video, before = bad_video(name), what_counts(narrow)
    clearance_id, token = cleared(narrow)
    stamp_id = request_stamp(narrow, PLATFORM, SOURCE, clearance_token=token).stamp.id
    queue_upload(narrow, PLATFORM, stamp_id, narrow.blobs.put_file(f"uploads/{stamp_id}", video))

    run_stamp(narrow, PLATFORM, stamp_id)

    view = get_stamp(narrow, PLATFORM, stamp_id).to_json()
    code, next_step = BAD[name]
    assert (view["status"], view["error"]["code"]) == ("failed", code)
    assert next_step in view["error"]["detail"]
    assert (view["manifest_id"], view["licence"], "output" in view) == (None, None, False)
    assert what_counts(narrow) == before
    assert get_clearance(narrow, PLATFORM, clearance_id).status == "voided"
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("name", ONE_FOR_EACH_CODE)
def test_a_bad_file_has_no_verdict_and_is_not_kept(
    narrow: Runtime, bad_video: Callable[[str], Path], scratch: Path, name: str
) -> None:
    video, before = bad_video(name), what_counts(narrow)
    check = request_verification(narrow, narrow.blobs.put_file("checks/bad", video)).verification

    run_verification(narrow, check.id)

    view = get_verification(narrow, check.id).to_json()
    code, next_step = BAD[name]
    assert (view["status"], view["error"]["code"]) == ("failed", code)
    assert next_step in view["error"]["detail"]
    assert "result" not in view
    assert what_counts(narrow) == before
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("name", ONE_FOR_EACH_CODE)
@pytest.mark.usefixtures("logging_as_before")
def test_the_command_says_what_is_wrong_and_writes_nothing(
    narrow: Runtime,
    bad_video: Callable[[str], Path],
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    video, before = bad_video(name), what_counts(narrow)
    content = video.read_bytes()
    clearance_id, _ = cleared(narrow)
    as_environment(narrow, monkeypatch)

    exit_code = run(
        [
            *("stamp", str(video), str(video.with_name("out.mp4"))),
            *("--clearance", clearance_id, "--json"),
        ]
    )

    error = json.loads(capfd.readouterr().out)["error"]
    code, next_step = BAD[name]
    assert (exit_code, error["code"]) == (1, code)
    assert next_step in error["detail"]
    assert error["title"].endswith(".")
    assert [path.name for path in video.parent.iterdir()] == ["clip.mp4"]
    assert video.read_bytes() == content
    assert what_counts(narrow) == before
    assert list(scratch.iterdir()) == []


def as_environment(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands find this installation."""
    settings = runtime.settings
    assert settings.database_url is not None
    monkeypatch.setenv("RAKKAN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("RAKKAN_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("RAKKAN_UPLOAD_MAX_BYTES", str(settings.upload_max_bytes))
    monkeypatch.setenv("RAKKAN_VIDEO_MAX_DURATION_S", str(settings.video_max_duration_s))

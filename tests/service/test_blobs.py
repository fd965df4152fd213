"""Files by key: whole or not at all, in a folder as in an object store."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from service.blobs import Blobs, StoredBlob
from service.errors import UploadTooLarge
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["folder", "object store"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "object store":
        return Blobs(MemoryStore())
    return Blobs.open(Settings(data_dir=tmp_path))


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def stored(key: str, content: bytes) -> StoredBlob:
    return StoredBlob(key=key, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def test_an_upload_is_kept_as_it_came(blobs: Blobs) -> None:
    blob = asyncio.run(blobs.put_stream("uploads/a", chunks(b"one", b"", b"two"), max_bytes=6))

    assert blob == stored("uploads/a", b"onetwo")
    assert blobs.get_bytes("uploads/a") == b"onetwo"
    assert blobs.size_bytes("uploads/a") == 6


def test_an_upload_without_bytes_is_an_empty_file(blobs: Blobs) -> None:
    blob = asyncio.run(blobs.put_stream("uploads/a", chunks(), max_bytes=6))

    assert blob.size_bytes == 0
    assert blobs.get_bytes("uploads/a") == b""


def test_an_upload_that_is_too_large_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    parts = (b"x" * 6_000_000, b"x" * 6_000_000)

    with pytest.raises(UploadTooLarge):
        asyncio.run(blobs.put_stream("uploads/a", chunks(*parts), max_bytes=11_999_999))

    assert blobs.list() == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_upload_whose_sender_goes_away_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(blobs.put_stream("uploads/a", broken(), max_bytes=9_000_000))

    assert blobs.list() == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_unfinished_upload_is_not_seen(blobs: Blobs) -> None:
    seen: list[list[str]] = []

    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000
        await asyncio.sleep(0.05)
        seen.append(blobs.list())
        yield b"y"

    asyncio.run(blobs.put_stream("uploads/a", slow(), max_bytes=9_000_000))

    assert seen == [[]]
    assert blobs.list() == ["uploads/a"]


def test_a_file_goes_in_and_comes_out(blobs: Blobs, tmp_path: Path) -> None:
    content = os.urandom(3_000_001)
    (tmp_path / "in").write_bytes(content)

    blob = blobs.put_file("outputs/a", tmp_path / "in")
    blobs.get_file("outputs/a", tmp_path / "out")

    assert blob == stored("outputs/a", content)
    assert (tmp_path / "out").read_bytes() == content
    assert b"".join(blobs.iter_chunks("outputs/a")) == content


def test_a_file_is_replaced_whole(blobs: Blobs) -> None:
    blobs.put_bytes("a", b"before")

    assert blobs.put_bytes("a", b"after") == stored("a", b"after")
    assert blobs.get_bytes("a") == b"after"


def test_what_is_not_there_is_said_at_once(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        blobs.iter_chunks("nothing")
    with pytest.raises(FileNotFoundError):
        blobs.get_file("nothing", tmp_path / "out")
    blobs.delete("nothing")

    assert not (tmp_path / "out").exists()


def test_keys_are_listed_below_a_folder(blobs: Blobs) -> None:
    for key in ("uploads/b", "uploads/a", "uploads-old/c", "outputs/d"):
        blobs.put_bytes(key, b"")
    blobs.delete("uploads/b")

    assert blobs.list("uploads") == ["uploads/a"]
    assert blobs.list() == ["outputs/d", "uploads-old/c", "uploads/a"]


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/../outside"])
def test_no_key_leads_out_of_the_folder(key: str, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    blobs = Blobs(LocalStore(inner))

    with pytest.raises(ValueError, match="illegal character sequence"):
        blobs.put_bytes(key, b"x")

    assert list(tmp_path.iterdir()) == [inner]


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    Blobs.open(settings)

    assert settings.blobs_folder.stat().st_mode & 0o077 == 0


def test_an_address_names_another_store(tmp_path: Path) -> None:
    blobs = Blobs.open(Settings(data_dir=tmp_path, blob_url=tmp_path.as_uri()))

    blobs.put_bytes("a", b"x")

    assert (tmp_path / "a").read_bytes() == b"x"


FULL_DISK_PROGRAM = """
import asyncio, sys
from pathlib import Path
from service.blobs import Blobs
from service.errors import BlobStorageFull
from service.settings import Settings
folder = Path(sys.argv[1])
blobs = Blobs.open(Settings(data_dir=folder / "small"))
source = folder / "source"
source.write_bytes(b"x" * 3_000_000)
async def chunks():
    yield b"x" * 8_000_000
def stream():
    asyncio.run(blobs.put_stream("a", chunks(), max_bytes=9_000_000))
blobs.put_bytes("small", b"y" * 500_000)
for attempt in (
    stream,
    lambda: blobs.put_file("a", source),
    lambda: blobs.put_bytes("a", b"x" * 3_000_000),
):
    try:
        attempt()
    except BlobStorageFull:
        print("full", blobs.list(), sum(1 for p in (folder / "small").rglob("*") if p.is_file()))
"""


def test_a_full_disk_is_reported_and_nothing_half_is_kept(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    mount = f"mount -t tmpfs -o size=1m none '{tmp_path}/small' && exec \"$@\""
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c", mount, "sh"]
    if subprocess.run([*namespace, "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine allows no mount namespace, so no small disk can be made")

    done = subprocess.run(
        [*namespace, sys.executable, "-c", FULL_DISK_PROGRAM, str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.splitlines() == ["full ['small'] 1"] * 3

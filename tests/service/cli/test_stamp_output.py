"""`rakkan stamp` and its OUT: whole or not at all, and what cannot be written costs nothing."""

import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from service.cli.opened import opened_runtime
from service.operations.clearances import get_clearance

RakkanJson = Callable[..., Any]
DEMO = Path(str(files("service.demo")))
CLIP = DEMO / "clip.mp4"
COMMAND = Path(sys.executable).with_name("rakkan")
ASK = ("clear", "星灯りの庭", "--territory", "JP", "--seconds", "8", "--purpose", "personal")
PLATFORM = "out-tests"


@pytest.fixture
def clearance(rakkan_json: RakkanJson) -> str:
    """A clearance of eight seconds, reserved."""
    rakkan_json("registry", "import", DEMO / "registry.json")
    rakkan_json("platforms", "add", PLATFORM, "--name", "Out Tests")
    rakkan_json("platforms", "credit", PLATFORM, "5000 JPY", "--reference", "out-tests")
    clearance: str = rakkan_json(*ASK, "--platform", PLATFORM)["id"]
    return clearance


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the clip, alone in its folder."""
    source = tmp_path / "in.mp4"
    source.write_bytes(CLIP.read_bytes())
    return source


def link(name: str, make: Callable[[Path, Path], None]) -> Callable[[Path], Path]:
    """Name the input once more."""

    def made(source: Path) -> Path:
        make(source.with_name(name), source)
        return source.with_name(name)

    return made


def pipe(source: Path) -> Path:
    """Make a named pipe, which stands for whatever is no file: as root it could be a device."""
    os.mkfifo(source.with_name("pipe"))
    return source.with_name("pipe")


@pytest.mark.parametrize(
    ("out", "code"),
    [
        pytest.param(lambda source: source, "output_exists", id="IN itself"),
        pytest.param(lambda s: s.parent / "x" / ".." / s.name, "file_unreadable", id="IN, oddly"),
        pytest.param(link("soft.mp4", Path.symlink_to), "output_exists", id="a link to IN"),
        pytest.param(link("hard.mp4", Path.hardlink_to), "output_exists", id="IN's other name"),
        pytest.param(lambda source: source.parent, "file_unreadable", id="a folder"),
        pytest.param(pipe, "file_unreadable", id="a pipe"),
        pytest.param(lambda s: s.parent / "no" / "o.mp4", "file_unreadable", id="no such folder"),
        pytest.param(lambda s: s.with_name("o" * 256), "file_unreadable", id="too long a name"),
    ],
)
def test_an_out_that_cannot_be_written_is_refused_before_anything_counts(
    rakkan_json: RakkanJson,
    clearance: str,
    source: Path,
    out: Callable[[Path], Path],
    code: str,
) -> None:
    dest = out(source)
    before = sorted(source.parent.iterdir())

    refused = rakkan_json("stamp", source, dest, "--clearance", clearance, exit_code=1)["error"]

    assert refused["code"] == code
    assert source.read_bytes() == CLIP.read_bytes()
    assert sorted(source.parent.iterdir()) == before
    # The token was not presented either: the clearance can still be given back.
    assert status_of(clearance) == "reserved"


def test_an_out_with_the_longest_name_has_the_rights_of_any_new_file(
    rakkan_json: RakkanJson, source: Path
) -> None:
    out, other = source.with_name("o" * 251 + ".mp4"), source.with_name("other")
    other.touch()

    rakkan_json("stamp", source, out)

    assert out.stat().st_mode == other.stat().st_mode
    assert sorted(source.parent.iterdir()) == sorted([source, out, other])


@pytest.mark.parametrize(
    ("options", "code", "then"),
    [
        pytest.param("size=600k", "disk_full", "reserved", id="full"),
        pytest.param("size=9m,ro", "file_unreadable", "reserved", id="read-only"),
        # Enough for the source's bytes, not for the manifest as well.
        pytest.param("size=1040k", "disk_full", "captured", id="full at the last moment"),
    ],
)
def test_a_disk_that_takes_no_out_keeps_none_and_the_command_can_be_repeated(
    rakkan_json: RakkanJson,
    clearance: str,
    source: Path,
    tmp_path: Path,
    options: str,
    code: str,
    then: str,
) -> None:
    disk = tmp_path / "disk"
    command = ("stamp", str(source), str(disk / "out.mp4"), "--clearance", clearance)

    error, left = on_disk(disk, options, command)

    assert (error["code"], left) == (code, "")
    assert str(disk) in error["detail"]
    assert status_of(clearance) == then
    assert rakkan_json(*command)["status"] == "completed"
    assert rakkan_json("verify", disk / "out.mp4")["licence"]["status"] == "active"


def test_a_copy_without_clearance_that_finds_no_room_leaves_nothing_behind(
    installation: dict[str, str], rakkan_json: RakkanJson, source: Path, tmp_path: Path
) -> None:
    rakkan_json("stamp", source, tmp_path / "first.mp4")
    blobs = Path(installation["RAKKAN_DATA_DIR"]) / "blobs"
    before = sorted(blobs.rglob("*.*"))
    scratch = tmp_path / "scratch"

    error, left = on_disk(
        scratch,
        "size=1500k",
        ("stamp", str(source), str(tmp_path / "out.mp4")),
        TMPDIR=str(scratch),
    )

    assert (error["code"], error["folder"], left) == ("disk_full", str(scratch), "")
    assert not (tmp_path / "out.mp4").exists()
    assert sorted(blobs.rglob("*.*")) == before
    assert [path for path in (blobs / "uploads").rglob("*") if path.is_file()] == []


def on_disk(
    folder: Path, options: str, command: tuple[str, ...], **environment: str
) -> tuple[dict[str, Any], str]:
    """Run a command where this folder is a disk of its own: its error, and what it left there."""
    folder.mkdir()
    script = f'mount -t tmpfs -o {options} none "$0" && {{ "$@"; ls -A "$0" >&3; }}'
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c"]
    tried = subprocess.run(
        [*namespace, 'mount -t tmpfs none "$0"', folder], check=False, capture_output=True
    )
    if tried.returncode != 0:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no small disk can be made: {tried.stderr.decode()}")
        pytest.skip("this machine allows no mount namespace, so no small disk can be made")
    listing = folder.with_suffix(".listing")
    done = subprocess.run(
        [*namespace, f'exec 3>"{listing}"; {script}', folder, COMMAND, *command, "--json"],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stdout, done.stderr
    error: dict[str, Any] = json.loads(done.stdout)["error"]
    return error, listing.read_text("utf-8")


def status_of(clearance: str) -> str:
    """Ask the database, as no command shows a clearance."""
    with opened_runtime() as runtime:
        return get_clearance(runtime, PLATFORM, clearance).status


def test_killed_at_any_moment_it_leaves_no_part_of_out(
    rakkan_json: RakkanJson, clearance: str, source: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "out.mp4"
    command = ("stamp", str(source), str(out), "--clearance", clearance)
    moments = random.Random(2)
    found = []

    for _ in range(4):
        killed_after(moments.uniform(0.4, 2.5), command)
        found.append(digest(out))
    killed_when(lambda: any(size_of(part) > 0 for part in folder.glob(".*.part")), command)
    found.append(digest(out))

    assert rakkan_json(*command)["status"] == "completed"
    assert set(found) <= {None, digest(out)}
    assert rakkan_json("verify", out)["verdict"] == "verified"
    assert status_of(clearance) == "captured"
    assert source.read_bytes() == CLIP.read_bytes()


def killed_after(wait_s: float, command: tuple[str, ...]) -> None:
    started_at = time.monotonic()
    killed_when(lambda: time.monotonic() > started_at + wait_s, command)


def killed_when(condition: Callable[[], bool], command: tuple[str, ...]) -> None:
    """Start the command and kill it, with its children, at this moment; or let it end before."""
    process = subprocess.Popen(
        [COMMAND, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None and not condition():
        time.sleep(0.001)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None

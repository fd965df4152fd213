"""Commands on a data folder without a database: they make one, share it, and leave none running."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(str(files("service.demo")))
CLIP = str(DEMO / "clip.mp4")
COMMAND = Path(sys.executable).with_name("rakkan")


class Folder:
    """One data folder, and the commands run on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("RAKKAN_")}
        self.environment["RAKKAN_DATA_DIR"] = str(path)

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [COMMAND, *command, "--json"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str) -> tuple[int, dict[str, Any]]:
        return ended(self.start(*command))

    def processes(self) -> list[str]:
        """The command lines of all living processes that name the folder."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    words = (entry / "cmdline").read_bytes()
                    if os.fsencode(self.path) in words:
                        found.append(words.replace(b"\0", b" ").decode())
        return found

    def postmaster(self) -> int | None:
        """The process id of the folder's server, once it takes connections."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            [pid_file] = self.path.rglob("postmaster.pid")
            lines = pid_file.read_text().splitlines()
            return int(lines[0]) if lines[7].strip() == "ready" else None
        return None


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """An empty data folder; afterwards no process may be left on it."""
    folder = Folder(tmp_path / "var")
    yield folder
    wait_for(lambda: folder.processes() == [])


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    out, err = process.communicate(timeout=120)
    assert out, err
    return process.returncode, json.loads(out)


def wait_for(condition: Callable[[], object], *, limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_three_commands_at_once_on_an_empty_folder_share_one_database(folder: Folder) -> None:
    started = [
        folder.start("registry", "import", str(DEMO / "registry.json")),
        folder.start("platforms", "add", "kirin", "--name", "Kirin"),
        folder.start("verify", CLIP),
    ]

    answers = [ended(process) for process in started]

    assert [code for code, _ in answers] == [0, 0, 0], answers
    assert answers[2][1]["verdict"] == "nothing"
    assert folder.processes() == []
    code, _ = folder.run("platforms", "credit", "kirin", "5 JPY", "--reference", "one")
    assert code == 0
    assert len(list(folder.path.rglob("PG_VERSION"))) >= 1
    assert folder.processes() == []


def test_a_killed_command_leaves_the_database_to_the_others_and_none_behind(
    folder: Folder,
) -> None:
    killed = folder.start("verify", CLIP)
    wait_for(folder.postmaster)
    others = [folder.start("verify", CLIP), folder.start("verify", CLIP)]

    killed.kill()
    killed.communicate()

    assert [ended(process)[0] for process in others] == [0, 0]
    wait_for(lambda: folder.processes() == [])


def test_a_stamp_survives_the_death_of_its_database_or_says_so(
    folder: Folder, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    ask = ("clear", "星灯りの庭", "--territory", "JP", "--seconds", "8", "--purpose", "personal")
    folder.run("registry", "import", str(DEMO / "registry.json"))
    folder.run("platforms", "add", "kirin", "--name", "Kirin")
    folder.run("platforms", "credit", "kirin", "200 JPY", "--reference", "one")
    clearance = folder.run(*ask)[1]["id"]
    command = ("stamp", CLIP, str(out), "--clearance", clearance)
    stamping = folder.start(*command)
    wait_for(lambda: list((folder.path / "blobs").rglob("stp_*/*")))
    server = folder.postmaster()
    assert server is not None

    os.kill(server, signal.SIGKILL)

    code, answer = ended(stamping)
    assert code == 0 or answer["error"]["code"] == "database_unavailable"
    assert out.exists() == (code == 0)
    assert folder.run(*command)[1]["status"] == "completed"
    # 200 less one fee of 65.208, and nothing held: the same fifteen seconds can be cleared no more.
    assert folder.run(*ask[:5], "10.9", *ask[6:])[1]["outcome"] == "granted_priced"
    assert folder.run(*ask)[1]["outcome"] == "needs_payment"

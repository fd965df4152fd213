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

from licensing.clearance.use import Use
from licensing.money import Money
from licensing.royalties import accounts, ledger
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.registry import import_registry
from service.operations.tenants import add_platform, credit_platform
from service.runtime import Runtime
from service.settings import Settings

DEMO = Path(str(files("service.demo")))
CLIP = str(DEMO / "clip.mp4")
FEE_MICROS = 65_208_000  # 5.28 s at ¥12.35
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
        folder.start("statements", "list"),
    ]

    answers = [ended(process) for process in started]

    assert [code for code, _ in answers] == [0, 0, 0], answers
    assert answers[2][1] == {"statements": []}
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
    others = [folder.start("statements", "list") for _ in range(2)]

    killed.kill()
    killed.communicate()

    assert [ended(process)[0] for process in others] == [0, 0]
    wait_for(lambda: folder.processes() == [])


def test_a_stamp_survives_the_death_of_its_database_or_says_so(
    folder: Folder, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    with Runtime.open(Settings(data_dir=folder.path)) as runtime:
        command = ("stamp", CLIP, str(out), "--clearance", cleared(runtime))
        stamping = folder.start(*command)
        wait_for(lambda: list((folder.path / "blobs").rglob("stp_*/*")))
        server = folder.postmaster()
        assert server is not None

        os.kill(server, signal.SIGKILL)

        code, answer = ended(stamping)
        assert code == 0 or answer["error"]["code"] == "database_unavailable"
        assert out.exists() == (code == 0)
        assert folder.run(*command)[1]["status"] == "completed"
        with runtime.transaction() as session:
            credit = ledger.balance(session, accounts.platform_credit("kirin", "JPY"))
        assert (credit.posted_micros, credit.held_micros) == (200_000_000 - FEE_MICROS, 0)


def cleared(runtime: Runtime) -> str:
    """Make a platform with 200 yen, and clear eight seconds for it."""
    use = Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")
    import_registry(runtime, (DEMO / "registry.json").read_bytes())
    add_platform(runtime, "kirin", "Kirin")
    credit_platform(runtime, "kirin", Money(200_000_000, "JPY"), reference="one")
    request = ClearanceRequest(prompt="星灯りの庭", use=use)
    return clear_prompt(runtime, "kirin", request, idempotency_key="one").id

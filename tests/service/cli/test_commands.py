"""The commands as a person types them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from service.cli import app as cli
from service.cli.output import table

Run = Callable[..., tuple[int, str, str]]


def commands() -> Iterator[tuple[str, Callable[..., object]]]:
    for info in cli.app.registered_commands:
        assert info.callback is not None
        yield str(info.name), info.callback
    for group in cli.app.registered_groups:
        assert isinstance(group.typer_instance, typer.Typer)
        for info in group.typer_instance.registered_commands:
            assert info.callback is not None
            yield f"{group.name} {info.name}", info.callback


@pytest.mark.parametrize(
    ("name", "callback"), list(commands()), ids=[name for name, _ in commands()]
)
def test_every_command_speaks_json_and_teaches_by_an_example(
    name: str, callback: Callable[..., object]
) -> None:
    help_text = callback.__doc__ or ""

    assert "as_json" in callback.__annotations__
    assert "Example: `" in help_text
    assert f"rakkan {name}" in help_text


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from service.cli.app import run; code = run(['--help']); "
        "heavy = {'sqlalchemy', 'fastapi', 'c2pa', 'cryptography', 'pydantic_settings', 'av'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "registry" in ended.stdout
    assert ended.stderr.strip() == "[]"


def test_wrong_usage_is_exit_code_2(rakkan: Run) -> None:
    for_person = rakkan("clear", "x", "--territory", "JP")
    for_program = rakkan("clear", "x", "--territory", "JP", "--json")

    assert for_person[0] == for_program[0] == 2
    assert for_person[1] == ""
    assert "--seconds" in for_person[2]
    assert json.loads(for_program[1])["error"]["code"] == "usage_error"


def test_a_wrong_setting_is_named(rakkan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAKKAN_PUBLIC_URL", "ftp://x")

    code, out, _ = rakkan("settings", "--json")

    assert code == 2
    assert "RAKKAN_PUBLIC_URL" in json.loads(out)["error"]["detail"]


def test_an_error_carries_its_code_and_its_facts(rakkan: Run, tmp_path: Path) -> None:
    absent = tmp_path / "absent.json"

    for_program = rakkan("registry", "lint", absent, "--json")
    for_person = rakkan("registry", "lint", absent)

    assert for_program[0] == for_person[0] == 1
    error = json.loads(for_program[1])["error"]
    assert (error["code"], error["path"]) == ("file_unreadable", str(absent))
    assert error["title"] == "The named file cannot be read or written."
    assert for_person[1] == ""
    assert "(file_unreadable)" in for_person[2]


def test_settings_are_shown_with_their_secrets_masked(rakkan_json: Callable[..., Any]) -> None:
    shown = rakkan_json("settings")["settings"]

    assert shown["RAKKAN_DATABASE_URL"]["set"]
    assert shown["RAKKAN_DATABASE_URL"]["value"] == "**********"
    assert not shown["RAKKAN_PUBLIC_URL"]["set"]
    assert all(fact["meaning"] for fact in shown.values())


def test_development_keys_are_made_once_and_rotated(
    rakkan: Run, rakkan_json: Callable[..., Any]
) -> None:
    first = rakkan_json("keys", "init")
    again = rakkan_json("keys", "init")
    code, out, err = rakkan("keys", "rotate", "--json")

    assert first == again == {**first, "development": True}
    assert code == 0
    assert json.loads(out)["key_id"] != first["key_id"]
    assert rakkan_json("keys", "show") == json.loads(out)
    assert "Development keys" in err


def test_the_schema_of_the_tests_is_current(rakkan_json: Callable[..., Any]) -> None:
    assert rakkan_json("db", "upgrade") == {"status": "current"}
    assert rakkan_json("db", "check") == {"status": "current", "differences": []}


def test_ctrl_c_ends_a_waiting_command_quietly(tmp_path: Path) -> None:
    registry = tmp_path / "registry.json"
    registry.write_text('{"format":"rakkan-registry/1","subjects":[]}')
    # Whoever runs the tests in the background has SIGINT ignored, and children inherit that.
    script = (
        "import signal, sys; from service.cli.app import run; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "
        f"sys.exit(run(['read', '--jsonl', '--registry', {str(registry)!r}]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b'{"id": 1, "text": "x"}\n')
        process.stdin.flush()
        assert b'"id": 1' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=20)
        errors = process.stderr.read().decode()

    assert code == 130
    assert "Traceback" not in errors


def test_a_reader_that_goes_away_is_no_accident(tmp_path: Path) -> None:
    registry = tmp_path / "registry.json"
    registry.write_text('{"format":"rakkan-registry/1","subjects":[]}')
    script = (
        f"from service.cli import main; main(['read', '--jsonl', '--registry', {str(registry)!r}])"
    )
    read_end, write_end = os.pipe()
    os.close(read_end)

    ended = subprocess.run(
        [sys.executable, "-c", script],
        input=b'{"id": 1, "text": "x"}\n' * 2000,
        stdout=write_end,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write_end)

    assert ended.returncode == 1
    assert ended.stderr == b""


def test_tables_count_wide_characters_twice() -> None:
    assert table(("a", "b"), [("青山", "x"), ("abc", "y")]) == ["a     b", "青山  x", "abc   y"]

"""`rakkan readings`: the record of a reading, and its decision made again from files."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]
RunJson = Callable[..., Any]
REGISTRY = Path(str(files("service.demo"))) / "registry.json"
PROMPT = "天音ミオが花をわたす"


@pytest.fixture
def clearance_id(rakkan_json: RunJson) -> str:
    """A clearance of the only platform's."""
    rakkan_json("registry", "import", REGISTRY)
    rakkan_json("platforms", "add", "kirin", "--name", "Kirin Studio")
    use = ("--territory", "JP", "--seconds", "8", "--purpose", "personal")
    asked = rakkan_json(
        "clear", PROMPT, "--negative-prompt", "雨", *use, "--platform", "kirin", "--quote"
    )
    return str(asked["id"])


def test_a_record_is_shown_without_words_of_the_prompt(
    rakkan: Run, rakkan_json: RunJson, clearance_id: str
) -> None:
    facts = rakkan_json("readings", "show", clearance_id)
    code, out, _ = rakkan("readings", "show", clearance_id)

    assert facts["mentions"][0]["subject"] == "hoshiakari-mio"
    assert code == 0
    assert "hoshiakari-mio" in out
    assert "name.exact" in out
    assert "ミオ" not in out


@pytest.mark.parametrize("end", ["", "\n"], ids=["exactly", "with an editor's line break"])
def test_a_decision_is_made_again_from_files(
    rakkan: Run, clearance_id: str, tmp_path: Path, end: str
) -> None:
    prompt, negative, registry = (tmp_path / name for name in ("p.txt", "n.txt", "r.json"))
    prompt.write_text(PROMPT + end, encoding="utf-8")
    negative.write_text("雨" + end, encoding="utf-8")
    registry.write_text(rakkan("registry", "export")[1], encoding="utf-8")
    given = ("--prompt", prompt, "--negative-prompt", negative)

    for more in ((), ("--registry", registry)):
        code, out, _ = rakkan("readings", "replay", clearance_id, *given, *more)
        assert (code, out) == (0, "Reading and decision are the same, byte for byte.\n")


def test_another_prompt_and_another_registry_are_told_apart(
    rakkan: Run, clearance_id: str, tmp_path: Path
) -> None:
    wrong, right, registry = (tmp_path / name for name in ("w.txt", "p.txt", "r.json"))
    wrong.write_text("天音ミオ", encoding="utf-8")
    right.write_text(PROMPT, encoding="utf-8")
    (tmp_path / "n.txt").write_text("雨", encoding="utf-8")
    registry.write_text('{"format": "rakkan-registry/1", "subjects": []}', encoding="utf-8")
    command = ("readings", "replay", clearance_id, "--negative-prompt", tmp_path / "n.txt")

    of_another = rakkan(*command, "--prompt", wrong)
    elsewhere = rakkan(*command, "--prompt", right, "--registry", registry)

    assert of_another[0] == elsewhere[0] == 0
    assert "not the prompt" in of_another[1]
    assert "Give the export of that version" in elsewhere[1]


def test_what_was_never_read_is_an_error(rakkan_json: RunJson, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_bytes(b"\xff\xfe")

    unknown = rakkan_json("readings", "show", "clr_0", exit_code=1)

    assert unknown["error"]["code"] == "unknown_clearance"
    rakkan_json(*("readings", "replay", "clr_0", "--prompt", tmp_path / "missing.txt"), exit_code=1)

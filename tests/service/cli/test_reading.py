"""`rakkan read` with a registry file, without a database."""

import io
import json
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]
DEMO = Path(str(files("service.demo").joinpath("registry.json")))


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def type_in(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))

    return type_in


def test_a_prompt_is_read_against_a_file_without_a_database(
    rakkan_json: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAKKAN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    reading = rakkan_json("read", "夜の庭の天音ミオ", "--registry", DEMO)

    (mention,) = reading["mentions"]
    assert (mention["subject"], mention["start"], mention["end"]) == ("hoshiakari-mio", 4, 8)


def test_a_prompt_may_come_from_stdin(rakkan: Run, stdin: Callable[[str], None]) -> None:
    stdin("天音ミオ")

    code, out, _ = rakkan("read", "--registry", DEMO)

    assert (code, out) == (0, "天音ミオ  →  hoshiakari-mio  (strong, exact, affirmed)\n")


def test_many_prompts_are_answered_in_their_order(
    rakkan: Run, stdin: Callable[[str], None]
) -> None:
    stdin('{"id": "b", "text": "天音ミオ"}\n\n{"id": 7, "text": "rain", "lang": "en"}\n')

    code, out, _ = rakkan("read", "--jsonl", "--registry", DEMO)

    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(answer["id"], len(answer["mentions"])) for answer in answers] == [("b", 1), (7, 0)]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 3}', '{"text": 1}'])
def test_a_broken_line_gets_an_error_and_the_rest_goes_on(
    rakkan: Run, stdin: Callable[[str], None], line: str
) -> None:
    stdin(f'{line}\n{{"id": "ok", "text": "x"}}\n')

    code, out, _ = rakkan("read", "--jsonl", "--registry", DEMO)

    broken, good = (json.loads(answer) for answer in out.splitlines())
    assert code == 1
    assert broken["error"]["code"] == "request_malformed"
    assert good["id"] == "ok"


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["read", "x", "--jsonl", "--registry", DEMO], id="prompt and lines"),
        pytest.param(["read", "\udcff", "--registry", DEMO], id="no UTF-8"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage(rakkan: Run, args: list[str]) -> None:
    assert rakkan(*args)[0] == 2


def test_lint_shows_names_that_hit_ordinary_prompts(
    rakkan: Run, rakkan_json: Callable[..., Any], tmp_path: Path
) -> None:
    registry = tmp_path / "registry.json"
    names = [{"text": "Dragon", "lang": "en", "kind": "official"}]
    subjects = [{"id": "d", "kind": "character", "parent": None, "names": names}]
    registry.write_text(json.dumps({"format": "rakkan-registry/1", "subjects": subjects}))
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text('{"text": "a dragon over a castle"}\n# a comment\nplain words\n')

    own = rakkan_json("registry", "lint", registry)
    given = rakkan_json("registry", "lint", registry, "--prompts", prompts)
    code, out, _ = rakkan("registry", "lint", registry)

    assert own["hits"][0]["surface"] == "dragon"
    assert given["prompts"] == 2
    assert given["hits"] == [
        {
            "subject": "d",
            "surface": "dragon",
            "strong": 1,
            "weak": 0,
            "example": "a dragon over a castle",
        },
    ]
    assert code == 0
    assert "valid rakkan-registry/1" in out


def test_a_malformed_registry_is_an_error_with_its_place(
    rakkan_json: Callable[..., Any], tmp_path: Path
) -> None:
    registry = tmp_path / "registry.json"
    registry.write_text('{"format":"rakkan-registry/1","subjects":[{"id":"x"}]}')

    error = rakkan_json("registry", "lint", registry, exit_code=1)["error"]

    assert error["code"] == "registry_malformed"
    assert error["where"].startswith("subjects[0]")

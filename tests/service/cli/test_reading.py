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


def test_a_judge_that_was_not_heard_is_told(
    rakkan: Run, rakkan_json: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rakkan_json("registry", "import", DEMO)
    monkeypatch.setenv("RAKKAN_JUDGE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("RAKKAN_JUDGE_MODEL", "small")

    code, out, _ = rakkan("read", "ミオ walks")

    assert code == 0
    assert out.endswith("(small) was not heard: the connection failed. The rules stand alone.\n")

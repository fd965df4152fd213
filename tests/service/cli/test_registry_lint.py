"""`rakkan registry lint`: what a rights holder sees before a name goes live."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A document with a word for a name, a person's name, and one that means nothing else."""
    names = [
        {"text": "Dragon", "lang": "en", "kind": "official"},
        {"text": "Sarah", "lang": "en", "kind": "alias"},
        {"text": "ブラゴナクス", "lang": "ja", "kind": "official"},
    ]
    subjects = [{"id": "d", "kind": "character", "parent": None, "names": names}]
    file = tmp_path / "registry.json"
    file.write_text(json.dumps({"format": "rakkan-registry/1", "subjects": subjects}))
    return file


def test_names_that_hit_ordinary_prompts_are_shown_with_a_class(
    rakkan_json: Callable[..., Any], registry: Path
) -> None:
    facts = rakkan_json("registry", "lint", registry)

    first, second = facts["findings"]
    assert (facts["warnings"], facts["names"], facts["generated"]) == (1, 3, 1)
    assert first["name"]["text"] == "Dragon"
    assert first["proposed"] == {"ambiguity": "common", "clue": "ordinary_word", "word": "dragon"}
    assert first["strong"] >= 1
    assert first["examples"][0]["surface"].lower() == "dragon"
    assert (second["name"]["text"], second["severity"]) == ("Sarah", "note")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("en_GB.UTF-8", "“dragon” is an ordinary word", id="English"),
        pytest.param("ja_JP.UTF-8", "「dragon」は一般的な単語です", id="Japanese"),
    ],
)
def test_the_report_speaks_the_terminals_language(
    rakkan: Run, registry: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)

    code, out, _ = rakkan("registry", "lint", registry)

    assert code == 0
    assert said in out
    assert "[dragon]" in out
    assert "Sarah" not in out


def test_all_shows_the_notes_too(rakkan: Run, registry: Path) -> None:
    assert "Sarah" in rakkan("registry", "lint", registry, "--all")[1]


def test_strict_fails_a_build_whose_names_need_a_look(
    rakkan: Run, registry: Path, tmp_path: Path
) -> None:
    quiet = tmp_path / "quiet.json"
    quiet.write_text(registry.read_text().replace("Dragon", "Dragovor"))

    assert rakkan("registry", "lint", registry, "--strict")[0] == 1
    assert rakkan("registry", "lint", quiet, "--strict")[0] == 0


def test_other_prompts_can_be_given(
    rakkan: Run, rakkan_json: Callable[..., Any], registry: Path, tmp_path: Path
) -> None:
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text(
        '{"text": "a dragon over a castle", "lang": "en"}\n# a comment\n\nplain words\n'
        f"Sarah{' and the rain' * 20}\n"
    )
    facts = rakkan_json("registry", "lint", registry, "--prompts", prompts)
    shown = rakkan("registry", "lint", registry, "--prompts", prompts, "--all")

    assert facts["prompts"] == {"en": 1, "und": 2}
    assert facts["findings"][0]["languages"] == {"en": 1}
    assert "[Sarah] and the rain" in shown[1]
    assert "…" in shown[1]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"{}", id="no text"),
        pytest.param(b'{"text": 1}', id="a number"),
        pytest.param(b'{"text"', id="no JSON"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
    ],
)
def test_a_line_that_is_no_prompt_is_named(
    rakkan: Run, registry: Path, tmp_path: Path, line: bytes
) -> None:
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_bytes(b"a plain line\n" + line)

    code, _, err = rakkan("registry", "lint", registry, "--prompts", prompts)

    assert (code, "line 2" in err) == (2, True)


def test_a_subject_that_ordinary_prompts_describe_is_shown(
    rakkan: Run, registry: Path, tmp_path: Path
) -> None:
    document = json.loads(registry.read_text())
    document["subjects"][0]["traits"] = [
        {"lang": "en", "text": text}
        for text in ("straw hat", "eyepatch", "pirate coat", "wooden leg", "green parrot")
    ]
    registry.write_text(json.dumps(document))
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("A pirate with an eyepatch, a straw hat, a wooden leg and a green parrot\n")

    out = rakkan("registry", "lint", registry, "--prompts", prompts)[1]

    assert "d is described by 1 ordinary prompts" in out


def test_an_import_keeps_the_class_and_says_what_it_doubts(
    rakkan: Run, rakkan_json: Callable[..., Any], registry: Path, tmp_path: Path
) -> None:
    words = ["Castle", "Waterfall", "Umbrella", "Violin", "Teapot", "Lantern"]
    document = json.loads(registry.read_text())
    document["subjects"][0]["names"] = [
        {"text": word, "lang": "en", "kind": "official"} for word in words
    ]
    many = tmp_path / "many.json"
    many.write_text(json.dumps(document))

    code, _, err = rakkan("registry", "import", registry)
    kept = rakkan_json("registry", "show", "d")
    several = rakkan("registry", "import", many)[2]

    assert (code, "Dragon (unique)" in err, "registry lint" in err) == (0, True, True)
    assert kept["names"][0]["ambiguity"] == "unique"
    assert "and 1 more" in several

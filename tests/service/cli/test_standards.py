"""`rakkan standards`: rights expressions at the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]

SITE = (
    '<rsl xmlns="https://rslstandard.org/rsl" max-age="7"><content url="/works/*">'
    '<license><permits type="usage">search,dance</permits>'
    '<prohibits type="usage">ai-all</prohibits></license></content></rsl>'
)
REGISTRY = {
    "format": "rakkan-registry/1",
    "subjects": [
        {
            "id": "owlington",
            "kind": "character",
            "names": [{"text": "Professor Owlington", "lang": "en", "kind": "official"}],
        },
    ],
}
RIGHT = (
    '<rsl xmlns="https://rslstandard.org/rsl" xmlns:media="https://rslmedia.org/media">'
    '<media:right subject="character" registry-id="mio"><license>'
    '<permits type="usage">media:ai-generate</permits>'
    '<permits type="geo">JP,US,FR,DE,GB,IT,ES,PT,KR</permits></license></media:right></rsl>'
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "licence.xml"
    path.write_text(SITE)
    return path


def test_a_document_is_shown_without_being_imported(rakkan: Run, site: Path) -> None:
    code, out, _ = rakkan("standards", "check", site)

    assert code == 0
    assert "rsl-1.0, believed for 7 days" in out
    assert "prohibits  ai-all" in out
    assert "usage 'dance' is not known and permits nothing" in out


def test_a_document_is_shown_as_json(rakkan_json: Callable[..., Any], site: Path) -> None:
    facts = rakkan_json("standards", "check", site)

    assert facts["standard"] == "rsl-1.0"
    assert [each["usage"] for each in facts["parts"][0]["statements"]] == ["ai-all", "search"]


def test_the_draft_is_shown_where_it_is_switched_on(
    rakkan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "right.xml"
    path.write_text(RIGHT)

    off = rakkan("standards", "check", path)
    monkeypatch.setenv("RAKKAN_RSL_MEDIA_DRAFT", "2026-06")
    on = rakkan("standards", "check", path)

    assert (off[0], "(standard_switched_off)" in off[2]) == (1, True)
    assert (on[0], "and 1 more" in on[1]) == (0, True)


def test_an_owner_declares_at_the_command_line(
    rakkan: Run, rakkan_json: Callable[..., Any], site: Path, tmp_path: Path
) -> None:
    registry = tmp_path / "registry.json"
    registry.write_text(json.dumps(REGISTRY))
    assert rakkan("registry", "import", registry)[0] == 0

    imported = rakkan_json(
        "standards", "import", site, "--subject", "owlington", "--part", "/works/"
    )
    shown = rakkan("standards", "import", site, "--subject", "owlington", "--part", "/works/")
    listed = rakkan("standards", "list", "--subject", "owlington")
    refreshed = rakkan_json("standards", "refresh", imported["id"])
    removed = rakkan("standards", "remove", imported["id"])
    gone = rakkan_json("standards", "remove", imported["id"], exit_code=1)

    assert imported["source"] == "file:licence.xml"
    assert "believed until" in shown[1]
    assert imported["id"] in listed[1]
    assert refreshed["is_fresh"]
    assert "no longer heard on owlington" in removed[1]
    assert gone["error"]["code"] == "unknown_declaration"


@pytest.mark.parametrize(
    ("standard", "beginning"),
    [("odrl-2.2", "["), ("rsl-1.0", "<?xml"), ("tdmrep", "["), ("cawg-tdm-1.1", "{")],
)
def test_what_is_offered_is_printed(
    rakkan: Run, rakkan_json: Callable[..., Any], standard: str, beginning: str
) -> None:
    code, out, _ = rakkan("standards", "export", standard)

    assert (code, out[: len(beginning)]) == (0, beginning)
    assert rakkan_json("standards", "export", standard)["document"].startswith(beginning)


def test_a_bomb_is_refused_with_its_code(rakkan_json: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "bomb.xml"
    path.write_text('<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><r>&b;</r>')

    facts = rakkan_json("standards", "check", path, exit_code=1)

    assert facts["error"]["code"] == "declaration_unsafe"

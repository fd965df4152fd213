"""Reading prompts: which subjects, where, and how surely."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.registry.document import parse_document
from licensing.registry.subjects import Ambiguity, Name, Subject

PROMPTS = Path(__file__).resolve().parents[3] / ".." / "shared/data/prompts"


def name(text: str, ambiguity: Ambiguity = "unique", **words: tuple[str, ...]) -> Name:
    return Name(text, "en", "official", ambiguity, **words)


def subject(subject_id: str, *names: Name, parent_id: str | None = None) -> Subject:
    return Subject(subject_id, "character", parent_id, names)


LEXICON = Lexicon.build(
    [
        subject("ice", name("Frozen", "common", requires_any=("Disney", "Arendelle"))),
        subject("elsa", name("Elsa", "name"), name("エルサ", "name"), parent_id="ice"),
        subject("anna", name("Anna", "name"), parent_id="ice"),
        subject("olaf", name("Olaf"), name("OLAF"), name("雪宝"), parent_id="ice"),
        subject("snow", name("Snow", "common"), parent_id="ice"),
        subject("letter", name("E", "generic"), parent_id="ice"),
        subject(
            "white",
            name(
                "Snow White", "name", requires_any=("Disney",), excludes_any=("Grimm", "Snow White")
            ),
        ),
        subject("mouse", name("Pikachu"), name("ピカチュウ"), name("피카츄"), name("皮卡丘")),
        subject("link-hero", name("Link", "common"), name("Link", excludes_any=("link to",))),
        subject("link-place", name("LINK", "name", requires_any=("station",))),
        subject("kilo", name("キロ"), name("キ"), name("ロ", "common")),
        subject("show", name("2001: Tora!"), name("Tora")),
        subject("odd", name("\u200b"), name("!?", "common", requires_any=("\u200b",))),
    ],
)


def found(text: str) -> list[tuple[str, str, str]]:
    """Each mention as (subject, surface, strength)."""
    reading = read(text, LEXICON, registry_version=3)
    return [(each.subject_id, each.surface, each.strength) for each in reading.mentions]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        pytest.param("a pikachu runs", "pikachu", id="case"),
        pytest.param("Ｐｉｋａｃｈｕ！", "Ｐｉｋａｃｈｕ", id="width"),
        pytest.param("Pikachu's tail", "Pikachu", id="possessive"),
        pytest.param("#pikachu_fan", "pikachu", id="hashtag and underscore"),
        pytest.param("Pikachu™ toy", "Pikachu", id="trade mark"),
        pytest.param("夜のPikachuが走る", "Pikachu", id="Latin inside Japanese"),
        pytest.param("かわいいピカチュウたち", "ピカチュウ", id="no boundary in Japanese"),
        pytest.param("ﾋﾟｶﾁｭｳと海", "ﾋﾟｶﾁｭｳ", id="halfwidth kana"),
        pytest.param("피카츄는 달린다", "피카츄", id="a Korean particle"),
        pytest.param("一只皮卡丘在跑", "皮卡丘", id="Chinese"),
        pytest.param("Pi\u200bkachu", "Pi\u200bkachu", id="zero width"),
    ],
)
def test_a_name_is_found_as_it_is_written(text: str, surface: str) -> None:
    assert found(text) == [("mouse", surface, "strong")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Pikachuish", id="longer on the right"),
        pytest.param("megapikachu", id="longer on the left"),
        pytest.param("Pikachu2000", id="a number behind it"),
        pytest.param("왕피카츄", id="the end of a Korean word"),
        pytest.param("", id="nothing"),
        pytest.param("blue sky", id="nothing known"),
    ],
)
def test_a_part_of_another_word_is_no_mention(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a frozen lake", [], id="an ordinary word is no question"),
        pytest.param("Disney's Frozen", [("ice", "Frozen", "strong")], id="a curator's word"),
        pytest.param(
            "Olaf is frozen",
            [("olaf", "Olaf", "strong"), ("ice", "frozen", "weak")],
            id="an ordinary word written small beside a sure name",
        ),
        pytest.param(
            "Olaf in Frozen",
            [("olaf", "Olaf", "strong"), ("ice", "Frozen", "strong")],
            id="a sure name of the franchise",
        ),
        pytest.param(
            "Elsa and Anna",
            [("elsa", "Elsa", "strong"), ("anna", "Anna", "strong")],
            id="two names from one story",
        ),
        pytest.param(
            "Elsa, エルサ",
            [("elsa", "Elsa", "weak"), ("elsa", "エルサ", "weak")],
            id="one uncertain name twice is no support",
        ),
        pytest.param("Elsa, Elsa", [("elsa", "Elsa", "weak")] * 2, id="nor is the same word"),
        pytest.param(
            "frozen snow",
            [],
            id="two ordinary words",
        ),
        pytest.param(
            "E for Elsa",
            [("elsa", "Elsa", "weak")],
            id="a generic text needs more than a name",
        ),
        pytest.param(
            "E for Olaf",
            [("letter", "E", "strong"), ("olaf", "Olaf", "strong")],
            id="a generic text beside a sure name",
        ),
        pytest.param("Snow White, as Grimm told it", [], id="a word that rules it out"),
        pytest.param("Snow White", [("white", "Snow White", "weak")], id="the longest name wins"),
        pytest.param(
            "Snow White by Disney",
            [("white", "Snow White", "strong")],
            id="the name itself does not rule itself out",
        ),
        pytest.param(
            "a link at the station",
            [("link-hero", "link", "strong"), ("link-place", "link", "strong")],
            id="one text, two subjects",
        ),
        pytest.param(
            "a link to a page",
            [("link-place", "link", "weak")],
            id="an excluding phrase around the name drops that sense",
        ),
        pytest.param(
            "走る㌔の", [("kilo", "㌔", "strong")], id="one character with three names in it"
        ),
        pytest.param("2001: tora!", [("show", "2001: tora!", "strong")], id="leftmost and longest"),
    ],
)
def test_context_decides_how_far_a_name_is_believed(
    text: str,
    expected: list[tuple[str, str, str]],
) -> None:
    assert found(text) == expected


def test_a_reading_is_shown_with_its_reasons() -> None:
    reading = read("冬のOlaf", LEXICON, registry_version=3, negative_text="not Frozen, no Olaf")

    assert reading.to_json() == {
        "id": reading.id,
        "registry_version": 3,
        "mentions": [
            {
                "subject": "olaf",
                "start": 2,
                "end": 6,
                "surface": "Olaf",
                "evidence": "exact",
                "strength": "strong",
                "confidence": 1.0,
                "polarity": "affirmed",
                "reasons": ["'Olaf' is a name of it (en, official)"],
                "source": "prompt",
                "rules": ["name.exact", "sure.unique"],
            },
            {
                "subject": "ice",
                "start": 4,
                "end": 10,
                "surface": "Frozen",
                "evidence": "exact",
                "strength": "strong",
                "confidence": 0.9,
                "polarity": "negated",
                "reasons": [
                    "'Frozen' is a name of it (en, official) and is also an ordinary word",
                    "'olaf' of the same franchise stands in the text",
                ],
                "source": "negative_prompt",
                "rules": [
                    "name.exact",
                    "raised.relative",
                    "negated.cue",
                    "negated.negative_prompt",
                ],
            },
            {
                "subject": "olaf",
                "start": 15,
                "end": 19,
                "surface": "Olaf",
                "evidence": "exact",
                "strength": "strong",
                "confidence": 1.0,
                "polarity": "negated",
                "reasons": ["'Olaf' is a name of it (en, official)"],
                "source": "negative_prompt",
                "rules": ["name.exact", "sure.unique", "negated.cue", "negated.negative_prompt"],
            },
        ],
    }


def test_an_id_names_the_texts_and_the_version() -> None:
    ids = {
        read("Olaf", LEXICON, registry_version=1).id,
        read("Olaf", LEXICON, registry_version=2).id,
        read("Olaf ", LEXICON, registry_version=1).id,
        read("Olaf", LEXICON, registry_version=1, negative_text="").id,
        read("\ud800", LEXICON, registry_version=1).id,
    }

    assert len(ids) == 5
    assert all(each.startswith("rd_") and len(each) == 27 for each in ids)
    assert read("Olaf", LEXICON, registry_version=1).id in ids


def test_a_parent_outside_the_lexicon_still_makes_a_franchise() -> None:
    lexicon = Lexicon.build(
        [
            subject("a", name("Ann", "name"), parent_id="outside"),
            subject("b", name("Bob", "name"), parent_id="outside"),
            subject("c", name("Cat", "name"), parent_id="d"),
            subject("d", name("Dog", "common"), parent_id="c"),
        ],
    )

    reading = read("Ann, Bob and a cat", lexicon, registry_version=1)

    assert [each.strength for each in reading.mentions] == ["strong", "strong", "weak"]


def test_an_empty_registry_finds_nothing() -> None:
    assert read("Olaf", Lexicon.build([]), registry_version=1).mentions == ()


prompts = st.lists(
    st.text(max_size=6)
    | st.sampled_from(
        ["Pikachu", "ﾋﾟｶﾁｭｳ", "피카츄", "㌔", "frozen", "Elsa", "Disney", "Snow White", "link to"],
    ),
    max_size=8,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(prompts | st.text(st.characters()))
def test_every_span_is_its_surface_and_the_order_is_fixed(text: str) -> None:
    reading = read(text, LEXICON, registry_version=1)

    places = [(each.start, each.end, each.subject_id) for each in reading.mentions]
    assert places == sorted(set(places))
    for mention in reading.mentions:
        assert text[mention.start : mention.end] == mention.surface != ""
    assert read(text, LEXICON, registry_version=1) == reading


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=10), st.text(max_size=10))
def test_a_name_between_spaces_is_always_found(before: str, after: str) -> None:
    text = f"{before} Pikachu {after}"

    subjects = [each.subject_id for each in read(text, LEXICON, registry_version=1).mentions]

    assert "mouse" in subjects


def lines(filename: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (PROMPTS / filename).read_text("utf-8").splitlines()]


@pytest.mark.skipif(
    not PROMPTS.exists() and os.environ.get("CI") != "true",
    reason="the shared prompts are not beside this checkout",
)
def test_unique_names_are_found_and_ordinary_prompts_stay_quiet() -> None:
    registry = parse_document((PROMPTS / "registry-dev.json").read_bytes())
    lexicon = Lexicon.build(registry.subjects)

    def strong(line: dict[str, Any]) -> set[str]:
        mentions = read(line["text"], lexicon, registry_version=1).mentions
        return {each.subject_id for each in mentions if each.strength == "strong"}

    named = lines("names-dev.jsonl")
    missed = [line for line in named if line["expect"][0]["subject"] not in strong(line)]
    ordinary = [line for line in lines("benign-dev-en.jsonl") if not line["expect"]]
    disturbed = [line for line in ordinary if strong(line)]
    assert len(missed) <= len(named) * 0.005
    assert len(disturbed) <= len(ordinary) * 0.005

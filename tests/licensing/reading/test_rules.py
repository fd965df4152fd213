"""The rules behind a mention: each has a stable id, and each id a meaning."""

from typing import get_args

import pytest

from licensing.reading.lexicon import Lexicon
from licensing.reading.lookalikes import Change
from licensing.reading.read import read
from licensing.reading.rules import BY_CHANGE, MEANINGS, Rule
from licensing.registry.subjects import Name, Subject, Trait

LEXICON = Lexicon.build(
    [
        Subject("pika", "character", None, (Name("Pikachu", "en", "official"),)),
        Subject("rai", "character", None, (Name("Raichu", "en", "official"),)),
        Subject(
            "ariel",
            "character",
            None,
            (Name("Ariel", "en", "official", "name", ("Disney",)),),
            traits=(Trait("en", "red hair"), Trait("en", "green tail")),
        ),
        Subject("eric", "character", "ariel", (Name("Prince Eric", "en", "official"),)),
        Subject("cars", "work", None, (Name("Cars", "en", "official", "common", ("Pixar",)),)),
        Subject("ghibli", "style", None, (Name("Ghibli", "en", "official"),)),
        Subject("kana", "character", None, (Name("ピカチュー", "ja", "official"),)),
    ],
)


def test_every_rule_has_a_meaning_and_every_disguise_a_rule() -> None:
    assert set(MEANINGS) == set(get_args(Rule))
    assert set(BY_CHANGE) == set(get_args(Change))


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        pytest.param("Pikachu runs", ["name.exact", "sure.unique"], id="the name itself"),
        pytest.param("a P1kachu runs", ["disguise.digit", "sure.unique"], id="a disguise"),
        pytest.param("a Pikahcu runs", ["name.misspelt", "sure.unique"], id="a mistake"),
        pytest.param(
            "die Katze Pikahcu schläft neben der großen Tür",
            ["name.misspelt", "lowered.foreign_spelling"],
            id="a mistake in a language whose words are not known",
        ),
        pytest.param(
            "".join(chr(0xE0000 + ord(each)) for each in "Pikachu"),
            ["name.invisible", "name.exact", "sure.unique"],
            id="invisible characters",
        ),
        pytest.param("Ariel swims", ["name.exact", "lowered.ambiguous"], id="nothing says so"),
        pytest.param(
            "Disney's Ariel", ["name.exact", "raised.curator_word"], id="a curator's word"
        ),
        pytest.param(
            "Ariel with red hair and a green tail",
            ["name.exact", "raised.traits"],
            id="two traits",
        ),
        pytest.param(
            "the character Ariel", ["name.exact", "raised.announced"], id="an announcement"
        ),
        pytest.param(
            "Pixar, in small letters: fast cars",
            ["name.exact", "lowered.ordinary_word"],
            id="written as a word",
        ),
        pytest.param(
            "in the style of Pikachu",
            ["name.exact", "sure.unique", "style.cue"],
            id="a wish for a style",
        ),
        pytest.param(
            "a Ghibli landscape", ["name.exact", "sure.unique", "style.subject"], id="a style"
        ),
        pytest.param(
            "no Pikachu at all", ["name.exact", "sure.unique", "negated.cue"], id="a refusal"
        ),
    ],
)
def test_a_mention_names_the_rules_behind_it(text: str, rules: list[str]) -> None:
    mentions = read(text, LEXICON, registry_version=1).mentions

    assert [list(mention.rules) for mention in mentions] == [rules]


def test_a_relative_and_a_list_are_named_too() -> None:
    eric, _ = read("Prince Eric and Ariel", LEXICON, registry_version=1).mentions[::-1]
    listed = read("without Pikachu, Raichu", LEXICON, registry_version=1).mentions

    assert eric.rules == ("name.exact", "raised.relative")
    assert [mention.rules[-1] for mention in listed] == ["negated.cue", "negated.list"]


def test_the_negative_prompt_is_a_rule_of_its_own() -> None:
    reading = read("a lake", LEXICON, registry_version=1, negative_text="Pikachu")

    assert reading.mentions[0].rules == ("name.exact", "sure.unique", "negated.negative_prompt")
    assert reading.to_json()["mentions"][0]["rules"] == list(reading.mentions[0].rules)

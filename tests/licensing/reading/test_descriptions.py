"""Subjects that are described and not named: a hint, never more."""

import pytest

from licensing.reading.descriptions import WINDOW_CHARS, Descriptions, features_of
from licensing.reading.lexicon import Lexicon
from licensing.reading.normalise import fold
from licensing.reading.read import read
from licensing.reading.vocabulary import stem
from licensing.registry.subjects import Description, Name, Subject, Trait


def subject(subject_id: str, lang: str, *traits: str, told: str = "") -> Subject:
    return Subject(
        subject_id,
        "character",
        None,
        (Name(subject_id, "en", "official"),),
        descriptions=(Description(lang, told),) if told else (),
        traits=tuple(Trait(lang, trait) for trait in traits),
    )


SUBJECTS = [
    subject(
        "Captain Reef",
        "en",
        "straw hat",
        "eyepatch",
        "pirate coat",
        "wooden leg",
        "green parrot",
        told="A cheerful pirate with a braided beard.",
    ),
    subject("Snowdrop", "en", "ice gown", "silver crown", "white braid", "frost magic"),
    subject("猫太郎", "ja", "青い猫型ロボット", "お腹のポケット", "どらやき", "赤い首輪に鈴"),
    subject("Nobody", "en"),
]
LEXICON = Lexicon.build(SUBJECTS)

PIRATE = "An old pirate with an eyepatch, a straw hat, a wooden leg and a green parrot"


def described(text: str) -> list[str]:
    return [
        each.subject_id
        for each in read(text, LEXICON, registry_version=1).mentions
        if each.evidence == "description"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(PIRATE, ["Captain Reef"], id="several traits"),
        pytest.param(f"{PIRATE}, Captain Reef", [], id="its name says so already"),
        pytest.param("A straw hat on a wooden table", [], id="one trait"),
        pytest.param("A pirate ship in a cheerful storm", [], id="nothing distinctive"),
        pytest.param(
            "お腹のポケットからどらやきを出す青い猫型ロボット、首輪に鈴", ["猫太郎"], id="Japanese"
        ),
        pytest.param("赤い首輪の犬", [], id="one trait in Japanese"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_enough_traits_describe_a_subject(text: str, expected: list[str]) -> None:
    assert described(text) == expected


def test_a_description_is_weak_and_explains_itself() -> None:
    text = f"Draw this: {PIRATE}."

    (mention,) = read(text, LEXICON, registry_version=1).mentions

    assert mention.strength == "weak"
    assert 0.3 <= mention.confidence <= 0.75
    assert text[mention.start : mention.end] == mention.surface
    assert "'straw hat'" in mention.reasons[0]


def test_traits_must_stand_together() -> None:
    far = (" " + "the sea was calm " * (WINDOW_CHARS // 10)).join(
        ["an eyepatch", "a straw hat", "a green parrot"],
    )

    assert described(far) == []
    assert described(f"{'The sea was calm. ' * 200}{PIRATE}") == ["Captain Reef"]
    assert described(f"{PIRATE}. {'The sea was calm. ' * 60}{PIRATE}") == ["Captain Reef"]


def test_nothing_is_described_by_an_empty_registry() -> None:
    assert Descriptions.of([]).find("a straw hat") == []


def test_two_who_look_alike_are_both_described() -> None:
    twins = [
        subject(each, "en", "straw hat", "eyepatch", "pirate coat", "wooden leg", "green parrot")
        for each in ("A", "B")
    ]

    found = Descriptions.of(twins).find(fold(PIRATE).text)

    assert [each.subject_id for each in found] == ["A", "B"]


def test_features_are_words_pairs_and_runs() -> None:
    keys = [feature.key for feature in features_of("a straw hat と猫目のネコ、ふわふわ")]

    assert keys == [
        "straw",
        "straw hat",
        "hat",
        "猫",
        "猫目",
        "目",
        "ネコ",
        "ふわふ",
        "ふわふわ",
        "わふわ",
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("eyes", "eye", id="a plural"),
        pytest.param("eye", "eye", id="its singular"),
        pytest.param("skinned", "skin", id="a doubled consonant"),
        pytest.param("dress", "dress", id="no plural"),
        pytest.param("glasses", "glass", id="a plural in es"),
        pytest.param("berries", "berry", id="a plural in ies"),
        pytest.param("hat", "hat", id="nothing to cut"),
    ],
)
def test_endings_are_cut_off(word: str, expected: str) -> None:
    assert stem(word) == expected

"""Subjects that are described and not named: a hint, never more."""

import pytest

from licensing.reading.descriptions import WINDOW_CHARS, Descriptions
from licensing.reading.features import features_of
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


FIGURES = [
    subject(
        "bun-hero",
        "ja",
        "丸いパンの顔",
        "赤いほっぺと丸い鼻",
        "茶色いマント",
        "おなかのすいた人に顔をちぎって食べさせる",
        "ばい菌の敵",
    ),
    subject(
        "puppet",
        "en",
        "wooden puppet boy",
        "nose grows when he lies",
        "yellow hat with a red feather",
        "cricket as his conscience",
    ),
    subject(
        "puppet-ja",
        "ja",
        "木の操り人形の少年",
        "嘘をつくと鼻が伸びる",
        "羽のついた帽子",
        "コオロギの友だち",
    ),
    subject(
        "station-bear",
        "en",
        "small brown bear",
        "blue duffle coat",
        "red bucket hat",
        "battered suitcase",
        "loves marmalade sandwiches",
    ),
    subject(
        "swamp-giant",
        "zh-Hans",
        "绿色的沼泽怪物",
        "喇叭形的耳朵",
        "棕色背心",
        "会说话的驴子朋友",
    ),
    subject(
        "honey-bear", "en", "teddy bear", "red shirt", "yellow fur", "honey pot", "round belly"
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "A polite little bear in a blue duffle coat and a red hat sits on a battered suitcase "
            "at a London station and eats a marmalade sandwich",
            ["station-bear"],
            id="en a bear",
        ),
        pytest.param(
            "A wooden puppet boy with a feathered hat tells a lie and his nose grows longer, a "
            "tiny cricket sighs on his shoulder",
            ["puppet"],
            id="en a puppet",
        ),
        pytest.param(
            "丸いパンの顔に赤いほっぺのヒーローがマントで空を飛び、おなかのすいた子に自分の顔をちぎって食べさせる",
            ["bun-hero"],
            id="ja a hero",
        ),
        pytest.param(
            "羽のついた帽子をかぶった木の操り人形の少年が嘘をつくと鼻がぐんと伸び、肩のコオロギがため息をつく",
            ["puppet-ja"],
            id="ja a puppet",
        ),
        pytest.param(
            "沼泽里的绿色怪物长着喇叭形的耳朵，穿着棕色背心，身后跟着一头会说话的驴子",
            ["swamp-giant"],
            id="zh a giant",
        ),
        pytest.param(
            "A plush teddy bear with a red bow tie sits on a lush green lawn under a bright sky",
            [],
            id="en any teddy bear",
        ),
        pytest.param("A brown bear walks along a river with a red fish", [], id="en any bear"),
        pytest.param("赤い帽子の少年が川で泳ぐ", [], id="ja a few words"),
        pytest.param("绿色的田野里有一头驴子", [], id="zh a few words"),
    ],
)
def test_figures_are_told_from_things_of_their_kind(text: str, expected: list[str]) -> None:
    lexicon = Lexicon.build(FIGURES)

    found = [each.subject_id for each in read(text, lexicon, registry_version=1).mentions]

    assert found == expected


def test_a_trait_says_little_less_for_being_shared_in_a_large_registry() -> None:
    crowd = [
        subject(f"other-{number}", "en", "straw hat", f"thing{number} on the shelf")
        for number in range(400)
    ]

    found = Descriptions.of([*SUBJECTS, *crowd]).find(fold(PIRATE).text)

    assert [each.subject_id for each in found] == ["Captain Reef"]

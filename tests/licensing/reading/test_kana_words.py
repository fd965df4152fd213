"""Katakana names in hiragana among other hiragana: the dictionary tells where a word is cut out."""

import subprocess
import sys

import pytest

from licensing.reading.lexicon import Lexicon
from licensing.reading.morphemes import covering
from licensing.reading.read import read
from licensing.registry.subjects import Name, Subject

NAMES = (
    "ポッポ",
    "レテ",
    "ドードー",
    "ヤドン",
    "メテノ",
    "テール",
    "ピカチュウ",
    "アーボ",
    "春",
    "삐",
    "L",
)
LEXICON = Lexicon.build(
    Subject(name, "character", None, (Name(name, "ja", "official"),)) for name in NAMES
)


def found(text: str) -> list[tuple[str, str, str]]:
    mentions = read(text, LEXICON, registry_version=1).mentions
    return [(each.subject_id, each.surface, each.strength) for each in mentions]


@pytest.mark.parametrize(
    ("text", "name", "surface"),
    [
        pytest.param("かわいいぽっぽの絵", "ポッポ", "ぽっぽ", id="behind an adjective"),
        pytest.param("走るぽっぽを追う", "ポッポ", "ぽっぽ", id="behind a verb"),
        pytest.param("カメラがゆっくりぽっぽに寄る", "ポッポ", "ぽっぽ", id="behind an adverb"),
        pytest.param(
            "すごく大きなどーどーがほえる", "ドードー", "どーどー", id="with length marks"
        ),
        pytest.param("雨にぬれたやどんと歩く", "ヤドン", "やどん", id="behind a past tense"),
        pytest.param(
            "空を飛ぶぴかちゅうです", "ピカチュウ", "ぴかちゅう", id="long enough anywhere"
        ),
        pytest.param("おどるあーぼ", "アーボ", "あーぼ", id="at the end"),
    ],
)
def test_a_short_name_is_found_where_a_word_begins_and_ends(
    text: str, name: str, surface: str
) -> None:
    assert found(text) == [(name, surface, "strong")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("娘は初めてのスキーを楽しむ", id="the end of a word and a particle"),
        pytest.param("建物の窓の下にあるテールーフ", id="the beginning of a katakana word"),
        pytest.param("撮影されている様子", id="grammar"),
        pytest.param("ほとんどやどんな人も", id="the ends of two words"),
    ],
)
def test_the_ends_of_other_words_are_no_name(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("春の海", [("春", "春", "weak")], id="a kanji"),
        pytest.param("『春』の海", [("春", "春", "strong")], id="a kanji set off as a name"),
        pytest.param("an L shaped sofa", [("L", "L", "strong")], id="a capital inside a sentence"),
        pytest.param("l shaped sofa", [("L", "l", "weak")], id="a small letter"),
        pytest.param("삐는 달린다", [("삐", "삐", "strong")], id="a Hangul syllable"),
    ],
)
def test_a_single_letter_alone_is_hardly_a_name(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert found(text) == expected


def test_words_have_their_place_and_kind() -> None:
    words = covering("猫がナルトと走る", 0, 5)

    assert [(each.start, each.end) for each in words] == [(0, 1), (1, 2), (2, 5)]
    assert [each.is_function_word for each in words] == [False, True, False]


def test_the_dictionary_is_loaded_only_when_it_is_asked() -> None:
    program = (
        "import sys\n"
        "from licensing.reading.lexicon import Lexicon\n"
        "from licensing.reading.read import read\n"
        "from licensing.registry.subjects import Name, Subject\n"
        "names = (Name('ポッポ', 'ja', 'official'),)\n"
        "lexicon = Lexicon.build([Subject('p', 'character', None, names)])\n"
        "read('夜のポッポ、ぽっぽが飛ぶ', lexicon, registry_version=1)\n"
        "assert 'sudachipy' not in sys.modules\n"
        "read('かわいいぽっぽの絵', lexicon, registry_version=1)\n"
        "assert 'sudachipy' in sys.modules\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True)

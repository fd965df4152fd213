"""What stands around an ambiguous name: marks, announcements, traits, a wish for a style."""

import pytest

from licensing.reading.lexicon import Lexicon
from licensing.reading.marks import Lettering
from licensing.reading.read import read
from licensing.registry.subjects import Ambiguity, Name, Subject, Trait


def name(text: str, ambiguity: Ambiguity = "unique", **words: tuple[str, ...]) -> Name:
    return Name(text, "en", "official", ambiguity, **words)


LEXICON = Lexicon.build(
    [
        Subject("cars", "franchise", None, (name("Cars", "common", requires_any=("Pixar",)),)),
        Subject("mater", "character", "cars", (name("Tow Mater"),)),
        Subject("colour", "work", None, (name("Colorful", "common", requires_any=("anime",)),)),
        Subject("wave", "work", None, (name("Wave", "common", requires_any=("station",)),)),
        Subject("panther", "character", "marvel", (name("Black Panther", "common"),)),
        Subject("marvel", "franchise", None, (name("Marvel"),)),
        Subject(
            "ariel",
            "character",
            None,
            (name("Ariel", "name"),),
            traits=(
                Trait("en", "red hair"),
                Trait("en", "green tail"),
                Trait("en", "young"),
                Trait("ja", "人魚の王女"),
            ),
        ),
        Subject(
            "hero",
            "character",
            None,
            (name("リンク", "common", requires_any=("ゼルダ",)), name("エル", "generic")),
        ),
        Subject("ditto", "character", None, (name("Ditto"),)),
        Subject("ghibli", "style", None, (name("Studio Ghibli"),)),
        Subject("pika", "character", None, (name("Pikachu"), name("ピカチュウ"))),
    ],
)


def found(text: str) -> list[tuple[str, str]]:
    mentions = read(text, LEXICON, registry_version=1).mentions
    return [(each.subject_id, each.strength) for each in mentions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Red cars drive by", [], id="an ordinary word"),
        pytest.param("red cars", [], id="no capitals anywhere"),
        pytest.param("Cars drive by", [], id="the beginning of a sentence"),
        pytest.param("A scene of Cars", [("cars", "weak")], id="a capital"),
        pytest.param('the word "cars"', [("cars", "weak")], id="quotes"),
        pytest.param("A #cars clip", [("cars", "weak")], id="a hashtag"),
        pytest.param("the movie 'Cars'", [("cars", "strong")], id="an announcement"),
        pytest.param("A movie, Cars", [("cars", "weak")], id="none right beside it"),
        pytest.param("A poster of Pixar: Cars", [("cars", "strong")], id="a curator's word"),
        pytest.param("Pixar drew red cars", [("cars", "weak")], id="the word written small"),
        pytest.param("pixar cars", [("cars", "strong")], id="no capitals, but a strange word"),
        pytest.param("a colorful anime", [("colour", "weak")], id="a word of every drawing"),
        pytest.param("wave at a station", [("wave", "weak")], id="two ordinary words"),
        pytest.param(
            "Black Panther leads an army, Marvel",
            [("panther", "strong"), ("marvel", "strong")],
            id="an ordinary word that begins the sentence, beside its franchise",
        ),
        pytest.param("Wave at the Station", [("wave", "strong")], id="the word has a capital"),
        pytest.param("Ariel swims", [("ariel", "weak")], id="a name"),
        pytest.param("the character ariel", [("ariel", "strong")], id="a name announced"),
        pytest.param(
            "Ariel with red hair and a green tail", [("ariel", "strong")], id="two of its traits"
        ),
        pytest.param("Ariel with red hair", [("ariel", "weak")], id="one trait"),
        pytest.param("ゲームのリンク", [("hero", "weak")], id="a word without capitals"),
        pytest.param("ゲーム「リンク」", [("hero", "strong")], id="brackets and an announcement"),
        pytest.param("ゼルダとリンク", [("hero", "strong")], id="a curator's word in Japanese"),
        pytest.param("エルと歩く", [], id="hardly ever a reference"),
        pytest.param("A ditto mark", [("ditto", "weak")], id="a sure name used as a word"),
        pytest.param("ditto", [("ditto", "strong")], id="a sure name"),
    ],
)
def test_marks_and_words_around_decide(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        pytest.param("in the style of Pikachu", "style", id="English"),
        pytest.param("Pikachu-style ears", "style", id="behind"),
        pytest.param("ピカチュウ風の服", "style", id="Japanese"),
        pytest.param("ピカチュウっぽい犬", "style", id="looking like it"),
        pytest.param("ピカチュウが風に吹かれる", "exact", id="wind"),
        pytest.param("a Studio Ghibli town", "style", id="a subject that is a style"),
        pytest.param("a Pikachu", "exact", id="itself"),
    ],
)
def test_a_wish_for_a_style_is_told_apart(text: str, evidence: str) -> None:
    (mention,) = read(text, LEXICON, registry_version=1).mentions

    assert (mention.evidence, mention.strength) == (evidence, "strong")


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        pytest.param("a Frozen lake", "Frozen", "marked", id="a capital"),
        pytest.param("A frozen lake", "frozen", "unmarked", id="a small letter"),
        pytest.param("a frozen lake", "frozen", "unknown", id="no capitals in the text"),
        pytest.param("Ice. Frozen lake", "Frozen", "unknown", id="the beginning of a sentence"),
        pytest.param("A Lake Frozen Over", "Frozen", "unknown", id="a headline"),
        pytest.param("湖のリンク", "リンク", "unknown", id="a script without capitals"),
        pytest.param("a “frozen” lake", "frozen", "marked", id="quotes"),
        pytest.param("frozen", "frozen", "unknown", id="alone"),
    ],
)
def test_a_name_is_marked_or_not(text: str, word: str, expected: str) -> None:
    start = text.index(word)

    assert Lettering.of(text).mark(start, start + len(word)) == expected

"""Spelling mistakes: one letter wrong in a long name, never an ordinary word."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.reading.lexicon import Lexicon
from licensing.reading.read import read
from licensing.reading.spelling import Misspelt, Spelling, Spellings, one_mistake
from licensing.reading.words import is_inflected, is_ordinary
from licensing.registry.subjects import Name, Subject


def subject(subject_id: str, *texts: str) -> Subject:
    names = tuple(Name(text, "en", "official") for text in texts)
    return Subject(subject_id, "character", None, names)


SUBJECTS = [
    subject("pika", "Pikachu"),
    subject("naruto", "Naruto Uzumaki", "Mr. Incredible"),
    Subject("first", "character", None, (Name("Naruto", "en", "official", "name"),)),
    subject("kabuto", "Kabuto", "Kabuta"),
    subject("clan", "Uzumaki"),
    subject("latias", "Latias"),
    subject("team", "Pikachu Raichuu"),
    subject("latios", "Latios"),
    subject("short", "Koga", "One Two Three Four Five Six"),
    subject("nebulak", "Nebulak", "Golemu"),
    Subject("golem", "character", None, (Name("Golem", "en", "official", "name"),)),
    Subject("guess", "character", None, (Name("Zorlanda", "en", "generated"),)),
    replace(subject("closed", "Quilava"), licensed=False),
]
LEXICON = Lexicon.build(SUBJECTS)


def misspelt(text: str) -> list[tuple[str, str, str]]:
    mentions = read(text, LEXICON, registry_version=1).mentions
    return [
        (each.subject_id, each.surface, each.strength)
        for each in mentions
        if each.evidence == "fuzzy"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a Pikchu runs", [("pika", "Pikchu", "strong")], id="a letter dropped"),
        pytest.param("a Pikaachu runs", [("pika", "Pikaachu", "strong")], id="a letter added"),
        pytest.param("a Pikashu runs", [("pika", "Pikashu", "strong")], id="another letter"),
        pytest.param("a Pkiachu runs", [("pika", "Pkiachu", "strong")], id="two swapped"),
        pytest.param("a Kaubto runs", [("kabuto", "Kaubto", "strong")], id="swapped midway"),
        pytest.param("a Bikachu runs", [("pika", "Bikachu", "strong")], id="the first letter"),
        pytest.param(
            "Naruto Uzmuaki jumps",
            [("naruto", "Naruto Uzmuaki", "strong")],
            id="more than the shorter name in it",
        ),
        pytest.param(
            "Mr. nncredible runs",
            [("naruto", "Mr. nncredible", "strong")],
            id="over the dot of an abbreviation",
        ),
        pytest.param(
            "narutonuzumaki jumps",
            [("naruto", "narutonuzumaki", "strong")],
            id="a letter for a space",
        ),
        pytest.param(
            "Latiss flies",
            [("latias", "Latiss", "strong"), ("latios", "Latiss", "strong")],
            id="two names as near",
        ),
        pytest.param(
            "die Katze und der Hund jagen Pikahu durch den Garten",
            [("pika", "Pikahu", "weak")],
            id="a language whose words are not known",
        ),
        pytest.param("a picture of a nebula, nebulas", [], id="ordinary words and their plurals"),
        pytest.param("a golem walks", [], id="a name by itself"),
        pytest.param("a Kogq runs", [], id="too short"),
        pytest.param("a Quilaba runs", [], id="its owner wants no use of it"),
        pytest.param("a Zorlamda runs", [], id="a guessed spelling misspelt"),
        pytest.param("Pikachu", [], id="no mistake"),
        pytest.param("Pikachu Raichuo", [], id="around a name that is sure"),
        pytest.param("Narut, Uzumaki", [], id="words apart"),
        pytest.param("xyzzyx qwrtzu", [], id="nothing near"),
    ],
)
def test_one_mistake_is_forgiven(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert misspelt(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.text("abc", min_size=1, max_size=7), st.data())
def test_any_single_mistake_is_one(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("abcx"))

    for written in (
        name[:place] + name[place + 1 :],
        name[:place] + letter + name[place:],
        name[:place] + letter + name[place + 1 :],
        name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
    ):
        assert one_mistake(written, name) is (written != name)


@settings(max_examples=200, deadline=None)
@given(st.text("abcdef", min_size=6, max_size=10), st.data())
def test_every_single_mistake_is_nominated(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 2))
    swapped = name[:place] + name[place : place + 2][::-1] + name[place + 2 :]
    added = f"{name[:place]}z{name[place:]}"

    spellings = Spellings.of((Spelling(Spelling.columns([(7, name, 1)])), lambda _: True))

    for written in (swapped, added, name[:place] + name[place + 1 :]):
        nominated = written != name and not is_inflected(written)
        expected = [Misspelt(0, len(written), 0, 7)] if nominated else []
        assert list(spellings.find(written)) == expected


def test_names_of_several_indexes_are_nominated_as_if_they_were_in_one() -> None:
    texts = sorted(f"abcdef{first}{second}" for first in "abcdefgh" for second in "abcdefgh")
    more = sorted(f"abcdef{first}z" for first in "ijklmn")
    whole, first, second = (
        Spelling(Spelling.columns((number, text, 1) for number, text in enumerate(names)))
        for names in (sorted(texts + more), texts, more)
    )
    dead = texts.index("abcdefaa")

    one = Spellings.of((whole, lambda number: number != dead))
    several = Spellings.of((first, lambda number: number != dead), (second, lambda _: True))

    names = (sorted(texts + more),), (texts, more)
    found = [
        [lists[each.index][each.entry] for each in spellings.find("abcdefhx abcdefhaz abcdefqz")]
        for spellings, lists in zip((one, several), names, strict=True)
    ]
    assert found[0] == found[1]
    # Of more than 64 names that share a half, the first in the order of letters are tried.
    assert set(found[0]) == {*(f"abcdefh{letter}" for letter in "abcdefgh"), "abcdefiz"}


def test_two_mistakes_are_too_many() -> None:
    assert not one_mistake("pikxxhu", "pikachu")
    assert not one_mistake("piakcuh", "pikachu")


@pytest.mark.parametrize(
    ("word", "ordinary", "inflected"),
    [
        pytest.param("frozen", True, True, id="a word"),
        pytest.param("x", True, True, id="a letter"),
        pytest.param("2001", True, True, id="a number"),
        pytest.param("nebulas", False, True, id="an unlisted plural"),
        pytest.param("pikachu", False, False, id="a name"),
    ],
)
def test_ordinary_words_are_known(word: str, *, ordinary: bool, inflected: bool) -> None:
    assert (is_ordinary(word), is_inflected(word)) == (ordinary, inflected)

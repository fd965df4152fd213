"""A lexicon with changes reads like one that was compiled with them."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.reading.lexicon import Lexicon, lexicon_columns
from licensing.reading.read import read
from licensing.registry.subjects import (
    Ambiguity,
    Description,
    Name,
    NameKind,
    Subject,
    SubjectKind,
    Trait,
)

# Few and much alike, so that names meet: in one text, in one skeleton, across subjects.
TEXTS = [
    *("Kumo", "KUMO", "Kümo", "ku-mo", "Kumo no Kuni", "kumonokuni", "トラ", "とら", "トラー"),
    *("👀", "👀👀", "Up", "Frozen", "Naruto Uzumaki", "Naruto", "Uzumaki", "Pikachu", "Pikachi"),
]
WORDS = ["anime", "kumo", "cafe", "café", "Up", "Naruto"]
LOOKS = [
    "a tall blue dragon with golden horns and a red scarf",
    "golden horns",
    "red scarf of wool",
    "青い竜と金の角と赤いマフラー",
]
IDS = "abcdef"

names = st.builds(
    Name,
    st.sampled_from(TEXTS),
    st.sampled_from(["en", "ja"]),
    st.sampled_from(get_args(NameKind)),
    st.sampled_from(get_args(Ambiguity)),
    st.lists(st.sampled_from(WORDS), max_size=1).map(tuple),
    st.lists(st.sampled_from(WORDS), max_size=1).map(tuple),
)
looks = st.lists(st.sampled_from(LOOKS), max_size=2, unique=True)


def subjects(ids: str) -> st.SearchStrategy[list[Subject]]:
    one = st.builds(
        Subject,
        st.sampled_from(ids),
        st.sampled_from(get_args(SubjectKind)),
        st.sampled_from([None, *IDS, "x"]),
        st.lists(names, min_size=1, max_size=3).map(tuple),
        looks.map(lambda told: tuple(Description("en", text) for text in told)),
        looks.map(lambda told: tuple(Trait("ja", text) for text in told)),
        st.booleans(),
    )
    return st.lists(one, max_size=5, unique_by=lambda subject: subject.id)


texts = st.lists(
    st.sampled_from(
        [*TEXTS, *WORDS, *LOOKS, "Pikachuu", "Narutoo Uzumaki", "k u m o", "the", "。"]
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=300)
@given(
    before=subjects(IDS),
    changed=subjects(IDS),
    removed=st.sets(st.sampled_from(IDS)),
    pieces=texts,
    gap=st.sampled_from([" ", ""]),
)
def test_a_lexicon_with_changes_reads_like_a_new_one(
    *,
    before: list[Subject],
    changed: list[Subject],
    removed: set[str],
    pieces: list[str],
    gap: str,
) -> None:
    removed -= {subject.id for subject in changed}
    gone = removed | {subject.id for subject in changed}
    after = [*(subject for subject in before if subject.id not in gone), *changed]
    text = gap.join(pieces)

    updated = Lexicon.load(lexicon_columns(before)).changed(changed, removed)

    expected = read(text, Lexicon.build(after), registry_version=1)
    assert read(text, updated, registry_version=1) == expected


def test_a_misspelt_name_of_what_is_left_and_of_what_is_new_is_found() -> None:
    old, new = (
        Subject(each, "character", None, (Name(text, "en", "official"),))
        for each, text in (("a", "Pikachu"), ("b", "Narutoko"))
    )

    updated = Lexicon.build([old]).changed([new])

    mentions = read("Pikchu meets Narutok", updated, registry_version=1).mentions
    assert [each.subject_id for each in mentions] == ["a", "b"]


def test_changes_are_not_heaped_upon_changes() -> None:
    with pytest.raises(TypeError, match="as a whole"):
        Lexicon.build([]).changed([]).changed([])


def test_what_is_left_and_what_is_new_is_told() -> None:
    old, new = (
        Subject(each, "character", None, (Name(text, "en", "official"),))
        for each, text in (("a", "Kumo"), ("b", "Tora"))
    )

    updated = Lexicon.build([old]).changed([new], {"a"})

    assert list(updated.texts) == ["tora"]

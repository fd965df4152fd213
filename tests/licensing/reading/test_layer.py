"""A compiled registry: subjects by number, entries made of columns, and subjects left out."""

import pytest

from licensing.reading.columns import Strings, numbers, packed
from licensing.reading.compiling import compiled
from licensing.reading.layer import Layer
from licensing.reading.spelling import Misspelt
from licensing.registry.subjects import Name, Subject, Trait

SUBJECTS = [
    Subject(
        "zorro",
        "character",
        "masks",
        (
            Name("Zorro", "en", "official"),
            Name("ZORRO", "es", "official"),
            Name("Fox", "en", "alias", "common", ("mask",), ("terrier", "\u200b")),
            Name("\u200b", "en", "alias"),
        ),
        traits=(Trait("en", "black cape"), Trait("en", "sword"), Trait("ja", "黒いマント")),
    ),
    Subject("masks", "franchise", "owner", (Name("Masks", "en", "official"),), licensed=False),
    Subject("eyes", "mark", None, (Name("👀", "en", "official"), Name("Zorro", "en", "generated"))),
]


def layer(*masked: str) -> Layer:
    numbered = sorted(subject.id for subject in SUBJECTS)
    return Layer(compiled(SUBJECTS)).masking(frozenset(map(numbered.index, masked)))


def texts_of(found: Layer) -> list[str]:
    keys = {"zorro": "zorro", "fox": "fox", "mask": "mask", "terrier": "terrier", "masks": "masks"}
    return [
        entry.text
        for key in keys
        for start, end, number in found.keys_in(key)
        if end - start == len(key)
        for entry in found.group(number, key)
    ]


def test_names_and_context_words_are_entries_by_skeleton() -> None:
    whole = layer()

    assert set(whole.texts) == {
        *("black cape", "fox", "mask", "masks", "terrier", "zorro", "黒いマント", "👀"),
    }
    assert texts_of(whole) == ["zorro", "fox", "mask", "terrier", "masks"]
    assert [entry.text for _, _, entry in whole.boneless_in("a 👀 👀")] == ["👀", "👀"]


def test_a_sense_is_all_that_the_registry_says_of_a_name() -> None:
    whole = layer()
    (_, _, number) = whole.keys_in("fox")[0]

    (entry,) = whole.group(number, "fox")

    (sense,) = entry.senses
    assert sense.name == SUBJECTS[0].names[2]
    assert (sense.subject_id, sense.subject_kind, sense.licensed) == ("zorro", "character", True)
    assert sense.franchise_id == "owner"
    assert (sense.requires_any, sense.excludes_any) == (("mask",), ("terrier",))
    assert sense.hints == ("black cape", "黒いマント")


@pytest.mark.parametrize(
    ("masked", "texts"),
    [
        pytest.param(["zorro"], ["zorro", "masks"], id="another subject's generated name stays"),
        pytest.param(["masks"], ["zorro", "fox", "mask", "terrier"], id="a parent"),
        pytest.param(["zorro", "eyes", "masks"], [], id="all"),
    ],
)
def test_what_is_masked_is_not_there(masked: list[str], texts: list[str]) -> None:
    assert texts_of(layer(*masked)) == texts


def test_a_masked_symbol_is_not_found() -> None:
    assert list(layer("eyes").boneless_in("👀")) == []


def test_subjects_are_found_by_id() -> None:
    whole = layer("masks")

    assert [whole.subject_number(each) for each in ("eyes", "masks", "zorro", "nobody", "zz")] == [
        *(0, 1, 2, None, None),
    ]
    assert [whole.parent_id(number) for number in range(3)] == [None, "owner", "masks"]


def test_only_licensed_names_that_are_left_can_be_misspelt() -> None:
    at = list(layer().texts).index("zorro")

    assert layer().can_be_misspelt(at)
    assert layer("eyes").can_be_misspelt(at)
    assert not layer("zorro").can_be_misspelt(at)
    assert [sense.subject_id for sense in layer().spelt(Misspelt(0, 5, 0, at)).senses] == ["zorro"]


def test_texts_keep_what_utf8_cannot_say() -> None:
    columns = Strings.written("word", ["a", "", "\ud800é"])

    assert list(Strings(columns, "word")) == ["a", "", "\ud800é"]
    assert list(numbers(packed([0, 2**32 - 1]))) == [0, 2**32 - 1]
    with pytest.raises(OverflowError):
        packed([2**32])

"""The name a reader is shown."""

import pytest

from licensing.registry.subjects import Name, Subject

TORA = Subject(
    id="tora",
    kind="character",
    parent_id=None,
    names=(
        Name("Tora-chan", "en", "nickname"),
        Name("トラ", "ja", "official"),
        Name("Tora", "ja-Latn", "romanised"),
        Name("Tora the Brave", "en", "official"),
        Name("虎子", "zh-Hant", "official"),
        Name("虎仔", "zh-Hans", "alias"),
    ),
)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        pytest.param("en", "Tora the Brave", id="official before nickname"),
        pytest.param("ja", "トラ", id="the exact language"),
        pytest.param("JA", "トラ", id="tags have no case"),
        pytest.param("zh-Hans", "虎仔", id="the exact script before a more official name"),
        pytest.param("zh", "虎子", id="a relative of the language"),
        pytest.param("fr", "Tora the Brave", id="English for everybody else"),
    ],
)
def test_a_subject_is_shown_by_its_best_name_for_the_reader(lang: str, expected: str) -> None:
    assert TORA.display_name(lang) == expected


def test_a_subject_without_an_english_name_is_shown_by_the_one_it_has() -> None:
    subject = Subject(
        id="kaze",
        kind="work",
        parent_id=None,
        names=(Name("カゼ", "ja", "alias"), Name("風の記憶", "ja", "official")),
    )

    assert subject.display_name() == "風の記憶"

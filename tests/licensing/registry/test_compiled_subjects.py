"""Subjects as columns: a mapping like the dictionary of the same subjects."""

from hypothesis import given
from hypothesis import strategies as st

from licensing.registry.compiled_subjects import (
    CompiledSubjects,
    subject_columns,
    subjects_digest,
)
from licensing.registry.subjects import Description, Name, Subject, Trait

IDS = "abcdef"


def subject(subject_id: str, text: str = "Kumo") -> Subject:
    return Subject(
        subject_id,
        "character",
        "a",
        (
            Name(text, "ja", "official", "name", ("anime",), ("sky",)),
            Name(f"{text}-san", "ja-Latn", "generated", source=text),
        ),
        descriptions=(Description("en", "a cloud"),),
        traits=(Trait("en", "white", "colour"),),
        licensed=False,
    )


@given(
    st.sets(st.sampled_from(IDS)),
    st.sets(st.sampled_from(IDS)),
    st.sets(st.sampled_from(IDS)),
)
def test_compiled_subjects_are_those_of_the_dictionary(
    before: set[str],
    changed: set[str],
    removed: set[str],
) -> None:
    removed -= changed
    news = [subject(each, "Tora") for each in sorted(changed)]
    expected = {each: subject(each) for each in before - removed} | {each.id: each for each in news}

    found = CompiledSubjects(subject_columns(map(subject, before))).updated(news, removed)

    assert dict(found) == expected
    assert len(found) == len(expected)
    assert [each for each in (*IDS, "zz", "") if each in found] == sorted(expected)
    assert subjects_digest(found) == subjects_digest(expected)

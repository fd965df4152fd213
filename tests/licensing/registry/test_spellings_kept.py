"""Generated spellings in the database: kept with their subject, left out of exports."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import Session, col

from licensing.registry import store
from licensing.registry.document import RegistryDocument, export_document, parse_document
from licensing.registry.subject_store import find_subject
from licensing.registry.subjects import Name, Subject
from licensing.registry.tables import NameRow

AT = datetime(2026, 11, 1, tzinfo=UTC)
DEMON = Name("鬼滅の刃", "ja", "official", reading="きめつのやいば")
CAT = Subject("cat", "character", None, (Name("ドラえもん", "ja", "official"), DEMON))


def saved(session: Session, *subjects: Subject) -> int:
    return store.save_document(session, RegistryDocument(subjects), at=AT)


def spelt(session: Session, subject_id: str = "cat") -> list[str]:
    subject = find_subject(session, subject_id)
    assert subject is not None
    return [name.text for name in subject.names if name.origin == "generated"]


def test_an_import_keeps_the_spellings_of_its_names(session: Session) -> None:
    saved(session, CAT)

    assert spelt(session) == [
        "doraemon",
        "きめつのやいば",
        "キメツノヤイバ",
        "kimetsunoyaiba",
        "kimetunoyaiba",
    ]
    assert len(store.load_snapshot(session).subjects["cat"].names) == 7


def test_an_export_holds_what_somebody_wrote(session: Session) -> None:
    saved(session, CAT)

    document = store.load_document(session)

    assert document.subjects == (CAT,)
    assert parse_document(export_document(document)) == document


def test_the_same_document_again_changes_nothing(session: Session) -> None:
    first = saved(session, CAT)

    assert saved(session, CAT) == first


def test_an_import_brings_spellings_that_were_never_generated(session: Session) -> None:
    first = saved(session, CAT)
    session.execute(delete(NameRow).where(col(NameRow.source).is_not(None)))

    assert saved(session, CAT) == first + 1
    assert "doraemon" in spelt(session)


def test_a_name_that_leaves_takes_its_spellings_along(session: Session) -> None:
    saved(session, CAT)

    saved(session, replace(CAT, names=(DEMON,)))

    assert "doraemon" not in spelt(session)


def test_nobody_is_found_by_an_unknown_id(session: Session) -> None:
    assert find_subject(session, "cat") is None


names = st.lists(
    st.builds(
        Name,
        st.sampled_from(["ドラえもん", "ピカチュウ", "신라", "海贼王", "Tom & Jerry", "pikachuu"]),
        st.sampled_from(["ja", "zh-Hans", "ko"]),
        st.sampled_from(["official", "alias", "generated"]),
        reading=st.sampled_from([None, "かいぞく"]),
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize("times", [1, 2])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=names, second=names)
def test_whatever_is_imported_comes_out_as_it_was_written(
    session: Session, times: int, first: list[Name], second: list[Name]
) -> None:
    for given_names in [*[first] * times, second]:
        saved(session, Subject("s", "work", None, tuple(given_names)))

    document = store.load_document(session)

    assert [each for each in document.subjects if each.id == "s"] == [
        Subject("s", "work", None, tuple(second))
    ]

"""The registry at one version: ancestors and owners."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from licensing.errors import UnknownSubject
from licensing.money import Money
from licensing.registry.document import RegistryDocument
from licensing.registry.owners import Licensor, Share
from licensing.registry.snapshot import RegistrySnapshot
from licensing.registry.subjects import Name, Subject
from licensing.registry.terms import Terms


def subject(subject_id: str, parent_id: str | None = None) -> Subject:
    return Subject(subject_id, "character", parent_id, (Name(subject_id, "en", "official"),))


def terms(terms_id: str) -> Terms:
    return Terms.from_document(
        {
            "id": terms_id,
            "subject": "kumo",
            "licensor": "hoshi",
            "version": 1,
            "territories": ["JP"],
            "purposes": ["personal"],
            "max_duration_s": 30,
            "audience_ratings": ["all"],
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": None,
            "price": {"kind": "flat", "amount": "1", "currency": "JPY"},
            "approval_required": False,
        },
    )


KUMO_SHARES = (Share("kumo", "hoshi", Fraction(2, 3)), Share("kumo", "yama", Fraction(1, 3)))
TAIL_SHARES = (Share("tail", "yama", Fraction(1)),)

REGISTRY = RegistrySnapshot.of(
    RegistryDocument(
        subjects=(
            subject("kumo"),
            subject("tora", "kumo"),
            subject("tail", "tora"),
            subject("lone"),
        ),
        licensors=(Licensor("hoshi", "Hoshi"), Licensor("yama", "Yama")),
        ownership=(*KUMO_SHARES, *TAIL_SHARES),
        terms=(terms("first"), terms("second")),
    ),
    version=7,
)


def test_ancestors_come_nearest_first_and_begin_with_the_subject() -> None:
    assert [each.id for each in REGISTRY.ancestors("tail")] == ["tail", "tora", "kumo"]


def test_an_unknown_subject_has_no_ancestors() -> None:
    with pytest.raises(UnknownSubject, match="'sora'"):
        REGISTRY.ancestors("sora")


def test_parents_in_a_circle_are_visited_once() -> None:
    circle = RegistrySnapshot.of(
        RegistryDocument((subject("a", "b"), subject("b", "a"))),
        version=1,
    )

    assert [each.id for each in circle.ancestors("a")] == ["a", "b"]


@pytest.mark.parametrize(
    ("subject_id", "expected"),
    [
        pytest.param("tail", TAIL_SHARES, id="its own owners"),
        pytest.param("tora", KUMO_SHARES, id="its franchise's owners"),
        pytest.param("lone", (), id="nobody known"),
    ],
)
def test_owners_are_the_nearest_declared(subject_id: str, expected: tuple[Share, ...]) -> None:
    assert REGISTRY.owners_of(subject_id, territory="JP", purpose="personal") == expected


def test_terms_are_kept_by_subject_in_their_order() -> None:
    assert {key: [each.id for each in offers] for key, offers in REGISTRY.terms.items()} == {
        "kumo": ["first", "second"],
    }
    assert REGISTRY.terms["kumo"][0].fee(8_000) == Money(1_000_000, "JPY")
    assert not REGISTRY.terms["kumo"][0].validity.refuse(datetime(2026, 11, 1, tzinfo=UTC))


def test_the_lexicon_is_built_once() -> None:
    assert REGISTRY.lexicon is REGISTRY.lexicon
    assert set(REGISTRY.lexicon.texts) == {"kumo", "lone", "tail", "tora"}

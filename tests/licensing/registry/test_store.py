"""The registry in PostgreSQL: what goes in comes out, and only a real change counts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from licensing.errors import RegistryMalformed
from licensing.money import Money
from licensing.registry import store
from licensing.registry.document import RegistryDocument, export_document, parse_document
from licensing.registry.owners import Licensor, Share
from licensing.registry.store import Party
from licensing.registry.subjects import Description, Name, Subject, Trait
from licensing.registry.terms import (
    AudienceRatings,
    MaxDuration,
    PerSecond,
    Purposes,
    Terms,
    Territories,
    Validity,
)
from licensing.royalties import accounts, ledger
from service.database import OPERATOR, Database, set_tenant

AT = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)

GARDEN = Subject(
    id="garden",
    kind="franchise",
    parent_id=None,
    names=(
        Name("The Garden", "en", "official"),
        Name("庭", "ja", "official", "common", ("花",), ("駅",)),
    ),
)
# Its id sorts before its parent's: it is written first and refers to a row that is not there yet.
ALICE = Subject(
    id="alice",
    kind="character",
    parent_id="garden",
    names=(Name("Zelda", "en", "official"), Name("Alice", "en", "official")),
    descriptions=(Description("en", "a girl with a lamp"),),
    traits=(Trait("en", "carries a lamp", "object"), Trait("ja", "青いコート")),
    licensed=False,
)
TERMS = Terms(
    id="garden-jp",
    subject_id="garden",
    licensor_id="aoyama",
    version=1,
    territories=Territories(frozenset({"JP"})),
    purposes=Purposes(frozenset({"personal"})),
    max_duration=MaxDuration(30_000),
    ratings=AudienceRatings(frozenset({"all"})),
    validity=Validity(starts_at=AT, ends_at=None),
    price=PerSecond(Money(700_000, "JPY")),
    approval_required=False,
)
REGISTRY = RegistryDocument(
    subjects=(ALICE, GARDEN),
    licensors=(Licensor("aoyama", "青山文庫"), Licensor("kagerou", "Studio Kagerō")),
    ownership=(
        Share("garden", "aoyama", Fraction(3, 5)),
        Share("garden", "kagerou", Fraction(2, 5)),
    ),
    terms=(TERMS,),
)


@pytest.fixture
def filled(session: Session) -> Session:
    """A session on a registry that was imported once."""
    store.save_document(session, REGISTRY, at=AT)
    return session


def test_an_empty_registry_has_version_zero(session: Session) -> None:
    assert store.registry_version(session) == 0
    assert store.load_document(session) == RegistryDocument(subjects=())


def test_what_was_imported_is_exported(session: Session) -> None:
    version = store.save_document(session, REGISTRY, at=AT)

    assert version == store.registry_version(session) == 1
    assert store.load_document(session) == REGISTRY
    assert parse_document(export_document(store.load_document(session))) == REGISTRY


def test_the_same_document_again_changes_nothing(filled: Session) -> None:
    assert store.save_document(filled, REGISTRY, at=LATER) == 1


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            replace(REGISTRY, subjects=(replace(ALICE, licensed=True), GARDEN)), id="subject"
        ),
        pytest.param(
            replace(REGISTRY, subjects=(replace(ALICE, names=ALICE.names[::-1]), GARDEN)),
            id="order of names",
        ),
        pytest.param(
            replace(REGISTRY, licensors=(Licensor("aoyama", "Aoyama"), REGISTRY.licensors[1])),
            id="licensor",
        ),
        pytest.param(
            replace(REGISTRY, ownership=(Share("garden", "kagerou", Fraction(1)),)),
            id="ownership",
        ),
        pytest.param(
            replace(REGISTRY, terms=(TERMS, replace(TERMS, id="garden-jp-2", version=2))),
            id="terms",
        ),
    ],
)
def test_a_real_change_counts_the_version_up(filled: Session, changed: RegistryDocument) -> None:
    assert store.save_document(filled, changed, at=LATER) == 2
    assert store.load_document(filled) == changed
    assert store.save_document(filled, changed, at=LATER) == 2


def test_what_a_document_does_not_speak_of_stays(filled: Session) -> None:
    addition = Subject("moon", "franchise", None, (Name("Moon", "en", "official"),))

    store.save_document(filled, RegistryDocument(subjects=(addition,)), at=LATER)

    assert store.load_document(filled) == replace(REGISTRY, subjects=(ALICE, GARDEN, addition))


def test_published_terms_cannot_be_changed(filled: Session) -> None:
    dearer = replace(TERMS, price=PerSecond(Money(900_000, "JPY")))

    with pytest.raises(RegistryMalformed, match="immutable") as refusal:
        store.save_document(filled, replace(REGISTRY, terms=(dearer,)), at=LATER)

    assert refusal.value.where == "terms[0].id"
    assert store.load_document(filled).terms == (TERMS,)


def test_withdrawn_terms_are_offered_no_more_and_do_not_come_back(filled: Session) -> None:
    assert store.withdraw_terms(filled, TERMS.id, LATER)
    assert store.registry_version(filled) == 2
    assert not store.withdraw_terms(filled, TERMS.id, LATER)
    assert store.save_document(filled, REGISTRY, at=LATER) == 2
    assert store.load_snapshot(filled).terms == {}
    assert store.load_terms(filled, ["garden-jp", "other"]) == {"garden-jp": TERMS}


def test_a_platform_cannot_be_imported_as_a_licensor(session: Session) -> None:
    store.add_party(session, "kagerou", kind="platform", name="Kagerou AI", at=AT)

    with pytest.raises(RegistryMalformed) as refusal:
        store.save_document(session, REGISTRY, at=AT)

    assert refusal.value.where == "licensors[1].id"


def test_owners_get_their_accounts_in_the_currencies_of_the_terms(filled: Session) -> None:
    euros = replace(TERMS, id="garden-fr", price=PerSecond(Money(1, "EUR")))
    store.save_document(filled, replace(REGISTRY, terms=(TERMS, euros)), at=LATER)

    balances = [
        ledger.balance(filled, accounts.licensor_payable(licensor, currency))
        for licensor in ("aoyama", "kagerou")
        for currency in ("JPY", "EUR")
    ]
    assert [balance.posted_micros for balance in balances] == [0, 0, 0, 0]


def test_a_platform_reads_the_offers_of_all_licensors(filled: Session) -> None:
    store.add_party(filled, "kirin", kind="platform", name="Kirin", at=AT)
    set_tenant(filled, "kirin")

    snapshot = store.load_snapshot(filled)

    assert snapshot.version == 1
    assert snapshot.terms == {"garden": (TERMS,)}
    assert [
        share.licensor_id
        for share in snapshot.owners_of("alice", territory="JP", purpose="personal")
    ] == ["aoyama", "kagerou"]
    assert store.load_terms(filled, [TERMS.id]) == {}  # withdrawn ones are their licensor's affair


def test_reading_the_registry_takes_the_same_few_queries_however_large_it_is(
    filled: Session,
) -> None:
    statements: list[str] = []
    connection = filled.connection()

    @event.listens_for(connection, "before_cursor_execute")
    def _count(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    store.load_snapshot(filled)
    event.remove(connection, "before_cursor_execute", _count)

    assert len(statements) == 10


def test_a_thousand_subjects_are_saved_at_once(session: Session) -> None:
    many = RegistryDocument(
        subjects=tuple(
            Subject(f"s{number:04}", "work", None, (Name(f"Name {number}", "en", "official"),))
            for number in range(1000)
        ),
    )

    assert store.save_document(session, many, at=AT) == 1
    assert store.load_document(session) == many


def test_parties_are_found_by_id_and_by_kind(filled: Session) -> None:
    store.add_party(filled, "kirin", kind="platform", name="Kirin", at=AT)
    store.add_party(filled, "kirin", kind="platform", name="Another name", at=LATER)

    kirin = Party(id="kirin", kind="platform", name="Kirin")
    assert store.find_party(filled, "kirin") == kirin
    assert store.find_party(filled, "nobody") is None
    assert store.list_parties(filled, kind="platform") == [kirin]
    assert [party.id for party in store.list_parties(filled)] == ["aoyama", "kagerou", "kirin"]
    assert store.party_name(filled, "aoyama") == "青山文庫"
    assert store.party_name(filled, "nobody") is None
    assert store.party_names(filled, {"kirin", "nobody"}) == {"kirin": "Kirin"}


def test_only_the_operator_imports(filled: Session) -> None:
    set_tenant(filled, "aoyama")

    with pytest.raises(ProgrammingError, match="row-level security"):
        store.save_document(filled, REGISTRY, at=LATER)


def test_a_snapshot_never_mixes_two_versions(database: Database) -> None:
    euros = replace(TERMS, id="garden-fr", price=PerSecond(Money(1, "EUR")))
    changed = replace(REGISTRY, subjects=(replace(ALICE, licensed=True), GARDEN), terms=(euros,))
    with database.transaction(OPERATOR) as importing:
        store.save_document(importing, REGISTRY, at=AT)

    with database.transaction("kirin") as reading:

        @event.listens_for(reading.connection(), "before_cursor_execute")
        def import_in_between(
            _connection: Connection,
            _cursor: object,
            statement: str,
            *_rest: object,
        ) -> None:
            # Subjects and names are read by now, terms are not; the second time changes nothing.
            if "active_terms" in statement:
                with database.transaction(OPERATOR) as importing:
                    store.save_document(importing, changed, at=LATER)

        snapshot = store.load_snapshot(reading)

    assert snapshot.version == 2
    assert snapshot.subjects["alice"].licensed
    assert snapshot.terms["garden"] == (euros, TERMS)


def test_imports_at_once_take_turns(database: Database) -> None:
    documents = [
        RegistryDocument(
            subjects=(Subject(f"s{n}", "work", None, (Name(f"Name {n}", "en", "official"),)),),
        )
        for n in range(8)
    ]

    def run(document: RegistryDocument) -> int:
        with database.transaction(OPERATOR) as session:
            return store.save_document(session, document, at=AT)

    with ThreadPoolExecutor(8) as importers:
        versions = sorted(importers.map(run, documents))

    assert versions == list(range(1, 9))

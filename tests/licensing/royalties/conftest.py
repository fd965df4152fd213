"""A small business for the tests of the books: one platform, two licensors who share a subject."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from licensing.clearance.tables import ClearanceRow, LicenceRow
from licensing.money import Money
from licensing.registry.tables import PartyRow, SubjectRow, TermsRow
from licensing.royalties.accounts import licensor_payable, operator_cash, platform_credit
from licensing.royalties.ledger import open_account, post
from licensing.royalties.transfers import Transfer

FIRST = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def seed() -> Callable[[Session], None]:
    """Platforms `mugen` (¥100 paid in) and `other` (¥0), licensors `akari` and `boshi`."""
    return _seed


@pytest.fixture
def add_licence() -> Callable[[Session, str], None]:
    """Write a licence of `mugen` with the given id, and its clearance."""
    return _add_licence


@pytest.fixture
def books(session: Session) -> Session:
    """The operator's session with the business in it."""
    _seed(session)
    return session


def _seed(session: Session) -> None:
    kinds = {"mugen": "platform", "other": "platform", "akari": "licensor", "boshi": "licensor"}
    for party_id, kind in kinds.items():
        session.add(PartyRow(id=party_id, kind=kind, name=party_id.title(), created_at=FIRST))
    session.flush()
    session.add(SubjectRow(id="moku", kind="character"))
    session.flush()
    for terms_id in ("moku-1", "moku-2"):
        session.add(
            TermsRow(
                id=terms_id,
                subject_id="moku",
                licensor_id="akari",
                document={},
                sha256="0" * 64,
                status="active",
                created_at=FIRST,
                published_at=FIRST,
            )
        )
    for platform_id in ("mugen", "other"):
        account_id = platform_credit(platform_id, "JPY")
        open_account(session, account_id, currency="JPY", party_id=platform_id, floor_micros=0)
    for licensor_id in ("akari", "boshi"):
        for currency in ("JPY", "XXX"):
            account_id = licensor_payable(licensor_id, currency)
            open_account(session, account_id, currency=currency, party_id=licensor_id)
    post(
        session,
        Transfer(
            id="deposit",
            debit_account=operator_cash("JPY"),
            credit_account=platform_credit("mugen", "JPY"),
            amount=Money(100_000_000, "JPY"),
            reference="bank-1",
            effective_at=FIRST,
        ),
    )


def _add_licence(session: Session, licence_id: str) -> None:
    clearance_id = f"clearance-of-{licence_id}"
    session.add(
        ClearanceRow(
            id=clearance_id,
            platform_id="mugen",
            idempotency_key=licence_id,
            request_sha256="0" * 64,
            prompt_nonce="0",
            prompt_sha256="0" * 64,
            use={},
            decision={},
            decision_sha256="0" * 64,
            outcome="granted_priced",
            status="reserved",
            action_sha256="0" * 64,
            created_at=FIRST,
        )
    )
    session.flush()
    session.add(
        LicenceRow(
            id=licence_id,
            platform_id="mugen",
            clearance_id=clearance_id,
            stamp_id=f"stamp-of-{licence_id}",
            manifest_id=f"manifest-of-{licence_id}",
            grants=[],
            territory="JP",
            purpose="personal",
            decision_sha256="0" * 64,
            granted_at=FIRST,
            status="active",
        )
    )

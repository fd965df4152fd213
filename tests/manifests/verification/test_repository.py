"""The manifest repository gives back what was saved, once for each stamp."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from manifests.verification.repository import StoredManifest, find_manifest, save_manifest

MANIFEST = StoredManifest(
    id="urn:c2pa:1",
    owner_id="studio",
    stamp_id="stp_1",
    store_blob="stamps/stp_1/1.c2pa",
    output_sha256="ab" * 32,
    size_bytes=3_000_000_000,
    duration_ms=8000,
    signer_name="Rakkan development",
    generator="Gen",
    generator_version="2",
    signed_at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC),
)


def test_a_manifest_is_found_by_its_id(session: Session) -> None:
    add_owner_and_stamps(session)
    save_manifest(session, MANIFEST)
    session.expire_all()

    assert find_manifest(session, "urn:c2pa:1") == MANIFEST
    assert find_manifest(session, "urn:c2pa:2") is None


def test_a_stamp_has_one_manifest(session: Session) -> None:
    add_owner_and_stamps(session)
    save_manifest(session, MANIFEST)

    with pytest.raises(IntegrityError), session.begin_nested():
        save_manifest(session, replace(MANIFEST, id="urn:c2pa:2"))


def add_owner_and_stamps(session: Session) -> None:
    """The rows that a manifest refers to."""
    at = MANIFEST.signed_at
    session.execute(
        text(
            "insert into party (id, kind, name, created_at) values ('studio', 'platform', 'S', :at)"
        ),
        {"at": at},
    )
    session.execute(
        text(
            "insert into stamp (id, tenant_id, status, progress, generator, generator_version, "
            "generated_at, created_at, updated_at) values "
            "('stp_1', 'studio', 'queued', 0, 'Gen', '2', :at, :at, :at)"
        ),
        {"at": at},
    )

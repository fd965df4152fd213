"""Fingerprints come back as they were saved, and the index reads on from where it was."""

import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import Session

from manifests.errors import MalformedSignature
from manifests.marks import fingerprint_store
from manifests.marks.fingerprint import StoredFingerprint, Window
from manifests.marks.index import WindowIndex
from manifests.marks.pictures import Pictures
from manifests.verification.tables import ManifestRow
from service.database import OPERATOR, PUBLIC, Database, set_tenant

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
GENERATOR = np.random.default_rng(3)


def window(start_s: float, *, quality: int = 90) -> Window:
    return Window(start_s=start_s, end_s=start_s + 2, code=GENERATOR.bytes(32), quality=quality)


def record(*, quality: int = 90) -> StoredFingerprint:
    return StoredFingerprint(
        whole=GENERATOR.bytes(32),
        windows={
            "full": (window(0, quality=quality), window(1, quality=quality)),
            "mirror": (window(0, quality=quality),),
        },
        frame_hashes=GENERATOR.integers(0, 2**63, 6, np.uint64) * np.uint64(2),
        pictures=Pictures(np.full((6, 54, 96), 80, np.uint8), 0.5),
        duration_s=3.0,
    )


def add_manifest(session: Session, name: str) -> None:
    facts = {"store_blob": "b", "output_sha256": "00", "size_bytes": 1, "duration_ms": 3000}
    rest = {"signer_name": "R", "generator": "g", "generator_version": "1", "signed_at": AT}
    session.add(ManifestRow(id=name, owner_id="studio", stamp_id=f"s-{name}", **facts, **rest))
    session.flush()


def save(session: Session, name: str, saved: StoredFingerprint, owner: str = "studio") -> None:
    fingerprint_store.save(session, saved, manifest_id=name, owner_id=owner, at=AT)


def test_a_fingerprint_comes_back_as_it_was_saved_for_everyone(session: Session) -> None:
    saved = record()
    add_manifest(session, "m1")
    save(session, "m1", saved)
    set_tenant(session, PUBLIC)

    found = fingerprint_store.find(session, "m1")

    assert found is not None
    assert (found.whole, found.windows, found.duration_s) == (saved.whole, saved.windows, 3.0)
    assert np.array_equal(found.frame_hashes, saved.frame_hashes)
    assert np.array_equal(found.pictures.frames, saved.pictures.frames)
    assert fingerprint_store.find(session, "m2") is None


def test_a_manifest_has_one_fingerprint(session: Session) -> None:
    add_manifest(session, "m1")
    save(session, "m1", record())

    with pytest.raises(IntegrityError):
        save(session, "m1", record())


def test_nobody_saves_one_in_the_name_of_another(session: Session) -> None:
    add_manifest(session, "m1")
    set_tenant(session, "outsider")

    with pytest.raises(ProgrammingError, match="row-level security"):
        save(session, "m1", record())


def test_a_damaged_record_is_told(session: Session) -> None:
    add_manifest(session, "m1")
    add = text(
        "insert into fingerprint values ('m1', 'studio', :whole, 1, '', 'no pictures', now())"
    )
    session.connection().execute(add, {"whole": bytes(32)})

    with pytest.raises(MalformedSignature):
        fingerprint_store.find(session, "m1")


def test_the_index_takes_what_is_new_and_leaves_out_what_is_flat(
    session: Session, tmp_path: Path
) -> None:
    index = WindowIndex(tmp_path)
    one, flat, two = record(), record(quality=3), record()
    for name, saved in (("m1", one), ("m2", flat)):
        add_manifest(session, name)
        save(session, name, saved)
    assert fingerprint_store.bring_up_to_date(session, index) == 3
    add_manifest(session, "m3")
    save(session, "m3", two)

    assert fingerprint_store.bring_up_to_date(session, index) == 3

    assert fingerprint_store.bring_up_to_date(session, index) == 0
    (hits,) = index.search([two.windows["mirror"][0].code], count=1)
    assert [(hit.manifest_id, hit.view, hit.distance) for hit in hits] == [("m3", "mirror", 0)]


def test_a_deleted_index_is_built_again_from_the_database(session: Session, tmp_path: Path) -> None:
    saved = {f"m{number}": record() for number in range(3)}
    for name, fingerprint in saved.items():
        add_manifest(session, name)
        save(session, name, fingerprint)
    fingerprint_store.bring_up_to_date(session, WindowIndex(tmp_path / "index"))
    shutil.rmtree(tmp_path / "index")

    index = WindowIndex(tmp_path / "index")
    assert len(index) == 0
    assert fingerprint_store.bring_up_to_date(session, index) == 9

    for name, fingerprint in saved.items():
        (hits,) = index.search([fingerprint.windows["full"][0].code], count=1)
        assert [(hit.manifest_id, hit.view, hit.distance) for hit in hits] == [(name, "full", 0)]


def test_a_window_that_is_committed_late_is_not_missed(database: Database, tmp_path: Path) -> None:
    index = WindowIndex(tmp_path)
    with database.transaction(OPERATOR) as session:
        add_manifest(session, "early")
        add_manifest(session, "late")
    has_number, may_commit = threading.Event(), threading.Event()

    def commit_late() -> None:
        with database.transaction(OPERATOR) as session:
            save(session, "late", record())
            has_number.set()
            may_commit.wait(10)

    def read() -> None:
        with database.transaction(OPERATOR) as session:
            fingerprint_store.bring_up_to_date(session, index)

    writer, reader = threading.Thread(target=commit_late), threading.Thread(target=read)
    writer.start()
    has_number.wait(10)
    with database.transaction(OPERATOR) as session:
        save(session, "early", record())
    reader.start()
    may_commit.set()
    writer.join()
    reader.join()

    assert len(index) == 6

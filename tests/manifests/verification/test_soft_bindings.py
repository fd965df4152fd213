"""Soft bindings are found by (algorithm, value), and moved and forgotten by their owner alone."""

import base64
import struct
from datetime import UTC, datetime

import cbor2
import pytest
from sqlmodel import Session

from manifests.verification.repository import (
    KeptStore,
    find_store,
    keep_store,
    kept_ids,
    owns_store,
    withdraw_store,
)
from manifests.verification.soft_bindings import (
    SoftBinding,
    algorithms_of,
    bindings_in,
    encoded_value,
    find_manifest_ids,
    holds_pair,
    lock_pair,
    replace_bindings,
    save_binding,
    stored_value,
)
from service.database import set_tenant

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
ALG = "org.example.watermark.1"


def kept(manifest_id: str) -> KeptStore:
    return KeptStore(manifest_id=manifest_id, blob=f"b/{manifest_id}", sha256="ab", stored_at=AT)


def binding(manifest_id: str, value: str = "aGVsbG8=", owner: str = "aurora") -> SoftBinding:
    return SoftBinding(alg=ALG, value=value, manifest_id=manifest_id, owner_id=owner, created_at=AT)


@pytest.fixture
def repository(session: Session) -> Session:
    """Two stores of aurora, one of borealis; aurora acts."""
    keep_store(session, kept("m1"), owner_id="aurora")
    keep_store(session, kept("m2"), owner_id="aurora")
    keep_store(session, kept("m3"), owner_id="borealis")
    session.expire_all()
    set_tenant(session, "aurora")
    return session


def find(session: Session, value: str = "aGVsbG8") -> tuple[str, ...]:
    return find_manifest_ids(session, ALG, value, limit=10)


def test_everyone_finds_a_store_and_only_its_owner_owns_it(repository: Session) -> None:
    assert find_store(repository, "m3") == kept("m3")
    assert find_store(repository, "m4") is None
    assert kept_ids(repository, ["m1", "m3", "m4"]) == {"m1", "m3"}
    assert [owns_store(repository, each) for each in ("m1", "m3", "m4")] == [True, False, False]


def test_a_binding_is_found_with_or_without_padding(repository: Session) -> None:
    lock_pair(repository, ALG, "aGVsbG8=")
    save_binding(repository, binding("m1"))
    save_binding(repository, binding("m1", "aGVsbG8"))
    save_binding(repository, binding("m2"))

    assert find(repository) == find(repository, "aGVsbG8=") == ("m1", "m2")
    assert find_manifest_ids(repository, ALG, "aGVsbG8", limit=1) == ("m1",)
    assert find_manifest_ids(repository, "org.example.other", "aGVsbG8", limit=9) == ()


def test_a_long_value_is_kept_as_its_digest_and_meets_no_short_one() -> None:
    long = base64.b64encode(bytes(3000)).decode()

    assert stored_value("A" * 1024) == "A" * 1024
    assert stored_value(long).startswith("sha256:")
    assert stored_value(long) == stored_value(long.rstrip("="))


def test_a_value_is_led_elsewhere(repository: Session) -> None:
    save_binding(repository, binding("m1"))

    assert replace_bindings(repository, binding("m2"))
    assert find(repository) == ("m2",)
    assert not replace_bindings(repository, binding("m2", "unknown"))


def test_the_bindings_of_others_stay_when_one_is_moved(repository: Session) -> None:
    save_binding(repository, binding("m1"))
    set_tenant(repository, "borealis")
    save_binding(repository, binding("m3", owner="borealis"))
    repository.expire_all()
    set_tenant(repository, "aurora")

    replace_bindings(repository, binding("m2"))

    assert find(repository) == ("m2", "m3")
    assert holds_pair(repository, ALG, "aGVsbG8=")


def test_a_store_is_taken_back_with_its_bindings(repository: Session) -> None:
    save_binding(repository, binding("m1"))

    assert withdraw_store(repository, "m1") == "b/m1"
    assert withdraw_store(repository, "m1") is None
    assert withdraw_store(repository, "m3") is None
    assert (find_store(repository, "m1"), find(repository)) == (None, ())


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def superbox(label: str, *children: bytes) -> bytes:
    description = box(b"jumd", bytes(16) + b"\x03" + label.encode() + b"\0")
    return box(b"jumb", description + b"".join(children))


def store_saying(assertion: bytes) -> bytes:
    said = superbox("c2pa.soft-binding", box(b"cbor", assertion))
    return superbox("c2pa", superbox("urn:c2pa:1", superbox("c2pa.assertions", said)))


@pytest.mark.parametrize(
    ("written", "values"),
    [
        pytest.param(b"hello", {"aGVsbG8"}, id="bytes"),
        pytest.param([104, 105], {"aGk"}, id="a list of bytes"),
        pytest.param("aGk=", {"aGk", "YUdrPQ"}, id="text, as a value and as what stands for one"),
        pytest.param([104, 256], set(), id="a list of numbers"),
        pytest.param(5, set(), id="a number"),
    ],
)
def test_a_manifest_names_its_soft_bindings(written: object, values: set[str]) -> None:
    said = cbor2.dumps({"alg": ALG, "blocks": [{"scope": {}, "value": written}]})
    pairs = bindings_in(store_saying(said))

    assert pairs == {(ALG, value) for value in values}
    assert algorithms_of(pairs, "aGVsbG8=") == ((ALG,) if "aGVsbG8" in values else ())


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"garbage", id="garbage"),
        pytest.param(store_saying(b"\x1c"), id="no CBOR"),
        pytest.param(store_saying(cbor2.dumps([1])), id="no map"),
        pytest.param(store_saying(cbor2.dumps({"alg": 5, "blocks": []})), id="no name"),
        pytest.param(store_saying(cbor2.dumps({"alg": ALG})), id="no blocks"),
        pytest.param(store_saying(cbor2.dumps({"alg": ALG, "blocks": [7]})), id="no block"),
    ],
)
def test_what_cannot_be_read_names_nothing(store: bytes) -> None:
    assert bindings_in(store) == frozenset()


def test_bytes_are_written_as_a_value() -> None:
    assert encoded_value(b"hello") == "aGVsbG8="

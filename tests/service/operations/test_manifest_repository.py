"""Keeping manifests and soft bindings when several come at once, or something is missing."""

import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from service.operations.find_matches import find_by_binding
from service.operations.keep_manifest import keep_manifest, withdraw_manifest
from service.operations.match import Match
from service.operations.resolve_manifest import give_receipt, resolve_manifest
from service.operations.store_bindings import BindingRequest, add_binding
from service.resolution_errors import BindingTaken, ManifestTaken, UnknownManifest
from service.runtime import Runtime

ALG, VALUE = "org.example.watermark.1", "aGVsbG8="
ID = "urn:c2pa:1"
TENANTS = ("aurora", "borealis")

Result = TypeVar("Result")


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def superbox(label: str, *children: bytes) -> bytes:
    description = box(b"jumd", bytes(16) + b"\x03" + label.encode() + b"\0")
    return box(b"jumb", description + b"".join(children))


def store(label: str = ID) -> bytes:
    parts = [superbox(each) for each in ("c2pa.assertions", "c2pa.claim.v2", "c2pa.signature")]
    return superbox("c2pa", superbox(label, *parts))


def at_once(*calls: Callable[[], Result]) -> list[Result | type[Exception]]:
    """Run the calls in parallel; a failure counts as its class."""

    def outcome(call: Callable[[], Result]) -> Result | type[Exception]:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - what went wrong is the answer
            return type(error)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


def test_the_same_store_many_times_at_once_is_kept_once(runtime: Runtime) -> None:
    kept = at_once(*[lambda: keep_manifest(runtime, "aurora", store())] * 6)

    assert kept == [ID] * 6
    assert len(runtime.blobs.list("manifests")) == 1


def test_one_of_two_owners_gets_an_id(runtime: Runtime) -> None:
    kept = at_once(*[lambda t=t: keep_manifest(runtime, t, store()) for t in TENANTS * 3])

    assert {*kept} == {ID, ManifestTaken}
    assert len(runtime.blobs.list("manifests")) == 1


def test_one_of_two_owners_gets_a_value(runtime: Runtime) -> None:
    for tenant in TENANTS:
        keep_manifest(runtime, tenant, store(tenant))

    bound = at_once(
        *[
            lambda t=t: add_binding(runtime, t, BindingRequest(value=VALUE, manifest_id=t, alg=ALG))
            for t in TENANTS * 3
        ]
    )

    (winner,) = find_by_binding(runtime, ALG, VALUE)
    assert sorted(map(str, bound)) == sorted(map(str, [None] * 3 + [BindingTaken] * 3))
    assert winner in {Match(manifest_id=tenant) for tenant in TENANTS}


def test_a_store_whose_bytes_are_gone_is_unknown(runtime: Runtime) -> None:
    keep_manifest(runtime, "aurora", store())
    (blob,) = runtime.blobs.list("manifests")
    runtime.blobs.delete(blob)

    with pytest.raises(UnknownManifest):
        resolve_manifest(runtime, ID)


def test_a_disk_that_fails_leaves_nothing_behind(runtime: Runtime) -> None:
    (runtime.settings.blobs_folder / "manifests").write_text("no folder")

    with pytest.raises(Exception, match=r"."):
        keep_manifest(runtime, "aurora", store())

    with pytest.raises(UnknownManifest):
        give_receipt(runtime, ID)


def test_only_what_the_repository_brought_is_deleted(runtime: Runtime) -> None:
    with pytest.raises(UnknownManifest):
        withdraw_manifest(runtime, "aurora", ID)

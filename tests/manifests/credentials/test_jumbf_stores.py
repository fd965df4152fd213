"""Stores of strangers: which manifest is active, what it says, and what is no store at all."""

import io
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifests.credentials.boxes import manifest_store
from manifests.credentials.jumbf import (
    BOXES_LIMIT,
    active_manifest_alone,
    active_manifest_label,
    cbor_assertions,
    require_whole_store,
)
from manifests.credentials.sdk import EngineSettings, read_stream
from manifests.trust.lists import TrustLists

SIGNED = Path(__file__).resolve().parents[2] / "golden" / "signed"


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def superbox(label: str | bytes, *children: bytes, flags: bytes = b"\x03") -> bytes:
    name = label.encode() if isinstance(label, str) else label
    description = box(b"jumd", bytes(16) + flags + name + b"\0")
    return box(b"jumb", description + b"".join(children))


WHOLE = (superbox("c2pa.assertions"), superbox("c2pa.claim.v2"), superbox("c2pa.signature"))


def store_of(name: str) -> bytes:
    with (SIGNED / name).open("rb") as file:
        return manifest_store(file) or b""


def engine_report(store: bytes) -> dict[str, Any]:
    settings = EngineSettings(trust=TrustLists.official())
    return read_stream(io.BytesIO(store), "application/c2pa", settings=settings)


@pytest.mark.parametrize("name", ["intact.mp4", "restamped.mp4", "made_from_picture.mp4"])
def test_the_active_manifest_alone_is_a_store_that_an_engine_reads(name: str) -> None:
    store = store_of(name)
    whole = engine_report(store)

    alone = active_manifest_alone(store)
    report = engine_report(alone)

    assert active_manifest_label(alone) == active_manifest_label(store) == whole["active_manifest"]
    assert list(report["manifests"]) == [whole["active_manifest"]]
    assert require_whole_store(alone).label == whole["active_manifest"]
    assert len(alone) <= len(store)


def test_a_store_of_one_manifest_stays_as_it_is() -> None:
    store = superbox("c2pa", superbox("urn:c2pa:1", *WHOLE))

    assert active_manifest_alone(store) == store


def test_only_the_assertions_asked_for_are_given() -> None:
    assertions = superbox(
        "c2pa.assertions",
        superbox("a.b", box(b"cbor", b"1")),
        superbox("a.b__1", box(b"json", b"no"), box(b"cbor", b"2")),
        superbox("a.bc", box(b"cbor", b"3")),
        superbox(b"\xff", box(b"cbor", b"4")),
        superbox("", box(b"cbor", b"5"), flags=b"\x00"),
        box(b"free", b"6"),
    )
    store = superbox("c2pa", superbox("old", *WHOLE), superbox("new", superbox("x"), assertions))

    assert list(cbor_assertions(store, "a.b")) == [b"1", b"2"]


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(box(b"free") + box(b"jumb"), id="empty boxes"),
        pytest.param(superbox("c2pa"), id="no manifest"),
        pytest.param(superbox("c2pa", superbox(b"\xff", *WHOLE)), id="a label that is no text"),
        pytest.param(superbox("c2pa", superbox("m", *WHOLE, flags=b"\0")), id="no label"),
        pytest.param(superbox("c2pa", box(b"jumb", box(b"free"))), id="no description"),
        pytest.param(superbox("c2pa", box(b"jumb")), id="an empty manifest"),
        pytest.param(superbox("c2pa", superbox("m", *WHOLE[1:])), id="no assertions"),
        pytest.param(superbox("c2pa", superbox("m", *WHOLE[:2])), id="no signature"),
        pytest.param(superbox("c2pa", superbox("m", WHOLE[0], WHOLE[2])), id="no claim"),
        pytest.param(superbox("c3pa", superbox("m", *WHOLE)), id="another label"),
        pytest.param(superbox("c2pa", superbox("m", *WHOLE)) + box(b"free"), id="more behind it"),
        pytest.param(box(b"free") + superbox("c2pa", superbox("m", *WHOLE)), id="more before it"),
        pytest.param(superbox("c2pa", superbox("m", *WHOLE))[:-1], id="cut short"),
        pytest.param(struct.pack(">I4sQ", 1, b"jumb", 2**63), id="longer than a file can be"),
        pytest.param(superbox("c2pa", box(b"free") * (BOXES_LIMIT + 1)), id="too many boxes"),
    ],
)
def test_what_is_no_whole_store_is_refused(store: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        require_whole_store(store)


def test_an_older_claim_is_a_claim() -> None:
    parts = (WHOLE[0], superbox("c2pa.claim"), WHOLE[2])

    assert require_whole_store(superbox("c2pa", superbox("m", *parts))).label == "m"


@settings(max_examples=150)
@given(st.data())
def test_no_change_of_a_store_makes_the_reader_stumble(data: st.DataObject) -> None:
    store = bytearray(superbox("c2pa", superbox("m", *WHOLE)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(store) - 1))
        store[at] = data.draw(st.integers(0, 255))

    for read in (require_whole_store, active_manifest_alone):
        with suppress(ValueError):
            read(bytes(store))
    with suppress(ValueError):
        list(cbor_assertions(bytes(store), "m"))

"""The index finds exactly what comparing with everything would find."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifests.marks.index import Hit, IndexedWindow, WindowIndex

GENERATOR = np.random.default_rng(5)


def made(count: int, *, first: int = 1, near: bytes | None = None) -> list[IndexedWindow]:
    """Make windows, all of them random or all of them a few bits from `near`."""
    codes = GENERATOR.integers(0, 256, (count, 32), np.uint8)
    if near is not None:
        flips = np.packbits(GENERATOR.random((count, 256)) < 0.1, axis=1)
        codes = np.frombuffer(near, np.uint8) ^ flips
    return [
        IndexedWindow(
            number=first + at,
            manifest_id=f"urn:c2pa:{(first + at) // 4}",
            view=("full", "crop90", "crop80", "mirror")[at % 4],
            start_s=float(at // 4),
            code=code.tobytes(),
        )
        for at, code in enumerate(codes)
    ]


def by_comparing_all(
    windows: list[IndexedWindow], code: bytes, count: int, distance_max: int
) -> tuple[Hit, ...]:
    wanted = int.from_bytes(code, "big")
    found = sorted(
        (distance, window.number, window)
        for window in windows
        if (distance := (int.from_bytes(window.code, "big") ^ wanted).bit_count()) <= distance_max
    )
    return tuple(
        Hit(
            manifest_id=window.manifest_id,
            view=window.view,
            start_s=window.start_s,
            distance=distance,
        )
        for distance, _number, window in found[:count]
    )


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=4),
    count=st.integers(1, 40),
    distance_max=st.sampled_from([0, 20, 76, 120, 256]),
)
def test_it_finds_what_comparing_with_all_finds(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], count: int, distance_max: int
) -> None:
    index, windows = WindowIndex(tmp_path_factory.mktemp("index")), list[IndexedWindow]()
    near = bytes(range(32))
    for size in sizes:
        more = made(size, first=len(windows) + 1, near=near)
        index.append(more)
        windows += more
    codes = [near, windows[0].code, bytes(255 - byte for byte in near)]

    found = index.search(codes, count=count, distance_max=distance_max)

    assert len(index) == len(windows)
    assert found == [by_comparing_all(windows, code, count, distance_max) for code in codes]


def test_more_windows_than_are_looked_at_together_are_all_looked_at(tmp_path: Path) -> None:
    index, windows = WindowIndex(tmp_path), made(70_000)
    index.append(windows)

    found = index.search([windows[at].code for at in (0, 32_767, 32_768, 69_999)], count=1)

    assert [hits[0].distance for hits in found] == [0, 0, 0, 0]
    assert [hits[0].manifest_id for hits in found] == [
        windows[at].manifest_id for at in (0, 32_767, 32_768, 69_999)
    ]


def test_256_differing_bits_are_not_taken_for_none(tmp_path: Path) -> None:
    index = WindowIndex(tmp_path)
    (window,) = made(1)
    index.append([window])

    assert index.search([bytes(255 - byte for byte in window.code)], count=1) == [()]


def test_an_index_that_was_never_made_finds_nothing(tmp_path: Path) -> None:
    index = WindowIndex(tmp_path / "none")

    assert index.search([bytes(32)], count=3) == [()]
    assert (len(index), index.last_number) == (0, 0)


def test_adding_twice_changes_nothing(tmp_path: Path) -> None:
    index, windows = WindowIndex(tmp_path), made(50)

    assert [index.append(windows), index.append(windows), index.append([])] == [50, 0, 0]
    assert (len(index), index.last_number) == (50, 50)


def test_windows_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="order"):
        WindowIndex(tmp_path).append(reversed(made(3)))


def test_shards_stay_few(tmp_path: Path) -> None:
    index = WindowIndex(tmp_path)
    for round_ in range(40):
        index.append(made(10, first=round_ * 10 + 1))

    shards = [path for path in tmp_path.iterdir() if path.is_dir()]

    assert len(index) == 400
    assert len(shards) <= 6


def test_what_a_crash_left_is_passed_over_and_removed(tmp_path: Path) -> None:
    index = WindowIndex(tmp_path)
    index.append(made(5))
    (tmp_path / "part-of-a-shard").mkdir()
    (tmp_path / "part-of-a-shard" / "codes").write_bytes(b"half")
    (tmp_path / "catalogue.part").write_bytes(b"{")

    assert WindowIndex(tmp_path).append(made(5, first=6)) == 5

    assert len(WindowIndex(tmp_path)) == 10
    assert not (tmp_path / "part-of-a-shard").exists()


def test_an_index_of_another_version_is_built_anew(tmp_path: Path) -> None:
    index = WindowIndex(tmp_path)
    index.append(made(5))
    (tmp_path / "catalogue.json").write_text(json.dumps({"format": 99, "windows": []}))

    assert len(index) == 0
    assert index.append(made(5)) == 5


def test_a_cleared_index_is_empty_for_who_has_it_open(tmp_path: Path) -> None:
    index, (window,) = WindowIndex(tmp_path), made(1)
    index.append([window])
    assert index.search([window.code], count=1)[0]

    WindowIndex(tmp_path).clear()

    assert index.search([window.code], count=1) == [()]


def test_many_read_while_one_writes(tmp_path: Path) -> None:
    windows = made(600)
    WindowIndex(tmp_path).append(windows[:10])
    missed: list[int] = []
    written = threading.Event()

    def read() -> None:
        index = WindowIndex(tmp_path)
        while not written.is_set():
            if index.search([windows[3].code], count=1)[0][0].distance:
                missed.append(1)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for at in range(10, 600, 10):
        WindowIndex(tmp_path).append(windows[at : at + 10])
    written.set()
    for reader in readers:
        reader.join()

    assert not missed
    assert len(WindowIndex(tmp_path)) == 600

"""A fingerprint suggests the record that its windows are most like, at one offset in time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from manifests.marks.candidates import find_candidates
from manifests.marks.fingerprint import Fingerprint
from manifests.marks.index import IndexedWindow, WindowIndex

Drawn = Callable[[str], Path]
Copied = Callable[[str, str], Path]
Look = Callable[[Path], Fingerprint]

CLIPS = ("fractal", "fractal sibling", "still", "passing")


@pytest.fixture
def index(drawn: Drawn, look: Look, tmp_path: Path) -> WindowIndex:
    index = WindowIndex(tmp_path / "index")
    windows = [
        (clip, view, window)
        for clip in CLIPS
        for view, several in look(drawn(clip)).windows.items()
        for window in several
    ]
    index.append(
        IndexedWindow(
            number=number, manifest_id=clip, view=view, start_s=window.start_s, code=window.code
        )
        for number, (clip, view, window) in enumerate(windows, start=1)
    )
    return index


@pytest.mark.parametrize(
    ("name", "offset_s", "flipped"),
    [("crf 28", 0, False), ("crop 90", 0, False), ("mirrored", 0, True), ("half size", 0, False)],
)
def test_a_copy_leads_to_its_record(
    copied: Copied, look: Look, index: WindowIndex, name: str, offset_s: int, *, flipped: bool
) -> None:
    first, *_others = find_candidates(look(copied("fractal", name)), index)

    assert first.manifest_id == "fractal"
    assert first.is_likely
    assert first.flipped == flipped
    assert first.offset_s == offset_s


def test_a_flat_copy_leads_nowhere(drawn: Drawn, look: Look, index: WindowIndex) -> None:
    assert find_candidates(look(drawn("grey")), index) == ()


def test_two_records_that_look_the_same_leave_the_answer_open(
    drawn: Drawn, look: Look, index: WindowIndex
) -> None:
    copy = look(drawn("fractal"))
    again = [
        IndexedWindow(
            number=10_000 + at, manifest_id="again", view="full", start_s=w.start_s, code=w.code
        )
        for at, w in enumerate(copy.windows["full"])
    ]
    index.append(again)

    one, two, *_others = find_candidates(copy, index)

    assert {one.manifest_id, two.manifest_id} == {"fractal", "again"}
    assert one.score == two.score == 1
    assert not one.is_likely

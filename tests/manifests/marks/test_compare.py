"""A copy agrees strongly with its own record, and with no other however alike they are."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from manifests.marks.compare import NONE, agreement
from manifests.marks.fingerprint import Fingerprint
from manifests.marks.pictures import Pictures

Drawn = Callable[[str], Path]
Copied = Callable[[str, str], Path]
Look = Callable[[Path], Fingerprint]


@pytest.mark.parametrize(
    "name",
    [
        *("crf 28", "half size", "crop 90", "crop 70 off centre", "upright strip", "bars"),
        *("squeezed", "contrast", "gamma", "middle 2 s"),
    ],
)
def test_a_copy_agrees_strongly_with_its_record(
    drawn: Drawn, copied: Copied, look: Look, name: str
) -> None:
    record = look(drawn("fractal")).to_record()

    found = agreement(look(copied("fractal", name)), record)

    assert found.strong
    assert found.score > 0.9
    assert found.offset_s == pytest.approx(1.5 if name == "middle 2 s" else 0, abs=0.3)


@pytest.mark.parametrize("clip", ["still", "passing"])
@pytest.mark.parametrize("name", ["half size", "bars"])
def test_so_it_does_where_little_or_nothing_moves(
    drawn: Drawn, copied: Copied, look: Look, clip: str, name: str
) -> None:
    record = look(drawn(clip)).to_record()

    assert agreement(look(copied(clip, name)), record).strong


@pytest.mark.parametrize("clip", ["fractal", "still", "passing"])
def test_a_sibling_never_agrees_strongly(drawn: Drawn, look: Look, clip: str) -> None:
    record = look(drawn(clip)).to_record()

    found = agreement(look(drawn(f"{clip} sibling")), record)

    assert not found.strong


@pytest.mark.parametrize("clip", ["still", "passing", "grey", "fractal sibling"])
def test_other_pictures_never_agree_strongly(drawn: Drawn, look: Look, clip: str) -> None:
    found = agreement(look(drawn(clip)), look(drawn("fractal")).to_record())

    assert not found.strong


def test_a_flat_record_agrees_with_nothing(drawn: Drawn, look: Look) -> None:
    grey = look(drawn("grey"))

    assert agreement(grey, grey.to_record()) == NONE


def test_a_mirrored_copy_agrees_once_that_is_known(
    drawn: Drawn, copied: Copied, look: Look
) -> None:
    record, copy = (
        look(drawn("fractal sibling")).to_record(),
        look(copied("fractal sibling", "mirrored")),
    )

    assert agreement(copy, record, flipped=True).strong
    assert not agreement(copy, record).strong


def test_a_turned_copy_agrees_once_the_angle_is_known(
    drawn: Drawn, copied: Copied, look: Look
) -> None:
    record, copy = look(drawn("passing")).to_record(), look(copied("passing", "turned"))

    assert agreement(copy, record, rotation_deg=3.0).strong
    assert agreement(copy, record, rotation_deg=-3.0).strong


def test_a_montage_agrees_only_where_it_shows_the_record(drawn: Drawn, look: Look) -> None:
    one, two = look(drawn("fractal")), look(drawn("passing"))
    frames = np.concatenate([two.pictures.frames, one.pictures.frames])
    montage = replace(one, pictures=Pictures(frames, one.pictures.step_s), windows={})

    whole = agreement(montage, one.to_record())

    assert not whole.strong
    assert whole.covered == pytest.approx(0.5, abs=0.1)
    assert agreement(montage, one.to_record(), between_s=(5, 10)).strong
    assert agreement(montage, two.to_record(), between_s=(0, 5)).strong
    assert not agreement(montage, two.to_record(), between_s=(5, 10)).strong
    assert agreement(montage, two.to_record(), between_s=(20, 30)) == NONE


def test_a_copy_with_its_middle_cut_out_still_agrees(drawn: Drawn, look: Look) -> None:
    one = look(drawn("fractal"))
    frames = np.delete(one.pictures.frames, slice(17, 31), axis=0)
    shortened = replace(one, pictures=Pictures(frames, one.pictures.step_s), windows={})

    assert agreement(shortened, one.to_record()).strong


def test_codes_that_contradict_the_pictures_are_not_overruled(drawn: Drawn, look: Look) -> None:
    one = look(drawn("fractal"))
    inverted = tuple(
        replace(window, code=bytes(255 - byte for byte in window.code))
        for window in one.windows["full"]
    )

    found = agreement(replace(one, windows={"full": inverted}), one.to_record())

    assert found.codes is not None
    assert found.codes < 0.5
    assert not found.strong

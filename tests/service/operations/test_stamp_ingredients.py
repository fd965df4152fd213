"""Pictures that a video was made from are named in its manifest."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from manifests.credentials.read import read_credentials
from manifests.errors import PictureUnsupported
from manifests.media.sniff_picture import sniff_picture
from service.errors import FileUnreadable, UnknownStamp, UploadNotExpected, UploadTooLarge
from service.operations.stamp_file import stamp_file
from service.operations.stamp_ingredients import PICTURE_LIMIT_BYTES, add_ingredient
from service.operations.stamps import StampSource, queue_upload, request_stamp
from service.operations.verifications import verify_file
from service.runtime import Runtime

PLATFORM = "kirin-studio"
SOURCE = StampSource(
    generator="Kirin Video",
    generator_version="2.1",
    created_at=datetime(2026, 11, 1, tzinfo=UTC),
    strength="robust",
)


def png(level: int = 128) -> bytes:
    """A grey picture."""
    return bytes(cv2.imencode(".png", np.full((4, 4), level, np.uint8))[1])


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (png(), "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 9, "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(head: bytes, media_type: str) -> None:
    assert sniff_picture(head) == media_type


@pytest.mark.parametrize("head", [b"", b"GIF89a", b"RIFF\0\0\0\0AVI LIST", b"<svg>", b"\x89PN"])
def test_what_is_no_picture_is_refused(head: bytes) -> None:
    with pytest.raises(PictureUnsupported):
        sniff_picture(head)


def test_the_manifest_names_the_pictures_and_the_strength_is_kept(
    garden: Runtime, clip: Path, tmp_path: Path
) -> None:
    pictures = [tmp_path / "first frame of Mio.png", tmp_path / "last.png"]
    for level, picture in enumerate(pictures):
        picture.write_bytes(png(level))
    out = tmp_path / "out.mp4"

    view = stamp_file(garden, clip, out, generator=SOURCE, ingredients=pictures).to_json()

    assert view["strength"] == "robust"
    assert [each["media_type"] for each in view["ingredients"]] == ["image/png"] * 2
    assert garden.blobs.list("uploads") == []
    assert verify_file(garden, out).word == "verified"
    signed = out.read_bytes()
    assert b"inputTo" in signed
    assert b"Picture 2" in signed
    # A file name may name a person.
    assert b"first frame of Mio" not in signed
    assert read_credentials(out, "video/mp4", trust=garden.trust_lists).is_intact


def test_a_picture_takes_the_place_of_the_one_before(garden: Runtime) -> None:
    stamp_id = request_stamp(garden, PLATFORM, SOURCE).stamp.id

    for number, name in ((2, "a"), (1, "b"), (2, "c")):
        blob = garden.blobs.put_bytes(f"uploads/{stamp_id}/{name}", png(ord(name)))
        view = add_ingredient(garden, PLATFORM, stamp_id, number, blob)

    assert [each.blob[-1] for each in view.stamp.ingredients] == ["b", "c"]
    assert garden.blobs.list("uploads") == [f"uploads/{stamp_id}/b", f"uploads/{stamp_id}/c"]


def test_a_picture_that_comes_too_late_or_is_none_is_deleted(garden: Runtime, clip: Path) -> None:
    stamp_id = request_stamp(garden, PLATFORM, SOURCE).stamp.id
    wrong = garden.blobs.put_bytes(f"uploads/{stamp_id}/wrong", b"GIF89a")
    with pytest.raises(PictureUnsupported):
        add_ingredient(garden, PLATFORM, stamp_id, 1, wrong)
    film = garden.blobs.put_file(f"uploads/{stamp_id}/film", clip)
    queue_upload(garden, PLATFORM, stamp_id, film, with_job=False)

    late = garden.blobs.put_bytes(f"uploads/{stamp_id}/late", png())
    with pytest.raises(UploadNotExpected):
        add_ingredient(garden, PLATFORM, stamp_id, 1, late)
    lost = garden.blobs.put_bytes("uploads/stp_unknown/lost", png())
    with pytest.raises(UnknownStamp):
        add_ingredient(garden, PLATFORM, "stp_unknown", 1, lost)

    assert garden.blobs.list("uploads") == [film.key]


def test_pictures_are_looked_at_before_a_stamp_is_opened(
    garden: Runtime, clip: Path, tmp_path: Path
) -> None:
    text, huge = tmp_path / "a.png", tmp_path / "b.png"
    text.write_bytes(b"no picture")
    huge.write_bytes(png())
    os_size = PICTURE_LIMIT_BYTES + 1
    with huge.open("r+b") as file:
        file.truncate(os_size)

    for picture, problem in (
        (tmp_path / "gone.png", FileUnreadable),
        (text, PictureUnsupported),
        (huge, UploadTooLarge),
    ):
        with pytest.raises(problem):
            stamp_file(garden, clip, tmp_path / "out.mp4", ingredients=[picture])

    assert garden.blobs.list() == []


def test_a_damaged_picture_is_refused_before_it_could_stop_the_signing(
    garden: Runtime, clip: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "cut.png"
    damaged.write_bytes(png()[:40])

    with pytest.raises(PictureUnsupported, match="damaged"):
        stamp_file(garden, clip, tmp_path / "out.mp4", ingredients=[damaged])

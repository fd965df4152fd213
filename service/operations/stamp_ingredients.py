"""
Name the pictures that a video was made from, before the video itself arrives.

What image-to-video was given stands in the manifest as an ingredient: its digest, and whatever
Content Credentials it carries. The picture itself is deleted with the stamp's upload.
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from manifests.credentials.build import Ingredient
from manifests.credentials.picture import picture_type
from service.blobs import StoredBlob
from service.errors import UploadNotExpected
from service.operations import stamp_store
from service.operations.scratch import fetch, scratch_folder
from service.operations.stamp_record import locked_stamp
from service.operations.stamp_store import Stamp, StampIngredient
from service.operations.stamps import StampView
from service.runtime import Runtime

PICTURES_MAX: Final = 4
PICTURE_LIMIT_BYTES: Final = 32 * 1024**2


def add_ingredient(
    runtime: Runtime, platform_id: str, stamp_id: str, number: int, blob: StoredBlob
) -> StampView:
    """
    Take a stored picture as the ingredient of this number, in the place of an earlier one.

    Raises `PictureUnsupported`, `UnknownStamp`, or `UploadNotExpected` once the video has arrived;
    the blob is then deleted.
    """
    try:
        with scratch_folder("rakkan-picture-") as folder:
            fetch(runtime, blob.key, folder / "picture")
            media_type = picture_type(folder / "picture")
        ingredient = StampIngredient(
            number=number, blob=blob.key, media_type=media_type, sha256=blob.sha256
        )
        replaced, stamp = _take(runtime, platform_id, stamp_id, ingredient)
    except Exception:
        runtime.blobs.delete(blob.key)
        raise
    for each in replaced:
        runtime.blobs.delete(each.blob)
    return StampView(stamp, runtime.settings.public_url)


def fetch_ingredients(runtime: Runtime, stamp: Stamp, folder: Path) -> Iterator[Ingredient]:
    """Copy the pictures of a stamp into a folder, and describe them as the manifest does."""
    for each in stamp.ingredients:
        path = folder / f"ingredient-{each.number}"
        fetch(runtime, each.blob, path)
        # No file name: it may name a person, and the manifest is public.
        yield Ingredient(path=path, media_type=each.media_type, title=f"Picture {each.number}")


def _take(
    runtime: Runtime, platform_id: str, stamp_id: str, ingredient: StampIngredient
) -> tuple[list[StampIngredient], Stamp]:
    with runtime.transaction(platform_id) as session:
        stamp = locked_stamp(session, stamp_id)
        if stamp.status != "awaiting_upload":
            raise UploadNotExpected(stamp_id, stamp.status)
        others = [each for each in stamp.ingredients if each.number != ingredient.number]
        kept = sorted([*others, ingredient], key=lambda each: each.number)
        stamp_store.change(
            session, stamp_id, at=runtime.now(), ingredients=[asdict(each) for each in kept]
        )
        replaced = [each for each in stamp.ingredients if each.number == ingredient.number]
        return replaced, locked_stamp(session, stamp_id)

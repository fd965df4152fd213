"""Look at a picture before a manifest names it: what cannot be read would stop the signing."""

from pathlib import Path

from manifests.credentials.sdk import EngineProblem, EngineSettings, read_stream
from manifests.errors import PictureUnsupported
from manifests.media.sniff_picture import PICTURE_HEAD_BYTES, sniff_picture
from manifests.trust.lists import TrustLists


def picture_type(path: Path) -> str:
    """
    Tell the media type of a picture that can be an ingredient.

    Its pixels are not decoded. Raises `PictureUnsupported`, also for a damaged file and for one
    whose own Content Credentials are damaged.
    """
    with path.open("rb") as file:
        media_type = sniff_picture(file.read(PICTURE_HEAD_BYTES))
        file.seek(0)
        try:
            read_stream(file, media_type, settings=EngineSettings(trust=TrustLists()))
        except EngineProblem as problem:
            if problem.kind != "no_manifest":
                raise PictureUnsupported("it is damaged, or not whole") from problem
    return media_type

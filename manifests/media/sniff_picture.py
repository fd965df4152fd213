"""Which kind of still picture a file is, told by its first bytes and never by its name."""

from typing import Final

from manifests.errors import PictureUnsupported

PICTURE_HEAD_BYTES: Final = 12
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"


def sniff_picture(head: bytes) -> str:
    """
    Tell the media type from the first `PICTURE_HEAD_BYTES` of a file.

    Raises `PictureUnsupported` for everything but PNG, JPEG and WebP.
    """
    if head.startswith(_PNG):
        return "image/png"
    if head.startswith(_JPEG):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    raise PictureUnsupported("it begins like none of the three kinds")

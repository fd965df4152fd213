"""
Which container a file is, told by its first bytes and never by its name.

ffmpeg guesses generously: a text playlist called `clip.mp4` opens as HLS and fetches what it
names. So the container is decided here, and its one demuxer is forced from then on.
"""

from enum import StrEnum
from typing import Final

from manifests.errors import MalformedMedia, UnsupportedMedia

HEAD_BYTES: Final = 4096
"""How much of the start of a file `sniff` wants to see."""


class Container(StrEnum):
    """A container that is accepted."""

    MP4 = "mp4"
    MOV = "mov"
    M4V = "m4v"
    WEBM = "webm"
    MKV = "mkv"
    AVI = "avi"

    @property
    def is_iso(self) -> bool:
        """Whether it is made of the boxes of ISO/IEC 14496-12 (or QuickTime, their model)."""
        return self in {Container.MP4, Container.MOV, Container.M4V}

    @property
    def demuxer(self) -> str:
        """The only demuxer of libavformat that may open it."""
        if self.is_iso:
            return "mov"
        return "avi" if self is Container.AVI else "matroska"

    @property
    def media_type(self) -> str:
        """The media type by which C2PA engines and browsers know it."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {
    Container.MP4: "video/mp4",
    Container.MOV: "video/quicktime",
    Container.M4V: "video/x-m4v",
    Container.WEBM: "video/webm",
    Container.MKV: "video/x-matroska",
    Container.AVI: "video/x-msvideo",
}

_KNOWN_STRANGERS: Final = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF-", "a PDF document"),
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a playlist"),
    (b"FLV\x01", "Flash video"),
    (b"OggS", "an Ogg file"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
    (b"\x00\x00\x01\xba", "an MPEG program stream"),
    (b"ID3", "an MP3 file"),
    (b"\x7fELF", "a program"),
)
"""For the message alone: what people send by mistake."""

_PICTURE_BRANDS: Final = frozenset(
    {b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"crx "},
)
"""Major brands of still pictures, which share the box structure (MP4 Registration Authority)."""

_OLD_QUICKTIME_BOXES: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""What a QuickTime file from before `ftyp` may begin with (QuickTime File Format, 2001)."""

_EBML: Final = b"\x1a\x45\xdf\xa3"
_EBML_DOC_TYPE: Final = b"\x42\x82"


def sniff(head: bytes) -> Container:
    """
    Tell the container from the first `HEAD_BYTES` of a file.

    Raises `UnsupportedMedia` for everything else, `MalformedMedia` for a file without bytes.
    """
    if not head:
        raise MalformedMedia("the file is empty")
    if head.startswith(_EBML):
        return _matroska_kind(head)
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return Container.AVI
    box = head[4:8]
    if box == b"ftyp" and (major_brand := head[8:12]):
        return _iso_kind(major_brand)
    # Without ftyp the first box must still have a possible length, or any text could pass.
    size_bytes = int.from_bytes(head[:4], "big")
    if box in _OLD_QUICKTIME_BOXES and (size_bytes in {0, 1} or size_bytes >= len(head[:8])):
        return Container.MOV
    raise UnsupportedMedia(_describe(head))


def _iso_kind(major_brand: bytes) -> Container:
    if major_brand == b"qt  ":
        return Container.MOV
    if major_brand.startswith(b"M4V"):
        return Container.M4V
    if major_brand in _PICTURE_BRANDS:
        raise UnsupportedMedia("a still picture (HEIF or AVIF)")
    return Container.MP4


def _matroska_kind(head: bytes) -> Container:
    """Read DocType from the EBML header (RFC 8794, section 11.2.4)."""
    at = head.find(_EBML_DOC_TYPE)
    length = head[at + 2] & 0x7F if 0 <= at < len(head) - 2 else 0
    doc_type = head[at + 3 : at + 3 + length].rstrip(b"\0")
    if doc_type == b"webm":
        return Container.WEBM
    if doc_type == b"matroska":
        return Container.MKV
    raise UnsupportedMedia("an EBML file that is neither WebM nor Matroska")


def _describe(head: bytes) -> str:
    for magic, name in _KNOWN_STRANGERS:
        if head.startswith(magic):
            return name
    if head.startswith(b"RIFF"):
        return "a RIFF file that is not AVI"
    try:
        head[:512].decode("utf-8")
    except UnicodeDecodeError:
        return "bytes of an unknown kind"
    return "bytes of an unknown kind" if b"\0" in head[:512] else "text"

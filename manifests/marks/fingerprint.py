"""
The fingerprint of a video: what of its pictures survives another encoding, size or crop.

`io.iscc.v0` is the ISCC video code (ISO 24138) of the MPEG-7 signatures that ffmpeg takes five
times a second: one of the whole clip, and one of every two seconds, a second apart, in several
views. Small gray pictures are taken along for the comparison with one record.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import iscc_lib
import numpy as np
import numpy.typing as npt

from manifests.errors import MalformedMedia, MalformedSignature, ToolFailed
from manifests.marks.frame_hash import frame_hashes
from manifests.marks.mpeg7 import Signature, parse_signature
from manifests.marks.pictures import Pictures, read_yuv4mpeg
from manifests.media.commands import (
    PICTURE_SIDE_PIXELS,
    SIGNATURE_RATE_HZ,
    ffmpeg_path,
    signature_command,
)
from manifests.media.limits import Limits, ToolLimits
from manifests.media.media_info import MediaInfo
from manifests.media.runner import run_tool

ALG: Final = "io.iscc.v0"
CODE_BITS: Final = 256
CODE_BYTES: Final = CODE_BITS // 8
WINDOW_S: Final = 2.0
HOP_S: Final = 1.0
QUALITY_MIN: Final = 24
"""Windows under this are flat: all of them look alike (docs/fingerprint.md, quality)."""

View: TypeAlias = Literal["full", "crop90", "crop80", "mirror"]
RECORD_VIEWS: Final[tuple[View, ...]] = ("full", "crop90", "crop80", "mirror")
QUERY_VIEWS: Final[tuple[View, ...]] = ("full", "mirror")

RECORD_RATE_HZ: Final = 2
"""A record keeps two pictures and two frame hashes a second."""
_RECORD_PICTURES_MAX: Final = 1_200
_QUERY_RATES_HZ: Final = (10, 2)
"""A copy cut anywhere needs a picture near each of the record's; ten a second are near enough."""
_QUERY_PICTURES_MAX: Final = 1_800
_LONGER_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """
    Up to two seconds of one view.

    `code` is the 256-bit ISCC body; `quality` the mean confidence of its frames, 0 (flat) to 255.
    """

    start_s: float
    end_s: float
    code: bytes
    quality: int

    @property
    def is_evidence(self) -> bool:
        """Whether there is enough in the picture to tell it from another."""
        return self.quality >= QUALITY_MIN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fingerprint:
    """
    What a video looks like.

    `whole` is the 256-bit code of the clip in full view. `pictures` are upright, with square
    pixels, at most 96 pixels a side.
    """

    whole: bytes
    windows: Mapping[View, tuple[Window, ...]]
    pictures: Pictures
    duration_s: float

    @property
    def frame_hashes(self) -> npt.NDArray[np.uint64]:
        """The perceptual hash of two pictures a second."""
        return frame_hashes(self._record_pictures().frames)

    def to_record(self) -> "StoredFingerprint":
        """Make what is kept of it."""
        pictures = self._record_pictures()
        return StoredFingerprint(
            whole=self.whole,
            windows=self.windows,
            frame_hashes=frame_hashes(pictures.frames),
            pictures=pictures.thinned(-(-len(pictures) // _RECORD_PICTURES_MAX) or 1),
            duration_s=self.duration_s,
        )

    def _record_pictures(self) -> Pictures:
        return self.pictures.thinned(round(1 / (self.pictures.step_s * RECORD_RATE_HZ)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredFingerprint:
    """What a record keeps; `frame_hashes` are two a second, `pictures` as many or fewer."""

    whole: bytes
    windows: Mapping[View, tuple[Window, ...]]
    frame_hashes: npt.NDArray[np.uint64]
    pictures: Pictures
    duration_s: float


def take_fingerprint(
    path: Path,
    *,
    info: MediaInfo,
    limits: Limits,
    views: Sequence[View] = RECORD_VIEWS,
) -> Fingerprint:
    """
    Decode a video once and take its fingerprint; a copy in question needs only `QUERY_VIEWS`.

    `views` names `full` at least. Raises `MalformedMedia` when no frame can be decoded, and what
    `run_tool` raises.
    """
    rate_hz = picture_rate_hz(info)
    with tempfile.TemporaryDirectory(prefix="fingerprint-") as folder:
        files = {view: Path(folder, f"{view}.bin").resolve() for view in views}
        pictures = _run(path.resolve(), files, info=info, limits=limits, rate_hz=rate_hz)
        signatures = {view: _read(file) for view, file in files.items()}
    return make_fingerprint(signatures, read_yuv4mpeg(pictures, rate_hz=rate_hz))


def picture_rate_hz(info: MediaInfo) -> int:
    """Say how many pictures a second are taken: fewer of long videos."""
    fast, slow = _QUERY_RATES_HZ
    return fast if info.duration_ms / 1000 * fast <= _QUERY_PICTURES_MAX else slow


def make_fingerprint(signatures: Mapping[View, bytes], pictures: Pictures) -> Fingerprint:
    """Make a fingerprint of what ffmpeg wrote. Raises `MalformedSignature`."""
    parsed = {view: parse_signature(data) for view, data in signatures.items()}
    return Fingerprint(
        whole=_code(parsed["full"].elements),
        windows={view: _windows(signature) for view, signature in parsed.items()},
        pictures=pictures,
        duration_s=len(pictures) * pictures.step_s,
    )


def whole_clip_code(signature: bytes) -> bytes:
    """Read the 256-bit ISCC video code off a signature file. Raises `MalformedSignature`."""
    return _code(parse_signature(signature).elements)


def windows(signature: bytes) -> tuple[Window, ...]:
    """
    Read the codes of every two seconds off a signature file.

    The last window may be shorter, but only a clip under two seconds has a window that short.
    Raises `MalformedSignature`.
    """
    return _windows(parse_signature(signature))


def iscc_text(code: bytes) -> str:
    """Write a 256-bit body of a video code as `ISCC:…`, a unit with its header in base32."""
    if len(code) != CODE_BYTES:
        raise MalformedSignature(f"a code has {CODE_BYTES} bytes, not {len(code)}")
    kind = (iscc_lib.MT.CONTENT, iscc_lib.ST.VIDEO, iscc_lib.VS.V0)
    return f"ISCC:{iscc_lib.encode_component(*kind, CODE_BITS, code)}"


def _windows(signature: Signature) -> tuple[Window, ...]:
    times_s = signature.times_s
    end_s = float(times_s[-1]) + 1 / SIGNATURE_RATE_HZ
    made: list[Window] = []
    start_s = 0.0
    while not made or start_s + WINDOW_S <= end_s + HOP_S / 2:
        first, last = np.searchsorted(times_s, [start_s - 1e-6, start_s + WINDOW_S - 1e-6])
        made.append(
            Window(
                start_s=start_s,
                end_s=min(start_s + WINDOW_S, end_s),
                code=_code(signature.elements[first:last]),
                quality=int(signature.confidence[first:last].mean()),
            )
        )
        start_s += HOP_S
    return tuple(made)


def _code(elements: npt.NDArray[np.uint8]) -> bytes:
    return iscc_lib.soft_hash_video_v0(elements.tolist(), CODE_BITS)


def _run(
    source: Path,
    signatures: Mapping[View, Path],
    *,
    info: MediaInfo,
    limits: Limits,
    rate_hz: int,
) -> bytes:
    pictures = (info.duration_ms / 1000 + _LONGER_S) * rate_hz
    try:
        output = run_tool(
            signature_command(
                source,
                info=info,
                limits=limits,
                signatures={str(view): path for view, path in signatures.items()},
                picture_rate_hz=rate_hz,
            ),
            limits=ToolLimits(
                memory_bytes=limits.memory_bytes,
                cpu_s=limits.cpu_s,
                wall_time_s=limits.wall_time_s,
                file_bytes=limits.size_bytes,
                stdout_bytes=int(pictures) * (PICTURE_SIDE_PIXELS**2 + 16) + 4096,
                isolation=limits.isolation,
            ),
            readable=[source, ffmpeg_path()],
            writable=[next(iter(signatures.values())).parent],
            tool="ffmpeg",
        )
    except ToolFailed as failure:
        raise MalformedMedia(f"no frame of it can be decoded ({failure.stderr_tail})") from failure
    return output.stdout


def _read(signature: Path) -> bytes:
    try:
        return signature.read_bytes()
    except FileNotFoundError as error:
        raise MalformedMedia("no frame of it can be decoded") from error

"""
Set a mark into the pictures and take their fingerprint, in the one encoding of a stamped video.

Both are kept with the manifest, and the manifest names both: so a copy that lost its label leads
back to it.
"""

import base64
from dataclasses import dataclass
from pathlib import Path

from manifests.credentials.build import SoftBinding
from manifests.marks.embed import FingerprintFiles, embed
from manifests.marks.fingerprint import (
    RECORD_VIEWS,
    StoredFingerprint,
    iscc_text,
    make_fingerprint,
    picture_rate_hz,
)
from manifests.marks.mask import Strength
from manifests.marks.payload import new_mark_id
from manifests.marks.pictures import read_yuv4mpeg
from manifests.media.media_info import MediaInfo
from manifests.verification.soft_bindings import FINGERPRINT_ALG, WATERMARK_ALG
from service.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedVideo:
    """A normalised copy whose pictures carry `mark_id`, and what they look like."""

    path: Path
    info: MediaInfo
    mark_id: str
    fingerprint: StoredFingerprint

    @property
    def soft_bindings(self) -> tuple[SoftBinding, ...]:
        """Name the ways back, as the manifest and the repository write them."""
        return (
            SoftBinding(
                kind="watermark",
                alg=WATERMARK_ALG,
                value=bytes.fromhex(self.mark_id),
            ),
            SoftBinding(
                kind="fingerprint",
                alg=FINGERPRINT_ALG,
                value=_iscc_unit(self.fingerprint.whole),
            ),
        )


def mark_video(
    runtime: Runtime,
    original: Path,
    dest: Path,
    *,
    info: MediaInfo,
    strength: Strength,
) -> MarkedVideo:
    """
    Write the marked copy of `original` (probed as `info`) to `dest`; other files go beside it.

    Every copy gets an id of its own, at random: it says nothing about the video. Raises
    `UnsupportedMedia` for pictures that cannot carry a mark (HDR, under 128 pixels).
    """
    files = FingerprintFiles(
        signatures={view: dest.with_name(f"signature-{view}") for view in RECORD_VIEWS},
        pictures=dest.with_name("pictures"),
        picture_rate_hz=picture_rate_hz(info),
    )
    mark_id = new_mark_id()
    marked = embed(
        original,
        dest,
        info=info,
        mark_id=mark_id,
        key=runtime.mark_keys.active[0],
        limits=runtime.limits,
        strength=strength,
        preset=runtime.settings.encoder_preset,
        crf=runtime.settings.encoder_crf,
        fingerprint=files,
    )
    fingerprint = make_fingerprint(
        {view: files.signatures[view].read_bytes() for view in RECORD_VIEWS},
        read_yuv4mpeg(files.pictures.read_bytes(), rate_hz=files.picture_rate_hz),
    )
    return MarkedVideo(
        path=dest,
        info=marked,
        mark_id=mark_id,
        fingerprint=fingerprint.to_record(),
    )


def _iscc_unit(code: bytes) -> bytes:
    """Give the unit as its standard writes it: a header, then the body (ISO 24138)."""
    text = iscc_text(code).removeprefix("ISCC:")
    return base64.b32decode(text + "=" * (-len(text) % 8))

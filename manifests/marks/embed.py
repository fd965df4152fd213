"""
Set the mark into a video, in the one encoding that its stamped copy needs anyway.

The pattern is drawn once and added by ffmpeg; no picture passes through Python. Container, sound,
rotation, frame times and colour tags come out as `manifests.media.normalise` leaves them, with one
difference: a turned picture is stored upright.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from manifests.errors import UnsupportedMedia
from manifests.marks.drawn import is_drawn
from manifests.marks.keys import MarkKey
from manifests.marks.mask import GAINS, Gain, Strength, mask_size
from manifests.marks.pattern import draw
from manifests.media.commands import mark_command, signature_branches
from manifests.media.first_frame import first_frame
from manifests.media.key_frames import key_frames
from manifests.media.limits import Limits
from manifests.media.mark_graph import EIGHT_BITS, Encoder, FirstFrame, MarkGraph
from manifests.media.media_info import MediaInfo
from manifests.media.normalise import write_copy
from manifests.media.plan import Plan, plan

SHORT_SIDE_MIN_PIXELS: Final = 128
"""Below this the finest waves are shorter than three pixels and no encoder keeps them."""

_LOOKED_AT: Final = (0.1, 0.5, 0.9)
"""Where it is seen whether a video is drawn, as shares of its length."""

_HDR_TRANSFERS: Final = frozenset({"smpte2084", "arib-std-b67"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintFiles:
    """
    Where the raw material of a fingerprint is written, on the file system of the marked copy.

    `signatures` by view, `pictures` at `picture_rate_hz`: as in `signature_command`.
    """

    signatures: Mapping[str, Path]
    pictures: Path
    picture_rate_hz: int

    def by_name(self) -> dict[str, Path]:
        """Name the files as they are called while they are written."""
        named = {f"signature-{view}": path for view, path in self.signatures.items()}
        return {**named, "pictures": self.pictures}

    def hang(self, folder: Path, info: MediaInfo) -> Callable[[Any], list[Any]]:
        """Make what hangs the outputs on the filter graph."""
        return partial(
            signature_branches,
            signatures={view: folder / f"signature-{view}" for view in self.signatures},
            pictures=folder / "pictures",
            picture_rate_hz=self.picture_rate_hz,
            duration_s=info.duration_ms / 1000 + 1,
        )


def embed(  # noqa: PLR0913 -- each is one plain thing to say, and most have a default
    source: Path,
    dest: Path,
    *,
    info: MediaInfo,
    mark_id: str,
    key: MarkKey,
    limits: Limits,
    strength: Strength = "balanced",
    preset: str = "medium",
    crf: int = 18,
    fingerprint: FingerprintFiles | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> MediaInfo:
    """
    Write `dest`: the pictures of `source` (probed as `info`) with the mark `mark_id`.

    `preset` and `crf` are the encoder's. With `fingerprint` those files are written too, from the
    marked pictures before they are encoded. `on_progress` gets fractions from 0 to 1.

    Raises `UnsupportedMedia` for HDR and for pictures too small to carry a mark, ValueError for a
    `mark_id` that is none, and what `manifests.media.normalise.normalise` raises.
    """
    first = first_frame(source, info=info, limits=limits)
    _refuse_what_cannot_be_marked(first)
    gain = GAINS[strength]
    seen = key_frames(source, _LOOKED_AT, info=info, first=first, limits=limits)
    encoder = Encoder(preset=preset, crf=crf, is_for_drawings=is_drawn(seen))
    pattern = _samples(first, mark_id=mark_id, key=key, gain=gain)
    planned = replace(plan(info), copies_video=False)

    def command(source: Path, part: Path, chosen: Plan) -> list[str]:
        drawn = part.parent / "pattern"
        # Unlike `tofile`, this says when it is the disk that is full.
        drawn.write_bytes(pattern.tobytes())
        return mark_command(
            source,
            part,
            info=info,
            limits=limits,
            plan=chosen,
            graph=_graph(first, drawn, gain=gain, shape=pattern.shape),
            encoder=encoder,
            branches=None if fingerprint is None else fingerprint.hang(part.parent, info),
        )

    return write_copy(
        source,
        dest,
        info=info,
        limits=limits,
        plans=(planned, replace(planned, copied_audio=())),
        command=command,
        beside={} if fingerprint is None else fingerprint.by_name(),
        on_progress=on_progress,
    )


def _refuse_what_cannot_be_marked(first: FirstFrame) -> None:
    if first.colour_transfer in _HDR_TRANSFERS:
        raise UnsupportedMedia(
            f"high dynamic range ({first.colour_transfer}), which cannot be marked yet; "
            "export it in standard dynamic range (BT.709)",
        )
    short = min(first.width, first.height)
    if short < SHORT_SIDE_MIN_PIXELS:
        raise UnsupportedMedia(
            f"pictures of {first.width}×{first.height}, and a mark needs "
            f"{SHORT_SIDE_MIN_PIXELS} pixels on the short side",
        )


def _samples(
    first: FirstFrame,
    *,
    mark_id: str,
    key: MarkKey,
    gain: Gain,
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Draw the pattern as grey samples around the middle, which changes nothing."""
    wave = draw(
        mark_id,
        key.secret,
        width=first.width + first.width % 2,
        height=first.height + first.height % 2,
        pixel_aspect=first.pixel_aspect,
    )
    if first.bit_depth == EIGHT_BITS:
        return np.clip(np.rint(128 + gain.full_scale * wave), 0, 255).astype(np.uint8)
    return np.clip(np.rint(512 + 4 * gain.full_scale * wave), 0, 1023).astype("<u2")


def _graph(first: FirstFrame, pattern: Path, *, gain: Gain, shape: tuple[int, int]) -> MarkGraph:
    height, width = shape
    mask_width, mask_height = mask_size(width, height)
    bit_depth = 8 if first.bit_depth == EIGHT_BITS else 10
    return MarkGraph(
        pattern=pattern,
        width=width,
        height=height,
        mask_width=mask_width,
        mask_height=mask_height,
        bit_depth=bit_depth,
        gain=gain.expression(bit_depth),
        first=first,
    )

"""
Watch a video for the detector: decode it in the sandbox, small and grey, and keep only residuals.

Bars of black around the picture are cut off first: they change its size, and with it the tile.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from manifests.marks.residual import Bin, Seconds, residual
from manifests.media.commands import ffmpeg_path, grey_command
from manifests.media.limits import Limits, ToolLimits
from manifests.media.mark_graph import FirstFrame
from manifests.media.media_info import MediaInfo
from manifests.media.runner import run_tool

RATE_HZ: Final = 12
SHORT_SIDE_PIXELS: Final = 360
_LONG_SIDE_PIXELS: Final = 1024
_BLACK: Final = 36
"""Luma up to which a line counts as a bar: video black is 16, and encoders ring."""
_BAR_SHARE_MIN: Final = 0.02
_PICTURE_SHARE_MIN: Final = 0.2
_EDGES_RATE_HZ: Final = 2
_EDGES_LENGTH_S: Final = 10.0

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the decoded picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is looked at: the part of the picture, and the size it is analysed at."""

    box: Box
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The residuals of a video by seconds, in order, and how they were looked at."""

    view: View
    bins: list[Bin]


def watch(
    path: Path,
    *,
    info: MediaInfo,
    first: FirstFrame,
    spans_s: Sequence[tuple[float, float]],
    limits: Limits,
) -> Watched:
    """
    Watch the spans (start, length) of a video.

    Raises what `manifests.media.runner.run_tool` raises.
    """
    eye = _Eye(path=path.resolve(), info=info, limits=limits)
    whole = _view(first, (0, 0, first.width, first.height))
    bins, edges = eye.residuals(whole, spans_s)
    if _box_within(edges) is None:
        return Watched(view=whole, bins=bins)
    # Where exactly the bars end can only be seen at full size.
    box = _box_within(eye.edges(whole.box, spans_s[0]))
    if box is None:
        return Watched(view=whole, bins=bins)
    view = _view(first, box)
    return Watched(view=view, bins=eye.residuals(view, spans_s)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edges:
    """The brightest sample that each row and each column ever showed."""

    rows: NDArray[np.uint8]
    columns: NDArray[np.uint8]

    def look(self, grey: NDArray[np.uint8]) -> None:
        np.maximum(self.rows, grey.max(axis=1), out=self.rows)
        np.maximum(self.columns, grey.max(axis=0), out=self.columns)

    @classmethod
    def of_size(cls, width: int, height: int) -> "_Edges":
        return cls(rows=np.zeros(height, np.uint8), columns=np.zeros(width, np.uint8))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Eye:
    """Runs ffmpeg on one video."""

    path: Path
    info: MediaInfo
    limits: Limits

    def residuals(
        self,
        view: View,
        spans_s: Sequence[tuple[float, float]],
    ) -> tuple[list[Bin], _Edges]:
        """Sum residuals by seconds, and note the edges on the way."""
        edges = _Edges.of_size(view.width, view.height)
        bins: list[Bin] = []
        for start_s, length_s in spans_s:
            seconds = Seconds(start_s=start_s, rate_hz=RATE_HZ)

            def see(grey: NDArray[np.uint8], seconds: Seconds = seconds) -> None:
                edges.look(grey)
                seconds.add(residual(grey))

            self._run(view, (start_s, length_s), rate_hz=RATE_HZ, see=see)
            bins += seconds.bins
        return bins, edges

    def edges(self, box: Box, span_s: tuple[float, float]) -> _Edges:
        """Note the edges alone, at full size."""
        view = View(box=box, width=box[2], height=box[3])
        edges = _Edges.of_size(view.width, view.height)
        span_s = (span_s[0], min(span_s[1], _EDGES_LENGTH_S))
        self._run(view, span_s, rate_hz=_EDGES_RATE_HZ, see=edges.look)
        return edges

    def _run(
        self,
        view: View,
        span_s: tuple[float, float],
        *,
        rate_hz: int,
        see: Callable[[NDArray[np.uint8]], None],
    ) -> None:
        limits = self.limits
        most = math.ceil(span_s[1] * rate_hz)
        run_tool(
            grey_command(
                self.path,
                info=self.info,
                limits=limits,
                crop=view.box,
                size=(view.width, view.height),
                rate_hz=rate_hz,
                span_s=span_s,
            ),
            limits=ToolLimits(
                memory_bytes=limits.memory_bytes,
                cpu_s=limits.cpu_s,
                wall_time_s=limits.wall_time_s,
                file_bytes=1 << 20,
                isolation=limits.isolation,
            ),
            readable=[self.path, ffmpeg_path()],
            on_stdout=_Frames(view.width, view.height, most=most, see=see).take,
            tool="ffmpeg",
        )


class _Frames:
    """Cuts the byte stream into frames, hands each one on, and forgets it."""

    def __init__(
        self,
        width: int,
        height: int,
        *,
        most: int,
        see: Callable[[NDArray[np.uint8]], None],
    ) -> None:
        self._shape = (height, width)
        self._left = most
        self._see = see
        self._frame = np.empty(width * height, dtype=np.uint8)
        self._filled = 0

    def take(self, piece: bytes) -> None:
        """Take the next piece of stdout."""
        at = 0
        while at < len(piece) and self._left:
            part = np.frombuffer(piece, dtype=np.uint8, offset=at)
            part = part[: self._frame.size - self._filled]
            self._frame[self._filled : self._filled + part.size] = part
            self._filled += part.size
            at += part.size
            if self._filled == self._frame.size:
                self._see(self._frame.reshape(self._shape))
                self._filled = 0
                self._left -= 1


def _view(first: FirstFrame, box: Box) -> View:
    """Make the part of the picture square in its pixels, and small."""
    width, height = box[2] * float(first.pixel_aspect), float(box[3])
    shrink = max(
        1.0,
        min(width, height) / SHORT_SIDE_PIXELS,
        max(width, height) / _LONG_SIDE_PIXELS,
    )
    return View(
        box=box,
        width=max(1, round(width / shrink)),
        height=max(1, round(height / shrink)),
    )


def _box_within(edges: _Edges) -> Box | None:
    """Find the picture within bars; None without bars, or where hardly any picture is left."""
    rows, columns = np.flatnonzero(edges.rows > _BLACK), np.flatnonzero(edges.columns > _BLACK)
    if not rows.size or not columns.size:
        return None
    x, width = int(columns[0]), int(columns[-1] - columns[0]) + 1
    y, height = int(rows[0]), int(rows[-1] - rows[0]) + 1
    shares = (width / edges.columns.size, height / edges.rows.size)
    if min(shares) > 1 - _BAR_SHARE_MIN or min(shares) < _PICTURE_SHARE_MIN:
        return None
    return x, y, width, height

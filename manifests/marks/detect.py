"""
Find marks in a video file: which ids, during which seconds, and at what geometry.

Method: docs/marks.md. The file is opened by ffmpeg in the sandbox alone.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from manifests.marks import payload
from manifests.marks.carriers import Tile
from manifests.marks.geometry import Geometry, upright
from manifests.marks.keys import MarkKeyRing
from manifests.marks.lattice import TILE_UNITS, UNITS_OF_SHORT_SIDE, layout
from manifests.marks.residual import Bin, mean_of
from manifests.marks.search import Hit, Search
from manifests.marks.sync import read_waves
from manifests.marks.timeline import Timeline
from manifests.marks.watch import View, watch
from manifests.media.first_frame import first_frame
from manifests.media.limits import Limits
from manifests.media.media_info import MediaInfo

WATCHED_S: Final = 120.0
"""Longer videos are watched in `PROBES` places that are this long together."""
PROBES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Seconds of the video that carry one id."""

    start_s: float
    end_s: float
    mark_id: str

    def to_json(self) -> dict[str, object]:
        """Write it for programs."""
        return {
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "id": self.mark_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """
    What was found: `mark_id` is the id that covers most, `segments` list all in order of time.

    `confidence` is the share of waves that carry the sign that the id gives them: 0.5 is chance,
    1 is untouched. It tells how close to the edge the reading was, not how likely it is right:
    an id is only ever given when its version and CRC are right.
    """

    found: bool
    mark_id: str | None
    key_id: str | None
    confidence: float
    geometry: Geometry | None
    segments: tuple[Segment, ...]
    elapsed_s: float

    def to_json(self) -> dict[str, object]:
        """Write it for programs."""
        return {
            "found": self.found,
            "id": self.mark_id,
            "key": self.key_id,
            "confidence": round(self.confidence, 3),
            "geometry": self.geometry.to_json() if self.geometry else None,
            "segments": [segment.to_json() for segment in self.segments],
            "elapsed_s": round(self.elapsed_s, 2),
        }


def detect(
    path: Path,
    *,
    info: MediaInfo,
    keys: MarkKeyRing,
    limits: Limits,
    budget_s: float = 15.0,
    deep: bool = True,
) -> Detection:
    """
    Look for the marks of these keys in a video (probed as `info`).

    `budget_s` bounds the search after the video was watched; what was found until then counts.
    Without `deep`, turned and stretched pictures are not looked for. Raises what `first_frame` and
    `run_tool` raise.
    """
    started_at = time.monotonic()
    first = first_frame(path, info=info, limits=limits)
    watched = watch(path, info=info, first=first, spans_s=_spans(info), limits=limits)
    natural = _natural_tile(watched.view)
    timeline = Timeline.of(watched.bins)
    searched_from = time.monotonic()
    ids: dict[str, str] = {}
    for at, key in enumerate(keys.active):
        # Every key gets its share, and what those before it left over.
        deadline = searched_from + budget_s * (at + 1) / len(keys.active)
        search = Search(keyed=layout(key.secret), natural=natural, deadline=deadline)
        known = set(timeline.hits)
        timeline.search(search, deep=deep)
        ids |= dict.fromkeys(set(timeline.hits) - known, key.id)
    return _conclude(timeline, natural, key_ids=ids, elapsed_s=time.monotonic() - started_at)


def _conclude(
    timeline: Timeline,
    natural: Tile,
    *,
    key_ids: dict[str, str],
    elapsed_s: float,
) -> Detection:
    seconds = [label for label in timeline.labels if label is not None]
    if not seconds:
        return Detection(
            found=False,
            mark_id=None,
            key_id=None,
            confidence=0.0,
            geometry=None,
            segments=(),
            elapsed_s=elapsed_s,
        )
    main = max(dict.fromkeys(seconds), key=seconds.count)
    hit, search = timeline.hits[main]
    carrying = [
        one for one, label in zip(timeline.bins, timeline.labels, strict=True) if label == main
    ]
    return Detection(
        found=True,
        mark_id=main,
        key_id=key_ids[main],
        confidence=_agreement(carrying, hit, search),
        geometry=Geometry(
            scale_x=hit.lock.tile.width / natural.width,
            scale_y=hit.lock.tile.height / natural.height,
            rotation_deg=hit.rotation_deg,
            flipped=hit.lock.flipped,
        ),
        segments=tuple(_segments(timeline)),
        elapsed_s=elapsed_s,
    )


def _agreement(bins: list[Bin], hit: Hit, search: Search) -> float:
    soft = read_waves(upright(mean_of(bins), hit.rotation_deg), hit.lock, search.keyed)
    signs = search.keyed.signs(payload.encode(hit.mark_id))
    return float(np.mean((soft > 0) == (signs > 0)))


def _segments(timeline: Timeline) -> Iterator[Segment]:
    """Join neighbouring seconds of one id; between two places watched, an id is taken to go on."""
    pairs = zip(timeline.bins, timeline.labels, strict=True)
    for label, group in groupby(pairs, key=lambda pair: pair[1]):
        members = [one for one, _ in group]
        if label is not None:
            yield Segment(start_s=members[0].start_s, end_s=members[-1].end_s, mark_id=label)


def _spans(info: MediaInfo) -> list[tuple[float, float]]:
    """Choose what is watched: all of a short video, `PROBES` even places of a long one."""
    length_s = info.duration_ms / 1000
    if length_s <= WATCHED_S:
        return [(0.0, length_s)]
    probe_s = WATCHED_S / PROBES
    return [
        (float(start), probe_s) for start in np.linspace(0, length_s - probe_s, PROBES).round(3)
    ]


def _natural_tile(view: View) -> Tile:
    """Give the tile of a picture that is still whole."""
    side = TILE_UNITS * min(view.width, view.height) / UNITS_OF_SHORT_SIDE
    return Tile(width=side, height=side)

"""Search pictures that carry no mark, in full: every id that is found is a wrong one."""

import random
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from manifests.marks.carriers import Tile
from manifests.marks.keys import MarkKey
from manifests.marks.lattice import TILE_UNITS, UNITS_OF_SHORT_SIDE, layout
from manifests.marks.residual import Seconds, residual
from manifests.marks.search import Search
from manifests.marks.sync import Lock
from manifests.marks.timeline import Timeline
from manifests.marks.watch import RATE_HZ, SHORT_SIDE_PIXELS
from manifests.media.commands import ffmpeg_path
from manifests.media.limits import Limits
from manifests.media.probe import probe

PIECE_S: Final = 2.0
_WIDTH: Final = SHORT_SIDE_PIXELS * 16 // 9


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingSearch(Search):
    """Notes how often it decodes."""

    decoded: list[Lock] = field(default_factory=list)

    def read(self, mean: np.ndarray, found: Lock) -> str | None:
        """Decode, and note it; `super` does not know the class that `slots` makes anew."""
        self.decoded.append(found)
        return Search.read(self, mean, found)


def search_unmarked(clips: Sequence[Path], *, pieces: int, key: MarkKey) -> str:
    """Search `pieces` of two seconds, at random times and crops, and say how many ids came."""
    chance = random.Random(1)  # noqa: S311 -- a fixed choice of pieces, nothing secret
    decodes, found, most, began = 0, 0, 0, time.monotonic()
    for number in range(pieces):
        clip = clips[number % len(clips)]
        search, has_id = _search(_frames(clip, chance), key)
        decodes += len(search.decoded)
        most = max(most, len(search.decoded))
        found += has_id
        if number % 10 == 9:  # noqa: PLR2004 -- a line now and then
            print(f"{number + 1} pieces, {decodes} decodes, {found} ids", flush=True)
    spent_s = time.monotonic() - began
    return f"{pieces} pieces, {decodes} decodes ({most} at most), {found} ids, {spent_s:.0f} s"


def _search(frames: np.ndarray, key: MarkKey) -> tuple[CountingSearch, bool]:
    seconds = Seconds(start_s=0.0, rate_hz=RATE_HZ)
    for frame in frames:
        seconds.add(residual(frame))
    side = TILE_UNITS * SHORT_SIDE_PIXELS / UNITS_OF_SHORT_SIDE
    search = CountingSearch(
        keyed=layout(key.secret),
        natural=Tile(width=side, height=side),
        deadline=time.monotonic() + 3600,
    )
    timeline = Timeline.of(seconds.bins)
    timeline.search(search, deep=True)
    return search, bool(timeline.hits)


def _frames(clip: Path, chance: random.Random) -> np.ndarray:
    """Read two seconds of luma at 360 lines: part of the picture, perhaps mirrored."""
    length_s = probe(clip, Limits()).duration_ms / 1000
    part = chance.uniform(0.4, 1)
    filters = [
        f"fps={RATE_HZ}",
        f"crop=iw*{part:.3f}:ih*{part:.3f}:(iw-ow)*{chance.random():.3f}:(ih-oh)*{chance.random():.3f}",
        *(["hflip"] if chance.random() < 0.5 else []),  # noqa: PLR2004 -- a toss
        f"eq=contrast={chance.uniform(0.8, 1.2):.3f}",
        f"extractplanes=y,scale={_WIDTH}:{SHORT_SIDE_PIXELS}:flags=area",
    ]
    start_s = chance.uniform(0, max(0.0, length_s - PIECE_S))
    piped = subprocess.run(
        [
            *(ffmpeg_path(), "-loglevel", "error", "-nostdin", "-ss", f"{start_s:.3f}"),
            *("-i", clip, "-t", str(PIECE_S), "-vf", ",".join(filters)),
            *("-f", "rawvideo", "-pix_fmt", "gray", "-"),
        ],
        check=True,
        stdout=subprocess.PIPE,
    )
    return np.frombuffer(piped.stdout, dtype=np.uint8).reshape(-1, SHORT_SIDE_PIXELS, _WIDTH)

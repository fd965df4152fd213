"""
Tell second by second which mark a video carries: a montage may hold several, or none for a while.

The mean over a whole video shows the strongest mark alone. So every window of two seconds is read
again at the geometry that was found, and long stretches without a mark are searched on their own.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from manifests.marks import payload
from manifests.marks.carriers import Tile
from manifests.marks.geometry import upright
from manifests.marks.residual import Bin, mean_of
from manifests.marks.search import Hit, Search
from manifests.marks.sync import lock, read_waves, weighed

WINDOW_BINS: Final = 2
VOTES_MIN: Final = 2
"""An id that was read in windows alone must be read in two: windows are many (docs/marks.md)."""

_CHUNK_BINS: Final = 8
_Z_WINDOW_MIN: Final = 4.6
_SCORE_SURE: Final = 6.0
_SCORE_MIN: Final = 4.0


@dataclass(slots=True, kw_only=True)
class Timeline:
    """The seconds of a video, the ids found so far, and which second carries which."""

    bins: list[Bin]
    labels: list[str | None]
    hits: dict[str, tuple[Hit, Search]] = field(default_factory=dict)

    @classmethod
    def of(cls, bins: list[Bin]) -> "Timeline":
        """Begin with nothing found."""
        return cls(bins=bins, labels=[None] * len(bins))

    def search(self, search: Search, *, deep: bool) -> None:
        """Look for one key's marks in the seconds that carry none yet."""
        open_bins = [at for at, label in enumerate(self.labels) if label is None]
        if not open_bins:
            return
        mean = mean_of([self.bins[at] for at in open_bins])
        hit = search.direct(mean) or search.scaled(mean)
        if hit is None and deep:
            hit = search.turned_or_stretched(mean)
        if hit is not None:
            self.hits[hit.mark_id] = (hit, search)
        self._vote(search, search.natural, 0.0, open_bins)
        if hit is not None:
            self._vote(search, hit.lock.tile, hit.rotation_deg, open_bins)
        self._label(search)
        for chunk in self._open_chunks():
            if search.is_over():
                return
            self._search_chunk(search, chunk)
        if hit is not None and hit.mark_id not in self.labels:
            # Too faint for any single second, and yet read from all of them together.
            self.labels = [label or hit.mark_id for label in self.labels]

    def _search_chunk(self, search: Search, chunk: list[int]) -> None:
        mean = mean_of([self.bins[at] for at in chunk])
        hit = search.direct(mean) or search.scaled(mean)
        if hit is not None and hit.mark_id not in self.hits:
            self._vote(search, hit.lock.tile, hit.rotation_deg, chunk)
            self._label(search)

    def _vote(self, search: Search, tile: Tile, rotation_deg: float, among: list[int]) -> None:
        """Read the windows at this geometry; ids with votes enough are known from then on."""
        votes: Counter[str] = Counter()
        seen: dict[str, Hit] = {}
        for window in _windows(among):
            if search.is_over():
                break
            mean = upright(mean_of([self.bins[at] for at in window]), rotation_deg)
            found = lock(mean, tile, search.keyed)[0]
            if found.z < _Z_WINDOW_MIN:
                continue
            soft = read_waves(mean, found, search.keyed)
            mark_id = next(
                (known for known in self.hits if score(soft, known, search) > _SCORE_SURE), None
            )
            mark_id = mark_id or payload.decode(search.keyed.soft_bits(weighed(soft, search.keyed)))
            if mark_id is not None:
                votes[mark_id] += 1
                seen[mark_id] = Hit(mark_id=mark_id, lock=found, rotation_deg=rotation_deg)
        for mark_id, count in votes.items():
            if count >= VOTES_MIN:
                self.hits.setdefault(mark_id, (seen[mark_id], search))

    def _label(self, search: Search) -> None:
        """Give each open second the known id that matches it."""
        for at, label in enumerate(self.labels):
            if label is not None:
                continue
            scores = {
                mark_id: self._score_at(at, hit, search)
                for mark_id, (hit, of) in self.hits.items()
                if of is search
            }
            if scores and max(scores.values()) >= _SCORE_MIN:
                self.labels[at] = max(scores, key=lambda mark_id: scores[mark_id])
        for at in range(1, len(self.labels) - 1):
            # One second of black or flash does not end a mark.
            if self.labels[at] is None and self.labels[at - 1] == self.labels[at + 1]:
                self.labels[at] = self.labels[at - 1]

    def _score_at(self, at: int, hit: Hit, search: Search) -> float:
        mean = upright(mean_of([self.bins[at]]), hit.rotation_deg)
        relocked = lock(mean, hit.lock.tile, search.keyed)[0]
        return max(
            score(read_waves(mean, found, search.keyed), hit.mark_id, search)
            for found in {hit.lock, relocked}
        )

    def _open_chunks(self) -> Iterator[list[int]]:
        """Cut the stretches without a mark into pieces of at most `_CHUNK_BINS` seconds."""
        stretch: list[int] = []
        for at in range(len(self.labels) + 1):
            is_open = at < len(self.labels) and self.labels[at] is None
            if is_open:
                stretch.append(at)
            if stretch and (not is_open or len(stretch) == _CHUNK_BINS):
                if WINDOW_BINS <= len(stretch) < len(self.labels):
                    yield stretch
                stretch = []


def score(soft: np.ndarray, mark_id: str, search: Search) -> float:
    """
    Tell how well the data waves agree with an id; noise gives a standard normal distribution.

    Only for ids known from elsewhere: the best of all possible ids agrees with any noise.
    """
    data = search.keyed.data
    signs = search.keyed.signs(payload.encode(mark_id))[data]
    return float(signs @ soft[data] / np.sqrt(np.sum(soft[data] ** 2) + 1e-9))


def _windows(among: list[int]) -> Iterator[list[int]]:
    """Slide a window of `WINDOW_BINS` adjoining seconds by one."""
    for start in range(len(among) - WINDOW_BINS + 1):
        window = among[start : start + WINDOW_BINS]
        if window[-1] - window[0] == WINDOW_BINS - 1:
            yield window

"""
Find the windows that look most like a given one, exactly, among all that were ever registered.

The truth is in PostgreSQL; here its codes lie packed in files that are mapped into memory and
scanned whole: 32 bytes a window, 0.3 GB for ten million. A shard is a folder that never changes:

    codes      uint64, little-endian, of shape (4, windows): the four quarters of every code
    places     where each window is from (`_PLACE`)
    manifests  the ids that `places` numbers, one a line

`catalogue.json` names the shards in order. It is replaced in one step after a shard is whole, so
that any number of processes read while one writes, and a crash leaves at most an unnamed folder.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, TypedDict

import numpy as np
import numpy.typing as npt

CODE_BYTES: Final = 32
_QUARTERS: Final = 4
_SHARD_WINDOWS_MAX: Final = 4_000_000
_CHUNK: Final = 32_768
"""Windows looked at together: their 256 KB a quarter, and what is made of it, stay in the cache."""
_FORMAT: Final = 1
_VIEWS: Final = ("full", "crop90", "crop80", "mirror")
_PLACE: Final = np.dtype(
    [("number", "<i8"), ("manifest", "<u4"), ("start_ms", "<u4"), ("view", "u1")]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedWindow:
    """One window of a record; `number` grows from window to window."""

    number: int
    manifest_id: str
    view: str
    start_s: float
    code: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A window like the one that was looked for; `distance` in bits of 256."""

    manifest_id: str
    view: str
    start_s: float
    distance: int

    @property
    def similarity(self) -> float:
        """From 0 to 1; two unlike windows are near 0.5."""
        return 1 - self.distance / (8 * CODE_BYTES)


class _ShardEntry(TypedDict):
    folder: str
    windows: int
    last_number: int


@dataclass(frozen=True, slots=True, eq=False)
class _Shard:
    codes: npt.NDArray[np.uint64]
    places: npt.NDArray[np.void]
    manifests: tuple[str, ...]

    @classmethod
    def open(cls, folder: Path) -> "_Shard":
        # Every shard has windows: an empty file could not be mapped.
        codes = np.memmap(folder / "codes", np.dtype("<u8"), "r").reshape(_QUARTERS, -1)
        places = np.memmap(folder / "places", _PLACE, "r")
        return cls(codes, places, tuple((folder / "manifests").read_text("utf-8").splitlines()))

    def hit(self, at: int, distance: int) -> Hit:
        place = self.places[at]
        return Hit(
            manifest_id=self.manifests[place["manifest"]],
            view=_VIEWS[place["view"]],
            start_s=int(place["start_ms"]) / 1000,
            distance=distance,
        )


class WindowIndex:
    """
    The index in a folder, as one process sees it; made on first use.

    Safe to share between threads: a search works on the shards that were there when it began.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[_ShardEntry, ...], tuple[_Shard, ...]] = ((), ())

    def __len__(self) -> int:
        return sum(entry["windows"] for entry in _read_catalogue(self._folder))

    @property
    def last_number(self) -> int:
        """The number of the newest window that is in it, 0 when there is none."""
        catalogue = _read_catalogue(self._folder)
        return catalogue[-1]["last_number"] if catalogue else 0

    def search(
        self,
        codes: Sequence[bytes],
        *,
        count: int,
        distance_max: int = 76,
    ) -> list[tuple[Hit, ...]]:
        """
        Find for each code its `count` nearest windows within `distance_max` bits, nearest first.

        Of windows equally near, the older one comes first. All codes share one pass.
        """
        shards = self._shards()
        wanted = np.frombuffer(b"".join(codes), np.dtype("<u8")).reshape(-1, _QUARTERS)
        best = [_Nearest(count, distance_max) for _ in codes]
        for at, shard in enumerate(shards):
            _scan(shard.codes, wanted, best, shard_at=at)
        return [
            tuple(shards[shard].hit(at, distance) for distance, shard, at in nearest.found)
            for nearest in best
        ]

    def append(self, windows: Iterable[IndexedWindow]) -> int:
        """
        Add windows in the order of their numbers; return how many were new.

        Windows up to `last_number` are passed over, so that adding twice changes nothing.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with _locked(self._folder):
            catalogue = list(_read_catalogue(self._folder))
            last = catalogue[-1]["last_number"] if catalogue else 0
            new = [window for window in windows if window.number > last]
            if not new:
                return 0
            if any(one.number >= two.number for one, two in pairwise(new)):
                raise ValueError("Windows are added in the order of their numbers.")
            shard = _pack(new)
            # Shards grow by doubling: few of them, and each window is copied a few times only.
            while catalogue and _is_worth_merging(catalogue[-1]["windows"], len(shard.places)):
                shard = _merged(_Shard.open(self._folder / catalogue.pop()["folder"]), shard)
            folder = _write_shard(self._folder, shard, last_number=new[-1].number)
            catalogue.append(
                {
                    "folder": folder,
                    "windows": len(shard.places),
                    "last_number": new[-1].number,
                }
            )
            _write_catalogue(self._folder, catalogue)
            _remove_unnamed(self._folder, catalogue)
            return len(new)

    def clear(self) -> None:
        """Forget everything, as before a rebuild."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with _locked(self._folder):
            _write_catalogue(self._folder, [])
            _remove_unnamed(self._folder, [])

    def _shards(self) -> tuple[_Shard, ...]:
        while True:
            catalogue = _read_catalogue(self._folder)
            seen, shards = self._seen
            if catalogue == seen:
                return shards
            try:
                known = {entry["folder"]: shard for entry, shard in zip(seen, shards, strict=True)}
                shards = tuple(
                    known.get(entry["folder"]) or _Shard.open(self._folder / entry["folder"])
                    for entry in catalogue
                )
            except FileNotFoundError:
                # A shard was merged into a larger one meanwhile; the catalogue says into which.
                if _read_catalogue(self._folder) == catalogue:
                    raise
                continue
            self._seen = (catalogue, shards)


class _Nearest:
    """The nearest so far: (distance, shard, position), nearest first."""

    __slots__ = ("_count", "bound", "found")

    def __init__(self, count: int, distance_max: int) -> None:
        self._count = count
        self.bound = distance_max
        self.found: list[tuple[int, int, int]] = []

    def add(
        self, distances: npt.NDArray[np.int64], positions: npt.NDArray[np.int64], shard: int
    ) -> None:
        more = zip(distances.tolist(), [shard] * len(positions), positions.tolist(), strict=True)
        self.found = sorted([*self.found, *more])[: self._count]
        if len(self.found) == self._count:
            # Scanned in order: what is equally far, but later, cannot displace anything.
            self.bound = min(self.bound, self.found[-1][0] - 1)


def _scan(
    codes: npt.NDArray[np.uint64],
    wanted: npt.NDArray[np.uint64],
    best: Sequence[_Nearest],
    *,
    shard_at: int,
) -> None:
    differing = np.empty(_CHUNK, np.uint64)
    counts, distances = np.empty(_CHUNK, np.uint8), np.empty(_CHUNK, np.uint8)
    for start in range(0, codes.shape[1], _CHUNK):
        chunk = codes[:, start : start + _CHUNK]
        size = chunk.shape[1]
        x, count, total = differing[:size], counts[:size], distances[:size]
        for code, nearest in zip(wanted, best, strict=True):
            np.bitwise_xor(chunk[0], code[0], out=x)
            np.bitwise_count(x, out=total)
            for quarter in range(1, _QUARTERS):
                np.bitwise_xor(chunk[quarter], code[quarter], out=x)
                np.bitwise_count(x, out=count)
                np.add(total, count, out=total)
            if nearest.bound < 0 or total.min() > nearest.bound:
                continue
            at = np.flatnonzero(total <= nearest.bound)
            # In a byte, 256 differing bits look like none: the few that remain are counted again.
            exact = np.bitwise_count(chunk[:, at] ^ code[:, None]).sum(axis=0, dtype=np.int64)
            near = exact <= nearest.bound
            nearest.add(exact[near], start + at[near], shard_at)


def _pack(windows: Sequence[IndexedWindow]) -> _Shard:
    numbers = {id_: at for at, id_ in enumerate(dict.fromkeys(w.manifest_id for w in windows))}
    codes = np.frombuffer(b"".join(w.code for w in windows), np.dtype("<u8"))
    places = np.array(
        [
            (w.number, numbers[w.manifest_id], round(w.start_s * 1000), _VIEWS.index(w.view))
            for w in windows
        ],
        _PLACE,
    )
    return _Shard(codes.reshape(-1, _QUARTERS).T, places, tuple(numbers))


def _is_worth_merging(before: int, added: int) -> bool:
    return before <= 2 * added and before + added <= _SHARD_WINDOWS_MAX


def _merged(one: _Shard, two: _Shard) -> _Shard:
    moved = two.places.copy()
    moved["manifest"] += len(one.manifests)
    return _Shard(
        np.concatenate([one.codes, two.codes], axis=1),
        np.concatenate([one.places, moved]),
        one.manifests + two.manifests,
    )


def write_packed(
    folder: Path, codes: npt.NDArray[np.uint64], *, manifest_id: str, first_number: int
) -> None:
    """
    Add many windows of one manifest as a shard of their own: for measuring, and for bulk loading.

    `codes` is uint64 of shape (4, windows); the numbers follow each other.
    """
    places = np.zeros(codes.shape[1], _PLACE)
    places["number"] = np.arange(first_number, first_number + len(places))
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        catalogue = list(_read_catalogue(folder))
        last = int(places["number"][-1])
        name = _write_shard(folder, _Shard(codes, places, (manifest_id,)), last_number=last)
        entry: _ShardEntry = {"folder": name, "windows": len(places), "last_number": last}
        _write_catalogue(folder, [*catalogue, entry])


def open_codes(folder: Path) -> list[npt.NDArray[np.uint64]]:
    """Map the codes of every shard: each uint64 of shape (4, windows)."""
    return [_Shard.open(folder / entry["folder"]).codes for entry in _read_catalogue(folder)]


def _write_shard(folder: Path, shard: _Shard, *, last_number: int) -> str:
    part = Path(tempfile.mkdtemp(prefix="part-", dir=folder))
    contents = {
        "codes": np.ascontiguousarray(shard.codes).tobytes(),
        "places": shard.places.tobytes(),
        "manifests": "\n".join(shard.manifests).encode("utf-8"),
    }
    for name, content in contents.items():
        _write_durably(part / name, content)
    name = f"shard-{last_number:016d}-{part.name.removeprefix('part-')}"
    part.rename(folder / name)
    return name


def _write_catalogue(folder: Path, shards: Sequence[_ShardEntry]) -> None:
    part = folder / "catalogue.part"
    _write_durably(part, json.dumps({"format": _FORMAT, "shards": shards}).encode("utf-8"))
    part.replace(folder / "catalogue.json")


def _read_catalogue(folder: Path) -> tuple[_ShardEntry, ...]:
    try:
        catalogue = json.loads((folder / "catalogue.json").read_bytes())
    except FileNotFoundError:
        return ()
    # Another version's index is built anew: it holds nothing that PostgreSQL does not.
    return tuple(catalogue["shards"]) if catalogue["format"] == _FORMAT else ()


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_unnamed(folder: Path, catalogue: Sequence[_ShardEntry]) -> None:
    """Remove merged shards, and what a crash left. Who maps a file keeps it until then."""
    named = {entry["folder"] for entry in catalogue}
    for path in folder.iterdir():
        if path.is_dir() and path.name not in named:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

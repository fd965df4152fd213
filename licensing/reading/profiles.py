"""Profiles: the weighted features of described subjects, as arrays, one profile for a language."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from licensing.reading.columns import Buffer, Columns, Pool, Rows, Strings, numbers

_WEIGHT: Final = np.dtype("=f8")


@dataclass(frozen=True, slots=True)
class Profiles:
    """
    Profiles in the order of subject ids, those of one subject in the order of its texts.

    `owners` names the subject of every profile. `profiles`, `features` and `weights` run over all
    features of all profiles: the profile's number, the number in `keys`, and the weight (float64).
    """

    owners: tuple[str, ...]
    keys: tuple[str, ...]
    profiles: NDArray[np.int64]
    features: NDArray[np.int64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, weighed: Iterable[tuple[str, Mapping[str, float]]]) -> "Profiles":
        """Collect profiles, given as a subject id and the weight of every feature."""
        told = sorted(weighed, key=lambda each: each[0])
        keys = Pool()
        sizes = [len(weights) for _, weights in told]
        return cls(
            owners=tuple(owner for owner, _ in told),
            profiles=np.repeat(np.arange(len(told)), sizes),
            features=np.array(
                [keys(key) for _, weights in told for key in weights],
                dtype=np.int64,
            ),
            weights=np.array(
                [weight for _, weights in told for weight in weights.values()],
                dtype=np.float64,
            ),
            keys=tuple(keys),
        )

    @classmethod
    def load(cls, columns: Columns) -> "Profiles":
        """Read what `columns` wrote."""
        features = Rows(columns, "profile.features")
        return cls(
            owners=tuple(Strings(columns, "profile.owner")),
            keys=tuple(Strings(columns, "profile.key")),
            profiles=np.repeat(
                np.arange(len(features)),
                [len(features[number]) for number in range(len(features))],
            ),
            features=np.array(numbers(columns["profile.features.values"]), dtype=np.int64),
            weights=np.frombuffer(columns["profile.weights"], dtype=_WEIGHT).astype(np.float64),
        )

    def columns(self) -> dict[str, Buffer]:
        """Write the profiles as columns."""
        starts = np.searchsorted(self.profiles, np.arange(len(self.owners) + 1))
        rows = (self.features[first:last] for first, last in pairwise(starts.tolist()))
        return {
            **Strings.written("profile.owner", self.owners),
            **Strings.written("profile.key", self.keys),
            **Rows.written("profile.features", (row.tolist() for row in rows)),
            "profile.weights": self.weights.astype(_WEIGHT).tobytes(),
        }

    def changed(self, gone: frozenset[str], new: "Profiles") -> "Profiles":
        """Leave out the profiles of some subjects and put in new ones."""
        if not new.owners and gone.isdisjoint(self.owners):
            return self
        kept = ((owner, weights) for owner, weights in self.each() if owner not in gone)
        return Profiles.of(chain(kept, new.each()))

    def each(self) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield subject id and weights of every profile."""
        names = [self.keys[feature] for feature in self.features.tolist()]
        weights = self.weights.tolist()
        starts = np.searchsorted(self.profiles, np.arange(len(self.owners) + 1)).tolist()
        for number, owner in enumerate(self.owners):
            span = slice(starts[number], starts[number + 1])
            yield owner, dict(zip(names[span], weights[span], strict=True))

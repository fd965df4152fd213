"""Where a picture went since it was marked, as far as the mark tells."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """
    How the marked picture lies in the one that was looked at.

    `scale_x` and `scale_y` compare it with a whole picture of this size: 1 is whole, 2 is the
    middle half enlarged, below 1 is a picture within a picture. `rotation_deg` is clockwise.
    `flipped` is a mirror image.
    """

    scale_x: float
    scale_y: float
    rotation_deg: float
    flipped: bool

    def to_json(self) -> dict[str, object]:
        """Write it for programs."""
        return {
            "scale_x": round(self.scale_x, 4),
            "scale_y": round(self.scale_y, 4),
            "rotation_deg": round(self.rotation_deg, 2),
            "flipped": self.flipped,
        }


def upright(mean: NDArray[np.float32], rotation_deg: float) -> NDArray[np.float32]:
    """Turn a picture back by `rotation_deg`, about its centre."""
    if not rotation_deg:
        return mean
    height, width = mean.shape
    centre = ((width - 1) / 2, (height - 1) / 2)
    turn = cv2.getRotationMatrix2D(centre, rotation_deg, 1.0)
    return np.asarray(cv2.warpAffine(mean, turn, (width, height)), dtype=np.float32)

"""
How strong the mark is, and where: the strengths, and the arithmetic of the mask.

A gain that hardly depends on the picture is the least visible one (docs/marks.md): people and VMAF
alike see energy that is added to texture and along outlines.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Strength: TypeAlias = Literal["quality", "balanced", "robust"]

MASK_LINES: Final = 180
"""Short side of the picture that activity is measured on, whatever the size of the video."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """
    The mark's standard deviation in levels of 8 bits: in flat areas, and at most in busy ones.

    `slope` is how much one level of activity adds. Activity is the mean absolute difference of a
    pixel of the small picture from its surroundings, the least of a neighbourhood.
    """

    flat: float
    most: float
    slope: float = 0.176

    @property
    def full_scale(self) -> float:
        """Levels that a pattern sample stands for at mask 255; its rounding is then not seen."""
        return 4 * self.most

    def expression(self, bit_depth: int) -> str:
        """Write the gain as ffmpeg's `lut` expression of the activity `val`."""
        top = (1 << bit_depth) - 1
        per_level = top / self.full_scale
        slope = per_level * self.slope / (1 << bit_depth - 8)
        return f"min({per_level * self.most:.4f},{per_level * self.flat:.4f}+{slope:.6f}*val)"


GAINS: Final[dict[Strength, Gain]] = {
    "quality": Gain(flat=0.5, most=0.9),
    "balanced": Gain(flat=0.66, most=1.1),
    "robust": Gain(flat=1.0, most=2.0),
}


def mask_size(width: int, height: int) -> tuple[int, int]:
    """Give the size of the small picture: `MASK_LINES` on the short side, never enlarged."""
    shrink = max(1.0, min(width, height) / MASK_LINES)
    return round(width / shrink), round(height / shrink)

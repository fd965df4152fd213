"""
What the filter graph of a watermark needs to know; `commands.mark_command` draws it.

    y ──┬── + pattern ──────────────────────────────────┐
        ├── (as it is) ──── merged by the mask ─────────┴── y, marked
        └── small ── activity ── gain ── full size ── mask
    u, v ── (as they are)

Planes are worked on alone, as grey pictures: between colour formats ffmpeg would squeeze the range.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

EIGHT_BITS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstFrame:
    """
    How the first picture comes out of the decoder, turned upright.

    Colour fields carry ffmpeg's names (`bt709`, `tv`), or None where nothing is said.
    """

    width: int
    height: int
    pixel_aspect: Fraction
    pixel_format: str
    colour_range: str | None = None
    colour_space: str | None = None
    colour_primaries: str | None = None
    colour_transfer: str | None = None

    @property
    def bit_depth(self) -> int:
        """Bits of a sample: 8, or what the name of the pixel format says."""
        for bits in (16, 14, 12, 10, 9):
            if f"{bits}le" in self.pixel_format or f"{bits}be" in self.pixel_format:
                return bits
        return 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """How marked pictures are encoded: the encoder's speed and quality, and what they show."""

    preset: str
    crf: int
    is_for_drawings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkGraph:
    """
    One embedding: the pattern's raw grey file, the mask, and the picture that comes out.

    `pattern` holds one frame of `width` x `height` samples, `bit_depth` deep (8, or 10 in 16
    little-endian bits), grey where it changes nothing. `gain` is an expression of ffmpeg's `lut`
    filter: from activity `val` to the share of the pattern that is added, in full scale.
    """

    pattern: Path
    width: int
    height: int
    mask_width: int
    mask_height: int
    bit_depth: int
    gain: str
    first: FirstFrame

    @property
    def is_eight_bits(self) -> bool:
        """Whether samples come out as bytes; otherwise they have ten bits."""
        return self.bit_depth == EIGHT_BITS

    @property
    def pattern_options(self) -> dict[str, object]:
        """Say how the pattern's raw file is read."""
        return {
            "f": "rawvideo",
            "pixel_format": "gray" if self.is_eight_bits else "gray10le",
            "video_size": (self.width, self.height),
        }

    def draw(
        self,
        picture: Any,  # noqa: ANN401 -- untyped library
        pattern: Any,  # noqa: ANN401
        *,
        combine: Callable[..., Any],
    ) -> Any:  # noqa: ANN401
        """Add the pattern where the mask lets it through; `combine` is `ffmpeg.filter`."""
        full = "yuv420p" if self.is_eight_bits else "yuv420p10le"
        planes = picture.filter("format", full).filter_multi_output("extractplanes", planes="y+u+v")
        luma = planes.stream(0).filter_multi_output("split", 3)
        added = combine([luma.stream(0), pattern], "blend", all_mode="grainmerge")
        gain = self._gain(luma.stream(1), combine)
        marked = combine([luma.stream(2), added, gain], "maskedmerge")
        colours = (planes.stream(1), planes.stream(2))
        whole = combine([marked, *colours], "mergeplanes", format=full, map1s=1, map2s=2)
        # Planes taken apart lose these, and a player then guesses.
        return whole.filter("setparams", **tags) if (tags := self._colour_tags()) else whole

    def _gain(self, luma: Any, combine: Callable[..., Any]) -> Any:  # noqa: ANN401
        """Tell for each pixel how much of the pattern is added: much where the picture hides it."""
        small = luma.filter(
            "scale",
            w=self.mask_width,
            h=self.mask_height,
            flags="area",
        ).filter_multi_output("split", 2)
        around = small.stream(1).filter("avgblur", 2)
        activity = combine([small.stream(0), around], "blend", all_mode="difference")
        return (
            activity.filter("avgblur", 2)
            # An outline is active on both sides, and what lies beside it must stay calm.
            .filter("erosion")
            .filter("avgblur", 2)
            .filter("lut", y=self.gain)
            .filter("scale", w=self.width, h=self.height, flags="bilinear")
        )

    def _colour_tags(self) -> dict[str, str]:
        tags = {
            "range": self.first.colour_range,
            "colorspace": self.first.colour_space,
            "color_primaries": self.first.colour_primaries,
            "color_trc": self.first.colour_transfer,
        }
        return {name: value for name, value in tags.items() if value is not None}

"""How much a video may ask for, and how much a media tool may use to work on it."""

from dataclasses import dataclass, fields
from typing import Final, Literal, TypeAlias

Isolation: TypeAlias = Literal["strongest", "seccomp"]
"""
How a tool is kept from the network and from other files.

`strongest` uses every layer that this machine allows: a network namespace, Landlock and the system
call filter. `seccomp` uses the system call filter alone, as where a container refuses the others.
"""

MEMORY_BYTES_MIN: Final = 900_000_000
"""Below this, ffmpeg cannot encode 1280x720 with two threads (measured: 600 MB fail, 900 MB do)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What is accepted of a video, and what one run of a tool may use.

    `pixels` bounds one frame; the default is the largest frame of H.264 level 5.2 (36,864
    macroblocks), which holds 4K UHD and refuses 8192x8192 before anything is decoded.
    `memory_bytes` bounds address space, `cpu_s` processor time over all threads, `wall_time_s`
    the whole run, `output_growth` how many times larger than its source a copy may get.
    """

    size_bytes: int = 4 * 1024**3
    duration_ms: int = 3_600_000
    pixels: int = 36_864 * 256
    streams: int = 16
    memory_bytes: int = 2_000_000_000
    cpu_s: int = 1_800
    wall_time_s: float = 1_800.0
    output_growth: int = 8
    threads: int = 2
    isolation: Isolation = "strongest"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "isolation" and value <= 0:
                message = f"Limits.{field.name} is {value}; it must be above zero."
                raise ValueError(message)
        if self.memory_bytes < MEMORY_BYTES_MIN:
            message = (
                f"Limits.memory_bytes is {self.memory_bytes}; encoders need {MEMORY_BYTES_MIN}."
            )
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLimits:
    """What one run of one tool may use, and which files it may see."""

    memory_bytes: int
    cpu_s: int
    wall_time_s: float
    file_bytes: int
    open_files: int = 64
    stdout_bytes: int = 1 << 20
    isolation: Isolation = "strongest"

"""Videos of a wanted size: noise, that no encoder can make smaller, repeated unchanged."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

MB = 10**6
_SEED_BYTES = 10 * MB


def make_clip(folder: Path, size_bytes: int) -> Path:
    """Make an mp4 of about the wanted size (never more than a tenth beside it) and return it."""
    clip = folder / f"{size_bytes // MB}-mb.mp4"
    if clip.exists():
        return clip
    seed = folder / "seed.mp4"
    if not seed.exists():
        noise = "nullsrc=size=640x360:rate=25,geq=lum='random(1)*255':cb=128:cr=128"
        _ffmpeg(
            *("-f", "lavfi", "-i", noise, "-c:v", "libx264", "-preset", "ultrafast"),
            *("-b:v", "40M", "-fs", str(_SEED_BYTES), str(seed)),
        )
    repeats = round(size_bytes / seed.stat().st_size) - 1
    _ffmpeg("-stream_loop", str(repeats), "-i", str(seed), "-c", "copy", str(clip))
    return clip


def _ffmpeg(*arguments: str) -> None:
    # The same pinned binary that the service uses.
    program = imageio_ffmpeg.get_ffmpeg_exe()
    quietly = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y")
    subprocess.run([program, *quietly, *arguments], check=True)

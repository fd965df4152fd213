"""Little videos with moving pictures, made once a session, and what they look like."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import pytest

from manifests.marks.fingerprint import Fingerprint, take_fingerprint
from manifests.media.limits import Limits
from manifests.media.probe import probe

FFMPEG: Final = imageio_ffmpeg.get_ffmpeg_exe()
SIZE: Final = "size=320x180:rate=10"
X264: Final = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-an")

SLIDE: Final = f"color=white:{SIZE},drawbox=x=20:y=20:w=120:h=14:color=navy:t=fill"
ROOM: Final = f"testsrc={SIZE},trim=end_frame=1,loop=-1:1,setpts=N/10/TB"

# name: what ffmpeg draws. Siblings come from the same generator with another seed or parameter.
DRAWN: Final = {
    "fractal": f"mandelbrot={SIZE}:start_scale=0.6:end_scale=0.1:end_pts=5",
    "fractal sibling": (
        f"mandelbrot={SIZE}:start_x=-0.7:start_y=-0.2:start_scale=0.6:end_scale=0.1:end_pts=5"
    ),
    "still": f"{SLIDE},drawbox=x=200:y=60:w=30:h=100:color=green:t=fill",
    "still sibling": f"{SLIDE},drawbox=x=200:y=100:w=30:h=60:color=green:t=fill",
    "passing": f"{ROOM}[b];color=black:size=40x60:rate=10[p];[b][p]overlay=x=50*t:y=90",
    "passing sibling": f"{ROOM}[b];color=black:size=40x60:rate=10[p];[b][p]overlay=x=260-50*t:y=90",
    "grey": f"color=gray:{SIZE}",
}
# What an upload makes of a clip.
COPIES: Final[dict[str, tuple[str, ...]]] = {
    "crf 28": ("-crf", "28"),
    "half size": ("-vf", "scale=160:90", "-crf", "30"),
    "crop 90": ("-vf", "crop=iw*0.9:ih*0.9", "-crf", "23"),
    "crop 70 off centre": ("-vf", "crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1", "-crf", "23"),
    "upright strip": ("-vf", "crop=102:180", "-crf", "23"),
    "bars": ("-vf", "pad=320:240:0:30", "-crf", "23"),
    "squeezed": ("-vf", "scale=240:180,setsar=1", "-crf", "23"),
    "contrast": ("-vf", "eq=brightness=0.1:contrast=1.2", "-crf", "23"),
    "gamma": ("-vf", "eq=gamma=0.7", "-crf", "23"),
    "middle 2 s": ("-ss", "1.5", "-t", "2", "-crf", "23"),
    "mirrored": ("-vf", "hflip", "-crf", "23"),
    "turned": ("-vf", "rotate=3*PI/180", "-crf", "23"),
}


def run_ffmpeg(*arguments: str) -> None:
    subprocess.run(
        [FFMPEG, "-v", "error", "-nostdin", "-y", *arguments], check=True, capture_output=True
    )


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Draw five seconds of the clip of this name, or of a filter graph."""
    folder = tmp_path_factory.mktemp("drawn")

    @cache
    def draw(name: str) -> Path:
        path = folder / f"{len(list(folder.iterdir()))}.mp4"
        source = DRAWN.get(name, name)
        run_ffmpeg("-f", "lavfi", "-i", source, "-t", "5", *X264, "-crf", "18", str(path))
        return path

    return draw


@pytest.fixture(scope="session")
def copied(
    drawn: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Path]:
    """Make the copy of this name of a clip."""
    folder = tmp_path_factory.mktemp("copied")

    @cache
    def copy(clip: str, name: str) -> Path:
        path = folder / f"{clip} {name}.mp4"
        run_ffmpeg("-i", str(drawn(clip)), *COPIES[name], *X264, str(path))
        return path

    return copy


@pytest.fixture(scope="session")
def look() -> Callable[[Path], Fingerprint]:
    """Take the fingerprint of a file, once a session."""

    @cache
    def take(path: Path) -> Fingerprint:
        limits = Limits(cpu_s=30, wall_time_s=30.0)
        return take_fingerprint(path, info=probe(path, limits), limits=limits)

    return take


@pytest.fixture(scope="session")
def ffmpeg() -> Callable[..., None]:
    """Run ffmpeg for a test that needs a video of its own."""
    return run_ffmpeg

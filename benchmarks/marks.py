"""
The mark measured: what it costs a video and what it survives, for every strength.

    python -m benchmarks.marks                       drawn scenes: cel, gradient, grain, fractal
    python -m benchmarks.marks --clips FOLDER        the videos of a folder
    python -m benchmarks.marks --write               put the tables into docs/marks.md
    python -m benchmarks.marks --unmarked 200        search so many pieces that carry no mark

"Alone" is the mark without an encoder's losses: the marked copy is encoded without loss and held
against the source. Bitrate and CPU are those of the marked copy beside the same encoding of the
source without a mark.
"""

import argparse
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import numpy as np

from benchmarks.measure import cpu_s, table
from benchmarks.unmarked import search_unmarked
from manifests.marks.detect import detect
from manifests.marks.embed import embed
from manifests.marks.keys import MarkKey, MarkKeyRing
from manifests.marks.mask import Strength
from manifests.media.commands import ffmpeg_path
from manifests.media.limits import Limits
from manifests.media.probe import probe

MARK_ID: Final = "0123456789abcdef"
KEY: Final = MarkKey(id="bench", secret=bytes(range(32)))
DOCS: Final = Path(__file__).parents[1] / "docs" / "marks.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"

_SIZE: Final = "size=1280x720:rate=24"
_CEL: Final = (
    "color=0x7cbaee:size=1920x720:rate=24,drawbox=x=0:y=500:w=1920:h=220:color=0x42804f:t=fill,"
    "drawbox=x=480:y=200:w=260:h=300:color=0xf4d6b0:t=fill,"
    "drawbox=x=480:y=200:w=260:h=300:color=0x18141c:t=6,"
    "drawbox=x=1000:y=260:w=240:h=320:color=0x424aa8:t=fill,"
    "drawbox=x=1000:y=260:w=240:h=320:color=0x18141c:t=8,crop=1280:720:x=3*n:y=0"
)
SCENES: Final = {
    "cel": _CEL,
    "gradient": f"gradients={_SIZE}:c0=0x3c5a96:c1=0xd29664:x0=0:y0=0:x1=1280:y1=720:speed=0.002",
    "grain": f"color=0x181a24:{_SIZE},noise=c0s=9:c0f=t:c0_seed=7",
    "fractal": f"mandelbrot={_SIZE}:start_scale=0.6:end_scale=0.3:end_pts=96",
}
"""What is drawn when no clips are given: flat, smooth, dark and textured pictures."""

ATTACKS: Final = {
    "none": None,
    "CRF 28": ("null", 28),
    "CRF 33": ("null", 33),
    "CRF 40": ("null", 40),
    "240 lines": ("scale=-2:240", 23),
    "crop 70 %": ("crop=trunc(iw*.35)*2:trunc(ih*.35)*2", 23),
    "turned 3°": ("rotate=3*PI/180", 23),
    "crop 95 %, two thirds, CRF 30": (
        "crop=trunc(iw*.475)*2:trunc(ih*.475)*2,scale=trunc(iw*.335)*2:trunc(ih*.335)*2",
        30,
    ),
    "crop 70 %, half, CRF 33": (
        "crop=trunc(iw*.35)*2:trunc(ih*.35)*2,scale=trunc(iw/4)*2:trunc(ih/4)*2",
        33,
    ),
}
"""Filters and CRF of an upload's encoding (x264 veryfast); None leaves the file as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a mark costs a clip; `largest` in levels of 8 bits."""

    vmaf: float
    psnr_db: float
    largest: int
    vmaf_encoded: float
    vmaf_plain: float
    bitrate: float
    cpu: float


def cut(source: str, to: Path, *, seconds: float) -> Path:
    """Make a clip of so many seconds: of a file, or of a scene that ffmpeg draws."""
    scene = SCENES.get(source)
    if scene is None:
        _ffmpeg("-i", source, "-t", seconds, "-c", "copy", to)
    else:
        x264 = ("-c:v", "libx264", "-crf", 12, "-pix_fmt", "yuv420p")
        _ffmpeg("-f", "lavfi", "-i", scene, "-t", seconds, *x264, to)
    return to


def measure(clip: Path, marked: Path, *, strength: Strength, limits: Limits) -> Costs:
    """Mark a clip, and hold it against its source and against the encoding without a mark."""
    info = probe(clip, limits)
    alone, plain = marked.with_suffix(".alone.mp4"), marked.with_suffix(".plain.mp4")
    _mark(clip, alone, strength=strength, limits=limits, preset="ultrafast", crf=0)
    begun = cpu_s()
    threads = ("-threads", limits.threads)
    _ffmpeg(*threads, "-i", clip, "-c:v", "libx264", "-crf", 18, *threads, "-c:a", "copy", plain)
    between = cpu_s()
    _mark(clip, marked, strength=strength, limits=limits, preset="medium", crf=18)
    ended = cpu_s()
    source, changed = _luma(clip), _luma(alone)
    count = min(len(source), len(changed))
    away = source[:count].astype(np.int16) - changed[:count]
    return Costs(
        vmaf=_vmaf(alone, clip),
        psnr_db=float(20 * np.log10(255 / np.sqrt(np.mean(np.square(away, dtype=np.float32))))),
        largest=int(np.abs(away).max()),
        vmaf_encoded=_vmaf(marked, clip),
        vmaf_plain=_vmaf(plain, clip),
        bitrate=_video_bytes(marked) / _video_bytes(plain),
        cpu=(ended - between) / (between - begun) if info.duration_ms else 0.0,
    )


def read(marked: Path, attack: str, *, limits: Limits) -> str:
    """Do to the marked copy what an upload does, and read it: `yes`, `no`, or `WRONG`."""
    chosen = ATTACKS[attack]
    copy = marked
    if chosen is not None:
        filters, crf = chosen
        copy = marked.with_suffix(".attacked.mp4")
        _ffmpeg("-i", marked, "-vf", filters, "-an", "-preset", "veryfast", "-crf", crf, copy)
    found = detect(
        copy, info=probe(copy, limits), keys=MarkKeyRing(active=(KEY,)), limits=limits
    ).mark_id
    return {MARK_ID: "yes", None: "no"}.get(found, "WRONG")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_PlainHelp)
    parser.add_argument("--clips", type=Path, help="a folder of MP4 files")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each clip")
    parser.add_argument("--write", action="store_true", help="into docs/marks.md")
    parser.add_argument("--unmarked", type=int, metavar="PIECES", help="search these instead")
    options = parser.parse_args()
    names = [str(path) for path in sorted(options.clips.glob("*.mp4"))] if options.clips else SCENES
    with tempfile.TemporaryDirectory() as folder:
        clips = {
            Path(name).stem: cut(
                name, Path(folder, f"{Path(name).stem}.mp4"), seconds=options.seconds
            )
            for name in names
        }
        if options.unmarked:
            print(search_unmarked(list(clips.values()), pieces=options.unmarked, key=KEY))
            return
        text = _report(clips, seconds=options.seconds)
    if options.write:
        before, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        DOCS.write_text(f"{before}{BEGIN}{text}{END}{after}", encoding="utf-8")


def _report(clips: dict[str, Path], *, seconds: float) -> str:
    limits = Limits()
    costs, survived = [], []
    for name, clip in clips.items():
        for strength in get_args(Strength):
            marked = clip.with_name(f"{name}-{strength}.mp4")
            taken = measure(clip, marked, strength=strength, limits=limits)
            answers = [read(marked, attack, limits=limits) for attack in ATTACKS]
            costs.append(
                [
                    f"{name}, {strength}",
                    f"{taken.vmaf:.1f}",
                    f"{taken.psnr_db:.1f} dB",
                    str(taken.largest),
                    f"{taken.vmaf_encoded:.1f} ({taken.vmaf_plain:.1f})",
                    f"x{taken.bitrate:.2f}",
                    f"x{taken.cpu:.2f}",
                ]
            )
            survived.append([f"{name}, {strength}", *answers])
            print(*costs[-1], *answers, flush=True)
    headings = ["clip", "VMAF alone", "PSNR", "largest", "VMAF encoded (plain)", "bitrate", "CPU"]
    parts = (
        f"The first {seconds:g} s of each clip:",
        table(headings, costs),
        "Whether the id was read after:",
        table(["clip", *ATTACKS], survived),
    )
    return "".join(f"```\n{part}\n```\n" if "\n" in part else f"{part}\n" for part in parts)


def _mark(
    clip: Path, dest: Path, *, strength: Strength, limits: Limits, preset: str, crf: int
) -> None:
    embed(
        clip,
        dest,
        info=probe(clip, limits),
        mark_id=MARK_ID,
        key=KEY,
        limits=limits,
        strength=strength,
        preset=preset,
        crf=crf,
    )


def _luma(path: Path) -> np.ndarray:
    piped = _ffmpeg("-i", path, "-vf", "extractplanes=y", "-f", "rawvideo", "-pix_fmt", "gray", "-")
    return np.frombuffer(piped.stdout, dtype=np.uint8)


def _video_bytes(path: Path) -> int:
    return len(_ffmpeg("-i", path, "-map", "0:v", "-c", "copy", "-f", "data", "-").stdout)


def _vmaf(changed: Path, source: Path) -> float:
    same_times = ";".join(f"[{at}:v]settb=1/1000,setpts=N[v{at}]" for at in (0, 1))
    compared = f"{same_times};[v0][v1]libvmaf=n_threads=2:n_subsample=2"
    told = _ffmpeg("-v", "info", "-i", changed, "-i", source, "-lavfi", compared, "-f", "null", "-")
    return float(re.findall(rb"VMAF score: ([0-9.]+)", told.stderr)[-1])


def _ffmpeg(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    words = map(str, arguments)
    quietly = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y")
    return subprocess.run([ffmpeg_path(), *quietly, *words], check=True, capture_output=True)


class _PlainHelp(argparse.RawDescriptionHelpFormatter):
    """Leaves the lines of the description as they are."""


if __name__ == "__main__":
    main()

"""
Make `real_windows.npz`: fingerprint windows of real clips after many attacks.

    .venv/bin/python tests/golden/make_windows.py CLIP…

They stand for the records of other people's videos: uniform noise would be far from everything,
and prove nothing. Of each copy of each clip there is a window at every fifth of a second, in each
view that is stored. `codes` is uint8 of shape (windows, views, 32), `quality` uint8 of (windows,
views), `copy` int16 of (windows,), which says the copy a window is from.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import iscc_lib
import numpy as np

from manifests.marks.fingerprint import CODE_BITS, RECORD_VIEWS, WINDOW_S
from manifests.marks.mpeg7 import Signature, parse_signature
from manifests.media.commands import SIGNATURE_RATE_HZ, ffmpeg_path, signature_command
from manifests.media.limits import Limits
from manifests.media.probe import probe

DEST = Path(__file__).with_name("real_windows.npz")
CLIP_S = "6"
X264 = ("-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28")
FRAMES = round(WINDOW_S * SIGNATURE_RATE_HZ)
ATTACKS = (
    "null",
    "hflip",
    "crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1",
    "crop=iw*0.5:ih*0.5",
    "crop=ih*9/16:ih",
    "pad=iw:ih*1.3:0:ih*0.15",
    "eq=brightness=0.1:contrast=1.3",
    "negate",
    "rotate=4*PI/180",
    "setpts=PTS*0.8",
    "reverse",
    "vflip,gblur=sigma=2",
)


def main() -> None:
    """Take the windows of every copy of the clips on the command line."""
    codes: list[list[list[int]]] = []
    quality: list[list[int]] = []
    copies: list[int] = []
    attacked = [(clip, attack) for clip in sys.argv[1:] for attack in ATTACKS]
    for number, (clip, attack) in enumerate(attacked):
        signatures = signatures_of(clip, attack)
        for first in range(len(signatures[0].elements) - FRAMES + 1):
            part = slice(first, first + FRAMES)
            codes.append([list(code(each, part)) for each in signatures])
            quality.append([int(each.confidence[part].mean()) for each in signatures])
            copies.append(number)
    np.savez_compressed(
        DEST,
        codes=np.array(codes, np.uint8),
        quality=np.array(quality, np.uint8),
        copy=np.array(copies, np.int16),
    )


def signatures_of(clip: str, attack: str) -> list[Signature]:
    """Make the copy and read the signature of each view, five frames a second."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "copy.mp4")
        filters = f"scale=-2:360,{attack},scale=trunc(iw/2)*2:trunc(ih/2)*2"
        subprocess.run(
            [ffmpeg_path(), "-v", "error", "-t", CLIP_S, "-i", clip, "-vf", filters, *X264, made],
            check=True,
        )
        files = {str(view): Path(folder, view) for view in RECORD_VIEWS}
        command = signature_command(
            made,
            info=probe(made, Limits()),
            limits=Limits(),
            signatures=files,
            picture_rate_hz=2,
        )
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return [parse_signature(file.read_bytes()) for file in files.values()]


def code(signature: Signature, part: slice) -> bytes:
    """Give the window's code as `manifests.marks.fingerprint` makes it."""
    return iscc_lib.soft_hash_video_v0(signature.elements[part].tolist(), CODE_BITS)


if __name__ == "__main__":
    main()

"""The fingerprint taken while the mark is set is that of the finished file, but for a few bits."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from manifests.marks.embed import FingerprintFiles, embed
from manifests.marks.fingerprint import (
    RECORD_VIEWS,
    Fingerprint,
    make_fingerprint,
    picture_rate_hz,
    take_fingerprint,
)
from manifests.marks.keys import init_mark_keys
from manifests.marks.pictures import read_yuv4mpeg
from manifests.media.limits import Limits
from manifests.media.probe import probe

UNLIKE_BITS = 128
"""In how many of 256 two codes differ that have nothing to do with each other."""


def test_the_encoder_moves_few_bits_of_the_fingerprint_of_the_marked_pixels(
    drawn: Callable[[str], Path], tmp_path: Path
) -> None:
    source, dest = drawn("fractal"), tmp_path / "marked.mp4"
    limits = Limits()
    info = probe(source, limits)
    files = FingerprintFiles(
        signatures={view: tmp_path / f"signature-{view}" for view in RECORD_VIEWS},
        pictures=tmp_path / "pictures",
        picture_rate_hz=picture_rate_hz(info),
    )

    embed(
        source,
        dest,
        info=info,
        mark_id="0123456789abcdef",
        key=init_mark_keys(tmp_path / "keys", at=datetime.now(UTC)).newest,
        limits=limits,
        preset="ultrafast",
        fingerprint=files,
    )

    before = make_fingerprint(
        {view: files.signatures[view].read_bytes() for view in RECORD_VIEWS},
        read_yuv4mpeg(files.pictures.read_bytes(), rate_hz=files.picture_rate_hz),
    )
    after = take_fingerprint(dest, info=probe(dest, limits), limits=limits)
    moved = moved_bits(before, after)
    assert len(moved) == 1 + 4 * len(before.windows["full"])
    assert moved[0] <= 8
    assert max(moved) <= UNLIKE_BITS // 8
    assert abs(len(before.pictures) - len(after.pictures)) <= 1


def moved_bits(one: Fingerprint, two: Fingerprint) -> list[int]:
    """The bits that differ: of the whole clip, then of every window of every view."""
    codes = [(one.whole, two.whole)]
    for view in RECORD_VIEWS:
        pairs = zip(one.windows[view], two.windows[view], strict=True)
        codes += [(first.code, second.code) for first, second in pairs]
    return [(int.from_bytes(a) ^ int.from_bytes(b)).bit_count() for a, b in codes]

"""Little videos, made once a session by the ffmpeg that the product itself runs."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import pytest

from manifests.media.limits import Limits
from manifests.media.media_info import MediaInfo
from manifests.media.probe import probe

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=12:duration=1")
SOUND = ("-f", "lavfi", "-i", "sine=duration=1:sample_rate=16000")

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
H264_REORDERED = ("-c:v", "libx264", "-preset", "fast", "-bf", "2", "-pix_fmt", "yuv420p")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
AV1 = ("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime")

RECIPES: dict[str, tuple[str, ...]] = {
    "h264.mp4": (*PICTURE, *SOUND, *H264, "-c:a", "aac"),
    "h264.m4v": (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-f", "mp4", "-brand", "M4V "),
    "h264.mov": (*PICTURE, *SOUND, *H264_REORDERED, "-c:a", "pcm_s16le"),
    "h264.mkv": (*PICTURE, *SOUND, *H264, "-c:a", "mp3", "-metadata:s:a:0", "language=jpn"),
    "h264.avi": (*PICTURE, *SOUND, *H264, "-c:a", "mp3"),
    "reordered.avi": (*PICTURE, *SOUND, *H264_REORDERED, "-c:a", "mp3"),
    "hevc.mp4": (*PICTURE, *HEVC, "-tag:v", "hev1"),
    "hevc.mov": (*PICTURE, *SOUND, *HEVC, "-c:a", "aac"),
    "hevc.mkv": (*PICTURE, *SOUND, *HEVC, "-c:a", "ac3"),
    "vp9.webm": (*PICTURE, *SOUND, *VP9, "-c:a", "libopus"),
    "vp9.mp4": (*PICTURE, *VP9),
    "av1.mkv": (*PICTURE, *SOUND, *AV1, "-c:a", "libvorbis"),
    "av1.mp4": (*PICTURE, *AV1),
    "live.webm": (*PICTURE, *SOUND, *VP9, "-c:a", "libopus", "-live", "1"),
    "fragments.mp4": (
        *(*PICTURE, *SOUND, *H264, "-g", "4", "-c:a", "aac"),
        *("-movflags", "frag_keyframe+empty_moov+default_base_moof"),
    ),
    "silent.mp4": (*PICTURE, *H264),
    "long sound.mp4": (
        *(*PICTURE, "-f", "lavfi", "-i", "sine=duration=3:sample_rate=16000"),
        *(*H264, "-c:a", "aac"),
    ),
    "mpeg4.mp4": (*PICTURE, "-c:v", "mpeg4"),
    "prores.mov": (*PICTURE, "-c:v", "prores"),
    "sound only.mp4": (*SOUND, "-c:a", "aac"),
    "encrypted.mp4": (
        *(*PICTURE, *H264, "-encryption_scheme", "cenc-aes-ctr"),
        *("-encryption_key", "0" * 32, "-encryption_kid", "1" * 32),
    ),
    "bomb.mp4": (
        *("-f", "lavfi", "-i", "color=size=8192x8192:rate=1:duration=1"),
        *H264,
    ),
    "coloured.mp4": (
        *("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=12:duration=1"),
        *(
            "-vf",
            "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc,setsar=4/3",
        ),
        *(*HEVC, "-pix_fmt", "yuv420p10le"),
    ),
    "varied.mp4": (*PICTURE, "-vf", "select='not(mod(n,3)*mod(n,5))'", "-fps_mode", "vfr", *H264),
    "twelve streams.mkv": (
        *(*PICTURE, *SOUND, "-map", "0"),
        *("-map", "1") * 11,
        *(*H264, "-c:a", "mp3"),
    ),
    "subtitled.mkv": (
        *(*PICTURE, *SOUND, "-f", "srt", "-i", "{folder}/words.srt"),
        *("-map", "0", "-map", "1", "-map", "2", *H264, "-c:a", "aac", "-c:s", "srt"),
        *("-metadata", "title=Secret", "-metadata", "comment=Secret"),
        *("-attach", "{folder}/words.srt", "-metadata:s:t", "mimetype=text/plain"),
    ),
    "picture.png": ("-f", "lavfi", "-i", "color=size=16x16:duration=1", "-frames:v", "1"),
}


def run_ffmpeg(*arguments: str) -> None:
    subprocess.run(
        [FFMPEG, "-v", "error", "-nostdin", "-y", *arguments],
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make the clip of this name (see `RECIPES`) when it is first asked for."""
    folder = tmp_path_factory.mktemp("clips")
    (folder / "words.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nwords\n", encoding="utf-8")

    def make(name: str) -> Path:
        path = folder / name
        if not path.exists():
            arguments = [argument.format(folder=folder) for argument in RECIPES[name]]
            run_ffmpeg(*arguments, str(path))
        return path

    return make


@pytest.fixture(scope="session")
def info_of(clip: Callable[[str], Path]) -> Callable[[str], MediaInfo]:
    """Probe the clip of this name, once a session."""
    return cache(lambda name: probe(clip(name), Limits()))


@pytest.fixture
def limits() -> Limits:
    """Ordinary limits with little patience."""
    return Limits(cpu_s=20, wall_time_s=20.0)


@pytest.fixture(scope="session")
def ffmpeg() -> Callable[..., None]:
    """Run ffmpeg for a test that needs a video of its own."""
    return run_ffmpeg

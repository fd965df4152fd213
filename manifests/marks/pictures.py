"""Small gray pictures of a video at even times: what two videos are compared by, one to one."""

import struct
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from manifests.errors import MalformedSignature

_HEADER: Final = struct.Struct(">HHHI")
"""Format, width, height, microseconds from one picture to the next."""
_FORMAT: Final = 1
_JPEG_QUALITY: Final = 75
_SIDE_MAX: Final = 4096
_FRAME: Final = b"FRAME\n"


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """`frames` is uint8 of shape (count, height, width); the first one is at time 0."""

    frames: npt.NDArray[np.uint8]
    step_s: float

    def __len__(self) -> int:
        return len(self.frames)

    def mirrored(self) -> "Pictures":
        """Exchange left and right."""
        return Pictures(np.ascontiguousarray(self.frames[:, :, ::-1]), self.step_s)

    def thinned(self, every: int) -> "Pictures":
        """Keep one of `every` pictures, beginning with the first."""
        return Pictures(self.frames[::every], self.step_s * every)

    def pack(self) -> bytes:
        """Write them as a short header and JPEGs, about 1.5 KB a picture."""
        _count, height, width = self.frames.shape
        parts = [_HEADER.pack(_FORMAT, width, height, round(self.step_s * 1_000_000))]
        for frame in self.frames:
            _ok, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
            parts += [struct.pack(">I", len(jpeg)), jpeg.tobytes()]
        return b"".join(parts)

    @classmethod
    def unpack(cls, data: bytes) -> "Pictures":
        """Read what `pack` wrote. Raises `MalformedSignature`."""
        try:
            version, width, height, step_us = _HEADER.unpack_from(data)
            at, frames = _HEADER.size, []
            while at < len(data):
                (size,) = struct.unpack_from(">I", data, at)
                jpeg = np.frombuffer(data, np.uint8, count=size, offset=at + 4)
                frame = cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
                if frame is None or frame.shape != (height, width):
                    raise MalformedSignature("a stored picture cannot be read")
                frames.append(frame)
                at += 4 + size
        except (struct.error, ValueError, cv2.error) as error:
            raise MalformedSignature("its stored pictures are cut off") from error
        if version != _FORMAT:
            raise MalformedSignature(f"its pictures have the unknown format {version}")
        stack = np.stack(frames) if frames else np.empty((0, height, width), np.uint8)
        return cls(stack.astype(np.uint8), step_us / 1_000_000)


def read_yuv4mpeg(data: bytes, *, rate_hz: int) -> Pictures:
    """Read a gray YUV4MPEG2 stream (ffmpeg's `yuv4mpegpipe`). Raises `MalformedSignature`."""
    header, found, rest = data.partition(b"\n")
    fields = {field[:1]: field[1:] for field in header.split(b" ")[1:]}
    try:
        width, height = int(fields[b"W"]), int(fields[b"H"])
    except (KeyError, ValueError) as error:
        raise MalformedSignature("no frame of it can be decoded") from error
    size = len(_FRAME) + width * height
    if not found or not 0 < width <= _SIDE_MAX or not 0 < height <= _SIDE_MAX or len(rest) < size:
        raise MalformedSignature("no frame of it can be decoded")
    count = len(rest) // size
    rows = np.frombuffer(rest, np.uint8, count=count * size).reshape(count, size)
    return Pictures(rows[:, len(_FRAME) :].reshape(count, height, width), 1 / rate_hz)

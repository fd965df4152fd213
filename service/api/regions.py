"""Regions of interest in a search: spans of time are, everything else is not, confined to."""

import re
from collections.abc import Iterable
from typing import Final

from service.api.schemas_soft_bindings import RegionOfInterest
from service.operations.recover import Span
from service.resolution_errors import RegionUnsupported

# Normal play time, as in Media Fragments URI 1.0 section 4.2.1: seconds, mm:ss or hh:mm:ss.
_CLOCK: Final = re.compile(r"(?:(?:(\d{1,4}):)?([0-5]?\d):)?(\d{1,7}(?:\.\d{1,9})?)", re.ASCII)
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


def spans_of(regions: Iterable[RegionOfInterest]) -> tuple[Span, ...]:
    """
    Read spans of play time, in seconds.

    Raises `RegionUnsupported` for every other kind of region, and for a span that holds no time.
    """
    return tuple(map(_span, regions))


def _span(region: RegionOfInterest) -> Span:
    time = region.time
    if region.type != "temporal" or time is None or time.type == "wall-clock":
        raise RegionUnsupported
    start_s, end_s = _seconds(time.start), _seconds(time.end)
    if start_s >= end_s:
        raise RegionUnsupported
    return Span(start_s, end_s)


def _seconds(text: str) -> float:
    read = _CLOCK.fullmatch(text)
    if read is None:
        raise RegionUnsupported
    hours, minutes, seconds = (float(part or 0) for part in read.groups())
    if (read[1] or read[2]) and seconds >= _MINUTE_S:
        raise RegionUnsupported
    return hours * _HOUR_S + minutes * _MINUTE_S + seconds

"""Which regions a search can be confined to."""

import pytest

from service.api.regions import spans_of
from service.api.schemas_soft_bindings import RegionOfInterest
from service.operations.recover import Span
from service.resolution_errors import RegionUnsupported


def region(start: str, end: str, **more: str) -> RegionOfInterest:
    time = {"start": start, "end": end, **more}
    return RegionOfInterest.model_validate({"type": "temporal", "time": time})


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("0", "4.0", Span(0.0, 4.0)),
        ("75", "90.25", Span(75.0, 90.25)),
        ("1:15", "2:00", Span(75.0, 120.0)),
        ("12:05:30.5", "12:07:40.2", Span(43530.5, 43660.2)),
    ],
)
def test_play_time_is_read_in_seconds_or_by_the_clock(start: str, end: str, span: Span) -> None:
    assert spans_of([region(start, end)]) == (span,)


@pytest.mark.parametrize(
    "odd",
    [
        region("4", "4"),
        region("5", "4"),
        region("-1", "4"),
        region("", "4"),
        region("0", "1:75"),
        region("0", "1e3"),
        region("0", "９"),
        region("2026-11-25T10:00:00Z", "2026-11-25T10:00:04Z", type="wall-clock"),
        RegionOfInterest(type="temporal"),
        RegionOfInterest(type="spatial"),
    ],
    ids=str,
)
def test_every_other_region_is_refused(odd: RegionOfInterest) -> None:
    with pytest.raises(RegionUnsupported):
        spans_of([odd])


@pytest.mark.parametrize(
    ("seconds", "is_shown"),
    [
        ((0.0, 4.0), False),
        ((4.0, 8.0), True),
        ((5.0, 7.0), True),
        ((2.0, 5.0), False),
        ((3.0, 6.0), True),
        ((0.0, 60.0), True),
    ],
)
def test_what_lies_mostly_outside_a_span_does_not_count(
    seconds: tuple[float, float],
    is_shown: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert Span(4.0, 8.0).shows(*seconds) is is_shown

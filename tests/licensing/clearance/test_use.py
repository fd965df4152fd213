"""A use is read strictly: what nobody could check is refused with the field's name."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.clearance.codes import (
    AUDIENCE_RATINGS,
    CONTENT_CATEGORIES,
    CURRENCIES,
    MEDIA,
    PURPOSES,
    TERRITORIES,
    USER_CLASSES,
)
from licensing.clearance.use import Use, parse_use
from licensing.errors import UseMalformed

EIGHT_SECONDS = {"territory": "JP", "purpose": "personal", "duration_s": 8}

printable = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["C"]),
    min_size=1,
    max_size=64,
)


def in_order(words: set[str], order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in order if word in words)


uses = st.builds(
    Use,
    territory=st.sampled_from(sorted(TERRITORIES)),
    purpose=st.sampled_from(PURPOSES),
    channels=st.sets(printable, max_size=4).map(lambda channels: tuple(sorted(channels))),
    duration_ms=st.integers(1, 3_600_000),
    audience_rating=st.sampled_from(AUDIENCE_RATINGS),
    resolution=st.none() | printable,
    user_class=st.none() | st.sampled_from(USER_CLASSES),
    media=st.sets(st.sampled_from(MEDIA)).map(lambda words: in_order(words, MEDIA)),
    content=st.sets(st.sampled_from(CONTENT_CATEGORIES)).map(
        lambda words: in_order(words, CONTENT_CATEGORIES)
    ),
)


def test_a_short_request_is_a_use_fit_for_all_on_any_channel() -> None:
    use = parse_use(EIGHT_SECONDS)

    assert use == Use(territory="JP", purpose="personal", duration_ms=8000, audience_rating="all")


def test_channels_are_sorted_and_named_once() -> None:
    use = parse_use({**EIGHT_SECONDS, "channels": ["web", "tv", "web"], "resolution": "1280x720"})

    assert use.channels == ("tv", "web")
    assert use.resolution == "1280x720"


@pytest.mark.parametrize(
    ("duration", "expected_ms"),
    [
        pytest.param({"duration_s": 8}, 8000, id="whole seconds"),
        pytest.param({"duration_s": 7.1}, 7100, id="a float means the decimal it was written as"),
        pytest.param({"duration_s": Decimal("0.001")}, 1, id="one millisecond"),
        pytest.param({"duration_s": 3600}, 3_600_000, id="one hour"),
        pytest.param({"duration_ms": 8001}, 8001, id="milliseconds"),
    ],
)
def test_a_length_is_whole_milliseconds(duration: dict[str, object], expected_ms: int) -> None:
    use = parse_use({"territory": "JP", "purpose": "personal", **duration})

    assert use.duration_ms == expected_ms


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"territory": "EU"}, "territory", id="a union is no territory"),
        pytest.param({"territory": "UK"}, "territory", id="a reserved code"),
        pytest.param({"territory": "jp"}, "territory", id="lower case"),
        pytest.param({"territory": None}, "territory", id="no territory"),
        pytest.param({"territory": ["JP"]}, "territory", id="several territories"),
        pytest.param({"purpose": "commerce"}, "purpose", id="unknown purpose"),
        pytest.param({"purpose": None}, "purpose", id="no purpose"),
        pytest.param({"audience_rating": "R18"}, "audience_rating", id="unknown rating"),
        pytest.param({"audience_rating": None}, "audience_rating", id="rating of nothing"),
        pytest.param({"duration_s": 0}, "duration_s", id="no length"),
        pytest.param({"duration_s": -1}, "duration_s", id="negative length"),
        pytest.param({"duration_s": 3600.001}, "duration_s", id="longer than an hour"),
        pytest.param({"duration_s": 10**400}, "duration_s", id="a very long number"),
        pytest.param({"duration_s": 0.0001}, "duration_s", id="finer than a millisecond"),
        pytest.param({"duration_s": float("nan")}, "duration_s", id="not a number"),
        pytest.param({"duration_s": float("inf")}, "duration_s", id="without end"),
        pytest.param({"duration_s": True}, "duration_s", id="a truth"),
        pytest.param({"duration_s": "8"}, "duration_s", id="a string"),
        pytest.param({"duration_ms": 8000}, "duration_s", id="two lengths"),
        pytest.param({"channels": "web"}, "channels", id="channels not in a list"),
        pytest.param({"channels": ["web"] * 21}, "channels", id="too many channels"),
        pytest.param({"channels": [""]}, "channels", id="an empty channel"),
        pytest.param({"channels": ["w\x00b"]}, "channels", id="a control character"),
        pytest.param({"resolution": 720}, "resolution", id="resolution is a number"),
        pytest.param({"resolution": "x" * 65}, "resolution", id="resolution too long"),
        pytest.param({"user_class": "fan"}, "user_class", id="unknown class"),
        pytest.param({"media": "online"}, "media", id="media not in a list"),
        pytest.param({"content": ["fun"]}, "content", id="unknown content"),
        pytest.param({"teritory": "JP"}, "teritory", id="a misspelt field"),
    ],
)
def test_what_nobody_could_check_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(UseMalformed) as refusal:
        parse_use({**EIGHT_SECONDS, **change})

    assert refusal.value.field == field


def test_a_length_is_needed() -> None:
    with pytest.raises(UseMalformed, match="length"):
        parse_use({"territory": "JP", "purpose": "personal"})


def test_what_is_left_unsaid_leaves_the_json_as_it_always_was() -> None:
    assert set(parse_use(EIGHT_SECONDS).to_json()) == {
        *("territory", "purpose", "channels", "duration_ms", "audience_rating", "resolution"),
    }


@settings(max_examples=100, deadline=None)
@given(uses)
def test_a_use_survives_json(use: Use) -> None:
    assert parse_use(use.to_json()) == use


def test_the_lists_have_the_codes_of_their_standards() -> None:
    assert len(TERRITORIES) == 249  # ISO 3166-1
    assert {"JP", "GB", "TW", "US"} < TERRITORIES
    assert {"JPY", "USD", "EUR", "KWD"} < CURRENCIES
    assert not {"XAU", "XXX", "XTS"} & CURRENCIES

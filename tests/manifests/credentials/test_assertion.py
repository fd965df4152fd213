"""The licence assertion says what a manifest's reader needs, and nothing of the person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.credentials.assertion import (
    LicenceAssertion,
    LicenceGrant,
    utc_text,
    utc_time,
)
from manifests.errors import LicenceMalformed

TOKYO = timezone(timedelta(hours=9))


def test_the_assertion_has_the_documented_shape(licence: LicenceAssertion) -> None:
    assert licence.to_data() == {
        "version": 1,
        "licence_id": "lic_1",
        "grants": [
            {
                "subject": {"id": "hoshi-no-tabibito", "name": "星の旅人"},
                "licensor": "Hoshizora Studio",
                "terms_sha256": "ab" * 32,
            }
        ],
        "territory": "JP",
        "purpose": "personal",
        "decision_sha256": "cd" * 32,
        "granted_at": "2026-11-01T09:00:00Z",
        "status_url": "https://licences.example/l/lic_1",
    }


@given(
    st.builds(
        LicenceAssertion,
        licence_id=st.text(),
        grants=st.lists(
            st.builds(
                LicenceGrant,
                subject_id=st.text(),
                subject_name=st.text(),
                licensor=st.text(),
                terms_sha256=st.text(),
            ),
            max_size=3,
        ).map(tuple),
        territory=st.text(),
        purpose=st.text(),
        decision_sha256=st.text(),
        granted_at=st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - strategies take naive bounds
            lambda moment: moment.replace(microsecond=0)
        ),
        status_url=st.text(),
    )
)
def test_what_is_written_is_read_back(licence: LicenceAssertion) -> None:
    assert LicenceAssertion.from_data(licence.to_data()) == licence


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"version": 2}, "version is not 1", id="another version"),
        pytest.param({"grants": {}}, "grants is not a list", id="grants of another shape"),
        pytest.param({"grants": ["all"]}, "names no subject", id="a grant of another shape"),
        pytest.param({"grants": [{"subject": "x"}]}, "names no subject", id="a bare subject"),
        pytest.param({"licence_id": 7}, "licence_id is not text", id="a number for an id"),
        pytest.param({"granted_at": "yesterday"}, "granted_at is not a time", id="no time"),
        pytest.param({"granted_at": "2026-11-01T09:00:00"}, "time with a zone", id="no zone"),
    ],
)
def test_a_stranger_may_write_anything_and_it_is_refused(
    change: dict[str, Any], problem: str, licence: LicenceAssertion
) -> None:
    with pytest.raises(LicenceMalformed, match=problem):
        LicenceAssertion.from_data({**licence.to_data(), **change})


def test_a_local_time_is_written_in_utc(licence: LicenceAssertion) -> None:
    in_tokyo = replace(licence, granted_at=datetime(2026, 11, 1, 18, 0, tzinfo=TOKYO))

    assert in_tokyo.to_data() == licence.to_data()


def test_a_time_without_a_zone_is_never_written() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        utc_text(datetime(2026, 11, 1, 9, 0))  # noqa: DTZ001 - the mistake under test


def test_a_time_is_read_as_utc() -> None:
    assert utc_time("2026-11-01T18:00:00+09:00") == datetime(2026, 11, 1, 9, 0, tzinfo=UTC)

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping.clock import LocalTime, OutOfRange, is_bare_date, to_utc, zone_named

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2025, 1, 15, 11, 30), ("2025-01-15T10:30:00.000Z", LocalTime.PLAIN)),
        (datetime(2025, 3, 30, 2, 30), ("2025-03-30T01:30:00.000Z", LocalTime.NONEXISTENT)),
        (datetime(2025, 10, 26, 2, 30), ("2025-10-26T00:30:00.000Z", LocalTime.AMBIGUOUS)),
        (datetime(2025, 10, 26, 3, 0), ("2025-10-26T02:00:00.000Z", LocalTime.PLAIN)),
        (
            datetime(2025, 10, 26, 2, 30, tzinfo=timezone(timedelta(hours=1))),
            ("2025-10-26T01:30:00.000Z", LocalTime.PLAIN),
        ),
        (datetime(2025, 1, 1, 0, 0, 0, 999999, UTC), ("2025-01-01T00:00:00.999Z", LocalTime.PLAIN)),
    ],
    ids=["winter", "gap", "fold", "after-fold", "offset-wins", "cut-off"],
)
def test_a_clock_becomes_an_instant(moment, expected):
    assert to_utc(moment, BERLIN) == expected


def test_a_time_in_the_gap_moves_forward_by_the_gap():
    written, _ = to_utc(datetime(2025, 3, 30, 2, 30), BERLIN)
    assert datetime.fromisoformat(written).astimezone(BERLIN).hour == 3


@pytest.mark.parametrize("year", [1, 1969, 2101, 9999])
def test_no_ticket_is_older_than_1970_or_younger_than_2100(year):
    with pytest.raises(OutOfRange):
        to_utc(datetime(year, 6, 1), UTC)


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "a\x00b", "\ud800", "CEST ", "x" * 5000]
)
def test_what_is_no_zone_is_none(name):
    assert zone_named(name) is None


def test_a_day_without_a_time_of_day_is_bare():
    assert is_bare_date(datetime(2024, 2, 1), "01.02.2024")
    assert not is_bare_date(datetime(2024, 2, 1), "01.02.2024 00:00")
    assert not is_bare_date(datetime(2024, 2, 1, 3), "x")


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_a_time_that_existed_once_is_read_back(moment, name):
    zone = zone_named(name)
    written, seen = to_utc(moment, zone)
    if seen is LocalTime.PLAIN:
        back = datetime.fromisoformat(written).astimezone(zone).replace(tzinfo=None)
        assert abs(back - moment) < timedelta(milliseconds=1)

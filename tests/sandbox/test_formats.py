"""Times, addresses, URIs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.sandbox.formats import instant, is_email, is_uri, written

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES))
def test_an_instant_survives_writing_and_reading(moment):
    read = instant(written(moment))
    assert read == moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


@given(
    st.lists(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES), min_size=2, max_size=2)
)
def test_written_instants_sort_as_they_happened(moments):
    early, late = sorted(moments)
    assert written(early) <= written(late)


@pytest.mark.parametrize(
    "text",
    ["2025-01-15", "2025-01-15T10:30:00", "2025-01-15 10:30:00Z", "2025-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
     "2025-01-15T10:30Z", "20250115T103000Z", "２０２５-01-15T10:30:00Z"],
)  # fmt: skip
def test_what_is_no_rfc_3339_instant_is_none(text):
    assert instant(text) is None


@pytest.mark.parametrize("text", ["a@b.example", "first.last+tag@sub.example.com", "ö@example.com"])
def test_addresses(text):
    assert is_email(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@b", "a b@c.d", "a@b c", "a@b@c", "A <a@b.c>", "a@b.", "a..b@c.d", "a@b,c@d"]
)
def test_no_addresses(text):
    assert not is_email(text)


@pytest.mark.parametrize(
    "text", ["x", "//x/y", "https://", "https://a b", "http:///x", "https://[::1", "https://ä.example"]
)
def test_no_uris(text):
    assert not is_uri(text)
